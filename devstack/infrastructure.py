"""All that the service stands on: database, broker, document store, virus scanner, and doubles of
outside systems.

The same code serves `python -m devstack run`, the demonstration, the fault harness and the test
suite. The application's own processes are in stack.py.
"""

import os
import threading
import uuid
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from devstack.errors import StackTrouble
from devstack.lifeline import Lifeline, Register, remove_folder
from devstack.logs import FileLogs, Logs
from devstack.servers.broker import Broker
from devstack.servers.bucket import Bucket
from devstack.servers.postgres import Postgres
from devstack.servers.scanner import Scanner
from devstack.servers.server import Server, Site
from devstack.servers.simulators import Notify, Places, Simulator, Sirius
from devstack.state import StateFolder

# Notify's templates are words of its own: here any two ids will do.
NOTIFY_TEMPLATES = {
    "NOTIFY_ACTIVATION_TEMPLATE_ID": "5e4e0d1c-8a54-4d0c-9a55-ac71a7e00001",
    "NOTIFY_RESET_TEMPLATE_ID": "5e4e0d1c-8a54-4d0c-9a55-ac71a7e00002",
}
DEVELOPMENT_SIRIUS_EMAIL = "serve@opg.example"


class Infrastructure:
    """Real servers on loopback, for as long as the `with` block lasts.

    `state_folder`: made where missing; holds data, ports, secrets and (by default) logs.
    `durable`: False trades safety against a loss of power for speed; a killed server still keeps
    its data. `throwaway`: delete the folder at the end, also when this process is killed.
    `given`: the caller's environment, by default os.environ; servers whose addresses it names
    are used and not started. `without`: which of notify, places and scanner nobody will
    ask; their addresses then lead to nobody. `cancelled`: see `Site`. Raises `StackTrouble` where
    something cannot be started.
    """

    def __init__(
        self,
        state_folder: Path,
        *,
        durable: bool,
        throwaway: bool = False,
        logs: Logs | None = None,
        given: Mapping[str, str] | None = None,
        without: Collection[str] = (),
        cancelled: threading.Event | None = None,
    ) -> None:
        self._without = frozenset(without)
        self.state = StateFolder(Path(state_folder))
        self.logs = logs or FileLogs(self.state.path / "logs")
        self._throwaway = throwaway
        self._given = dict(os.environ if given is None else given)
        # A list for each run: the lifeline of a killed run may still be at work on its own.
        self._register = Register(self.state.path / f"children-{os.getpid()}.json")
        self._lifeline = Lifeline(self._register)
        self._folders: list[Path] = []
        self.site = Site(
            self.state,
            self._register,
            self.logs,
            durable,
            self._given,
            cancelled or threading.Event(),
        )
        self.postgres = Postgres(self.site)
        self.broker = Broker(self.site)
        self.bucket = Bucket(self.site)
        self.sirius = Sirius(self.site)
        self.notify = Notify(self.site)
        self.places = Places(self.site)
        self.scanner = Scanner(self.site)

    @property
    def servers(self) -> list[Server]:
        """In the order of starting; stopped in reverse."""
        doubles = [self.sirius, self.notify, self.places]
        others = [one for one in (*doubles, self.scanner) if one.name not in self._without]
        return [self.postgres, self.broker, self.bucket, *others]

    def open(self) -> None:
        """Take the state folder and end what a killed run left; `with` does it where not done."""
        if self.state.is_open:
            return
        if self._given.get("ENVIRONMENT", "development") not in {"development", "test"}:
            raise StackTrouble("The workbench is for development and tests: unset ENVIRONMENT.")
        for server in self.servers:
            server.check_given()
        self.state.open()
        for path in sorted(self.state.path.glob("children-*.json")):
            for name in Register(path).reap():
                self.logs.say("stack", f"Ended {name}, left over from a run that was killed.")

    def __enter__(self) -> Self:
        self.open()
        try:
            self._start()
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

    def stop(self) -> None:
        """Stop everything in reverse order; safe to call twice."""
        for server in reversed(self.servers):
            server.stop()
        self._lifeline.release()
        if self._throwaway:
            for folder in self._folders:
                remove_folder(folder)
        self.state.close()

    def environment(self) -> dict[str, str]:
        """Every variable the application needs, also those that were given."""
        made = {
            "ENVIRONMENT": "development",
            "SECRET_KEY": self.state.secret("django"),
            "DATABASE_URL": self.postgres.url,
            "BROKER_URL": self.broker.url,
            "S3_ENDPOINT": self.bucket.url,
            "AWS_REGION": self.bucket.region,
            "DOCUMENTS_BUCKET": "serve-documents",
            "SIRIUS_BUCKET": "sirius-documents",
            "AUDIT_BUCKET": "serve-audit",
            "AUDIT_SIGNING_KEY": self.state.secret("audit"),
            "CLAMD_URL": self.scanner.url,
            "SIRIUS_URL": self.sirius.url,
            "SIRIUS_EMAIL": DEVELOPMENT_SIRIUS_EMAIL,
            "SIRIUS_PASSWORD": self.state.secret("sirius"),
            "EVENT_BUS_ENDPOINT": self.sirius.url,
            "NOTIFY_URL": self.notify.url,
            "NOTIFY_API_KEY": self._notify_key(),
            **NOTIFY_TEMPLATES,
            "PLACES_URL": self.places.url,
            "PLACES_API_KEY": self.state.secret("places"),
        }
        wanted = {name: self._given.get(name) or value for name, value in made.items()}
        # Whatever proxy this machine uses, these servers are not behind it.
        direct = ",".join(filter(None, [self._given.get("NO_PROXY", ""), "127.0.0.1,localhost"]))
        return {
            **wanted,
            "AWS_ACCESS_KEY_ID": self.bucket.key_id,
            "AWS_SECRET_ACCESS_KEY": self.bucket.key_secret,
            "NO_PROXY": direct,
            "no_proxy": direct,
        }

    def _notify_key(self) -> str:
        """A key of Notify's form, the same as long as the state folder is kept."""
        secret = self.state.secret("notify")
        parts = [uuid.uuid5(uuid.NAMESPACE_OID, f"{part} {secret}") for part in ("service", "key")]
        return "-".join(["workbench", *map(str, parts)])

    def _start(self) -> None:
        self.postgres.settle()
        self._folders = [self.state.path, *self.postgres.throwaway_folders()]
        self._lifeline.hold(remove=self._folders if self._throwaway else [])
        for left_out in {self.notify, self.places, self.scanner} - set(self.servers):
            left_out.port = self.state.port(left_out.name)
        for server in self.servers:
            if isinstance(server, Simulator):
                server.environment = self.environment()
            if server.given:
                self.logs.say("stack", f"{server.title}: using what {server.variable} names.")
            server.launch()
        for server in self.servers:
            server.wait_until_ready()
        if not self.postgres.given:
            self.postgres.ensure_database()
        variables = self.environment()
        buckets = ("DOCUMENTS_BUCKET", "SIRIUS_BUCKET", "AUDIT_BUCKET")
        self.bucket.make_buckets(*(variables[name] for name in buckets))
