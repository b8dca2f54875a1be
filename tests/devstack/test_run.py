"""`python -m devstack run` as a person meets it: started, asked, killed, gone without a trace."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from django.utils import timezone

from accounts.services.second_factor import code_at
from devstack.lifeline import started_moment
from devstack.servers.server import CHECKOUT

SECONDS = 90
MINE = ("PATH", "HOME", "LANG", "TMPDIR")


class Run:
    """One `python -m devstack run` with nothing exported but what is given."""

    def __init__(self, *arguments: str, state: Path, **variables: str) -> None:
        environment = {name: os.environ[name] for name in MINE if name in os.environ}
        self.state = state
        self.lines: list[str] = []
        self.program = subprocess.Popen(
            [sys.executable, "-m", "devstack", *arguments],
            cwd=CHECKOUT,
            env={**environment, "SERVE_OPG_STATE": str(state), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, words: str) -> str:
        """The first line to come that has the words; the run must not end before."""
        for line in self.program.stdout:
            self.lines.append(line)
            if words in line:
                return line
        pytest.fail(f"ended without {words!r}:\n{''.join(self.lines)}{self.program.stderr.read()}")

    def end(self) -> tuple[int, str]:
        """Exit code and all of stderr, once it has ended by itself."""
        rest, trouble = self.program.communicate(timeout=SECONDS)
        self.lines.append(rest)
        return self.program.returncode, trouble

    def children(self) -> dict[str, tuple[int, str | None]]:
        """Number and start of each process that it started, by name."""
        listed = json.loads((self.state / f"children-{self.program.pid}.json").read_text())
        return {each["name"]: (each["pid"], each["started"]) for each in listed}


@pytest.fixture
def run(state_folder) -> Iterator[type[Run]]:
    """Starts runs; whatever a failed test leaves is ended."""
    started: list[Run] = []

    def start(*arguments: str, **variables: str) -> Run:
        started.append(Run(*arguments, state=state_folder, **variables))
        return started[-1]

    yield start
    for each in started:
        with contextlib.suppress(ProcessLookupError):
            each.program.terminate()
        each.program.communicate(timeout=SECONDS)


def _are_gone(children: dict[str, tuple[int, str | None]], *, within: float) -> bool:
    deadline = time.monotonic() + within
    while any(started_moment(pid) == started for pid, started in children.values()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _is_let_in(address: str, email: str, password: str, key: str) -> bool:
    with requests.Session() as browser:
        page = browser.get(f"{address}/login", timeout=SECONDS)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
        names = re.findall(r'<input[^>]* name="(\w*(?:email|username|password))"', page.text)
        fields = dict(zip(names, (email, password), strict=True))
        form = {**fields, "csrfmiddlewaretoken": token}
        landed = browser.post(page.url, data=form, timeout=SECONDS)
        if urlsplit(landed.url).path == "/login/code":
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', landed.text)[1]
            form = {"code": code_at(key=key, now=timezone.now()), "csrfmiddlewaretoken": token}
            landed = browser.post(landed.url, data=form, timeout=SECONDS)
        return urlsplit(landed.url).path == "/case"


def test_run_serves_restarts_what_crashes_and_leaves_no_orphan_when_killed(run):
    first = run("run")
    address = first.wait_for("Ready: ").removeprefix("Ready: ").strip()
    said = "".join(first.lines)
    password = re.search(r"^Password +(\S+)$", said, re.MULTILINE)[1]
    emails = re.findall(r"^Sign in as +(\S+) \(", said, re.MULTILINE)
    assert len(emails) == 4
    key = re.search(r"^Authenticator key +(\S+) ", said, re.MULTILINE)[1]
    assert all(_is_let_in(address, email, password, key) for email in emails)
    assert not _is_let_in(address, emails[0], "another password", key)

    environment = first.state / "environment"
    assert environment.stat().st_mode & 0o777 == 0o600
    status = f". '{environment}' && {sys.executable} manage.py submissions status"
    shown = subprocess.run(
        ["/bin/sh", "-c", status], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert "QUEUED: 0" in shown.stdout

    code, trouble = run("run").end()
    assert code == 1
    assert trouble.count("\n") == 1
    assert f"already runs on this state folder (process {first.program.pid}, {address}" in trouble

    children = first.children()
    assert set(children) == {
        *("postgres", "broker", "bucket", "scanner", "sirius", "notify", "places"),
        *("web", "worker", "beat"),
    }
    os.kill(children["web"][0], signal.SIGKILL)
    first.wait_for("The web server ended unasked (signal 9); starting it again in 1 s.")
    first.wait_for("Listening at")
    children = first.children()

    first.program.kill()
    assert _are_gone(children, within=20)

    second = run("run")
    second.wait_for("Ready: ")
    second.program.send_signal(signal.SIGTERM)
    assert second.end() == (0, "")
    assert "Everything is stopped." in "".join(second.lines)
    assert not list(second.state.glob("children-*.json"))


def test_run_ends_on_control_c_while_it_starts_and_leaves_nothing(run):
    starting = run("run")
    starting.wait_for("Bringing the database's tables up to date.")
    children = starting.children()
    starting.program.send_signal(signal.SIGINT)
    assert starting.end() == (0, "")
    assert _are_gone(children, within=0)


@pytest.mark.parametrize("how", ["option", "variable"])
def test_run_says_in_one_sentence_that_the_port_asked_for_is_taken(run, taken_port, how):
    asked = (
        run("run", f"--port={taken_port}") if how == "option" else run("run", PORT=f"{taken_port}")
    )
    code, trouble = asked.end()
    assert code == 1
    assert trouble == (
        f"Port {taken_port} is taken by another program, or not for this user: choose another with "
        "--port or PORT.\n"
    )
    assert not list(asked.state.glob("children-*.json"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rum"], "invalid choice: 'rum'"),
        ([], "arguments are required: COMMAND"),
        (["run", "--port", "many"], "'many' is not a port"),
        (["run", "--port", "70000"], "70000 is not a port"),
    ],
)
def test_a_wrong_command_is_one_sentence(run, arguments, words):
    code, trouble = run(*arguments).end()
    assert code == 1
    assert words in trouble
    assert trouble.count("\n") == 1


def test_run_says_in_one_sentence_that_its_folder_cannot_be_used(run, tmp_path):
    (tmp_path / "file").write_text("")
    assert run("run", SERVE_OPG_STATE=str(tmp_path / "file")).end() == (
        1,
        f"{tmp_path / 'file'} is a file, but a folder is needed there.\n",
    )
