"""The law of an order: words, what is required, which moves are legal. No database, no clock."""

import datetime as dt
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

LONGEST_TEXT = 255
MOST_DOCUMENTS = 100
LARGEST_SIRIUS_ID = 2**63 - 1


class OrderType(TextChoices):
    """What an order is about. Shown as on the case list."""

    PF = "PF", "PFA"
    HW = "HW", "HW"


class OrderSubtype(TextChoices):
    """Why the order was made."""

    NEW_APPLICATION = "NEW_APPLICATION", "New application"
    REPLACEMENT_OF_DISCHARGED_DEPUTY = (
        "REPLACEMENT_OF_DISCHARGED_DEPUTY",
        "Replacement of discharged deputy",
    )
    INTERIM_ORDER = "INTERIM_ORDER", "Interim order"


class AppointmentType(TextChoices):
    """How the deputies act."""

    SOLE = "SOLE", "Sole"
    JOINT = "JOINT", "Joint"
    JOINT_AND_SEVERAL = "JOINT_AND_SEVERAL", "Joint and several"


class DeputyType(TextChoices):
    """Who a deputy is."""

    LAY = "LAY", "Lay"
    PUBLIC_AUTHORITY = "PUBLIC_AUTHORITY", "Public authority"
    PROFESSIONAL = "PROFESSIONAL", "Professional"


class DocumentType(TextChoices):
    """What a document is, in the order in which pages list them."""

    COURT_ORDER = "COURT_ORDER", "Court order"
    COP1A = "COP1A", "COP 1A"
    COP3 = "COP3", "COP 3"
    COP4 = "COP4", "COP 4"
    OTHER = "OTHER", "Additional document"


class ScanState(TextChoices):
    """What is known about viruses in a stored document. Only a clean one is opened or sent."""

    NOT_SCANNED = "NOT_SCANNED", "Being checked for viruses"
    CLEAN = "CLEAN", "Checked for viruses"
    INFECTED = "INFECTED", "Virus found"


class OrderStatus(TextChoices):
    """What is stored; "to do" and "ready to serve" are computed."""

    PENDING = "PENDING", "Pending"
    SERVING = "SERVING", "Being served"
    SERVED = "SERVED", "Served"


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    """One order as the court's export tells it. `order_number` may be ""."""

    case_number: str
    order_type: str
    order_number: str
    forename: str
    surname: str
    made_date: dt.date
    issue_date: dt.date


# --- The case number ------------------------------------------------------------------------------
MODULUS_WEIGHTS = (3, 4, 7, 5, 8, 2, 4)


def case_number_checks(case_number: str) -> bool:
    """Whether the check character is right: modulus 11, as the Sirius contract defines it.

    Court exports carry numbers that fail; a failure warns and never refuses.
    """
    if len(case_number) != 8 or not case_number[:7].isdecimal():
        return False
    total = sum(
        int(digit) * weight for digit, weight in zip(case_number[:7], MODULUS_WEIGHTS, strict=True)
    )
    check = (11 - total % 11) % 11
    return case_number[7] == ("T" if check == 10 else str(check))


# --- What is required -----------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class DeputyFacts:
    """What the law asks about one deputy."""

    deputy_type: str
    has_address: bool = True
    has_email: bool = True
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderFacts:
    """What the law asks about one order. Unanswered questions are "" or None."""

    order_type: str
    subtype: str = ""
    appointment_type: str = ""
    bond_over_21000: bool | None = None
    deputies: tuple[DeputyFacts, ...] = ()
    document_types: tuple[str, ...] = ()
    infected_document_types: tuple[str, ...] = ()
    unscanned_document_types: tuple[str, ...] = ()
    case_number: str = ""
    issue_date: dt.date | None = None
    same_type_served: bool = False


def required_documents(
    order_type: str, subtype: str, deputy_types: Iterable[str]
) -> list[DocumentType]:
    """The documents an order must carry (behaviour, "Required documents"), in page order."""
    if subtype == OrderSubtype.INTERIM_ORDER:
        return [DocumentType.COURT_ORDER]
    required = [DocumentType.COURT_ORDER]
    if order_type == OrderType.PF:
        required.append(DocumentType.COP1A)
    required.append(DocumentType.COP3)
    if DeputyType.PUBLIC_AUTHORITY not in set(deputy_types):
        required.append(DocumentType.COP4)
    return required


