"""A run of the fault harness that did not make what it was asked for is not clean, and says so."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from devstack.chaos import verdict
from devstack.chaos.demands import shortfalls
from devstack.chaos.evidence import Journal
from devstack.chaos.plan import EVENTS, STORM_EVENTS
from devstack.chaos.programme import Programme
from devstack.chaos.situations import planned_situations
from tests.harness.reports import NOTHING

STEPS = [f"before call {number} #1" for number in range(60)]
RECOVERIES = ("before commit of a recovery #1", "after commit of a recovery #1")
FIRST = next(iter(planned_situations()))

# What each kind makes where all goes well.
PROGRAMMES = {
    "mixed": Programme(kind="mixed", number=250, seed=7),
    "kills": Programme(kind="kills", number=3, seed=7),
    "storm": Programme(kind="storm", number=10_000, seed=7),
    "situations": Programme(kind="situations", number=1, seed=7),
    "probe": Programme(kind="probe", number=1, seed=7),
}
WHOLE = {
    "mixed": replace(
        NOTHING,
        deliveries=250,
        posts=300,
        steps=STEPS,
        kills=dict.fromkeys(STEPS, 1),
        events=dict.fromkeys(EVENTS, 2),
    ),
    "kills": replace(
        NOTHING,
        deliveries=3 * len(STEPS) + 1,
        posts=300,
        steps=STEPS,
        kills=dict.fromkeys([*STEPS, *RECOVERIES], 3),
    ),
    "storm": replace(
        NOTHING,
        deliveries=10_001,
        posts=20_000,
        steps=STEPS,
        kills=dict.fromkeys(STEPS, 15),
        faults={"500-after": 6_900},
        events=dict.fromkeys(STORM_EVENTS, 56),
    ),
    "situations": replace(
        NOTHING,
        deliveries=planned_situations().total() + 1,
        posts=900,
        steps=STEPS,
        situations=dict(planned_situations()),
    ),
    "probe": replace(NOTHING, deliveries=2, posts=2, steps=STEPS),
}


@pytest.mark.parametrize("kind", PROGRAMMES)
def test_a_run_that_made_it_all_lacks_nothing(kind):
    assert shortfalls(PROGRAMMES[kind], WHOLE[kind]) == []


@pytest.mark.parametrize("kind", PROGRAMMES)
def test_a_run_of_nothing_lacks_what_it_was_asked_for(kind):
    assert shortfalls(PROGRAMMES[kind], NOTHING)


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("mixed", {"deliveries": 249}, "1 of 250 deliveries"),
        ("mixed", {"steps": STEPS[:50]}, "a delivery of more than 50 steps; 50 were seen"),
        ("mixed", {"kills": dict.fromkeys(STEPS[1:], 1)}, "1 kills before call 0 #1"),
        (
            "mixed",
            {"events": {"web killed": 19, "an operator sent again what was held": 9}},
            "1 of 20 events that strike everybody",
        ),
        ("kills", {"deliveries": 180}, "1 of 181 deliveries"),
        (
            "kills",
            {"kills": {**WHOLE["kills"].kills, STEPS[4]: 1}},
            "2 kills before call 4 #1",
        ),
        (
            "kills",
            {"kills": dict.fromkeys([*STEPS, RECOVERIES[0]], 3)},
            "3 kills after commit of a recovery #1",
        ),
        ("storm", {"deliveries": 10_000}, "1 of 10001 deliveries"),
        (
            "storm",
            {"faults": {"500-after": 5_900}},
            "faults in 35% of the answers; 5900 struck 20000 posts",
        ),
        ("storm", {"posts": 0}, "faults in 35% of the answers; 6900 struck 0 posts"),
        (
            "storm",
            {"kills": {STEPS[0]: 196}},
            "197 kills of workers at their steps; 196 came about",
        ),
        (
            "storm",
            {"events": {name: 100 for name in STORM_EVENTS if name != "broker killed"}},
            "the event: broker killed",
        ),
        ("situations", {"deliveries": 2}, f"{planned_situations().total() - 1} of"),
        (
            "situations",
            {"situations": {**planned_situations(), FIRST: 1}},
            f"{planned_situations()[FIRST] - 1} of {planned_situations()[FIRST]} {FIRST}",
        ),
        ("probe", {"deliveries": 1}, "1 of 2 deliveries"),
    ],
)
def test_each_thing_that_was_not_made_is_told(kind, changes, words):
    found = shortfalls(PROGRAMMES[kind], replace(WHOLE[kind], **changes))
    assert len(found) == 1
    assert found[0].startswith(words)


def test_a_storm_that_few_events_struck_is_told():
    quiet = replace(WHOLE["storm"], events=dict.fromkeys(STORM_EVENTS, 1))
    assert shortfalls(PROGRAMMES["storm"], quiet) == ["654 of 666 events that strike everybody"]


def test_a_short_storm_may_have_its_chance():
    programme = Programme(kind="storm", number=20, seed=7)
    few = replace(
        WHOLE["storm"],
        deliveries=21,
        posts=30,
        kills={},
        faults={"404": 4},
        events={"beat killed": 2},
    )
    assert shortfalls(programme, few) == []


def test_of_chosen_trials_nothing_is_asked():
    assert shortfalls(replace(PROGRAMMES["kills"], only=(4,)), NOTHING) == []


def test_the_verdict_on_a_run_of_nothing_is_that_it_lacks_all(monkeypatch, tmp_path):
    monkeypatch.setattr(verdict, "read_rows", lambda url: [])
    monkeypatch.setattr(verdict, "read_tries", lambda url: [])
    monkeypatch.setattr(verdict, "read_journal", lambda path: Journal())
    left = verdict.Left(
        programme=PROGRAMMES["kills"],
        infrastructure=SimpleNamespace(
            postgres=SimpleNamespace(url=""),
            sirius=SimpleNamespace(name="sirius"),
            state=SimpleNamespace(folder=lambda name: tmp_path),
        ),
        declared=[],
        trials={},
        steps=[],
        hits=[],
        deaths=[],
        watcher=SimpleNamespace(seen_served={}, came_through=set()),
        staff=SimpleNamespace(shown=[], errors_met=0),
        listed={},
        strikes=SimpleNamespace(struck=[], messages_flushed=0),
        seconds=1.0,
        cut_short="",
    )
    report = verdict.make_report(left)
    assert "a delivery of more than 50 steps; 0 were seen" in report.missed
    assert not report.is_clean
