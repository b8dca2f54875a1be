"""The two ways to Sirius behind one face: its API, and the event bus. Chosen by a setting."""

import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings

from orders.models import Attempt, Submission
from orders.sirius_payload import canonical_bytes
from sirius_client import EventBus, LeaseRanOut, SiriusClient


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Why we know that Sirius has the order: its ids, or the bus' event id."""

    order_id: int | None = None
    client_id: int | None = None
    event_id: str = ""
    http_status: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)


class Door(Protocol):
    """What delivery asks of a way to Sirius. Every method but `close` raises `SiriusError`s."""

    kind: Attempt.Kind

    def open(self) -> None:
        """Get ready to send; nothing of the order leaves."""

    def send(self, submission: Submission, *, request_id: str, not_after: float) -> Proof:
        """Send the frozen payload once, unless the monotonic moment `not_after` has passed."""

    def close(self) -> None:
        """Let go; never raises."""


class HttpDoor:
    """Sirius' API: sign in, post, sign out."""

    kind = Attempt.Kind.HTTP

    def __init__(self, client: SiriusClient) -> None:
        self._client = client

    def open(self) -> None:
        self._client.sign_in()

    def send(self, submission: Submission, *, request_id: str, not_after: float) -> Proof:
        receipt = self._client.post_order(
            canonical_bytes(submission.payload), request_id=request_id, not_after=not_after
        )
        return Proof(
            order_id=receipt.order_id,
            client_id=receipt.client_id,
            http_status=receipt.http_status,
            answer={"deputies": receipt.deputy_ids, "documents": receipt.document_ids},
        )

    def close(self) -> None:
        self._client.sign_out()
        self._client.close()


class EventBusDoor:
    """EventBridge: one entry; the proof is its event id."""

    kind = Attempt.Kind.EVENT_BUS

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus

    def open(self) -> None:
        """Nothing to open: each entry is signed for itself."""

    def send(self, submission: Submission, *, request_id: str, not_after: float) -> Proof:
        if time.monotonic() > not_after:
            raise LeaseRanOut("the lease ran out before the entry could leave")
        order = submission.order
        receipt = self._bus.put_order(
            client_id=order.case_id if order else 0,
            order_id=submission.order_id or 0,
            payload=submission.payload,
        )
        return Proof(event_id=receipt.event_id)

    def close(self) -> None:
        """Nothing to let go of."""


def door_from_settings() -> Door:
    """The door that the setting SIRIUS_DOOR names: "http" or "event_bus"."""
    if settings.SIRIUS_DOOR == "event_bus":
        return EventBusDoor(EventBus.from_settings())
    return HttpDoor(SiriusClient.from_settings())
