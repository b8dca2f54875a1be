"""Finding ClamAV's daemon, the plain words where there is none, and the stand-in in its place."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from devstack import Infrastructure, clamd
from devstack.clamd import find_clamd, install_clamd
from devstack.eicar import EICAR
from devstack.servers.scanner import Scanner
from devstack.servers.server import CHECKOUT
from filestore import ScannerUnavailable, ScanState
from filestore.clamd import FOR_HEALTH, Address, Clamd


@pytest.fixture
def nowhere(tmp_path, monkeypatch) -> Path:
    """A machine without any clamd, and without a way to get one."""
    monkeypatch.setattr(clamd, "_USUAL_PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path


def make_program(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_no_clamd_is_found_where_there_is_none(nowhere):
    assert find_clamd() is None


def test_a_clamd_on_the_path_is_found(nowhere):
    program = make_program(nowhere / "bin" / "clamd")
    assert find_clamd().path == program
    assert find_clamd().environment == {}


def test_one_that_was_unpacked_without_root_is_found_with_its_libraries(nowhere):
    root = nowhere / "caches" / "serve-opg" / "clamav" / "root"
    program = make_program(root / "usr/sbin/clamd")
    library = make_program(root / "usr/lib/x86_64-linux-gnu/libclamav.so.12")
    assert find_clamd().path == program
    assert find_clamd().environment == {"LD_LIBRARY_PATH": str(library.parent)}


def test_without_one_it_is_said_loudly_and_is_no_failure(nowhere, capsys):
    install_clamd()
    said = capsys.readouterr().out
    assert "NO VIRUS SCANNER: the tests against a real clamd WILL BE SKIPPED" in said
    assert "no apt-get to install clamav-daemon by" in said


@pytest.fixture
def stand_in(tmp_path, infrastructure, monkeypatch):
    """The stand-in, started as on a machine without ClamAV."""
    monkeypatch.setattr("devstack.servers.scanner.find_clamd", lambda: None)
    own = Infrastructure(tmp_path, durable=False, throwaway=True, given={})
    own.state.open()
    scanner = Scanner(own.site)
    scanner.start()
    yield scanner
    scanner.stop()
    own.state.close()


def test_the_stand_in_speaks_the_protocol_and_knows_the_test_file_alone(stand_in):
    asking = Clamd(Address.read(stand_in.url), FOR_HEALTH)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letter.txt", EICAR)
    assert stand_in.is_stand_in
    assert asking.version() == "Stand-in that knows EICAR alone"
    states = [
        asking.scan(io.BytesIO(content)).state
        for content in (EICAR, b"clean", b"", packed.getvalue(), bytes(3_000_000) + EICAR)
    ]
    found, clean = ScanState.INFECTED, ScanState.CLEAN
    assert states == [found, clean, clean, found, found]
    with pytest.raises(ScannerUnavailable):
        asking.scan(io.BytesIO(bytes(52 * 1024 * 1024)))


def test_the_stand_in_does_not_run_where_real_orders_are():
    answer = subprocess.run(
        [sys.executable, "-m", "devstack.scanner_stand_in", "--port", "1"],
        cwd=CHECKOUT,
        env={**os.environ, "ENVIRONMENT": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, "no virus scanner" in answer.stderr) == (2, True)


def test_a_given_scanner_is_used_and_what_is_none_is_named(tmp_path, real_clamd):
    given = Infrastructure(tmp_path, durable=False, given={"CLAMD_URL": real_clamd.url}).scanner
    assert given.is_ready()
    assert not given.is_stand_in
    assert given.address() == ("127.0.0.1", real_clamd.port)
