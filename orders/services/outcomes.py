"""Reads how an attempt ended: each error of the clients becomes an outcome, by one table."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

from filestore import (
    DocumentAltered,
    DocumentInfected,
    DocumentMissing,
    StoreError,
    StoreUnavailable,
)
from orders.rules import Outcome, Reason
from orders.services.doors import Proof
from sirius_client import (
    DuplicateOrder,
    InvalidOrder,
    LeaseRanOut,
    NotApplied,
    OrderRefused,
    OutcomeUnknown,
    SessionEnded,
    SignInRefused,
    SiriusBusy,
    SiriusError,
)


class SendingPaused(Exception):
    """The pause switch was thrown before the post left."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How one attempt ended. `answer` is redacted: keys and messages, never values of ours."""

    outcome: Outcome
    reason: Reason | None = None
    proof: Proof | None = None
    http_status: int | None = None
    answer: str = ""
    errors: dict[str, Any] = field(default_factory=dict)
    retry_after: float | None = None
    # For the breaker: True, Sirius itself failed; False, it answered; None, it was not asked.
    sirius_failed: bool | None = None
    costs: bool = True

    def without_words(self) -> Self:
        """How it ended, less what was said of it."""
        return replace(self, answer="", errors={})


# The first that fits decides (serving, "Reading an answer").
_OF_SIRIUS: tuple[tuple[type[SiriusError], Outcome, Reason, bool | None], ...] = (
    (LeaseRanOut, Outcome.NOT_APPLIED, Reason.LEASE, None),
    (SiriusBusy, Outcome.NOT_APPLIED, Reason.BUSY, False),
    (SessionEnded, Outcome.NOT_APPLIED, Reason.SESSION, False),
    (SignInRefused, Outcome.NOT_APPLIED, Reason.SIGN_IN, True),
    (NotApplied, Outcome.NOT_APPLIED, Reason.UNREACHABLE, True),
    (DuplicateOrder, Outcome.DUPLICATE, Reason.ALREADY_IN_SIRIUS, False),
    (InvalidOrder, Outcome.INVALID, Reason.INVALID, False),
    (OrderRefused, Outcome.REFUSED, Reason.CONFIGURATION, False),
    (OutcomeUnknown, Outcome.UNKNOWN, Reason.NO_ANSWER, True),
)


def accepted(proof: Proof) -> Ending:
    """Sirius has it."""
    return Ending(
        outcome=Outcome.ACCEPTED, proof=proof, http_status=proof.http_status, sirius_failed=False
    )


def read_sirius(error: SiriusError) -> Ending:
    """What an error of the telephone means. One that the table misses may have been applied."""
    for kind, outcome, reason, failed in _OF_SIRIUS:
        if isinstance(error, kind):
            return Ending(
                outcome=outcome,
                reason=reason,
                http_status=error.http_status,
                answer=error.body or str(error),
                errors=error.errors if isinstance(error, InvalidOrder) else {},
                retry_after=error.retry_after if isinstance(error, SiriusBusy) else None,
                sirius_failed=failed,
                costs=not isinstance(error, LeaseRanOut),
            )
    return Ending(outcome=Outcome.UNKNOWN, reason=Reason.NO_ANSWER, answer=str(error))


def read_store(error: StoreError) -> Ending:
    """What an error of the cellar means; only keys stand in its words."""
    if isinstance(error, (DocumentMissing, DocumentAltered, DocumentInfected)):
        return Ending(
            outcome=Outcome.DOCUMENT,
            reason=Reason.DOCUMENT,
            answer=f"{type(error).__name__}: {error}",
        )
    assert isinstance(error, StoreUnavailable)
    return Ending(outcome=Outcome.NOT_APPLIED, reason=Reason.STORAGE, answer=str(error))


def paused() -> Ending:
    """Nothing left, and nobody is to blame."""
    return Ending(outcome=Outcome.NOT_APPLIED, reason=Reason.PAUSED, costs=False)
