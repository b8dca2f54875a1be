"""A scripted Sirius for one process: it says what it is told to say, and keeps a ledger.

It checks its keys as the real one does, but what is still on its way there (`late`) is written
without a second look: a post of ours that comes too early would show.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from filestore import DocumentMissing, StoreUnavailable
from orders.models import Attempt, Submission
from orders.services.doors import Proof
from sirius_client import (
    DuplicateOrder,
    InvalidOrder,
    LeaseRanOut,
    OutcomeUnknown,
    RequestRefused,
    SessionEnded,
    SignInRefused,
    SiriusBusy,
    SiriusUnreachable,
)
from tests.harness.law import SETTLE


class Died(BaseException):
    """The worker was killed here: nothing of it runs any more."""


ERRORS = {
    "unreachable": lambda: SiriusUnreachable("away"),
    "busy": lambda: SiriusBusy("busy"),
    "busy for long": lambda: SiriusBusy("busy", retry_after=7200),
    "invalid": lambda: InvalidOrder("no", errors={"client.lastName": ["no"]}),
    "refused": lambda: RequestRefused("404", http_status=404),
    "unknown, nothing written": lambda: OutcomeUnknown("500"),
}


def _nothing() -> None:
    """The meanwhile of most deliveries."""


@dataclass
class Sirius:
    """Records by key in order of arrival: each (key, payload, whose); `late` ones have a moment."""

    records: list[tuple[str, dict, int]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    late: list[tuple[float, str, dict, int]] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    # Whether somebody else had the key at the moment of the answer "duplicate".
    said_taken: dict[int, bool] = field(default_factory=dict)

    def has(self, key: str) -> bool:
        return key in self.taken or any(one[0] == key for one in self.records)

    def land(self, now: float) -> None:
        """What came late is written now."""
        self.records += [one[1:] for one in self.late if one[0] <= now]
        self.late = [one for one in self.late if one[0] > now]

    def of(self, number: int) -> list[tuple[str, dict, int]]:
        return [one for one in self.records if one[2] == number]


@dataclass
class Telephone:
    """One worker's line. `says`: an answer by name, or where the worker dies; see `send`."""

    sirius: Sirius
    says: str
    now: Callable[[], float]
    there: set[str]
    frozen_at: str = ""
    meanwhile: Callable[[], None] = _nothing
    kind = Attempt.Kind.HTTP
    heard: str = ""
    # When the post left; a late one lands before the settle time of it is over.
    opened: int = 0

    def open(self) -> None:
        self.opened += 1
        if self.says == "killed at the sign-in":
            raise Died
        if self.says == "sign-in refused":
            raise SignInRefused("no")

    def send(self, submission: Submission, *, request_id: str, not_after: float) -> Proof:
        self._look(submission, request_id)
        if self.says == "killed before the post":
            raise Died
        if self.frozen_at == "before the first byte":
            self.meanwhile()
            raise LeaseRanOut("too late")
        self.sirius.posts.append(request_id)
        proof, error = self._post(submission)
        if self.frozen_at == "before the answer is read":
            self.meanwhile()
        if error is not None:
            raise error
        assert proof is not None
        return proof

    def close(self) -> None:
        pass

    def _look(self, submission: Submission, request_id: str) -> None:
        """What must be true in the instant before a post."""
        row = Submission.objects.get(pk=submission.pk)
        assert row.state == "SENDING"
        assert Attempt.objects.filter(request_id=request_id, ended_at__isnull=True).exists()
        assert {one["key"] for one in row.manifest} <= self.there

    def _post(self, submission: Submission) -> tuple[Proof | None, BaseException | None]:
        key = f"{submission.court_reference} {submission.order_type}"
        says = self.says
        if says == "session ended" and self.opened == 1:
            return None, SessionEnded("401")
        if says == "session ended twice":
            return None, SessionEnded("401")
        if says in ERRORS:
            self.heard = says
            return None, ERRORS[says]()
        if says == "unknown, written late":
            moment = self.now() + SETTLE - 5
            if not self.sirius.has(key):
                self.sirius.late.append((moment, key, submission.payload, submission.pk))
            return None, OutcomeUnknown("timeout")
        return self._take(submission, key, says)

    def _take(
        self, submission: Submission, key: str, says: str
    ) -> tuple[Proof | None, BaseException | None]:
        """It is written, where the key is free; then what comes back may go wrong."""
        error: BaseException | None = None
        if self.sirius.has(key):
            error = DuplicateOrder("taken", http_status=400)
        else:
            self.sirius.records.append((key, submission.payload, submission.pk))
        if says == "killed after the post":
            return None, Died()
        if says == "unknown, written":
            return None, OutcomeUnknown("reset")
        self.heard = "duplicate" if error else "accepted"
        if error:
            self.sirius.said_taken[submission.pk] = True
            return None, error
        return Proof(order_id=1000 + len(self.sirius.records), http_status=201), None


@dataclass
class Cellar:
    """Sirius' bucket, of which only what stands there matters."""

    there: set[str]
    says: str
    frozen: bool = False
    meanwhile: Callable[[], None] = _nothing

    def ensure(self, *, key: str, size: int, sha256: str) -> str:
        if self.says == "killed while copying":
            raise Died
        if self.says == "storage away":
            raise StoreUnavailable("away")
        if self.says == "document missing":
            raise DocumentMissing(key)
        if self.frozen:
            self.frozen = False
            self.meanwhile()
        self.there.add(key)
        return "copied"
