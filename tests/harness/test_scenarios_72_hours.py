"""Sirius is down for three days while orders are declared, and comes back: nobody lends a hand.

The database's clock is moved, minute by minute; the deliveries, the breaker, the store and the
Sirius that comes back are real. Waits are the real ones: 60 s between trials, 48 h in all.
"""

import random

import pytest

from filestore import SiriusBucket
from orders import queries
from orders.models import SendingSwitch, Submission
from orders.rules import RETRY_BUDGET_SECONDS
from orders.services.delivery import deliver
from orders.services.doors import HttpDoor
from orders.services.policy import DeliveryPolicy
from orders.services.serving import serve_order
from orders.services.settling import recover_lost
from orders.tasks import MOST_A_SWEEP
from sirius_client import SiriusClient
from tests.harness.database_clock import moved_clock
from tests.harness.front import Front
from tests.harness.many_orders import make_orders

HOUR = 3600
DOWN_HOURS = 72
SWEEP = 10
POLICY = DeliveryPolicy(lease=120, post=45, settle=180, first_back_off=5, breaker_trial=60)
# How it is down, eighteen hours each: an error page, no answer, refused, and posts alone fail.
WAYS = ("503", "close", "refused", "posts fail")


class Down:
    """A Sirius behind a front that is down in one of the ways, or back."""

    def __init__(self, upstream: str) -> None:
        self.front = Front(upstream)
        self.way = ""
        self.front.wrong = self._wrong

    def _wrong(self, asked) -> str:
        if self.way == "posts fail":
            return "500" if asked.path.endswith("/orders") else ""
        return self.way

    def door(self, settings) -> HttpDoor:
        # Nobody listens on port 9: the connection itself is refused.
        url = "http://127.0.0.1:9" if self.way == "refused" else self.front.url
        client = SiriusClient(
            url, email=settings.SIRIUS_EMAIL, password=settings.SIRIUS_PASSWORD, connect_seconds=1
        )
        return HttpDoor(client)


class Service:
    """Beat and a worker, in one: everything due is rung for in order, and tried once."""

    def __init__(self, down: Down, settings) -> None:
        self._down, self._settings = down, settings
        self._dice = random.Random(1)

    def sweep(self, most: int = MOST_A_SWEEP) -> int:
        """How many were tried."""
        recover_lost(policy=POLICY)
        states = [self._deliver(pk) for pk in queries.due_submission_ids(most=most)]
        return sum(state is not None for state in states)

    def _deliver(self, pk: int):
        return deliver(
            submission_id=pk,
            worker="worker",
            door=self._down.door(self._settings),
            bucket=SiriusBucket.from_settings(),
            policy=POLICY,
            dice=self._dice,
        )


@pytest.fixture
def down(sirius, settings):
    made = Down(settings.SIRIUS_URL)
    yield made
    made.front.stop()


def test_sirius_is_down_for_72_hours_and_all_drains_without_hands(
    db, sam, now, sirius, down, settings, size, figures
):
    queued, step = size(small=24, full=1000), size(small=7200, full=60)
    service = Service(down, settings)
    orders = make_orders(queued, by=sam, now=now)
    tries_in_a_minute: list[int] = []

    def declare(some):
        for order_id in some:
            serve_order(order_id=order_id, by=sam, now=now)

    with moved_clock() as clock:
        began = clock.read()
        down.way = WAYS[0]
        declare(orders[: queued // 2])
        # Until the breaker opens, every one of them is tried at once: that is what it is for.
        before = service.sweep(most=8)
        assert SendingSwitch.objects.get(pk=1).opened_at is not None
        for second in range(0, DOWN_HOURS * HOUR, step):
            down.way = WAYS[second * len(WAYS) // (DOWN_HOURS * HOUR)]
            clock.set(float(second) + 61)
            if second // HOUR == 24 and second % HOUR == 0:
                declare(orders[queued // 2 :])
            # Rung for again within the same minute: only one goes through.
            tries_in_a_minute.append(service.sweep(most=6) + service.sweep(most=2))
        clock.set(DOWN_HOURS * HOUR + 120.0)
        down_for = clock.read() - began
        states = set(Submission.objects.values_list("state", flat=True))
        used = max(Submission.objects.values_list("retry_seconds_used", flat=True))
        asked_while_down = len(down.front.came)

        down.way = ""
        drained, sweeps = [], 0
        while Submission.objects.exclude(state="ACCEPTED").exists() and sweeps < 400:
            clock.move(SWEEP)
            drained.append(service.sweep())
            sweeps += 1
    records = [record["reference"] for record in sirius.accepted()]
    ages = dict(Submission.objects.values_list("court_reference", "pk"))
    in_order = [ages[reference] for reference in records]
    held = Submission.objects.filter(state="HELD").count()
    figures(
        "Sirius down for 72 simulated hours",
        queued=queued,
        hours=round(down_for / HOUR, 1),
        tried_before_the_breaker_opened=before,
        tries_while_down=sum(tries_in_a_minute),
        most_tries_in_a_minute_while_down=max(tries_in_a_minute),
        requests_that_reached_it_while_down=asked_while_down,
        most_of_the_48_hours_used_seconds=round(used, 1),
        drained=len(records),
        held=held,
        most_in_one_sweep_of_10_s=max(drained),
        seconds_to_drain=sweeps * SWEEP,
    )
    assert down_for >= DOWN_HOURS * HOUR
    assert states <= {"QUEUED", "UNKNOWN"}, "something had ended while Sirius was down"
    assert before == 5
    assert max(tries_in_a_minute) == 1, "more than one trial in a minute"
    assert sum(tries_in_a_minute) > len(tries_in_a_minute) * 0.9, "trials were missed"
    assert used < 60 < RETRY_BUDGET_SECONDS
    assert (len(records), len(set(records)), held) == (queued, queued, 0)
    assert max(drained) <= MOST_A_SWEEP
    # Those rung for as trials may be any; from then on by age.
    rest = in_order[queries.RINGS_WHILE_DOWN :]
    assert rest == sorted(rest), "not in order of age"