def required_for(facts: OrderFacts) -> list[DocumentType]:
    """`required_documents` of one order."""
    return required_documents(
        facts.order_type, facts.subtype, [deputy.deputy_type for deputy in facts.deputies]
    )


@dataclass(frozen=True, kw_only=True)
class Gap:
    """One thing that staff must still do; `text` says it.

    Filled where `question`, an answer of the order by its field, is given, or where a document of
    `document_type` is added; with neither of them, where a deputy is added.
    """

    text: str
    question: str = ""
    document_type: str = ""


def missing(facts: OrderFacts) -> list[str]:
    """What staff must still do before the order can be served, in words; [] when it is ready."""
    return [gap.text for gap in gaps(facts)]


def gaps(facts: OrderFacts) -> list[Gap]:
    """What staff must still do before the order can be served; [] when it is ready."""
    return [*_unanswered(facts), *_missing_parts(facts)]


def _unanswered(facts: OrderFacts) -> list[Gap]:
    asked = []
    if facts.order_type == OrderType.PF and facts.bond_over_21000 is None:
        asked.append(Gap(text="Say whether the bond is over £21,000", question="bond_over_21000"))
    if not facts.subtype:
        asked.append(Gap(text="Select the order subtype", question="order_subtype"))
    if not facts.appointment_type:
        asked.append(Gap(text="Select the appointment type", question="appointment_type"))
    return asked


def _missing_parts(facts: OrderFacts) -> list[Gap]:
    needed = [] if facts.deputies else [Gap(text="Add at least one deputy")]
    needed += [
        Gap(text=f"Add the {document_words(kind)}", document_type=kind)
        for kind in required_for(facts)
        if kind not in facts.document_types
    ]
    return needed + _unclean_documents(facts)


def _unclean_documents(facts: OrderFacts) -> list[Gap]:
    """Replacing or removing is theirs; for a scan they only wait."""
    return [
        *(
            Gap(text=_infected_words(DocumentType(kind)), document_type=kind)
            for kind in facts.infected_document_types
        ),
        *(
            Gap(text=f"Wait: the {words} is being checked for viruses", document_type=kind)
            for kind in dict.fromkeys(facts.unscanned_document_types)
            if (words := document_words(DocumentType(kind)))
        ),
    ]


def _infected_words(kind: DocumentType) -> str:
    """Of additional documents several may stand: another does not take the place of one."""
    doing = "Remove" if kind == DocumentType.OTHER else "Replace"
    return f"{doing} the {document_words(kind)}: a virus was found in it"


def document_words(kind: DocumentType) -> str:
    """A document type inside a sentence: "court order", "COP 3"."""
    label = str(kind.label)
    return label if label.startswith("COP") else label.lower()


def warnings(facts: OrderFacts, *, today: dt.date) -> list[str]:
    """What staff should look at, and may serve in spite of (behaviour, "Warned about")."""
    found = []
    if facts.appointment_type == AppointmentType.SOLE and len(facts.deputies) > 1:
        found.append(f"The appointment is sole, but there are {len(facts.deputies)} deputies")
    joint = {AppointmentType.JOINT, AppointmentType.JOINT_AND_SEVERAL}
    if facts.appointment_type in joint and len(facts.deputies) == 1:
        found.append("The appointment is joint, but there is only one deputy")
    if facts.same_type_served:
        found.append(
            "Another order of this type was already served for this case. OPG will refuse this one"
        )
    if facts.case_number and not case_number_checks(facts.case_number):
        found.append(
            "The case number may be wrong: its check character does not match."
            " OPG returns an order whose case number is wrong"
        )
    if facts.issue_date and facts.issue_date > today:
        found.append("The issue date is in the future")
    return found + _deputy_warnings(facts.deputies)


def _deputy_warnings(deputies: Iterable[DeputyFacts]) -> list[str]:
    return [
        f"Lay deputy {deputy.name} has no {' and no '.join(absent)}"
        for deputy in deputies
        if deputy.deputy_type == DeputyType.LAY
        and (
            absent := [
                word
                for word, there in (
                    ("address", deputy.has_address),
                    ("email address", deputy.has_email),
                )
                if not there
            ]
        )
    ]


