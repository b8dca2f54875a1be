"""What a submission sent, from its frozen payload and manifest, as rows of a page. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from govuk.wording import long_date
from orders.models import Document, Submission
from orders.rules import AppointmentType, DeputyType, DocumentType, OrderSubtype, OrderType
from orders.views.returned import DEPUTY_WORDS

Row = dict[str, str]


@dataclass(frozen=True)
class SentDocument:
    """One document as it was sent; `document` is None where its row is not of this order."""

    words: str
    name: str
    size: int
    document: Document | None


@dataclass(frozen=True)
class Served:
    """The cards of the page. Rows are those of `macros/summary_list.html`."""

    client: list[Row]
    order: list[Row]
    deputies: list[tuple[str, list[Row]]]
    documents: list[SentDocument]


def read_served(submission: Submission, *, documents: Iterable[Document]) -> Served:
    """Everything as it was served; `documents` are the order's, for their downloads."""
    payload = submission.payload
    by_key = {document.key: document for document in documents}
    return Served(
        client=[
            {"key": "Client name", "value": _name(payload["client"])},
            {"key": "Case number", "value": payload["courtReference"]},
        ],
        order=_order_rows(payload),
        deputies=[(_name(deputy), _deputy_rows(deputy)) for deputy in payload["deputies"]],
        documents=[
            SentDocument(
                words=str(DocumentType(entry["document_type"]).label),
                name=entry["name"],
                size=entry["size"],
                document=by_key.get(entry["key"]),
            )
            for entry in submission.manifest
        ],
    )


def _name(person: dict[str, Any]) -> str:
    return f"{person['firstName']} {person['lastName']}"


def _order_rows(payload: dict[str, Any]) -> list[Row]:
    bond = {"HIGH": "Yes", "LOW": "No"}
    answers = {
        "Order type": OrderType(payload["type"]).label,
        "Order made": _day(payload["date"]),
        "Order issued": _day(payload["issueDate"]),
        "Bond over £21,000": bond.get(payload.get("assetLevel", "")),
        "Order subtype": OrderSubtype(payload["subType"]).label,
        "Appointment type": AppointmentType(payload["appointmentType"]).label,
    }
    return [{"key": key, "value": str(value)} for key, value in answers.items() if value]


def _deputy_rows(deputy: dict[str, str]) -> list[Row]:
    shown = {
        **deputy,
        "type": str(DeputyType(deputy["type"]).label),
        "dob": _day(deputy.get("dob", "")),
    }
    return [
        {"key": words, "value": shown[key]} for key, words in DEPUTY_WORDS.items() if shown.get(key)
    ]


def _day(iso: str) -> str:
    return long_date(dt.date.fromisoformat(iso)) if iso else ""
