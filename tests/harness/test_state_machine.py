"""The submission's state machine against a model written from the rules: anything, in any order.

Real services, real PostgreSQL, a moved database clock and a scripted Sirius with a ledger. After
each step every row is held to the model, and the promises of serving to the ledger.
"""

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from orders.models import Attempt, Order, SendingSwitch, Submission
from orders.services import serving as services
from orders.services.errors import AlreadyBeingServed, OrderNotEditable
from tests.harness import law
from tests.harness.cast import Cast
from tests.harness.database_clock import moved_clock
from tests.harness.steps import DEATHS, READ, Steps

SAYS = (*(name for name in READ if name not in ("duplicate", "paused")), "session ended")
RUNS_BETWEEN_SWEEPS = 100
FREEZES = ("while copying", "before the first byte", "before the answer is read")


class Servings(Steps):
    """Everything that may happen to the submissions of five orders with three keys."""

    # --- Staff ---
    @initialize()
    def declare_some(self) -> None:
        """One that nothing else competes with, and one that others would."""
        self.declare(4)
        self.declare(0)

    @rule(choice=st.integers(0, 4))
    def declare(self, choice: int) -> None:
        name = list(self.cast.orders)[choice]
        key = name[:-2]
        allowed = self.law.may_declare(name, key)
        try:
            made = services.serve_order(
                order_id=self.cast.orders[name], by=self.cast.sam, now=timezone.now()
            )
        except (OrderNotEditable, AlreadyBeingServed):
            assert not allowed, f"{name} could not be declared"
            return
        assert allowed, f"{name} was declared"
        self.payloads[made.pk] = made.payload_sha256
        self.law.declared(made.pk, order=name, key=key, now=self.now())

    # --- Workers ---
    @precondition(lambda self: self.law.servings)
    @rule(pick=st.integers(0, 9), says=st.sampled_from(tuple(DEATHS)), notice=st.booleans())
    def die(self, pick: int, says: str, notice: bool) -> None:
        """A worker is killed, and the sweep finds out, or not yet."""
        self._deliver(self._pick(pick), says)
        if notice:
            self._pass(law.LEASE + 10)
            self._recover()

    @precondition(lambda self: self.law.servings)
    @rule(pick=st.integers(0, 9), says=st.sampled_from(SAYS))
    def deliver(self, pick: int, says: str) -> None:
        """One message comes, for a submission that may be due or not."""
        self._deliver(self._pick(pick), says)

    @precondition(lambda self: self.law.servings)
    @rule(pick=st.integers(0, 9))
    def deliver_undisturbed(self, pick: int) -> None:
        self._deliver(self._pick(pick), "accepted")

    @precondition(lambda self: self.law.servings)
    @rule(
        pick=st.integers(0, 9),
        says=st.sampled_from(("accepted", "unknown, written", "invalid", "unknown, written late")),
        where=st.sampled_from(FREEZES),
        then=st.sampled_from(("nothing", "cancel", "hold", "accepted", "unknown, written", "busy")),
    )
    def freeze(self, pick: int, says: str, where: str, then: str) -> None:
        """A worker stands still beyond its lease, and goes on when others have acted."""
        number = self._pick(pick)

        def meanwhile() -> None:
            standing = "PREPARING" if where == "while copying" else "SENDING"
            self.law.leased(number, standing, now=self.now())
            self.in_hand += 1
            self._pass(law.LEASE + 10)
            self._recover()
            if then in ("cancel", "hold"):
                self.operate_on(then, number, "olive")
            elif then != "nothing":
                self._pass(law.SETTLE + 10)
                self._deliver(number, then)
            self.in_hand -= 1

        self._deliver(number, says, frozen_at=where, meanwhile=meanwhile)

    @rule(seconds=st.sampled_from((2, 30, 125, 185, 600, 3700)))
    def time_passes(self, seconds: float) -> None:
        self._pass(seconds)

    @precondition(lambda self: self.law.servings)
    @rule(pick=st.integers(0, 9))
    def almost_exhausted(self, pick: int) -> None:
        """As if it had waited in vain for nearly 48 hours already."""
        number = self._pick(pick)
        if self.law.servings[number].state in {"QUEUED", "UNKNOWN"}:
            used = law.BUDGET - 60
            Submission.objects.filter(pk=number).update(retry_seconds_used=used)
            self.law.servings[number].waited = used

    @rule()
    def sweep(self) -> None:
        self._recover()

    # --- Others ---
    @rule(choice=st.integers(0, 4))
    def somebody_else_puts_it_there(self, choice: int) -> None:
        key = list(self.cast.orders)[choice][:-2]
        on_its_way = self.in_hand or any(one[1] == key for one in self.sirius.late)
        if not self.sirius.has(key) and not on_its_way:
            self.sirius.taken.add(key)

    @precondition(lambda self: self.law.servings)
    @rule(
        pick=st.integers(0, 9),
        what=st.sampled_from(("retry", "hold", "cancel", "return", "confirm")),
        who=st.sampled_from(("olive", "oscar")),
    )
    def operate(self, pick: int, what: str, who: str) -> None:
        self.operate_on(what, self._pick(pick), who)

    @rule(paused=st.booleans())
    def pause_or_resume(self, paused: bool) -> None:
        move = services.pause_sending if paused else services.resume_sending
        move(reason="tried", by=self.cast.operators["olive"], now=timezone.now())
        self.law.paused = paused

    # --- What must hold ---
    @invariant()
    def rows_are_what_the_page_says(self) -> None:
        self.counted["steps"] += 1
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        rows = Submission.objects.values_list(
            "pk", "state", "reason", "maybe_applied", "crashes", "payload_sha256"
        )
        found = {row[0]: row[1:] for row in rows}
        assert {one: (*row[:-1],) for one, row in found.items()} == {
            number: serving.shown for number, serving in self.law.servings.items()
        }
        assert {number: row[-1] for number, row in found.items()} == self.payloads
        self.reached.update(row[0] for row in found.values())
        statuses = dict(Order.objects.values_list("pk", "status"))
        assert {name: statuses[pk] for name, pk in self.cast.orders.items()} == self.law.orders

    @invariant()
    def breaker_is_what_the_page_says(self) -> None:
        switch = SendingSwitch.objects.get(pk=1)
        assert switch.paused == self.law.paused
        assert (switch.opened_at is not None) == (self.law.next_trial_at is not None)

    @invariant()
    def promises_hold(self) -> None:
        records = self.sirius.records
        keys = [record[0] for record in records]
        assert len(keys) == len(set(keys)), "2: two records of a key"
        assert not set(keys) & self.sirius.taken, "2: a record beside somebody else's"
        for row in Submission.objects.select_related("order"):
            ours = self.sirius.of(row.pk)
            if row.state == "ACCEPTED":
                assert [record[1] for record in ours] == [row.payload], "3: not our payload"
                assert {one["key"] for one in row.manifest} <= self.there, "3: a document missing"
            if row.state in ("REJECTED", "CANCELLED"):
                assert not ours, "4: it says no, and Sirius has it"
            if row.reason == "already_in_sirius" and row.state == "HELD":
                assert self.sirius.said_taken.get(row.pk), "5: it was not there"
            if ours and row.state != "ACCEPTED" and not self.in_hand:
                known = row.maybe_applied or row.state == "SENDING"
                assert known, "a record of which nothing is known"
            if row.order and row.order.status == "SERVED" and row.state == "ACCEPTED":
                assert ours, "7: shown as served before the record was there"
        written = set(Attempt.objects.values_list("request_id", flat=True))
        assert set(self.sirius.posts) <= written, "6: a post that nobody had written down"

    def _come_to_rest(self) -> None:
        """1: with a Sirius that answers, everything comes to an end by itself."""
        services.resume_sending(
            reason="the end", by=self.cast.operators["olive"], now=timezone.now()
        )
        self.law.paused = False
        for _ in range(12):
            self._pass(law.LONGEST_RETRY_AFTER * 2)
            self._recover()
            waiting = [
                n for n, one in self.law.servings.items() if one.state in law.LIVE - {"HELD"}
            ]
            if not waiting:
                break
            for number in waiting:
                self._deliver(number, "accepted")
            self.rows_are_what_the_page_says()
        self.promises_hold()
        left = {one.state for one in self.law.servings.values()}
        assert left <= law.ENDS | {"HELD"}, f"1: still {left}"
        self.counted["posts"] += len(self.sirius.posts)
        self.counted["records"] += len(self.sirius.records)

    def teardown(self) -> None:
        try:
            self._come_to_rest()
        finally:
            super().teardown()


