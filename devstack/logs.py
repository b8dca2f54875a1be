"""Where the output of the started processes goes: files, or one stream with a prefix a line."""

import contextlib
import os
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol, TextIO

NAME_WIDTH = 8
_TAIL_LINES = 40
_LAST_WORDS_SECONDS = 1.0


class Logs(Protocol):
    """What a server needs of a log: a file to write its output to, and the last lines of it."""

    def writer(self, name: str) -> contextlib.AbstractContextManager[IO[bytes]]:
        """A file for the output of `name`, open in this process while the child is started."""

    def say(self, name: str, line: str) -> None:
        """Add a line of the workbench's own."""

    def tail(self, name: str) -> list[str]:
        """The last lines that `name` wrote, without prefix; for one that has ended, all arrived."""


class FileLogs:
    """One file a process in a folder: `<folder>/<name>.log`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextlib.contextmanager
    def writer(self, name: str) -> Iterator[IO[bytes]]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._path(name).open("ab") as file:
            yield file

    def say(self, name: str, line: str) -> None:
        with self.writer(name) as file:
            file.write(f"{line}\n".encode())

    def tail(self, name: str) -> list[str]:
        try:
            text = self._path(name).read_text(errors="replace")
        except FileNotFoundError:
            return []
        return text.splitlines()[-_TAIL_LINES:]

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.log"


class PrefixedLogs:
    """Everything on one stream, a line at a time, each after the name of who wrote it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._pumps: dict[str, threading.Thread] = {}
        self._tails: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_TAIL_LINES))

    @contextlib.contextmanager
    def writer(self, name: str) -> Iterator[IO[bytes]]:
        reading, writing = os.pipe()
        pump = threading.Thread(target=self._pump, args=(name, reading), daemon=True)
        self._pumps[name] = pump
        pump.start()
        with os.fdopen(writing, "wb") as file:
            yield file

    def say(self, name: str, line: str) -> None:
        with self._lock:
            self._tails[name].append(line)
            # The reader of our output may have gone (`make run | head`); the stack goes on.
            with contextlib.suppress(OSError, ValueError):
                self._stream.write(f"{name:<{NAME_WIDTH}}| {line}\n")
                self._stream.flush()

    def tail(self, name: str) -> list[str]:
        if name in self._pumps:
            # Its last words may still be on their way through the pipe.
            self._pumps[name].join(_LAST_WORDS_SECONDS)
        with self._lock:
            return list(self._tails[name])

    def _pump(self, name: str, reading: int) -> None:
        with os.fdopen(reading, "r", errors="replace") as lines:
            for line in lines:
                if line.strip():
                    self.say(name, line.rstrip("\n"))
