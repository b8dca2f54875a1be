"""The event bus' PutEvents call, as EventBridge answers it: 200 even where an entry failed."""

import json
import uuid
from typing import Any

from sirius_client.simulator.contract import payload_errors
from sirius_client.simulator.ledger import Ledger
from sirius_client.simulator.wire import Answer, as_json

TARGET = "AWSEvents.PutEvents"
ENTRY_FAULTS = {
    "bus-entry-failed": ("InternalFailure", "The entry was not put"),
    "bus-entry-throttled": ("ThrottlingException", "Rate exceeded"),
    "bus-entry-refused": ("NotAuthorizedForSourceException", "Not authorised for this source"),
}


def reference_of(body: bytes) -> str | None:
    """The court reference in the first entry's payload, if there is one to read."""
    try:
        reference = json.loads(json.loads(body)["Entries"][0]["Detail"])["payload"][
            "courtReference"
        ]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return reference if isinstance(reference, str) else None


def put_events(ledger: Ledger, body: bytes, *, fault: str | None, request_id: str) -> Answer:
    """Answers one PutEvents call and writes down each entry that did not fail. Uniqueness is not
    checked on the bus.
    """
    entries = json.loads(body).get("Entries", [])
    results = [_put(ledger, entry, fault=fault, request_id=request_id) for entry in entries]
    failed = sum("ErrorCode" in result for result in results)
    return _answer(200, {"FailedEntryCount": failed, "Entries": results})


def refuse(code: str, message: str) -> Answer:
    """A call that failed as a whole."""
    return _answer(400, {"__type": code, "message": message})


def _put(
    ledger: Ledger, entry: dict[str, Any], *, fault: str | None, request_id: str
) -> dict[str, str]:
    if fault in ENTRY_FAULTS:
        code, message = ENTRY_FAULTS[fault]
        return {"ErrorCode": code, "ErrorMessage": message}
    if not entry.get("Source") or not entry.get("DetailType"):
        return {"ErrorCode": "InvalidArgument", "ErrorMessage": "Source and DetailType are needed"}
    try:
        detail = json.loads(entry["Detail"])
        payload = detail["payload"]
    except (ValueError, KeyError, TypeError):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    event_id = str(uuid.uuid4())
    ledger.note_event(
        {
            "event_id": event_id,
            "request_id": request_id,
            "bus": entry.get("EventBusName", "default"),
            "source": entry["Source"],
            "detail_type": entry["DetailType"],
            "detail": detail,
            # Nobody refuses an event for its content; what the contract says of it can be asked for
            # here.
            "errors": payload_errors(payload, checksum=False),
        }
    )
    return {"EventId": event_id}


def _answer(status: int, value: object) -> Answer:
    named = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": str(uuid.uuid4())}
    return as_json(status, value, headers=named)
