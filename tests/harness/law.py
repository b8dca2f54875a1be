"""What the page "Serving" says must become of a submission: a pure model, written from that page.

Nothing is imported from the application. Times are seconds by the database's clock.
"""

from dataclasses import dataclass, field

LEASE, SETTLE, TRIAL = 120.0, 180.0, 60.0
FIRST_BACK_OFF, LONGEST_BACK_OFF, LONGEST_RETRY_AFTER = 5.0, 900.0, 3600.0
BUDGET = 48 * 3600.0
FAILURES_THAT_OPEN = 5
LEASES_THAT_POISON = 3
LIVE = {"QUEUED", "PREPARING", "SENDING", "UNKNOWN", "HELD"}
ENDS = {"ACCEPTED", "REJECTED", "CANCELLED"}


@dataclass(frozen=True)
class Answer:
    """A row of "Reading an answer", as far as the model must know it.

    `sirius`: "failed" counts for the breaker, "answered" closes it, "" says nothing of it.
    """

    outcome: str
    reason: str
    sirius: str = ""
    retry_after: float | None = None
    costs: bool = True


# (class, may it have been applied before) -> state, and the reason where the answer names none.
READING = {
    ("not applied", False): ("QUEUED", ""),
    ("not applied", True): ("UNKNOWN", ""),
    ("unknown", False): ("UNKNOWN", ""),
    ("unknown", True): ("UNKNOWN", ""),
    ("duplicate", False): ("HELD", "already_in_sirius"),
    ("duplicate", True): ("HELD", "unconfirmed"),
    ("invalid", False): ("REJECTED", "invalid"),
    ("invalid", True): ("HELD", "unconfirmed"),
    ("refused", False): ("HELD", "configuration"),
    ("refused", True): ("UNKNOWN", ""),
    ("document", False): ("HELD", "document"),
    ("document", True): ("HELD", "document"),
}


@dataclass
class Serving:
    """One submission as it must stand."""

    order: str
    key: str
    due_at: float
    state: str = "QUEUED"
    reason: str = ""
    maybe_applied: bool = False
    crashes: int = 0
    tries: int = 0
    waited: float = 0.0
    lease_ends: float = 0.0
    proposal: tuple[str, str, int] = ("", "", 0)
    # Between which moments the next attempt may lie; equal where the page leaves no choice.
    due_between: tuple[float, float] = (0.0, 0.0)

    @property
    def shown(self) -> tuple[str, str, bool, int]:
        """What can be held against the row."""
        return self.state, self.reason, self.maybe_applied, self.crashes


