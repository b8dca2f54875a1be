"""What every server of the stack can do: start, stop, be killed, restart. Which ones: beside."""

import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from devstack.children import Account, Child
from devstack.errors import StackTrouble, folder_trouble
from devstack.lifeline import Register
from devstack.logs import Logs
from devstack.ports import answers
from devstack.state import StateFolder

CHECKOUT = Path(__file__).resolve().parents[2]


_PORT_TAKEN = ("already in use", "connection in use")


class Cancelled(Exception):
    """Somebody asked to end while things were still starting. Not a trouble."""


@dataclass(frozen=True)
class Site:
    """Where servers are built: what all of one workbench share.

    `durable`: data outlives a loss of power. `given` holds the caller's environment: addresses
    found there are used instead of servers of our own. `cancelled`: set by whoever wants a start
    that is under way to end; waiting then raises `Cancelled`.
    """

    state: StateFolder
    register: Register
    logs: Logs
    durable: bool
    given: Mapping[str, str] = field(default_factory=dict)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def stop_if_cancelled(self) -> None:
        if self.cancelled.is_set():
            raise Cancelled


class Server:
    """One long-running program. Subclasses say how it is started and when it is ready.

    Where the caller gave an address, nothing is started: `start` checks that it answers, `stop`
    does nothing and `kill` raises `StackTrouble`, since it is not ours.
    """

    name: str
    title: str
    # The variable of the environment whose address makes a server of our own unnecessary.
    variable: str | None = None
    # What such an address begins with, and one in full.
    schemes: tuple[str, ...] = ("http", "https")
    example = ""
    start_seconds = 60.0
    given_seconds = 5.0
    stop_seconds = 10.0

    def __init__(self, site: Site) -> None:
        self._site = site
        self._child = Child(self.name, register=site.register, logs=site.logs)
        self.given = site.given.get(self.variable, "") if self.variable else ""
        self.port = 0

    @property
    def is_alive(self) -> bool:
        return bool(self.given) or self._child.is_alive

    @property
    def pid(self) -> int | None:
        """The number of the leading process; None where it does not run or is not ours."""
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        return self._child.exit_code

    def check_given(self) -> None:
        """Raise `StackTrouble` where the address that was given is none of this server's kind."""
        if self.given and not self.is_address(self.given):
            # Never the address itself: it may hold a password.
            raise StackTrouble(
                f"{self.variable} is not an address that can be used: it must look like "
                f"{self.example}"
            )

    def start(self) -> None:
        """Start and wait until it answers; again on the same port and data after a stop or kill."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start without waiting; does nothing where it already runs."""
        if self.is_alive:
            return
        self._child.kill()
        try:
            self.prepare()
            self._child.launch(
                self.command(),
                environment=self.child_environment(),
                folder=self.working_folder(),
                account=self.account(),
                stop_signal=self.stop_signal(),
            )
        except OSError as error:
            raise folder_trouble(Path(error.filename or self._site.state.path), error) from error

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + (self.given_seconds if self.given else self.start_seconds)
        pause = 0.01
        while not self.is_ready():
            self._site.stop_if_cancelled()
            if not self.given and not self._child.is_alive:
                raise self._failed_to_start()
            if time.monotonic() > deadline:
                raise self._silent()
            time.sleep(pause)
            pause = min(pause * 1.5, 0.25)

    def ask_to_stop(self) -> None:
        """Let it begin to end; `stop` waits for that."""
        self._child.ask_to_stop()

    def stop(self) -> None:
        """Ask it to end and wait; after `stop_seconds` it is killed."""
        self._child.stop(seconds=self.stop_seconds)

    def kill(self) -> None:
        """SIGKILL, with all that it forked, as if the machine had gone."""
        self._refuse_if_given()
        self._child.kill()

    def restart(self) -> None:
        self._refuse_if_given()
        self.stop()
        self.start()

    # What subclasses say ------------------------------------------------------------------------

    def command(self) -> list[str]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Whether it answers; here: whether it accepts connections."""
        host, port = self.address()
        return answers(host, port)

    def address(self) -> tuple[str, int]:
        if not self.given:
            return "127.0.0.1", self.port
        parts = urlsplit(self.given)
        usual = {"https": 443, "http": 80, "postgresql": 5432, "postgres": 5432}.get(parts.scheme)
        return parts.hostname or "127.0.0.1", parts.port or usual or 6379

    def is_address(self, given: str) -> bool:
        """Whether it has the scheme, a host and, where there is one, a port that is a number."""
        try:
            parts = urlsplit(given)
            return parts.scheme in self.schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:
            return False

    def prepare(self) -> None:
        """What must be there before the first start; called before each."""

    def child_environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONUNBUFFERED": "1"}

    def working_folder(self) -> Path:
        return CHECKOUT

    def account(self) -> Account | None:
        return None

    def stop_signal(self) -> signal.Signals:
        return signal.SIGTERM

    # Words --------------------------------------------------------------------------------------

    def _failed_to_start(self) -> StackTrouble:
        lines = [line for line in self._site.logs.tail(self.name) if line.strip()]
        if any("No space left on device" in line for line in lines):
            return StackTrouble(f"{self.title} cannot start: the disk is full.")
        if any(words in line.lower() for line in lines for words in _PORT_TAKEN):
            return StackTrouble(f"{self.title} cannot start: port {self.port} is taken.")
        last = f": {lines[-1].strip()}" if lines else "."
        return StackTrouble(f"{self.title} stopped while starting (exit {self.exit_code}){last}")

    def _silent(self) -> StackTrouble:
        if self.given:
            host, port = self.address()
            return StackTrouble(
                f"{self.title} does not answer at {host}:{port}, the address in {self.variable}."
            )
        return StackTrouble(f"{self.title} did not answer within {self.start_seconds:.0f} seconds.")

    def _refuse_if_given(self) -> None:
        if self.given:
            raise StackTrouble(f"{self.title} was given in {self.variable}: it is not ours to end.")