def type_on_the_wire(kind: str, facts: OrderFacts) -> DocumentType:
    """As what a document is sent: one that stopped being required goes as an additional one."""
    return DocumentType(kind) if kind in required_for(facts) else DocumentType.OTHER


# --- Submissions: states and moves (serving, "States of a Submission") ----------------------------
class State(TextChoices):
    """Where a submission is."""

    QUEUED = "QUEUED", "Queued"
    PREPARING = "PREPARING", "Preparing"
    SENDING = "SENDING", "Sending"
    UNKNOWN = "UNKNOWN", "Checking with OPG"
    ACCEPTED = "ACCEPTED", "Accepted"
    REJECTED = "REJECTED", "Rejected"
    HELD = "HELD", "Held"
    CANCELLED = "CANCELLED", "Cancelled"


LIVE_STATES = (State.QUEUED, State.PREPARING, State.SENDING, State.UNKNOWN, State.HELD)
WAITING_STATES = (State.QUEUED, State.UNKNOWN)
LEASED_STATES = (State.PREPARING, State.SENDING)

# The database refuses any other move (migration 0002 is held to this table by a test).
LEGAL_MOVES: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.PREPARING, State.ACCEPTED, State.HELD, State.CANCELLED}),
    State.PREPARING: frozenset(
        {State.QUEUED, State.SENDING, State.UNKNOWN, State.HELD, State.ACCEPTED}
    ),
    State.SENDING: frozenset(
        {State.QUEUED, State.UNKNOWN, State.ACCEPTED, State.REJECTED, State.HELD}
    ),
    State.UNKNOWN: frozenset({State.PREPARING, State.ACCEPTED, State.HELD}),
    State.HELD: frozenset({State.QUEUED, State.UNKNOWN, State.ACCEPTED, State.CANCELLED}),
    State.ACCEPTED: frozenset(),
    State.REJECTED: frozenset(),
    State.CANCELLED: frozenset(),
}


class Reason(TextChoices):
    """Why a submission stands where it stands; "" while nothing went wrong."""

    UNREACHABLE = "unreachable", "Sirius could not be reached"
    SIGN_IN = "sign_in", "Sirius refused the sign-in"
    BUSY = "busy", "Sirius asked to wait"
    SESSION = "session", "Sirius ended the session twice"
    STORAGE = "storage", "The document storage could not be reached"
    LEASE = "lease", "The worker ran out of its time"
    WORKER_LOST = "worker_lost", "The worker stopped in the middle"
    PAUSED = "paused", "Sending was paused"
    NO_ANSWER = "no_answer", "Sirius gave no clear answer: the order may have been created"
    INVALID = "invalid", "Sirius refused the content"
    ALREADY_IN_SIRIUS = "already_in_sirius", "Sirius has an order of this reference and type"
    UNCONFIRMED = "unconfirmed", "Sirius probably has this order; a person must confirm"
    CONFIGURATION = "configuration", "Sirius refused the request itself"
    EXHAUSTED = "exhausted", "Every try in 48 hours failed"
    POISON = "poison", "Three workers were lost on it"
    DOCUMENT = "document", "A document is missing, is not the one uploaded, or has a virus"
    OPERATOR = "operator", "An operator held it"
    RETURNED = "returned", "An operator returned it to staff"
    WITHDRAWN = "withdrawn", "Withdrawn before anything was sent"
    CONFIRMED = "confirmed", "Two operators confirmed it"


class Outcome(TextChoices):
    """How one attempt ended (serving, "Reading an answer")."""

    ACCEPTED = "accepted", "Accepted"
    NOT_APPLIED = "not_applied", "Nothing was created"
    UNKNOWN = "unknown", "May have been created"
    DUPLICATE = "duplicate", "Reference taken"
    INVALID = "invalid", "Content refused"
    REFUSED = "refused", "Request refused"
    DOCUMENT = "document", "Document missing or altered"
    LEASE_LOST = "lease_lost", "Worker lost"


@dataclass(frozen=True)
class Verdict:
    """Where an outcome takes a submission; without `reason` the one the outcome names stays."""

    state: State
    reason: Reason | None = None


