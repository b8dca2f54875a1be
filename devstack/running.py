"""`python -m devstack run`: everything up, watched, and down again in order."""

import os
import shlex
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from devstack.attempts import LOUD
from devstack.infrastructure import Infrastructure
from devstack.logs import PrefixedLogs
from devstack.servers.scanner import Scanner
from devstack.servers.server import CHECKOUT, Cancelled
from devstack.stack import Stack, web_port
from devstack.supervision import Supervisor

# The accounts that `manage.py seed_demo` makes.
DEMO_PEOPLE = {
    "case.manager@example.com": "case manager",
    "administrator@example.com": "administrator",
    "operator.one@example.com": "operations",
    "operator.two@example.com": "operations",
}
# What their authenticator apps share with the service; no secret, and never where real data is.
DEMO_KEY = "SERVEDEMOSERVEDEMOSERVEDEMOSERVE"


def run(*, asked_port: int | None, check: bool) -> None:
    """Run until a signal asks to end. With `check`, end as soon as everything answers.

    Raises `StackTrouble` where it cannot run.
    """
    ended = threading.Event()
    _end_on_signals(ended)
    logs = PrefixedLogs(sys.stdout)
    infrastructure = Infrastructure(state_folder(), durable=True, logs=logs, cancelled=ended)
    infrastructure.open()
    try:
        # Now, not earlier: what a killed run left may have held the port until here.
        port = web_port(asked_port)
        with infrastructure:
            _run_application(infrastructure, logs, ended, port=port, check=check)
    except Cancelled:
        logs.say("stack", "Ended while starting.")
    finally:
        infrastructure.stop()
    logs.say("stack", "Everything is stopped.")


def state_folder() -> Path:
    """Where data is kept between runs."""
    asked = os.environ.get("SERVE_OPG_STATE", "")
    return Path(asked).expanduser() if asked else CHECKOUT / ".state"


def _run_application(
    infrastructure: Infrastructure,
    logs: PrefixedLogs,
    ended: threading.Event,
    *,
    port: int | None,
    check: bool,
) -> None:
    stack = Stack(infrastructure, port=port)
    infrastructure.state.note_address(stack.url)
    password = infrastructure.state.secret("demo")
    try:
        stack.migrate()
        stack.start()
        stack.manage("seed_demo", environment={"DEMO_PASSWORD": password})
        stack.wait_until_ready()
        environment = infrastructure.state.write_environment(stack.variables)
        _say_ready(stack, password, environment, infrastructure)
        if not check:
            Supervisor([*infrastructure.servers, *stack.servers], logs=logs).watch(ended)
        logs.say("stack", "Stopping.")
    finally:
        stack.stop()


def _say_ready(
    stack: Stack, password: str, environment: Path, infrastructure: Infrastructure
) -> None:
    notify = infrastructure.notify
    mails = [] if notify.given else [f"Mails can be read   {notify.mails_url}"]
    lines = [
        "",
        f"Serve OPG runs at   {stack.url}",
        *(f"Sign in as          {email} ({role})" for email, role in DEMO_PEOPLE.items()),
        f"Password            {password}",
        f"Authenticator key   {DEMO_KEY} (administrator and operations)",
        "Code of the moment  .venv/bin/python manage.py second_factor_code EMAIL",
        *mails,
        f"For manage.py       . {shlex.quote(str(environment))}",
        "Stop with           Ctrl-C",
        "",
        *_about_the_scanner(infrastructure.scanner),
        f"Ready: {stack.url}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _about_the_scanner(scanner: Scanner) -> list[str]:
    """What its answers are worth; nothing of one that was given."""
    if scanner.given:
        return []
    if scanner.is_stand_in:
        return [
            LOUD,
            "NO VIRUS SCANNER: ClamAV is not installed. A stand-in finds the EICAR test file and",
            "nothing else; every other file passes. For a real one: apt install clamav-daemon.",
            LOUD,
            "",
        ]
    return [
        "Virus scanner       ClamAV, with a signature of the EICAR test file alone; real ones",
        "                    come by freshclam, which nothing here starts",
        "",
    ]


def _end_on_signals(ended: threading.Event) -> None:
    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    # Under nohup the terminal may go and the service stays.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, end)
