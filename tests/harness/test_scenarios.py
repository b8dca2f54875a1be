"""Faults one by one, with real workers, PostgreSQL, broker, store and a racy Sirius.

Each scenario says what is broken and how it must end; every one ends with the same zeros: nothing
lost, duplicated, falsely served, falsely failed or posted unannounced. What `test_chaos` has in
its small size too is played in full size only.
"""

import itertools
import json
import time

import pytest

from devstack.chaos.traps import Trap
from tests.harness.stage import in_full_size, staged

pytestmark = pytest.mark.harness


@pytest.fixture(scope="module")
def whole_stage():
    with staged() as stage:
        stage.hire()
        yield stage


@pytest.fixture
def stage(whole_stage):
    """Nothing declared yet, nothing broken, an ordinary crew."""
    whole_stage.declared = []
    whole_stage.began = time.monotonic()
    if not whole_stage.is_ordinary:
        whole_stage.hire()
    yield whole_stage
    whole_stage.front.heal()
    whole_stage.infrastructure.sirius.control.clear_faults()


# --- The broker ---
@in_full_size
def test_broker_flushed_killed_and_away(stage, figures):
    """Declarations are taken while it is away, and nothing waits for it to be remembered."""
    broker, away = stage.infrastructure.broker, 60
    stage.kill_workers()
    stage.serve(20, "declared before the flush")
    broker.flush()
    stage.serve(20, "declared before the kill")
    broker.kill()
    gone_at = time.monotonic()
    stage.serve(20, "declared while it is away")
    longest = (time.monotonic() - gone_at) / 20
    time.sleep(max(0.0, away - (time.monotonic() - gone_at)))
    broker.start()
    ends = stage.end(
        "broker flushed, killed and away",
        figures,
        seconds_away=away,
        seconds_a_declaration_meanwhile=round(longest, 2),
    )
    assert set(ends) == {"ACCEPTED"}
    # The connection is refused at once; a dead broker is not waited for.
    assert longest < 15


# --- The database ---
@in_full_size
def test_database_restarted_killed_and_cut_off_under_load(stage, figures):
    postgres = stage.infrastructure.postgres
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    cut += " AND usename = current_user"

    def kill():
        postgres.kill()
        postgres.start()

    strikes = {
        "restarted": postgres.restart,
        "killed": kill,
        "cut off": lambda: stage.ask_database(cut),
    }
    rounds = 12
    for name, strike in itertools.chain.from_iterable([strikes.items()] * rounds):
        stage.serve(8, f"database {name}")
        strike()
    ends = stage.end("database under load", figures, strikes=len(strikes) * rounds)
    assert set(ends) <= {"ACCEPTED", "HELD unconfirmed"}


# --- The store ---
STORE = (
    *("500", "503", "slow down", "slow", "hang", "cut", "reset"),
    *("short copy", "altered copy"),
)
# On what each makes sense: a copy is spoilt when it is made, a body is cut where there is one.
WHERE = {
    "short copy": lambda asked: asked.copies,
    "altered copy": lambda asked: asked.copies,
    "cut": lambda asked: asked.method == "GET",
}


def test_store_that_fails_lies_hangs_and_breaks_off(stage, size, figures):
    """Not one post before each document stands there byte for byte; all get there in the end."""
    did = []
    for wrong in STORE * size(small=1, full=10):
        # The clerk puts the documents through the same front: it must not meet the fault.
        trials = stage.trials(1, f"store: {wrong}")
        fits = WHERE.get(wrong, lambda asked: True)
        stage.front.heal()
        before = len(stage.front.did)
        orders = stage.ask("make", trials)
        stage.front.once(wrong, wrong, when=lambda asked, fits=fits: asked.key and fits(asked))
        made = stage.ask("declare", trials, ids=orders)
        stage.note(trials, orders, made)
        assert stage.wait_until(lambda before=before: len(stage.front.did) > before), wrong
        did += stage.front.did[before:]
    stage.front.heal()
    ends = stage.end("storage that fails", figures, faults_that_struck=len(did))
    assert set(ends) == {"ACCEPTED"}
    assert set(did) == set(STORE)


# --- The messages ---
@in_full_size
def test_each_message_three_times(stage, figures):
    stage.serve(100, "three messages", rings=3)
    ends = stage.end("each message three times", figures)
    assert set(ends) == {"ACCEPTED"}


