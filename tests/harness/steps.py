"""What a step of the state machine is made of: an act on the services, and on the model too."""

import random
import time

from django.db import transaction
from django.utils import timezone
from hypothesis.stateful import RuleBasedStateMachine

from orders.models import Submission
from orders.services import serving as services
from orders.services.delivery import deliver
from orders.services.errors import MoveNotAllowed, SecondOperatorNeeded
from orders.services.policy import DeliveryPolicy
from orders.services.settling import recover_lost
from tests.harness import law
from tests.harness.cast import Cast
from tests.harness.law import Answer, Law
from tests.harness.telephone import Cellar, Died, Sirius, Telephone

POLICY = DeliveryPolicy(
    lease=law.LEASE,
    post=45,
    settle=law.SETTLE,
    first_back_off=law.FIRST_BACK_OFF,
    breaker_trial=law.TRIAL,
)
# A moment so near to a border that the two clocks may see it on two sides.
NEAR = 1.5
READ = {
    "sign-in refused": Answer("not applied", "sign_in", "failed"),
    "session ended twice": Answer("not applied", "session", "answered"),
    "unreachable": Answer("not applied", "unreachable", "failed"),
    "busy": Answer("not applied", "busy", "answered"),
    "busy for long": Answer("not applied", "busy", "answered", retry_after=7200),
    "invalid": Answer("invalid", "invalid", "answered"),
    "refused": Answer("refused", "configuration", "answered"),
    "duplicate": Answer("duplicate", "already_in_sirius", "answered"),
    "unknown, nothing written": Answer("unknown", "no_answer", "failed"),
    "unknown, written": Answer("unknown", "no_answer", "failed"),
    "unknown, written late": Answer("unknown", "no_answer", "failed"),
    "storage away": Answer("not applied", "storage"),
    "document missing": Answer("document", "document"),
    "paused": Answer("not applied", "paused", costs=False),
}
DEATHS = {
    "killed while copying": "PREPARING",
    "killed at the sign-in": "PREPARING",
    "killed before the post": "SENDING",
    "killed after the post": "SENDING",
}
# What Sirius can only say of a key that it does not have.
NEVER_OF_A_TAKEN_KEY = {"invalid"}


