"""One child process: started in a group of its own, listed in the register, ended as a group."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devstack.lifeline import Register
from devstack.logs import Logs

_GROUP_SECONDS = 5.0


@dataclass(frozen=True)
class Account:
    """The system account a child runs as where the workbench itself runs as root."""

    name: str
    uid: int
    gid: int


class Child:
    """A process and all that it forks.

    `kill` is SIGKILL to the whole group, as a machine that is lost would do it.
    """

    def __init__(self, name: str, *, register: Register, logs: Logs) -> None:
        self.name = name
        self._register = register
        self._logs = logs
        self._program: subprocess.Popen[bytes] | None = None
        self._stop_signal = signal.SIGTERM
        self._is_asked = False

    @property
    def pid(self) -> int | None:
        return self._program.pid if self._program else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs or was never started."""
        return self._program.poll() if self._program else None

    @property
    def is_alive(self) -> bool:
        return self._program is not None and self._program.poll() is None

    def launch(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start it; raises OSError where the program cannot be run."""
        with self._logs.writer(self.name) as output:
            self._program = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        self._stop_signal, self._is_asked = stop_signal, False
        self._register.add(self.name, self._program.pid, stop_signal=stop_signal)

    def ask_to_stop(self) -> None:
        """Send the polite signal, once: for some programs a second one means hurry."""
        if self._program is not None and self.is_alive and not self._is_asked:
            self._program.send_signal(self._stop_signal)
            self._is_asked = True

    def stop(self, *, seconds: float) -> None:
        """Ask it to end, and after `seconds` make it."""
        if self._program is None:
            return
        self.ask_to_stop()
        if self.is_alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._program.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the group, also to what is left of it after its leader; then forget it."""
        if self._program is None:
            return
        # A group outlives its leader: forked workers would keep the port or the queue.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._program.pid, signal.SIGKILL)
        self._program.wait()
        deadline = time.monotonic() + _GROUP_SECONDS
        while group_lives(self._program.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        self._register.drop(self._program.pid)
        self._program = None


def group_lives(group: int) -> bool:
    """Whether any process of the group still runs. One that only waits to be reaped does not."""
    if not Path("/proc/self/stat").exists():
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True
    return any(_runs_in(group, stat) for stat in Path("/proc").glob("[0-9]*/stat"))


def _runs_in(group: int, stat: Path) -> bool:
    try:
        state, _parent, its_group = stat.read_text().rpartition(")")[2].split()[:3]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return its_group == str(group) and state not in "ZX"
