"""The state folder: what one workbench keeps between runs (ports, secrets), and its lock."""

import contextlib
import fcntl
import json
import os
import secrets
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from devstack.errors import StackTrouble, folder_trouble
from devstack.ports import claim, find_port, is_free

ROOM_NEEDED_MB = 200


class StateFolder:
    """One folder, used by one workbench at a time.

    `open` makes it, takes its lock and raises `StackTrouble` where that cannot be; `close` gives
    the lock back. Nothing else may be called before `open`.
    """

    def __init__(self, path: Path, *, room_needed_mb: int = ROOM_NEEDED_MB) -> None:
        self.path = path.absolute()
        self._room_needed_mb = room_needed_mb
        self._lock: IO[str] | None = None

    @property
    def is_open(self) -> bool:
        return self._lock is not None

    def open(self) -> None:
        try:
            self._make()
        except OSError as error:
            raise folder_trouble(self.path, error) from error
        self._take_lock()
        free = shutil.disk_usage(self.path).free // 1_000_000
        if free < self._room_needed_mb:
            self.close()
            raise StackTrouble(
                f"The disk that holds {self.path} is full: {free} MB are free and "
                f"{self._room_needed_mb} MB are needed."
            )

    def close(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def folder(self, name: str) -> Path:
        """A folder of that name inside, made where missing."""
        made = self.path / name
        made.mkdir(mode=0o700, exist_ok=True)
        return made

    def port(self, name: str) -> int:
        """The port that `name` had last time, where still free; else another free one, kept.

        Either is claimed: no other workbench takes it before its server listens.
        """
        kept: dict[str, int] = self._read("ports.json")
        others = {port for each, port in kept.items() if each != name}
        port = kept.get(name)
        if port is None or port in others or not (is_free(port) and claim(port)):
            port = find_port(avoid=others)
            self._write("ports.json", {**kept, name: port})
        return port

    def secret(self, name: str) -> str:
        """A random word made once and kept, readable by this user alone."""
        kept: dict[str, str] = self._read("secrets.json")
        if name not in kept:
            kept[name] = secrets.token_urlsafe(18)
            self._write("secrets.json", kept)
        return kept[name]

    def note_address(self, address: str) -> None:
        """Leave the address in the lock file, for the sentence that a second start prints."""
        if self._lock is not None:
            self._lock.seek(0)
            self._lock.truncate()
            self._lock.write(f"process {os.getpid()}{address and f', {address}'}")
            self._lock.flush()

    def write_environment(self, variables: Mapping[str, str]) -> Path:
        """Leave the application's variables for a shell to read, for this user alone."""
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
        self._write_text("environment", "".join(lines))
        return self.path / "environment"

    def _make(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            # PostgreSQL runs as an unprivileged user and must pass through to its own folder.
            self.path.chmod(0o711)
        probe = self.path / f".probe-{os.getpid()}"
        probe.write_text("")
        probe.unlink()

    def _take_lock(self) -> None:
        try:
            lock = (self.path / "lock").open("a+")
        except OSError as error:
            raise folder_trouble(self.path, error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read() or "starting just now"
            lock.close()
            raise StackTrouble(
                f"The service already runs on this state folder ({holder}; {self.path}): "
                "stop that one first, or set SERVE_OPG_STATE to another folder."
            ) from error
        self._lock = lock
        self.note_address("")

    def _read(self, name: str) -> dict[str, Any]:
        with contextlib.suppress(FileNotFoundError, ValueError):
            kept = json.loads((self.path / name).read_text())
            if isinstance(kept, dict):
                return kept
        return {}

    def _write(self, name: str, content: dict[str, int] | dict[str, str]) -> None:
        self._write_text(name, json.dumps(content))

    def _write_text(self, name: str, text: str) -> None:
        new = self.path / f"{name}.new"
        try:
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(text)
            new.replace(self.path / name)
        except OSError as error:
            raise folder_trouble(self.path, error) from error
