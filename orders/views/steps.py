"""How far a submission has come, and what each try of it brought, in words for staff. Pure."""

import datetime as dt
from dataclasses import dataclass

from orders import rules
from orders.history import WHY
from orders.models import Attempt, Submission
from orders.rules import Outcome, Reason, State


@dataclass(frozen=True)
class Step:
    """One line of the progress list; no `colour` means that the step is done."""

    text: str
    status: str
    colour: str = ""


WAITING = ("Waiting", "grey")
UNDER_WAY = ("In progress", "blue")
CHECKING = ("Checking", "yellow")


def steps_of(submission: Submission) -> list[Step]:
    """Documents copied, order sent, order accepted: each done, under way or waiting."""
    copied, documents = submission.documents_copied, len(submission.manifest)
    state = submission.state
    is_accepted = state == State.ACCEPTED
    may_have_left = is_accepted or state in (State.SENDING, State.UNKNOWN)
    all_copied = may_have_left or copied >= documents
    return [
        Step(
            f"Documents copied: {documents if all_copied else copied} of {documents}",
            *_status(all_copied, WAITING if state == State.QUEUED else UNDER_WAY),
        ),
        Step("Order sent", *_status(is_accepted, _sending(state))),
        Step("Order accepted by OPG", *_status(is_accepted, WAITING)),
    ]


def _status(is_done: bool, otherwise: tuple[str, str]) -> tuple[str, ...]:
    return ("Done",) if is_done else otherwise


def _sending(state: str) -> tuple[str, str]:
    return {State.SENDING.value: UNDER_WAY, State.UNKNOWN.value: CHECKING}.get(state, WAITING)


def is_delayed(submission: Submission, *, now: dt.datetime) -> bool:
    """Whether it has been on its way for so long that staff should be told (serving, QUEUED)."""
    is_moving = submission.state in (State.QUEUED, State.PREPARING, State.SENDING)
    return is_moving and now - submission.declared_at > rules.DELAYED_AFTER


# --- Tries ---
@dataclass(frozen=True)
class Try:
    """One attempt, and how it ended."""

    number: int
    at: dt.datetime
    words: str


ENDINGS = {
    Outcome.ACCEPTED: "Accepted by OPG",
    Outcome.NOT_APPLIED: "Not sent",
    Outcome.UNKNOWN: "No clear answer",
    Outcome.DUPLICATE: "Not taken",
    Outcome.INVALID: "Returned by OPG",
    Outcome.REFUSED: "Not taken",
    Outcome.DOCUMENT: "Not sent",
    Outcome.LEASE_LOST: "Interrupted",
}
# Where the ending says it all.
PLAIN = (Outcome.ACCEPTED, Outcome.UNKNOWN, Outcome.INVALID, Outcome.LEASE_LOST)


def tries_of(submission: Submission) -> list[Try]:
    """Every attempt of a submission, the first one first."""
    return [
        Try(number, attempt.started_at, _ending(attempt))
        for number, attempt in enumerate(submission.attempts.all(), start=1)
    ]


def _ending(attempt: Attempt) -> str:
    if not attempt.outcome:
        return "Under way"
    outcome = Outcome(attempt.outcome)
    why = "" if outcome in PLAIN or not attempt.reason else WHY.get(Reason(attempt.reason), "")
    return f"{ENDINGS[outcome]}: {why}" if why else ENDINGS[outcome]