@pytest.fixture
def sweep(infrastructure, db):
    """Puts away the rows of runs that were rolled back, which each later run would read through."""
    address = infrastructure.postgres.superuser_url(connection.settings_dict["NAME"])
    with psycopg.connect(address, autocommit=True) as superuser:
        yield lambda: superuser.execute("VACUUM")


@pytest.fixture
def machine(sam, sweep):
    with moved_clock() as clock:

        class Machine(Servings):
            cast = Cast(by=sam, clock=clock)
            counted = dict.fromkeys(Servings.counted, 0)
            reached = set()

            def teardown(self) -> None:
                super().teardown()
                if self.counted["runs"] % RUNS_BETWEEN_SWEEPS == 0:
                    sweep()

        yield Machine


def test_submissions_do_what_the_page_says_whatever_happens(machine, size, seed, figures):
    run = settings(
        max_examples=size(small=10, full=1000),
        stateful_step_count=size(small=40, full=50),
        deadline=None,
        database=None,
        derandomize=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.normal,
    )
    seeded(seed)(machine)
    try:
        run_state_machine_as_test(machine, settings=run)
    finally:
        figures(
            "state machine: the submission against its model",
            **machine.counted,
            states_reached=len(machine.reached),
        )
    everywhere = size(small=4, full=8)
    assert len(machine.reached) >= everywhere, f"only {machine.reached}; TRUST_SEED={seed}"


def test_model_and_services_agree_on_a_way_to_each_state(machine):
    """The same machine driven by hand, so that no state is left to chance."""
    one = machine()
    one.declare_some()
    one.rows_are_what_the_page_says()
    free, other = sorted(one.law.servings)
    one.operate_on("cancel", free, "olive")
    one.declare(4)
    rejected = max(one.law.servings)
    one._deliver(rejected, "invalid")
    one._deliver(other, "killed while copying")
    one.rows_are_what_the_page_says()
    one._pass(law.LEASE + 10)
    one._recover()
    one._deliver(other, "killed after the post")
    one.rows_are_what_the_page_says()
    one._pass(law.LEASE + 10)
    one._recover()
    one.rows_are_what_the_page_says()
    one._pass(law.SETTLE + 10)
    one._deliver(other, "accepted")
    one.rows_are_what_the_page_says()
    assert one.law.servings[other].shown == ("HELD", "unconfirmed", True, 0)
    one.operate_on("confirm", other, "olive")
    one.operate_on("confirm", other, "olive")
    one.operate_on("confirm", other, "oscar")
    one.rows_are_what_the_page_says()
    one.promises_hold()
    one.teardown()
    assert {serving.state for serving in one.law.servings.values()} == law.ENDS
    assert len(machine.reached) == 8