# --- Workers that stand still ---
@in_full_size
def test_worker_stopped_beyond_its_lease_at_each_step_around_the_post(stage, figures):
    """Somebody else has the submission when it goes on, and it must find that out."""
    stage.serve(1, "its steps are noted", traps=(Trap(),))
    stage.watcher.drain(stage.ours)
    subject = str(next(iter(stage.ours)))
    posted = "before Sirius POST /api/public/v1/orders"
    assert stage.wait_until(lambda: len(stage.traps.steps(subject)) > 10)
    steps = [(trap.step, trap.nth) for trap in dict.fromkeys(stage.traps.steps(subject))]
    place = [step for step, _ in steps].index(posted)
    around = steps[place - 6 : place + 8]
    for step, nth in around * 5:
        stage.serve(1, f"frozen {step}", traps=(Trap(step, nth, does="freeze"),))
    ends = stage.end("a worker stopped beyond its lease", figures, steps=len(around))
    # They wake when all is over; what they then do must change nothing.
    time.sleep(max(0.0, _last_freeze(stage) + 6.5 - time.time()))
    again = stage.end("a worker stopped beyond its lease", figures, steps=len(around))
    assert set(again) <= {"ACCEPTED", "HELD unconfirmed"}, ends
    frozen = {hit["step"] for hit in stage.traps.hits() if hit["does"] == "freeze"}
    assert {step for step, _ in around} <= frozen


def _last_freeze(stage) -> float:
    return max(float(hit["at"]) for hit in stage.traps.hits() if hit["does"] == "freeze")


# --- Clocks ---
DAY, HOUR = "86400", "3600"
CLOCKS = (
    ("all an hour and a day ahead, beat a day behind", f"{DAY},{HOUR}", f"-{DAY}"),
    ("each other than the next, and jumping", f"jump,{DAY},-{DAY}", f"-{HOUR}"),
    ("all behind, beat a day ahead", f"-{DAY},-{HOUR}", DAY),
)


def test_clocks_of_workers_and_beat_are_wrong(stage, size, figures):
    """Leases, settle times and next attempts go by the database's clock; no message is too old."""
    faults = ({"kind": "500-after"},)
    for name, of_workers, of_beat in (
        CLOCKS[size(small=2, full=0) :] + CLOCKS[: size(small=1, full=0)]
    ):
        stage.hire(
            module="tests.harness.wrong_clocks",
            HARNESS_CLOCKS=of_workers,
            HARNESS_BEAT_CLOCK=of_beat,
        )
        stage.serve(size(small=3, full=30), f"clocks: {name}")
        stage.serve(size(small=1, full=10), f"clocks: {name}, and a fault", faults=faults)
        # Without a message: the sweep alone must find them.
        stage.serve(size(small=1, full=10), f"clocks: {name}, no message", rings=0)
        stage.watcher.drain(stage.ours)
    stage.dismiss()
    rows = stage.ask_database(
        "SELECT max(abs(extract(epoch FROM settled_at - clock_timestamp()))) FROM orders_submission"
    )
    ends = stage.end("wrong clocks", figures, farthest_settled_at_seconds=round(rows[0][0]))
    assert set(ends) <= {"ACCEPTED", "HELD unconfirmed"}
    assert ends["ACCEPTED"] > ends["HELD unconfirmed"]
    # By a worker's clock it would be an hour or a day.
    assert rows[0][0] < 1800


# --- The password ---
def test_password_of_sirius_is_rotated(stage, size, figures):
    """The old one is refused, also to sessions under way; the new one and new workers drain it."""
    sirius = stage.infrastructure.sirius
    control = sirius.control
    count = size(small=2, full=50)
    stage.serve(count, "before the rotation")
    sirius.kill()
    sirius.environment = {**sirius.environment, "SIRIUS_PASSWORD": "another from today"}
    sirius.start()
    control.settings(racy=True)
    stage.serve(count, "while the old password is refused")
    waits = "SELECT count(*) FROM orders_submission WHERE state = 'QUEUED' AND reason = 'sign_in'"
    assert stage.wait_until(lambda: stage.ask_database(waits)[0][0] >= 1)
    opened = "SELECT opened_at IS NOT NULL FROM orders_sendingswitch"
    assert stage.wait_until(lambda: stage.ask_database(opened)[0][0]), "the breaker did not open"
    posts = [one for one in control.attempts() if one.get("outcome") == "accepted"]
    stage.environment["SIRIUS_PASSWORD"] = "another from today"
    stage.hire()
    ends = stage.end("password of Sirius rotated", figures, posts_before_the_new_one=len(posts))
    assert set(ends) <= {"ACCEPTED", "HELD unconfirmed"}
    assert ends["ACCEPTED"] >= count


