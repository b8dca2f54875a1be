"""The fault harness turns red when the application is broken as such services are known to be."""

import pytest

from devstack.chaos.mistakes import MISTAKES
from devstack.chaos.mutants import MUTANTS, make_mistake
from devstack.chaos.programme import Programme
from devstack.chaos.show import run_chaos

# The first is the worst: a second record in Sirius.
EACH = list(MISTAKES)


@pytest.mark.harness
def test_each_mistake_made_on_purpose_turns_its_number(size, seed, figures):
    unseen = []
    for name in EACH[: size(small=1, full=len(EACH))]:
        mistake = MISTAKES[name]
        programme = Programme(kind="probe", number=1, seed=seed, racy=mistake.racy, broken=name)
        report = run_chaos(programme, say=lambda line: None)
        found = {fate: number for fate, number in report.zeros.items() if number}
        figures("fault harness: mistakes made on purpose", **{name: f"seen as {found}"})
        if not report.zeros[mistake.turns]:
            unseen.append(f"{programme.command}\n{report.as_text()}")
    assert not unseen, "\n\n".join(unseen)


@pytest.mark.parametrize("kind", ["kills", "probe"])
def test_a_lost_lease_repeated_at_once_comes_before_the_settle_time_is_over(kind):
    programme = Programme(kind=kind, number=1, seed=1)
    times = programme.times
    lease, settle = times["SUBMISSION_LEASE_SECONDS"], times["SUBMISSION_SETTLE_SECONDS"]
    # A sweep takes it back, and the next try has some way to its post.
    assert settle > lease + 2 * times["SWEEP_SECONDS"]


@pytest.mark.parametrize("kind", ["mixed", "kills", "storm", "situations", "probe"])
def test_a_frozen_worker_wakes_when_somebody_else_has_its_submission(kind):
    programme = Programme(kind=kind, number=1, seed=1)
    times = programme.times
    both = times["SUBMISSION_LEASE_SECONDS"] + times["SUBMISSION_SETTLE_SECONDS"]
    assert programme.thaw_seconds > both + times["SWEEP_SECONDS"]


def test_every_mistake_can_be_made_and_says_what_it_must_turn():
    assert set(MISTAKES) == set(MUTANTS)
    assert {mistake.turns for mistake in MISTAKES.values()} == {
        *("lost", "duplicated", "falsely served", "falsely failed", "unannounced", "hasty"),
    }
    with pytest.raises(KeyError):
        make_mistake("no such mistake")
