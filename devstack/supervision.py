"""Restarting what crashes, with a pause that doubles, and saying so."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from devstack.errors import StackTrouble
from devstack.logs import Logs
from devstack.servers.server import Server

_LONGEST_PAUSE = 30.0
_STEADY_SECONDS = 60.0


@dataclass
class _Watch:
    server: Server
    crashes: int = 0
    started_at: float = 0.0
    due_at: float | None = None

    @property
    def pause(self) -> float:
        return min(2.0 ** (self.crashes - 1), _LONGEST_PAUSE)


class Supervisor:
    """Watches servers until told to end; one that ran steadily begins again with a short pause."""

    def __init__(self, servers: Sequence[Server], *, logs: Logs) -> None:
        self._logs = logs
        self._watches = [_Watch(server, started_at=time.monotonic()) for server in servers]

    def watch(self, ended: threading.Event) -> None:
        """Return once `ended` is set; crashes until then are answered with a new start."""
        while not ended.wait(0.2):
            for watch in self._watches:
                self._look_at(watch)

    def _look_at(self, watch: _Watch) -> None:
        now = time.monotonic()
        if watch.due_at is not None:
            if now >= watch.due_at:
                self._start_again(watch)
        elif not watch.server.is_alive:
            steady = now - watch.started_at > _STEADY_SECONDS
            watch.crashes = 1 if steady else watch.crashes + 1
            watch.due_at = now + watch.pause
            self._logs.say(
                "stack",
                f"{watch.server.title} ended unasked ({_how(watch.server.exit_code)}); "
                f"starting it again in {watch.pause:.0f} s.",
            )

    def _start_again(self, watch: _Watch) -> None:
        watch.due_at, watch.started_at = None, time.monotonic()
        try:
            watch.server.launch()
        except StackTrouble as trouble:
            self._logs.say("stack", str(trouble))


def _how(exit_code: int | None) -> str:
    if exit_code is None:
        return "never started"
    return f"signal {-exit_code}" if exit_code < 0 else f"exit {exit_code}"
