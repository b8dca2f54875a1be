"""The application's processes together, on top of an Infrastructure, and its one-off commands."""

import dataclasses
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from devstack.children import Child
from devstack.errors import StackTrouble
from devstack.infrastructure import Infrastructure
from devstack.logs import Logs
from devstack.ports import is_free
from devstack.servers.application import Beat, Web, Worker
from devstack.servers.server import CHECKOUT, Server

USUAL_PORT = 8000


class Stack:
    """Web, worker and beat as child processes: `.web`, `.worker`, `.beat`, each to start and kill.

    `port`: None takes a free one and keeps it. `logs`: by default those of the infrastructure.
    `environment`: variables on top of the infrastructure's (for instance shorter leases).
    As a context manager it migrates, starts all three and stops them at the end.
    """

    def __init__(
        self,
        infrastructure: Infrastructure,
        *,
        port: int | None = None,
        logs: Logs | None = None,
        environment: Mapping[str, str] | None = None,
        concurrency: int = 2,
    ) -> None:
        self._site = dataclasses.replace(infrastructure.site, logs=logs or infrastructure.site.logs)
        port = port or self._site.state.port("web")
        site_url = {"SITE_URL": f"http://127.0.0.1:{port}"}
        self.variables = {**infrastructure.environment(), **site_url, **(environment or {})}
        # The tables' owner migrates; nothing that runs on can change a table.
        self.owner_url = self.variables["DATABASE_URL"]
        self.variables["DATABASE_URL"] = infrastructure.postgres.application_url(self.owner_url)
        self.web = Web(self._site, self.variables, port=port)
        self.worker = Worker(self._site, self.variables, concurrency=concurrency)
        self.beat = Beat(self._site, self.variables)

    @property
    def url(self) -> str:
        return self.web.url

    @property
    def servers(self) -> list[Server]:
        return [self.web, self.worker, self.beat]

    def __enter__(self) -> Self:
        try:
            self.migrate()
            self.start()
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start all three without waiting."""
        for server in self.servers:
            server.launch()

    def wait_until_ready(self) -> None:
        """Wait until the page answers, the worker answers a ping and beat runs."""
        for server in self.servers:
            server.wait_until_ready()

    def stop(self) -> None:
        """End all three, the last started first, and wait for them together."""
        for server in reversed(self.servers):
            server.ask_to_stop()
        for server in reversed(self.servers):
            server.stop()

    def kill(self) -> None:
        for server in self.servers:
            server.kill()

    def migrate(self) -> None:
        """Bring the tables up to date; the application's processes expect them so."""
        self._site.logs.say("stack", "Bringing the database's tables up to date.")
        owner = {"DATABASE_URL": self.owner_url}
        self.manage("migrate", "--no-input", "--verbosity", "0", environment=owner)

    def manage(self, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        """Run one `manage.py` command to its end; raises `StackTrouble` where it fails."""
        site = self._site
        child = Child("setup", register=site.register, logs=site.logs)
        variables = {**self.web.child_environment(), **(environment or {})}
        child.launch(
            [sys.executable, "manage.py", *arguments], environment=variables, folder=CHECKOUT
        )
        try:
            while child.is_alive:
                site.stop_if_cancelled()
                time.sleep(0.05)
            code = child.exit_code
        finally:
            child.kill()
        if code:
            lines = [line for line in site.logs.tail("setup") if line.strip()]
            last = f": {lines[-1].strip()}" if lines else "."
            raise StackTrouble(f"manage.py {arguments[0]} failed (exit {code}){last}")


def web_port(asked: int | None) -> int | None:
    """The port for the pages: the one asked for, else the usual one where free; None: any.

    Raises `StackTrouble` where the one asked for cannot be had.
    """
    if asked is None:
        return USUAL_PORT if is_free(USUAL_PORT) else None
    if not 0 < asked < 65536:
        raise StackTrouble(f"{asked} is not a port: choose one between 1 and 65535.")
    if not is_free(asked):
        raise StackTrouble(
            f"Port {asked} is taken by another program, or not for this user: choose another with "
            "--port or PORT."
        )
    return asked
