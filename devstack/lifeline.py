"""The list of processes the workbench started, and their end when the workbench is gone.

Two mechanisms share this list. The lifeline is a tiny process that sleeps on a pipe from the
workbench; when the workbench dies, by whatever signal, the pipe closes and the lifeline ends what
is on the list. Should the lifeline be killed too, the next start ends the leftovers the same way.
It works without help from the kernel's parent-death signal, which macOS lacks and which on Linux
belongs to a thread. Only the standard library may be imported: it runs as a lone file.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

GRACE_SECONDS = 8.0


@dataclass(frozen=True)
class Entry:
    """One started process, which leads a group of its own.

    `started` tells it from a later process with the same number; `stop_signal` asks it to end.
    """

    name: str
    pid: int
    started: str
    stop_signal: int

    def is_alive(self) -> bool:
        return started_moment(self.pid) == self.started

    def send(self, number: int) -> None:
        """Signal the whole group, unless the process has ended or is another one by now."""
        if self.is_alive():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)


class Register:
    """The list on disk: started processes in order, rewritten as a whole so it is never half."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def entries(self) -> list[Entry]:
        try:
            return [Entry(**each) for each in json.loads(self.path.read_text())]
        except (FileNotFoundError, ValueError, TypeError):
            return []

    def add(self, name: str, pid: int, *, stop_signal: int) -> Entry:
        entry = Entry(name, pid, started_moment(pid) or "", stop_signal)
        with self._lock:
            self._write([*self.entries(), entry])
        return entry

    def drop(self, pid: int) -> None:
        # On a full disk the line stays: it names a process that has ended, which harms nothing.
        with self._lock, contextlib.suppress(OSError):
            self._write([each for each in self.entries() if each.pid != pid])

    def reap(self, grace_seconds: float = GRACE_SECONDS) -> list[str]:
        """End every listed process that still lives, last started first; returns their names."""
        left = [each for each in reversed(self.entries()) if each.is_alive()]
        for entry in left:
            entry.send(entry.stop_signal)
        deadline = time.monotonic() + grace_seconds
        while any(each.is_alive() for each in left) and time.monotonic() < deadline:
            time.sleep(0.05)
        for entry in left:
            entry.send(signal.SIGKILL)
        while any(each.is_alive() for each in left):
            time.sleep(0.02)
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        return [each.name for each in left]

    def _write(self, entries: list[Entry]) -> None:
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps([asdict(each) for each in entries]))
        new.replace(self.path)


def started_moment(pid: int) -> str | None:
    """When the process began, as an opaque word; None where it has ended (a zombie has)."""
    if Path("/proc/self/stat").exists():
        return _started_by_proc(pid)
    return _started_by_ps(pid)


def _started_by_proc(pid: int) -> str | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # After the name: field 0 is the state, field 19 the start in ticks since boot.
    return None if fields[0] in "ZX" else f"{boot} {fields[19]}"


def _started_by_ps(pid: int) -> str | None:
    # Two options, since elsewhere than on Linux a comma would belong to the first one's heading.
    command = ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(pid)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    state, _, moment = answer.stdout.strip().partition(" ")
    return None if not moment or state.startswith("Z") else moment.strip()


class Lifeline:
    """The sleeping process. `hold` starts it; `release` lets it go once everything is stopped."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._program: subprocess.Popen[bytes] | None = None

    def hold(self, *, remove: list[Path]) -> None:
        """Start it. The folders in `remove` are deleted too when the workbench is gone."""
        command = [sys.executable, "-I", "-S", __file__, str(self._register.path)]
        self._program = subprocess.Popen(
            [*command, *map(str, remove)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )

    def release(self) -> None:
        if self._program is not None and self._program.stdin is not None:
            self._program.stdin.close()
            self._program.wait()
            self._program = None


def remove_folder(folder: Path) -> None:
    """Delete a folder and all in it; files that vanish meanwhile are no trouble."""
    shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("register", type=Path)
    arguments.add_argument("remove", type=Path, nargs="*")
    chosen = arguments.parse_args()
    sys.stdin.buffer.read()
    Register(chosen.register).reap()
    for folder in chosen.remove:
        remove_folder(folder)


if __name__ == "__main__":
    main()