# --- Memory ---
def test_worker_is_killed_with_half_a_document_read(stage, size, figures):
    """As by a machine that ran out of memory. Three times without an outcome is poison."""
    kills = size(small=1, full=3)
    trials = stage.trials(1, "killed with half a document read")
    orders = stage.ask("make", trials)
    stage.front.on_slow_body = stage.kill_workers
    stage.front.once(*["slow body"] * kills, when=lambda asked: asked.method == "GET" and asked.key)
    stage.note(trials, orders, stage.ask("declare", trials, ids=orders))
    ends = stage.end("killed with half a document read", figures, kills=kills)
    assert stage.front.did.count("slow body") >= kills
    assert set(ends) == {"HELD poison" if kills == 3 else "ACCEPTED"}
    lost = "SELECT count(*) FROM orders_attempt WHERE outcome = 'lease_lost' AND submission_id = "
    assert stage.ask_database(lost + str(max(stage.ours)))[0][0] == kills


# --- The other door ---
BUS_FAULTS = (
    *("drop-after", "reset-after", "500-after", "503-before", "drop-before", "hang-after"),
    *("bus-entry-failed", "bus-entry-throttled", "bus-entry-refused"),
)
WITH_EVENTS = """
SELECT s.order_id, s.state, s.reason, s.maybe_applied, s.event_id, s.payload, o.status
FROM orders_submission s JOIN orders_order o ON o.id = s.order_id WHERE s.id = ANY('{%s}')
"""


def test_event_bus_under_faults_and_kills(stage, size, figures):
    """The proof is the entry's event id. A repeat is the same entry to the letter, so that whoever
    reads the bus, and Sirius by its key, can tell it from another order.
    """
    stage.hire(SIRIUS_DOOR="event_bus")
    stage.serve(1, "its steps are noted", traps=(Trap(),))
    stage.watcher.drain(stage.ours)
    steps = stage.traps.steps(str(min(stage.ours)))
    around = [one for one in steps if "POST" in one.step]
    assert around, steps
    for trap in around if size(small=1, full=0) else steps:
        stage.serve(1, f"killed {trap.name}", traps=(Trap(trap.step, trap.nth),))
    for kind in BUS_FAULTS[:: size(small=2, full=1)] * size(small=1, full=10):
        fault = {"kind": kind, "call": "bus", "seconds": 1.5}
        stage.serve(1, f"the bus: {kind}", faults=(fault,))
    rested = stage.watcher.drain(stage.ours)
    rows = stage.ask_database(WITH_EVENTS % ",".join(map(str, stage.ours)))
    events: dict[int, list[dict]] = {}
    for event in stage.infrastructure.sirius.control.events():
        events.setdefault(event["detail"]["orderId"], []).append(event)
    found = _broken_on_the_bus(rows, events)
    repeats = sum(len(events.get(row[0], [])) - 1 for row in rows if events.get(row[0]))
    figures(
        "scenario: the event bus",
        trials=len(rows),
        entries_repeated_to_the_letter=repeats,
        seconds=round(time.monotonic() - stage.began, 1),
        **found,
    )
    stage.dismiss()
    assert rested
    assert set(found.values()) == {0}, found
    assert repeats > 0, "no repeat was tried"


def _broken_on_the_bus(rows, events) -> dict[str, int]:
    found = dict.fromkeys(
        ("lost", "repeated_otherwise", "falsely_served", "falsely_failed", "repeated_in_haste"), 0
    )
    for order_id, state, _reason, maybe_applied, event_id, payload, status in rows:
        ours = events.get(order_id, [])
        found["lost"] += state not in ("ACCEPTED", "HELD", "REJECTED", "CANCELLED")
        proofs = [one for one in ours if one["event_id"] == event_id]
        says_served = state == "ACCEPTED" or status == "SERVED"
        good = bool(proofs) and proofs[0]["detail"]["payload"] == payload
        found["falsely_served"] += says_served and not good
        found["falsely_failed"] += bool(ours) and not says_served and not maybe_applied
        said = {json.dumps(one["detail"], sort_keys=True) for one in ours}
        found["repeated_otherwise"] += len(said) > 1
        moments = sorted(one["at"] for one in ours)
        gaps = [later - sooner for sooner, later in itertools.pairwise(moments)]
        found["repeated_in_haste"] += any(gap < 1.1 for gap in gaps)
    return found
