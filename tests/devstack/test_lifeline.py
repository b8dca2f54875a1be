"""No orphans: what happens to the servers when the process that started them is killed."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from devstack import lifeline
from devstack.lifeline import Lifeline, Register, started_moment

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
# Shrugs at a polite request to end.
STUBBORN = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER[-1],
]


@pytest.fixture
def register(tmp_path) -> Register:
    return Register(tmp_path / "children-1.json")


@pytest.fixture
def start(register) -> Iterator[object]:
    """Start a program in a group of its own, listed in the register, and wait until it is up."""
    started: list[subprocess.Popen[str]] = []

    def launch(name: str, command: list[str]) -> subprocess.Popen[str]:
        program = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        started.append(program)
        assert program.stdout.readline() == "up\n"
        register.add(name, program.pid, stop_signal=signal.SIGTERM)
        return program

    yield launch
    for program in started:
        program.kill()
        program.communicate()


def test_reaping_ends_what_is_listed_and_names_it_last_started_first(register, start):
    first, second = start("postgres", SLEEPER), start("web", SLEEPER)
    assert register.reap() == ["web", "postgres"]
    assert [first.wait(), second.wait()] == [-signal.SIGTERM] * 2
    assert register.entries() == []


def test_reaping_kills_what_does_not_end_when_asked(register, start):
    stubborn = start("worker", STUBBORN)
    register.reap(grace_seconds=0.2)
    assert stubborn.wait() == -signal.SIGKILL


def test_a_later_process_with_the_same_number_is_left_alone(register, start):
    stranger = start("web", SLEEPER)
    listed = register.path.read_text()
    register.path.write_text(listed.replace(started_moment(stranger.pid), "some other moment"))
    assert register.reap() == []
    assert stranger.poll() is None


def test_what_was_dropped_is_no_longer_listed(register, start):
    dropped = start("web", SLEEPER)
    register.drop(dropped.pid)
    assert register.reap() == []
    assert dropped.poll() is None


def test_a_torn_list_is_read_as_empty(register):
    register.path.write_text('[{"name": "web", "pid"')
    assert register.reap() == []


def test_the_lifeline_ends_the_children_and_the_folder_of_a_process_that_was_killed(
    register, start, tmp_path
):
    throwaway = tmp_path / "throwaway"
    throwaway.mkdir()
    child = start("broker", SLEEPER)
    holding = (
        "import sys, time; from pathlib import Path; from devstack.lifeline import *; "
        f"Lifeline(Register(Path({str(register.path)!r}))).hold(remove=[Path({str(throwaway)!r})]);"
        " print('up', flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", holding], stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout.readline() == "up\n"
        holder.kill()
    assert child.wait(timeout=20) == -signal.SIGTERM
    deadline = time.monotonic() + 20
    while throwaway.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not throwaway.exists()


def test_a_lifeline_that_is_let_go_ends_nothing_that_was_dropped(register, start):
    held = Lifeline(register)
    held.hold(remove=[])
    kept = start("web", SLEEPER)
    register.drop(kept.pid)
    held.release()
    assert kept.poll() is None


def test_the_start_of_a_process_is_told_also_where_there_is_no_proc(start):
    program = start("web", SLEEPER)
    told = lifeline._started_by_ps(program.pid)
    assert told == lifeline._started_by_ps(program.pid) is not None
    assert told != lifeline._started_by_ps(1)
    program.kill()
    program.wait()
    assert lifeline._started_by_ps(program.pid) is None


def test_a_process_that_has_ended_has_no_start_even_before_it_is_waited_for(start):
    program = start("web", SLEEPER)
    assert started_moment(program.pid)
    program.kill()
    while started_moment(program.pid):
        time.sleep(0.01)
    assert program.returncode is None
