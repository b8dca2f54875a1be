"""What strikes everybody at once: servers flushed, killed and restarted, workers killed."""

import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import redis

from devstack.asking import ask
from devstack.chaos.traps import RECOVERY, SWEEP, Trap, TrapFolder
from devstack.chaos.troupe import Troupe
from devstack.errors import StackTrouble
from devstack.infrastructure import Infrastructure
from devstack.servers.application import Web
from devstack.servers.server import Server

AWAY_SECONDS = 0.7
QUEUE = "serving"
# A port may be somebody else's for a moment while its server is down: that is no result.
STARTS = 5
PAUSE_SECONDS = 2.0


class Strikes:
    """Every event by its name in `plan.EVENTS`. `struck` lists those that came."""

    def __init__(
        self,
        infrastructure: Infrastructure,
        troupe: Troupe,
        traps: TrapFolder,
        *,
        web: Web,
        racy: bool,
    ) -> None:
        self._servers = infrastructure
        self._web = web
        self._racy = racy
        self._odds: list[dict[str, Any]] = []
        self._numbers = itertools.count()
        self._troupe = troupe
        self._traps = traps
        self.struck: list[str] = []
        self.messages_flushed = 0
        self._events: dict[str, Callable[[], None]] = {
            "broker flushed": self._flush,
            "broker killed": self._kill_broker,
            "database killed": self._kill_database,
            "database restarted": self._restart_database,
            "storage away": self._take_storage_away,
            "Sirius killed": self._kill_sirius,
            "sessions ended": infrastructure.sirius.control.end_sessions,
            "all workers killed": troupe.kill_workers,
            "a worker killed": lambda: troupe.kill_worker(next(self._numbers)),
            "beat killed": troupe.kill_beat,
            "web killed": self._kill_web,
            "sweep killed": self.kill_sweep,
        }

    def strike(self, event: str) -> None:
        """Do it, and bring back what was taken away."""
        self._events[event]()
        self.struck.append(event)

    def set_sirius(self, *odds: dict[str, Any]) -> None:
        """Racy: it looks first and writes later, since strict uniqueness hides our mistakes.

        `odds`: plans of faults by chance, for as long as the run lasts.
        """
        self._odds = list(odds) or self._odds
        self._servers.sirius.control.settings(racy=self._racy)
        for plan in self._odds:
            self._servers.sirius.control.faults(plan=plan)

    def _flush(self) -> None:
        """Once while messages wait, since nobody takes them, and once under living workers."""
        self._troupe.kill_workers()
        with redis.from_url(self._servers.broker.url) as client:
            self.messages_flushed += int(client.llen(QUEUE))
            client.flushall()
            time.sleep(AWAY_SECONDS)
            client.flushall()

    def _kill_broker(self) -> None:
        self._servers.broker.kill()
        time.sleep(AWAY_SECONDS)
        _start_for_sure(self._servers.broker)

    def _kill_database(self) -> None:
        self._servers.postgres.kill()
        _start_for_sure(self._servers.postgres)

    def _restart_database(self) -> None:
        self._servers.postgres.stop()
        _start_for_sure(self._servers.postgres)

    def _take_storage_away(self) -> None:
        self._servers.bucket.kill()
        time.sleep(AWAY_SECONDS)
        _start_for_sure(self._servers.bucket)

    def _kill_web(self) -> None:
        self._web.kill()
        _start_for_sure(self._web)

    def _kill_sirius(self) -> None:
        """What it took is on its disk; its sessions go, the faults to come are brought back."""
        faults = json.loads(ask(f"{self._servers.sirius.url}/control/faults"))
        self._servers.sirius.kill()
        time.sleep(AWAY_SECONDS)
        _start_for_sure(self._servers.sirius)
        self.set_sirius()
        self._servers.sirius.control.faults(*faults["queue"])

    def kill_sweep(self) -> None:
        """The next that takes something back dies before its commit, the one after it behind."""
        self._traps.lay(SWEEP, [Trap(f"before {RECOVERY}"), Trap(f"after {RECOVERY}")])


def _start_for_sure(server: Server) -> None:
    """Raises `StackTrouble` where it does not come up again and again."""
    for left in reversed(range(STARTS)):
        try:
            server.start()
        except StackTrouble:
            if not left:
                raise
            server.kill()
            time.sleep(PAUSE_SECONDS)
        else:
            return