class Steps(RuleBasedStateMachine):
    """Acts on the services, and tells the model the same."""

    cast: Cast
    counted = {"runs": 0, "steps": 0, "posts": 0, "records": 0, "deliveries": 0}
    reached: set[str] = set()

    def __init__(self) -> None:
        super().__init__()
        self.counted["runs"] += 1
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.cast.clock.set(0)
        self.now = self.cast.clock.read
        self.sirius, self.there = Sirius(), set()
        self.law = Law(dict.fromkeys(self.cast.orders, "PENDING"))
        self.dice = random.Random(1)
        # Posts in the hands of a worker that froze.
        self.in_hand = 0
        self.payloads: dict[int, str] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def _pick(self, pick: int) -> int:
        """Mostly one that still lives, and the newest first."""
        numbers = sorted(
            self.law.servings,
            key=lambda one: (self.law.servings[one].state in law.ENDS, -one),
        )
        return numbers[pick % len(numbers)]

    def _pass(self, seconds: float) -> None:
        self.cast.clock.move(seconds)
        self.sirius.land(self.now())

    def _is_near(self, number: int) -> bool:
        """Whether a border is so near that the answer is the machine's speed's."""
        serving, now = self.law.servings[number], self.now()
        moments = [serving.due_at, serving.lease_ends, self.law.next_trial_at or 0.0]
        return any(abs(moment - now) < NEAR and moment > now - 0.001 for moment in moments)

    def _deliver(self, number: int, says: str, *, frozen_at: str = "", meanwhile=None) -> None:
        began = time.monotonic()
        serving = self.law.servings[number]
        if says in NEVER_OF_A_TAKEN_KEY and self.sirius.has(serving.key):
            says = "accepted"
        if self._is_near(number):
            self.cast.clock.move(2 * NEAR)
        may = self.law.may_claim(number, now=self.now())
        telephone = Telephone(
            self.sirius,
            says,
            self.now,
            self.there,
            frozen_at=frozen_at,
            **({"meanwhile": meanwhile} if meanwhile else {}),
        )
        cellar = Cellar(
            self.there,
            says,
            frozen=frozen_at == "while copying",
            **({"meanwhile": meanwhile} if meanwhile else {}),
        )
        self.counted["deliveries"] += 1
        if may:
            self.law.claimed(number, now=self.now())
        try:
            ended = deliver(
                submission_id=number,
                worker="worker",
                door=telephone,
                bucket=cellar,
                policy=POLICY,
                dice=self.dice,
            )
        except Died:
            assert may
            self.law.leased(number, DEATHS[says], now=self.now())
            return
        if not may:
            assert ended is None, "it was not to be tried"
            return
        self._read(number, telephone, frozen_at=frozen_at)
        self._adopt(number, slow=time.monotonic() - began)

    def _read(self, number: int, telephone: Telephone, *, frozen_at: str) -> None:
        """Tell the model what the worker heard."""
        heard = telephone.heard or telephone.says
        now = self.now()
        if frozen_at == "while copying":
            return
        if frozen_at == "before the first byte":
            # Its lease had run out: nothing left, and nobody asks it any more.
            return
        if heard in ("accepted", "session ended"):
            self.law.accepted(number, now=now)
        elif frozen_at:
            self.law.told(READ[heard].sirius, now=now)
        else:
            self.law.answered(number, READ[heard], now=now)

    def _adopt(self, number: int, *, slow: float) -> None:
        """Where the page leaves a choice (the jitter), take over what was chosen. `slow`: the
        seconds this took on a machine that may be busy, by which the two clocks may differ."""
        serving = self.law.servings[number]
        if serving.state not in {"QUEUED", "UNKNOWN"}:
            return
        row = Submission.objects.get(pk=number)
        low, high = serving.due_between
        due = row.next_attempt_at.timestamp()
        about = NEAR + slow
        assert low - about <= due <= high + about, f"{due - low:.1f} s after {high - low:.1f}"
        serving.due_at = due
        self.law.spent(number, row.retry_seconds_used - serving.waited)
        if row.state == "HELD" and row.reason == "exhausted":
            assert serving.state == "HELD"

    def _recover(self) -> None:
        if any(self._is_near(number) for number in self.law.servings):
            self.cast.clock.move(2 * NEAR)
        began, now = time.monotonic(), self.now()
        lost = self.law.leases_lost(now=now)
        assert recover_lost(policy=POLICY) == len(lost)
        for number in lost:
            self.law.lost(number, now=now)
            if self.law.servings[number].state in {"QUEUED", "UNKNOWN"}:
                self._adopt_due(number, slow=time.monotonic() - began)

    def operate_on(self, what: str, number: int, who: str) -> None:
        """An operator who looks before saying what Sirius has, and waits for what is under way."""
        began, by, now = time.monotonic(), self.cast.operators[who], timezone.now()
        asked = {"submission_id": number, "by": by, "now": now}
        records = self.sirius.of(number)
        under_way = self.in_hand or any(one[3] == number for one in self.sirius.late)
        if what == "return" and (records or under_way):
            return
        if what == "confirm" and not records:
            return
        if what == "confirm":
            sirius_id = 1001 + self.sirius.records.index(records[0])
            expected = self.law.confirmed(number, sirius_id, by=who)
            self._said(
                expected,
                services.confirm_submission,
                sirius_order_id=sirius_id,
                evidence="seen",
                **asked,
            )
            return
        move = getattr(services, f"{what}_submission")
        match what:
            case "return":
                expected = self.law.returned(number, by=who)
            case "retry":
                expected = "done" if self.law.retried(number, now=self.now()) else "refused"
            case "hold":
                expected = "done" if self.law.held(number) else "refused"
            case _:
                expected = "done" if self.law.cancelled(number) else "refused"
        self._said(expected, move, reason="tried", **asked)
        if what == "retry" and expected == "done":
            self._adopt_due(number, slow=time.monotonic() - began)

    def _said(self, expected: str, move, **asked) -> None:
        try:
            # Outside a test each request is a transaction of its own.
            move(**asked)
            said = "done"
        except SecondOperatorNeeded:
            said = "second"
        except MoveNotAllowed:
            said = "refused"
        assert said == expected, f"{move.__name__}: {said}, and the page says {expected}"

    def _adopt_due(self, number: int, *, slow: float) -> None:
        serving = self.law.servings[number]
        due = Submission.objects.get(pk=number).next_attempt_at.timestamp()
        about = NEAR + slow
        assert abs(due - serving.due_between[0]) < about, "it waits for its time, not another"
        serving.due_at = due
