"""What the simulator decides: each call of the contract as a function from what came to an answer.
No sockets.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote

from botocore.exceptions import BotoCoreError, ClientError

from sirius_client.simulator import bus
from sirius_client.simulator.bucket import Bucket, DocumentNotThere
from sirius_client.simulator.contract import Errors, NotAPayload, payload_errors, read_payload
from sirius_client.simulator.faults import TAKEN, Fault, Faults, refused
from sirius_client.simulator.ledger import AlreadyTaken, Ledger
from sirius_client.simulator.sessions import SESSION_COOKIE, Sessions
from sirius_client.simulator.wire import Answer, Manner, as_json

# How long a racy Sirius looks away between "is it there?" and "write it".
RACY_SECONDS = 0.05
# Between the look and the writing; true: everything was forgotten meanwhile.
LookAway = Callable[[], bool]


@dataclass
class Settings:
    """What the control API may switch while the simulator runs."""

    checksum: bool = True
    racy: bool = False
    csrf_in: str = "header"


@dataclass(frozen=True)
class Call:
    """One request, read. `name` is one of `faults.CALLS`."""

    name: str
    body: bytes
    cookie: str
    token: str
    request_id: str


class Simulator:
    """One Sirius: its ledger, sessions, faults and bucket (None: documents are not looked for)."""

    def __init__(
        self, *, ledger: Ledger, sessions: Sessions, bucket: Bucket | None, settings: Settings
    ) -> None:
        self.ledger = ledger
        self.sessions = sessions
        self.bucket = bucket
        self.settings = settings
        self.faults = Faults(post["reference"] for post in ledger.attempts)
        # Set to let every hanging answer go.
        self.released = threading.Event()

    def release(self) -> None:
        """Lets every answer that hangs or drips go at once."""
        self.released.set()
        self.released = threading.Event()

    def note_unread(self, call: Call, fault: Fault) -> None:
        """Writes down a post that was closed before its body was read."""
        if call.name == "orders":
            era = self.ledger.era
            number = self.ledger.note_attempt({"request_id": call.request_id})
            self.ledger.note_outcome(number, era=era, fault=fault.kind, accepted=False, status=None)

    def answer(self, call: Call) -> tuple[Answer, Manner]:
        """What this call is answered, and how that leaves."""
        reference, order_type = _key(call)
        era = self.ledger.era
        number = 0
        if call.name == "orders":
            number = self.ledger.note_attempt(
                {"request_id": call.request_id, "reference": reference, "type": order_type}
            )
        fault = self.faults.strike(call.name, reference)
        # The event of this moment: a reset during the call lets go of this call too.
        released = self.released
        true_answer = self._apply(call, fault, released)
        answer = (fault.answer() if fault else None) or true_answer
        manner = Manner(fault.what.style, fault.seconds or 0.0, released) if fault else Manner()
        if number:
            self.ledger.note_outcome(
                number,
                era=era,
                fault=fault.kind if fault else None,
                accepted=true_answer.status == 201,
                status=answer.status if manner.style == "whole" else None,
            )
        return answer, manner

    def _apply(self, call: Call, fault: Fault | None, released: threading.Event) -> Answer:
        """The true answer; with no effect where the fault strikes before one, or a reset came."""
        kind = fault.what if fault else None
        if kind and kind.session == "end":
            self.sessions.end(call.cookie)
        elif kind and kind.session == "rotate-token":
            self.sessions.rotate_token(call.cookie)
        if fault and fault.kind in bus.ENTRY_FAULTS:
            return self._put_events(call, fault.kind)
        if fault and kind and kind.apply == "late":
            if call.name == "orders" and self.settings.racy:
                # The worst order of things: looked when it came, written when it is late.
                return self._decide(call, lambda: released.wait(fault.seconds))
            if released.wait(fault.seconds):
                return Answer(500)
        elif kind and kind.apply == "never":
            return Answer(500)
        return self._decide(call)

    def _decide(self, call: Call, look_away: LookAway | None = None) -> Answer:
        match call.name:
            case "health":
                return as_json(200, {"status": "OK"})
            case "sign-in":
                return self._sign_in(call)
            case "sign-out":
                self.sessions.end(call.cookie)
                return Answer(401)
            case "bus":
                return self._put_events(call, None)
            case _:
                return self._post_order(call, look_away or self._look_away)

    def _look_away(self) -> bool:
        if self.settings.racy:
            time.sleep(RACY_SECONDS)
        return False

    def _sign_in(self, call: Call) -> Answer:
        form = parse_qs(call.body.decode("utf-8", "replace"))
        session = self.sessions.sign_in(
            email=form.get("email", [""])[0], password=form.get("password", [""])[0]
        )
        if session is None:
            return Answer(401)
        cookie = ("Set-Cookie", f"{SESSION_COOKIE}={session.cookie}; Path=/; HttpOnly")
        if self.settings.csrf_in == "header":
            return Answer(200, b"", (cookie, ("X-XSRF-TOKEN", session.token)))
        quoted = quote(session.token, safe="")
        return Answer(200, b"", (cookie, ("Set-Cookie", f"XSRF-TOKEN={quoted}; Path=/")))

    def _post_order(self, call: Call, look_away: LookAway) -> Answer:
        refusal = self.sessions.refusal(cookie=call.cookie, token=call.token)
        if refusal:
            return Answer(refusal)
        try:
            payload = read_payload(call.body)
        except NotAPayload as error:
            return refused({"body": [str(error)]})
        errors = payload_errors(payload, checksum=self.settings.checksum)
        try:
            documents = self._documents(payload, errors)
        except (BotoCoreError, ClientError):
            return Answer(500)
        if not {"courtReference", "type"} & errors.keys() and self.ledger.is_taken(
            (payload["courtReference"], payload["type"])
        ):
            errors.update(TAKEN)
        if errors:
            return refused(errors)
        return Answer(500) if look_away() else self._accept(call, payload, documents)

    def _accept(self, call: Call, payload: dict[str, Any], documents: list[Any]) -> Answer:
        record = {
            "request_id": call.request_id,
            "reference": payload["courtReference"],
            "type": payload["type"],
            "payload": payload,
            "body": call.body.decode("utf-8"),
            "documents": documents,
        }
        try:
            accepted = self.ledger.accept(record, racy=self.settings.racy)
        except AlreadyTaken:
            return refused(TAKEN)
        return as_json(201, accepted["ids"])

    def _documents(self, payload: dict[str, Any], errors: Errors) -> list[dict[str, object]]:
        """Each named document as it stands in the bucket; one that is missing is an error of its
        filename.
        """
        named = payload.get("documents")
        if self.bucket is None or not isinstance(named, list):
            return []
        found = []
        for number, document in enumerate(named):
            key = f"documents.{number}.filename"
            if key in errors or not isinstance(document, dict) or "filename" not in document:
                continue
            try:
                found.append(self.bucket.inspect(document["filename"]))
            except DocumentNotThere:
                errors[key] = ["No document with this name stands in the bucket"]
        return found

    def _put_events(self, call: Call, fault: str | None) -> Answer:
        try:
            return bus.put_events(self.ledger, call.body, fault=fault, request_id=call.request_id)
        except (ValueError, AttributeError, TypeError):
            return bus.refuse("SerializationException", "The body is not a PutEvents request")


def _key(call: Call) -> tuple[str | None, str | None]:
    """The court reference and type that a call is about, as far as they can be read."""
    if call.name == "bus":
        return bus.reference_of(call.body), None
    if call.name != "orders":
        return None, None
    try:
        payload = json.loads(call.body)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(payload, dict):
        return None, None
    reference, order_type = payload.get("courtReference"), payload.get("type")
    return (
        reference if isinstance(reference, str) else None,
        order_type if isinstance(order_type, str) else None,
    )
