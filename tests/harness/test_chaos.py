"""The fault harness itself, small enough for the suite: real processes, killed at every step."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from devstack import StackTrouble
from devstack.chaos.demands import shortfalls
from devstack.chaos.plan import EVENTS, STORM_EVENTS, Planner
from devstack.chaos.programme import Programme
from devstack.chaos.report import Report
from devstack.chaos.show import run_chaos
from devstack.chaos.situations import SITUATIONS
from devstack.chaos.traps import Trap, TrapFolder
from devstack.servers.server import CHECKOUT
from tests.harness.test_demands import NOTHING

# Small: what a kill at every step and each fault once need, and some by chance.
SMALL, FULL = 205, 1000
# What was asked of the service: so many deliveries, so many faulty answers of 100 (35, less what
# chance may take), each of these killed meanwhile, and `kill -9` so often at every step.
STORM, LEAST_FAULTY, KILLS_EACH = 10_000, 30, 100
KILLED_IN_A_STORM = {"a worker killed", "beat killed", "broker killed", "database killed"}
LEAST_STEPS = 50
STEPS = [Trap("before post"), Trap("after post")]


@pytest.fixture(scope="module")
def report(size, seed, figures):
    number = size(small=SMALL, full=FULL)
    found = run_chaos(Programme(kind="mixed", number=number, seed=seed), say=lambda line: None)
    figures("fault harness: every step, each fault, by chance", **found.figures())
    return found


@pytest.mark.harness
def test_nothing_is_lost_duplicated_or_told_falsely(report):
    assert report.deliveries >= 200
    assert report.zeros == {
        "lost": 0,
        "duplicated": 0,
        "falsely served": 0,
        "falsely failed": 0,
        "unannounced": 0,
        "hasty": 0,
    }, report.as_text()
    assert report.is_clean, report.as_text()


@pytest.mark.harness
@pytest.mark.parametrize("racy", [True, False], ids=["racy", "strict"])
@pytest.mark.parametrize(
    ("kind", "number"), [("storm", STORM), ("situations", 1), ("kills", KILLS_EACH)]
)
def test_full_size_keeps_every_promise(size, seed, figures, kind, number, racy):
    number = size(small=0, full=number)
    if not number:
        pytest.skip("for `make trust`: an hour")
    programme = Programme(kind=kind, number=number, seed=seed, racy=racy)
    found = run_chaos(programme, say=lambda line: None)
    figures(f"fault harness: {found.title}", **found.figures())
    hold_to_what_was_asked(kind, found)


def hold_to_what_was_asked(kind: str, found: Report) -> None:
    """Clean, and in full size: the figures are those asked for, whatever the run had planned."""
    assert found.is_clean, found.as_text()
    match kind:
        case "storm":
            assert found.deliveries >= STORM
            assert sum(found.faults.values()) >= found.posts * LEAST_FAULTY / 100
            assert set(STORM_EVENTS) | KILLED_IN_A_STORM <= set(found.events)
            assert sum(found.kills.values()) > 0
        case "kills":
            assert len(found.steps) > LEAST_STEPS
            assert all(found.kills[step] >= KILLS_EACH for step in found.steps)
        case "situations":
            assert set(found.situations) == {situation.name for situation in SITUATIONS}
        case _:
            raise AssertionError(kind)


@pytest.mark.parametrize("kind", ["storm", "kills", "situations"])
@pytest.mark.parametrize("is_told", [True, False], ids=["told", "not told"])
def test_full_size_is_not_kept_by_a_run_of_nothing(kind, is_told):
    lacking = shortfalls(Programme(kind=kind, number=10, seed=1), NOTHING)
    with pytest.raises(AssertionError):
        hold_to_what_was_asked(kind, replace(NOTHING, missed=lacking if is_told else []))


@pytest.mark.harness
def test_a_worker_died_at_every_step_of_a_delivery(report):
    assert len(report.steps) > 50
    assert set(report.steps) <= set(report.kills)
    assert {"before commit of a recovery #1", "after commit of a recovery #1"} <= set(report.kills)
    words = " ".join(report.steps)
    for kind in ("commit", "S3 HEAD", "S3 PUT", "old-login", "orders", "logout", "broker"):
        assert kind in words
    assert report.tries["lease_lost"] > 30


@pytest.mark.harness
def test_every_event_struck_and_every_state_was_reached(report):
    assert set(EVENTS) < set(report.events)
    assert report.messages_flushed > 0
    assert sum(report.freezes.values()) >= 5
    assert report.pages["progress pages that said “Order served to OPG”"] > 0
    assert report.pages["orders read in the list in the end"] == report.deliveries
    assert len(report.faults) > 25
    assert sum(report.faults.values()) > 40
    assert {"QUEUED", "PREPARING", "UNKNOWN", "ACCEPTED", "HELD", "REJECTED"} <= set(
        report.states_seen
    )
    for ending in (
        "ACCEPTED",
        "HELD unconfirmed",
        "HELD already_in_sirius",
        "HELD document",
        "CANCELLED withdrawn",
    ):
        assert report.outcomes[ending] > 0


def test_plan_is_the_same_for_the_same_seed():
    assert Planner(seed=3).draw(90, steps=STEPS) == Planner(seed=3).draw(90, steps=STEPS)
    assert Planner(seed=3).draw(90, steps=STEPS) != Planner(seed=4).draw(90, steps=STEPS)


def test_learning_again_takes_nothing_from_the_plan():
    once, again = Planner(seed=3), Planner(seed=3)
    first = once.learn()
    others = [again.learn_again(again.learn(), 1), again.learn_again(first, 2)]
    plan = once.draw(90, steps=STEPS)
    assert plan == again.draw(90, steps=STEPS)
    references = [trial.reference for trial in (first, *others, *plan.trials)]
    assert len(set(references)) == 93


def test_plan_kills_at_every_step_first():
    plan = Planner(seed=3).draw(5, steps=STEPS)
    assert [trial.traps for trial in plan.trials[:2]] == [(step,) for step in STEPS]
    assert len(plan.trials) == 5


def test_trap_springs_once_and_the_next_waits(tmp_path):
    traps = TrapFolder(tmp_path)
    first, second = Trap("before post"), Trap("after post", does="freeze")
    traps.lay("7", [first, second])
    assert traps.next("7") == first
    assert traps.spring("7", first)
    assert not traps.spring("7", first)
    assert traps.next("7") == second
    assert [hit["step"] for hit in traps.hits()] == ["before post"]


def test_chaos_refuses_a_deployed_environment(monkeypatch):
    monkeypatch.setenv("ENVIRONMENT", "production")
    with pytest.raises(StackTrouble, match="for development and tests"):
        run_chaos(Programme(kind="mixed", number=2, seed=1), say=lambda line: None)


def test_chaos_is_no_command_of_a_deployed_service():
    asked = subprocess.run(
        [sys.executable, "manage.py", "chaos"],
        cwd=CHECKOUT,
        env={**os.environ, "ENVIRONMENT": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode != 0
    assert "Unknown command" in asked.stderr