_VERDICTS: Mapping[tuple[Outcome, bool], Verdict] = {
    (Outcome.NOT_APPLIED, False): Verdict(State.QUEUED),
    (Outcome.NOT_APPLIED, True): Verdict(State.UNKNOWN),
    (Outcome.UNKNOWN, False): Verdict(State.UNKNOWN),
    (Outcome.UNKNOWN, True): Verdict(State.UNKNOWN),
    (Outcome.DUPLICATE, False): Verdict(State.HELD, Reason.ALREADY_IN_SIRIUS),
    (Outcome.DUPLICATE, True): Verdict(State.HELD, Reason.UNCONFIRMED),
    (Outcome.INVALID, False): Verdict(State.REJECTED, Reason.INVALID),
    (Outcome.INVALID, True): Verdict(State.HELD, Reason.UNCONFIRMED),
    (Outcome.REFUSED, False): Verdict(State.HELD, Reason.CONFIGURATION),
    (Outcome.REFUSED, True): Verdict(State.UNKNOWN),
    (Outcome.DOCUMENT, False): Verdict(State.HELD, Reason.DOCUMENT),
    (Outcome.DOCUMENT, True): Verdict(State.HELD, Reason.DOCUMENT),
}


def verdict(outcome: Outcome, *, maybe_applied: bool) -> Verdict:
    """Where `outcome` takes a submission that had (`maybe_applied`) or never had an unknown.

    Accepted and lost leases are not in the table: the one always wins, the other has its own rule.
    """
    return _VERDICTS[(outcome, maybe_applied)]


def after_lost_lease(state: State, *, maybe_applied: bool, crashes: int) -> Verdict:
    """Where a lease that ran out takes a submission. `crashes` counts this one.

    Found PREPARING, nothing of this attempt left. Found SENDING, a post may have.
    """
    if crashes >= MOST_CRASHES:
        return Verdict(State.HELD, Reason.POISON)
    if state == State.SENDING or maybe_applied:
        return Verdict(State.UNKNOWN, Reason.WORKER_LOST)
    return Verdict(State.QUEUED, Reason.WORKER_LOST)


# --- Waiting --------------------------------------------------------------------------------------
MOST_CRASHES = 3
LONGEST_BACK_OFF_SECONDS = 15 * 60.0
LONGEST_RETRY_AFTER_SECONDS = 60 * 60.0
RETRY_BUDGET_SECONDS = 48 * 60 * 60.0
BREAKER_OPENS_AFTER = 5
DELAYED_AFTER = dt.timedelta(minutes=10)


def back_off_seconds(attempts: int, *, first: float, dice: random.Random) -> float:
    """How long to wait after the nth attempt: doubling from `first` to 15 minutes, full jitter."""
    ceiling = min(first * 2 ** min(attempts - 1, 20), LONGEST_BACK_OFF_SECONDS)
    return dice.uniform(0, ceiling)


def obeyed_retry_after(asked: float | None, *, otherwise: float) -> float:
    """The wait that Sirius asked for, up to an hour, and never less than our own."""
    if asked is None:
        return otherwise
    return max(otherwise, min(asked, LONGEST_RETRY_AFTER_SECONDS))


# --- What staff see -------------------------------------------------------------------------------
class Tag(TextChoices):
    """The status tag of an order on every page."""

    TO_DO = "TO DO", "To do"
    READY = "READY TO SERVE", "Ready to serve"
    SENDING = "SENDING", "Sending"
    NEEDS_ATTENTION = "NEEDS ATTENTION", "Needs attention"
    RETURNED = "RETURNED", "Returned"
    SERVED = "SERVED", "Served"


@dataclass(frozen=True, kw_only=True)
class TagFacts:
    """What decides an order's tag: stored status, its latest submission's state, readiness."""

    status: str
    latest_state: str = ""
    latest_reason: str = ""
    is_ready: bool = False


def tag(facts: TagFacts) -> Tag:
    """The tag that staff see."""
    if facts.status == OrderStatus.SERVED:
        return Tag.SERVED
    if facts.status == OrderStatus.SERVING:
        return Tag.NEEDS_ATTENTION if facts.latest_state == State.HELD else Tag.SENDING
    if facts.latest_state == State.REJECTED or facts.latest_reason == Reason.RETURNED:
        return Tag.RETURNED
    return Tag.READY if facts.is_ready else Tag.TO_DO
