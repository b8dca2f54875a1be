"""An order's diary in words for staff: who did what, when. Nothing here writes.

Facts of an event are shown as kinds and counts, never as names, addresses or free text: the diary
may hold such, and this page is for every member of staff.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from audit import Event
from audit.models import Entry
from orders.models import Order, Submission
from orders.rules import (
    AppointmentType,
    DeputyType,
    DocumentType,
    OrderSubtype,
    Reason,
    ScanState,
)

# An order with 100 documents, each replaced, has 300 lines.
MOST_LINES = 500
# By whom an event is that nobody clicked.
THE_SERVICE = "Serve OPG"
# Steps of the service's own between what staff are told of.
UNTOLD = (
    *(Event.SUBMISSION_CLAIMED, Event.SUBMISSION_SENDING, Event.ATTEMPT_ENDED_LATE),
    *(Event.COURT_ORDER_KEPT, Event.COURT_ORDER_READING_ENDED),
)

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One thing that happened. `by` is a member of staff, or the service itself (no id)."""

    at: dt.datetime
    by: str
    by_id: int | None
    words: str


def history_of(order: Order) -> list[Line]:
    """What happened to an order and its submissions, newest first; two statements."""
    submissions = Submission.objects.filter(order=order).only("pk")
    entries = Entry.objects.about(order, *submissions).exclude(event__in=UNTOLD)
    return [line_of(entry) for entry in entries.order_by("-id")[:MOST_LINES]]


def find_last(order: Order, *events: Event) -> Line | None:
    """The newest of these things that happened to an order."""
    entry = Entry.objects.about(order).filter(event__in=events).order_by("-id").first()
    return line_of(entry) if entry else None


def line_of(entry: Entry) -> Line:
    """An event in words; one that the table misses in the diary's own."""
    words = WORDS.get(Event(entry.event)) if entry.event in Event.values else None
    said = words(entry.facts) if words else entry.get_event_display()
    return Line(entry.at, entry.by_name or THE_SERVICE, entry.by_id, said)


# --- The words ------------------------------------------------------------------------------------
def _always(text: str) -> Callable[[Facts], str]:
    return lambda _facts: text


def _label(kinds: Any, code: Any, otherwise: str = "") -> str:
    """A code's words; an old or unknown code never breaks a page."""
    return str(kinds(code).label) if code in kinds.values else otherwise


def _answered(facts: Facts) -> str:
    # An order without the question has None: `get` takes any key, its type only a bool.
    bond = {True: "bond over £21,000", False: "bond not over £21,000"}
    answers = [
        _label(OrderSubtype, facts.get("order_subtype")),
        _label(AppointmentType, facts.get("appointment_type")).lower(),
        bond.get(facts.get("bond_over_21000"), ""),  # type: ignore[arg-type]
    ]
    said = ", ".join(filter(None, answers))
    return f"Order details saved: {said}" if said else "Order details saved"


def _document(facts: Facts) -> str:
    return _label(DocumentType, facts.get("document_type"), "Document")


def _attached(facts: Facts) -> str:
    if "was" in facts:
        was = _label(DocumentType, facts["was"], "Document")
        return f"{was} kept as an additional document"
    return f"{_document(facts)} added"


def _scanned(facts: Facts) -> str:
    if facts.get("scan_state") == ScanState.INFECTED:
        return f"{_document(facts)}: a virus was found in it"
    return f"{_document(facts)} checked for viruses"


READ = {
    "case_number": "case number",
    "order_subtype": "order subtype",
    "appointment_type": "appointment type",
    "bond_over_21000": "bond",
}


def _court_order_read(facts: Facts) -> str:
    found = [READ[name] for name in facts.get("found", []) if name in READ]
    if found:
        return f"Court order read: {', '.join(found)} found"
    return "Court order uploaded, and nothing read from it"


def _deputy_added(facts: Facts) -> str:
    kind = _label(DeputyType, facts.get("deputy_type"))
    return f"{kind} deputy added" if kind else "Deputy added"


DEPUTY_FIELDS = {
    "deputy_type": "type",
    "first_name": "first name",
    "last_name": "last name",
    "date_of_birth": "date of birth",
    "email": "email address",
    "daytime_number": "daytime number",
    "evening_number": "evening number",
    "mobile_number": "mobile number",
    "postcode": "postcode",
}


