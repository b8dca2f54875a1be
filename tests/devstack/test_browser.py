"""Finding Chromium, and the plain words where there is none and none can be had."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devstack.browser import MAC_PROGRAMS, find_browser
from devstack.servers.server import CHECKOUT


@pytest.fixture
def nowhere(tmp_path, monkeypatch) -> Path:
    """A machine without any browser, as far as the environment can make it one."""
    if any(Path(each).exists() for each in MAC_PROGRAMS):
        pytest.skip("a browser stands at a place that no variable can hide")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def _make_program(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_no_browser_is_found_where_there_is_none(nowhere):
    assert find_browser() is None


def test_a_browser_on_the_path_is_found(nowhere):
    program = _make_program(nowhere / "bin" / "google-chrome")
    assert find_browser() == program


def test_the_newest_of_playwrights_own_comes_before_the_path(nowhere):
    _make_program(nowhere / "bin" / "chromium")
    _make_program(nowhere / "playwright" / "chromium-999" / "chrome-linux" / "chrome")
    newest = _make_program(nowhere / "playwright" / "chromium-1255" / "chrome-linux64" / "chrome")
    assert find_browser() == newest


def test_installing_says_loudly_why_journeys_will_be_skipped_and_is_no_failure(nowhere):
    # A file where the downloads should go: refused at once, without a word to any other machine.
    (nowhere / "playwright").write_text("")
    answer = subprocess.run(
        [sys.executable, "-m", "devstack", "browser"],
        cwd=CHECKOUT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0
    assert "NO BROWSER: the journeys in a real browser WILL BE SKIPPED." in answer.stdout
    assert "Playwright's own download failed: Error: EEXIST" in answer.stdout
    assert "Install Chromium or Google Chrome" in answer.stdout
