"""The telephone to Sirius: a payload in, and out comes a receipt or an error that says what is
known.

Two doors, HTTP (`SiriusClient`) and the event bus (`EventBus`), with one tree of errors. Knows no
model. `contract/openapi.yaml` is the wire contract; `simulator/` is a Sirius that keeps it.
"""

from sirius_client.client import SiriusClient
from sirius_client.errors import (
    DuplicateOrder,
    InvalidOrder,
    LeaseRanOut,
    NotApplied,
    OrderRefused,
    OutcomeUnknown,
    RequestRefused,
    SessionEnded,
    SignInRefused,
    SiriusBusy,
    SiriusError,
    SiriusUnreachable,
)
from sirius_client.event_bus import EventBus
from sirius_client.types import EventReceipt, Receipt

__all__ = [
    "DuplicateOrder",
    "EventBus",
    "EventReceipt",
    "InvalidOrder",
    "LeaseRanOut",
    "NotApplied",
    "OrderRefused",
    "OutcomeUnknown",
    "Receipt",
    "RequestRefused",
    "SessionEnded",
    "SignInRefused",
    "SiriusBusy",
    "SiriusClient",
    "SiriusError",
    "SiriusUnreachable",
]
