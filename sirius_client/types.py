"""What Sirius gives back when it has taken an order."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Receipt:
    """Sirius created the order. Ids are Sirius' own; parts that it did not name are left out."""

    order_id: int
    client_id: int | None
    deputy_ids: list[int]
    document_ids: list[int]
    http_status: int


@dataclass(frozen=True)
class EventReceipt:
    """The event bus took the event."""

    event_id: str
