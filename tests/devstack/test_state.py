"""The state folder: kept ports and secrets, and one sentence where the folder can't be used."""

import errno
import os
import stat
import subprocess
import sys
from subprocess import PIPE

import pytest

from devstack.errors import StackTrouble, folder_trouble
from devstack.ports import is_free
from devstack.servers.server import CHECKOUT
from devstack.state import StateFolder


@pytest.fixture
def state(tmp_path):
    folder = StateFolder(tmp_path / "state")
    folder.open()
    yield folder
    folder.close()


def test_a_secret_stays_the_same_and_is_readable_by_its_owner_alone(state):
    assert state.secret("demo") == state.secret("demo") != state.secret("other")
    assert stat.S_IMODE((state.path / "secrets.json").stat().st_mode) == 0o600


def test_a_port_is_kept_while_it_is_free_and_no_other_part_gets_it(state):
    port = state.port("web")
    assert is_free(port)
    assert state.port("web") == port
    assert len({state.port(name) for name in ("web", "a", "b", "c", "d")}) == 5


def test_a_port_that_somebody_took_meanwhile_is_left_to_them(state, taken_port):
    (state.path / "ports.json").write_text(f'{{"web": {taken_port}}}')
    assert state.port("web") != taken_port


def test_a_port_that_another_process_will_listen_on_is_left_to_it(state):
    """It has chosen the port and does not listen yet: its database is still being made."""
    choosing = "from devstack.ports import find_port; print(find_port(avoid=set()), flush=True)"
    waiting = f"{choosing}; input()"
    with subprocess.Popen(
        [sys.executable, "-c", waiting], cwd=CHECKOUT, stdin=PIPE, stdout=PIPE, text=True
    ) as other:
        theirs = int(other.stdout.readline())
        (state.path / "ports.json").write_text(f'{{"web": {theirs}}}')
        assert is_free(theirs)
        assert state.port("web") != theirs
        other.communicate("\n")
    # It has gone, and its port with it.
    (state.path / "ports.json").write_text(f'{{"web": {theirs}}}')
    assert state.port("web") == theirs


def test_a_torn_file_of_ports_is_written_anew(state):
    (state.path / "ports.json").write_text('{"web": 21')
    assert is_free(state.port("web"))


def test_a_folder_in_use_is_refused_until_it_is_given_back(state):
    second = StateFolder(state.path)
    with pytest.raises(StackTrouble, match=f"already runs .*process {os.getpid()}"):
        second.open()
    state.close()
    second.open()
    second.close()


def test_the_sentence_of_a_second_start_names_the_address(state):
    state.note_address("http://127.0.0.1:8000")
    with pytest.raises(StackTrouble, match=r"http://127\.0\.0\.1:8000"):
        StateFolder(state.path).open()


def test_a_file_where_the_folder_should_be_is_said(tmp_path):
    (tmp_path / "state").write_text("")
    with pytest.raises(StackTrouble, match="is a file, but a folder is needed"):
        StateFolder(tmp_path / "state").open()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to_is_said(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StackTrouble, match="cannot be written to by this user"):
        StateFolder(tmp_path / "state").open()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "cannot be written to by this user"),
        (errno.EROFS, "cannot be written to by this user"),
        (errno.ENOSPC, "is full"),
        (errno.EIO, "cannot be used"),
    ],
)
def test_each_refusal_of_the_system_becomes_one_sentence(tmp_path, number, words):
    sentence = str(folder_trouble(tmp_path, OSError(number, os.strerror(number))))
    assert words in sentence
    assert "\n" not in sentence


def test_a_disk_without_room_is_refused_before_anything_starts(tmp_path):
    with pytest.raises(StackTrouble, match=f"is full: .* and {10**9} MB are needed"):
        StateFolder(tmp_path / "state", room_needed_mb=10**9).open()
    usual = StateFolder(tmp_path / "state")
    usual.open()
    usual.close()