def _deputy_changed(facts: Facts) -> str:
    # The lines of an address are one thing to a person.
    fields = [DEPUTY_FIELDS.get(name, "address") for name in facts.get("changed", [])]
    if not fields:
        return "Deputy saved without a change"
    return f"Deputy changed: {', '.join(dict.fromkeys(fields))}"


def _copied(facts: Facts) -> str:
    number = len(facts.get("deputies", []))
    return f"{number} {'deputy' if number == 1 else 'deputies'} copied from another order"


WHY = {
    Reason.UNREACHABLE: "OPG's system could not be reached",
    Reason.SIGN_IN: "OPG's system did not let this service in",
    Reason.BUSY: "OPG's system asked to wait",
    Reason.SESSION: "OPG's system ended the connection",
    Reason.STORAGE: "the document storage could not be reached",
    Reason.LEASE: "it took too long",
    Reason.WORKER_LOST: "this service was interrupted",
    Reason.PAUSED: "sending was paused by OPG digital",
    Reason.NO_ANSWER: "OPG's system gave no clear answer",
    Reason.ALREADY_IN_SIRIUS: "OPG has an order of this type for this case already",
    Reason.UNCONFIRMED: "OPG probably has this order, and a person must confirm it",
    Reason.CONFIGURATION: "OPG's system refused the way it was sent",
    Reason.EXHAUSTED: "every try in 48 hours failed",
    Reason.POISON: "this service was interrupted three times",
    Reason.DOCUMENT: "a document is missing, not the one that was uploaded, or has a virus",
    Reason.OPERATOR: "OPG digital stopped it to look at it",
}


def _because(text: str) -> Callable[[Facts], str]:
    """The text and why, where the reason has words for staff."""

    def say(facts: Facts) -> str:
        code = facts.get("reason")
        why = WHY.get(Reason(code), "") if code in Reason.values else ""
        return f"{text}: {why}" if why else text

    return say


WORDS: Mapping[Event, Callable[[Facts], str]] = {
    Event.ORDER_REGISTERED: _always("Order added from the court's file"),
    Event.ORDER_CORRECTED: _always("Order changed to what the court's file says"),
    Event.ORDER_REMOVED: _always("Order removed"),
    Event.ORDER_ANSWERED: _answered,
    Event.DEPUTY_ADDED: _deputy_added,
    Event.DEPUTY_CHANGED: _deputy_changed,
    Event.DEPUTY_REMOVED: _always("Deputy removed"),
    Event.DEPUTIES_COPIED: _copied,
    Event.DOCUMENT_ATTACHED: _attached,
    Event.DOCUMENT_SCANNED: _scanned,
    Event.VIRUS_FOUND: lambda facts: f"{_document(facts)} refused: a virus was found in it",
    Event.COURT_ORDER_READ: _court_order_read,
    Event.COURT_ORDER_DISCARDED: _always("Court order removed before it was kept"),
    Event.DOCUMENT_REMOVED: lambda facts: f"{_document(facts)} removed",
    Event.SUBMISSION_DECLARED: _always("Handed over to be sent to OPG"),
    Event.SUBMISSION_DELAYED: _because("Sending delayed, and tried again later"),
    Event.SUBMISSION_UNCERTAIN: _because("Checking with OPG whether the order arrived"),
    Event.SUBMISSION_LEASE_LOST: _always("Sending interrupted, and taken up again"),
    Event.SUBMISSION_HELD: _because("Sending stopped until OPG digital has looked at it"),
    Event.SUBMISSION_REJECTED: _always("Order returned by OPG"),
    Event.SUBMISSION_RETRIED: _always("Sending started again by OPG digital"),
    Event.SUBMISSION_RETURNED: _always("Order returned to staff by OPG digital"),
    Event.SUBMISSION_CANCELLED: _always("Withdrawn before anything was sent to OPG"),
    Event.CONFIRMATION_PROPOSED: _always(
        "OPG digital has looked at it: a second person must agree"
    ),
    Event.SUBMISSION_CONFIRMED: _always(
        "Confirmed by two people of OPG digital: OPG has this order"
    ),
    Event.ORDER_SERVED: _always("Order accepted by OPG"),
    Event.ORDER_SERVED_BY_EMAIL: _always("Recorded as served by email"),
    Event.ORDER_SERVED_BY_EMAIL: _always("Recorded as served by email"),
}