@dataclass
class Law:
    """Every order and submission, and the switch."""

    orders: dict[str, str]
    servings: dict[int, Serving] = field(default_factory=dict)
    paused: bool = False
    failures: int = 0
    next_trial_at: float | None = None

    # --- Staff ---
    def may_declare(self, order: str, key: str) -> bool:
        """Only a pending order, and one live submission of a key."""
        live = {one.key for one in self.servings.values() if one.state in LIVE}
        return self.orders[order] == "PENDING" and key not in live

    def declared(self, number: int, *, order: str, key: str, now: float) -> None:
        self.servings[number] = Serving(order, key, due_at=now, due_between=(now, now))
        self.orders[order] = "SERVING"

    # --- Claims and leases ---
    def may_claim(self, number: int, *, now: float) -> bool:
        """Due, not paused, and the breaker closed or its trial of this minute free."""
        serving = self.servings[number]
        waits = serving.state in {"QUEUED", "UNKNOWN"} and serving.due_at <= now
        return waits and self.may_send(now=now)

    def may_send(self, *, now: float) -> bool:
        return not self.paused and (self.next_trial_at is None or self.next_trial_at <= now)

    def claimed(self, number: int, *, now: float) -> None:
        if self.next_trial_at is not None:
            self.next_trial_at = now + TRIAL
        self.leased(number, "PREPARING", now=now)

    def leased(self, number: int, state: str, *, now: float) -> None:
        self.servings[number].state, self.servings[number].lease_ends = state, now + LEASE

    def leases_lost(self, *, now: float) -> list[int]:
        """Those whose worker had its time."""
        return [
            number
            for number, one in self.servings.items()
            if one.state in {"PREPARING", "SENDING"} and one.lease_ends < now
        ]

    def lost(self, number: int, *, now: float) -> None:
        """Found SENDING means unknown; three in a row without an outcome are poison."""
        serving = self.servings[number]
        was_sending = serving.state == "SENDING"
        serving.crashes += 1
        serving.maybe_applied |= was_sending
        if serving.crashes >= LEASES_THAT_POISON:
            serving.state, serving.reason = "HELD", "poison"
        else:
            serving.state = "UNKNOWN" if serving.maybe_applied else "QUEUED"
            serving.reason = "worker_lost"
        due = now + (SETTLE if was_sending else 0)
        serving.due_between = (due, due)

    # --- Answers ---
    def accepted(self, number: int, *, now: float) -> None:
        """From whatever live state: Sirius has it."""
        serving = self.servings[number]
        if serving.state in LIVE:
            serving.state, serving.reason = "ACCEPTED", ""
            self.orders[serving.order] = "SERVED"
        self.told("answered", now=now)

    def answered(self, number: int, answer: Answer, *, now: float) -> None:
        """The claim's own answer; `due_between` says where the next attempt may lie."""
        serving = self.servings[number]
        state, reason = READING[answer.outcome, serving.maybe_applied]
        serving.maybe_applied |= answer.outcome == "unknown"
        serving.crashes = 0
        serving.state, serving.reason = state, reason or answer.reason
        if state == "REJECTED":
            self.orders[serving.order] = "PENDING"
        if state in {"QUEUED", "UNKNOWN"}:
            self._wait(serving, answer, now=now)
        self.told(answer.sirius, now=now)

    def _wait(self, serving: Serving, answer: Answer, *, now: float) -> None:
        settle = SETTLE if serving.state == "UNKNOWN" else 0.0
        free = not answer.costs or (answer.sirius == "failed" and self.next_trial_at is not None)
        if free:
            serving.due_between = (now + settle, now + settle)
            return
        serving.tries += 1
        own = min(FIRST_BACK_OFF * 2 ** (serving.tries - 1), LONGEST_BACK_OFF)
        asked = min(answer.retry_after or 0.0, LONGEST_RETRY_AFTER)
        low, high = max(asked, settle), max(own, asked, settle)
        serving.due_between = (now + low, now + high)

    def spent(self, number: int, seconds: float) -> None:
        """So long is it going to wait; 48 hours of that in all hold it."""
        serving = self.servings[number]
        serving.waited += seconds
        if serving.waited > BUDGET:
            serving.state, serving.reason = "HELD", "exhausted"

    def told(self, what: str, *, now: float) -> None:
        """The breaker hears of Sirius."""
        if what == "answered":
            self.failures, self.next_trial_at = 0, None
        elif what == "failed":
            self.failures += 1
            if self.failures >= FAILURES_THAT_OPEN and self.next_trial_at is None:
                self.next_trial_at = now + TRIAL

    # --- Operators ---
    def retried(self, number: int, *, now: float) -> bool:
        """A fresh 48 hours; one that may have been applied keeps its settle time."""
        serving = self.servings[number]
        if serving.state not in {"HELD", "QUEUED"}:
            return False
        serving.state = "UNKNOWN" if serving.maybe_applied else "QUEUED"
        due = max(serving.due_at, now) if serving.maybe_applied else now
        serving.due_between = (due, due)
        serving.waited, serving.crashes, serving.proposal = 0.0, 0, ("", "", 0)
        return True

    def held(self, number: int) -> bool:
        serving = self.servings[number]
        if serving.state not in {"QUEUED", "UNKNOWN"}:
            return False
        serving.state, serving.reason = "HELD", "operator"
        return True

    def cancelled(self, number: int) -> bool:
        """Only what never left."""
        serving = self.servings[number]
        if serving.state != "QUEUED":
            return False
        self._give_back(serving, "withdrawn")
        return True

    def returned(self, number: int, *, by: str) -> str:
        """ "done", "second" where another operator must agree, or "refused"."""
        serving = self.servings[number]
        if serving.state != "HELD":
            return "refused"
        move, who, _ = serving.proposal
        if serving.maybe_applied and not (move == "return" and who != by):
            serving.proposal = ("return", by, 0)
            return "second"
        self._give_back(serving, "returned")
        return "done"

    def confirmed(self, number: int, sirius_id: int, *, by: str) -> str:
        serving = self.servings[number]
        if serving.state != "HELD":
            return "refused"
        move, who, proposed = serving.proposal
        if move == "confirm" and proposed == sirius_id and who != by:
            serving.state, serving.reason = "ACCEPTED", "confirmed"
            self.orders[serving.order] = "SERVED"
            return "done"
        serving.proposal = ("confirm", by, sirius_id)
        return "second"

    def _give_back(self, serving: Serving, reason: str) -> None:
        serving.state, serving.reason = "CANCELLED", reason
        self.orders[serving.order] = "PENDING"
