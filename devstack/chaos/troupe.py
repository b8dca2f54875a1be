"""The harness' two processes that need the application, seen from outside: nursery and clerk."""

import json
import secrets
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from devstack.chaos.plan import Trial
from devstack.errors import StackTrouble
from devstack.infrastructure import Infrastructure
from devstack.servers.server import CHECKOUT

STOP_SECONDS = 10.0
ANSWER_SECONDS = 300.0
CLERK = "clerk@example.com"
# Servers of the infrastructure that neither a delivery nor the clerk ever asks.
NEVER_ASKED = ("notify", "places", "scanner")


class Part:
    """One process of `python -m devstack.chaos`; talks JSON by lines.

    `module`: what to run in its place, with the same name as its argument.
    """

    def __init__(
        self,
        name: str,
        infrastructure: Infrastructure,
        *,
        environment: Mapping[str, str],
        module: str = "devstack.chaos",
    ) -> None:
        self._name = name
        self._register = infrastructure.site.register
        self._logs = infrastructure.logs
        with self._logs.writer(name) as log:
            # A group of its own: the lifeline then ends its children with it.
            self._program = subprocess.Popen(
                [sys.executable, "-m", module, name],
                env=dict(environment),
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._register.add(name, self._program.pid, stop_signal=signal.SIGTERM)

    def say(self, line: str) -> None:
        """One line to it. Raises `StackTrouble` where it has ended."""
        assert self._program.stdin is not None
        try:
            self._program.stdin.write(line + "\n")
            self._program.stdin.flush()
        except BrokenPipeError as error:
            raise self._ended() from error

    def hear(self) -> Any:
        """Its next answer. Raises `StackTrouble` where it has ended, or says nothing for long."""
        assert self._program.stdout is not None
        readable, _, _ = select.select([self._program.stdout], [], [], ANSWER_SECONDS)
        if not readable:
            raise StackTrouble(
                f"The harness' {self._name} said nothing for {ANSWER_SECONDS:.0f} s."
            )
        line = self._program.stdout.readline()
        if not line:
            raise self._ended()
        return json.loads(line)

    def stop(self) -> None:
        """Its input ends, and so does it."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        try:
            self._program.stdin.close()
            self._program.wait(STOP_SECONDS)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self._program.kill()
            self._program.wait()
        self._program.stdout.close()
        self._register.drop(self._program.pid)

    def _ended(self) -> StackTrouble:
        tail = "\n".join(self._logs.tail(self._name)[-12:])
        return StackTrouble(f"The harness' {self._name} ended unasked.\n{tail}")


class Troupe:
    """Both, for as long as the `with` block lasts."""

    def __init__(
        self,
        infrastructure: Infrastructure,
        *,
        environment: Mapping[str, str],
        folder: Path,
        workers: int,
        thaw_seconds: float,
    ) -> None:
        self._parts: list[Part] = []
        # The clerk's, for the pages.
        self.email, self.password = CLERK, secrets.token_urlsafe(18)
        wanted = {
            "folder": str(folder),
            "workers": workers,
            "thaw_seconds": thaw_seconds,
            "email": self.email,
            "password": self.password,
        }
        try:
            # The clerk migrates, and so is the owner; those who deliver own nothing.
            url = infrastructure.postgres.application_url(environment["DATABASE_URL"])
            for name, own in (("clerk", {}), ("workers", {"DATABASE_URL": url})):
                variables = {**environment, **own}
                self._parts.append(Part(name, infrastructure, environment=variables))
            self._clerk, self._nursery = self._parts
            # The workers must not come before the tables.
            self._clerk.say(json.dumps(wanted))
            self._clerk.hear()
            self._nursery.say(json.dumps(wanted))
            self._nursery.hear()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Nobody delivers any more."""
        for part in reversed(self._parts):
            part.stop()
        self._parts = []

    def make(self, trials: Sequence[Trial]) -> list[int]:
        """Orders that are ready to be served: their ids."""
        return list(self._ask("make", trials=trials))

    def declare(self, orders: Sequence[int], trials: Sequence[Trial]) -> list[list[int]]:
        """For each order the ids of the submissions that its clicks made."""
        return list(self._ask("declare", trials=trials, ids=orders))

    def retry(self, submissions: Sequence[int]) -> list[int]:
        """Have an operator send these again; the ids of those that could be."""
        return list(self._ask("retry", ids=submissions))

    def kill_workers(self) -> None:
        """SIGKILL to all at once; new ones are born."""
        self._nursery.say("kill workers")

    def kill_worker(self, number: int) -> None:
        """SIGKILL to one of them, wherever it is."""
        self._nursery.say(f"kill worker {number}")

    def kill_beat(self) -> None:
        """SIGKILL to the clock; a new one is born."""
        self._nursery.say("kill beat")

    def open_breaker(self) -> None:
        """As five failures of Sirius in a row would, with its next trial due at once."""
        self._ask("open breaker")

    def _ask(self, what: str, *, trials: Sequence[Trial] = (), ids: Sequence[int] = ()) -> Any:
        words = [trial.as_json() for trial in trials]
        request = {"do": what, "ids": list(ids), "trials": words}
        self._clerk.say(json.dumps(request))
        return self._clerk.hear()
