"""An order becomes the dict that Sirius wants (contract, "The order payload"). Pure."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from orders import rules
from orders.models import Deputy, Document, Order

Payload = dict[str, Any]

# Our field, and its key on the wire.
DEPUTY_KEYS = (
    ("deputy_type", "type"),
    ("first_name", "firstName"),
    ("last_name", "lastName"),
    ("date_of_birth", "dob"),
    ("email", "email"),
    ("daytime_number", "daytimeNumber"),
    ("evening_number", "eveningNumber"),
    ("mobile_number", "mobileNumber"),
    ("address_line_1", "addressLine1"),
    ("address_line_2", "addressLine2"),
    ("town", "town"),
    ("county", "county"),
    ("postcode", "postcode"),
)


def build_payload(
    order: Order, *, deputies: Iterable[Deputy], documents: Iterable[tuple[Document, str]]
) -> Payload:
    """The payload of a complete order; `documents` come with their type on the wire.

    Empty values are left out altogether. Dates are YYYY-MM-DD.
    """
    payload: Payload = {
        "courtReference": order.case.case_number,
        "type": order.order_type,
        "subType": order.order_subtype,
        "date": order.made_date.isoformat(),
        "issueDate": order.issue_date.isoformat(),
        "appointmentType": order.appointment_type,
        "client": {"firstName": order.case.forename, "lastName": order.case.surname},
        "deputies": [_deputy(deputy) for deputy in deputies],
        "documents": [
            {"type": str(wire_type), "filename": document.key} for document, wire_type in documents
        ],
    }
    if order.order_type == rules.OrderType.PF:
        payload["assetLevel"] = "HIGH" if order.bond_over_21000 else "LOW"
    return payload


def _deputy(deputy: Deputy) -> Payload:
    values = ((key, getattr(deputy, name)) for name, key in DEPUTY_KEYS)
    return {
        key: value.isoformat() if key == "dob" else str(value) for key, value in values if value
    }


def canonical_bytes(payload: Payload) -> bytes:
    """The one spelling of a payload: what is hashed is what is sent."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def payload_sha256(payload: Payload) -> str:
    """SHA-256, in hexadecimal, of the canonical spelling."""
    return hashlib.sha256(canonical_bytes(payload)).hexdigest()
