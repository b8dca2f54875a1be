"""What strikes everybody at once: servers flushed, killed and restarted, workers killed."""

import json
import time
from collections.abc import Callable

import redis

from devstack.asking import ask
from devstack.chaos.traps import RECOVERY, SWEEP, Trap, TrapFolder
from devstack.chaos.troupe import Troupe
from devstack.infrastructure import Infrastructure

AWAY_SECONDS = 0.7
QUEUE = "serving"


class Strikes:
    """Every event by its name in `plan.EVENTS`. `struck` lists those that came."""

    def __init__(self, infrastructure: Infrastructure, troupe: Troupe, traps: TrapFolder) -> None:
        self._servers = infrastructure
        self._troupe = troupe
        self._traps = traps
        self.struck: list[str] = []
        self.messages_flushed = 0
        self._events: dict[str, Callable[[], None]] = {
            "broker flushed": self._flush,
            "broker killed": self._kill_broker,
            "database killed": self._kill_database,
            "database restarted": infrastructure.postgres.restart,
            "storage away": self._take_storage_away,
            "Sirius killed": self._kill_sirius,
            "sessions ended": infrastructure.sirius.control.end_sessions,
            "all workers killed": troupe.kill_workers,
            "sweep killed": self.kill_sweep,
        }

    def strike(self, event: str) -> None:
        """Do it, and bring back what was taken away."""
        self._events[event]()
        self.struck.append(event)

    def set_sirius(self) -> None:
        """Have it check first and write later: strict uniqueness there would hide our mistakes."""
        self._servers.sirius.control.settings(racy=True)

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
        self._servers.broker.start()

    def _kill_database(self) -> None:
        self._servers.postgres.kill()
        self._servers.postgres.start()

    def _take_storage_away(self) -> None:
        self._servers.bucket.kill()
        time.sleep(AWAY_SECONDS)
        self._servers.bucket.start()

    def _kill_sirius(self) -> None:
        """What it took is on its disk; its sessions go, the faults to come are brought back."""
        faults = json.loads(ask(f"{self._servers.sirius.url}/control/faults"))
        self._servers.sirius.kill()
        time.sleep(AWAY_SECONDS)
        self._servers.sirius.start()
        self.set_sirius()
        self._servers.sirius.control.faults(*faults["queue"])

    def kill_sweep(self) -> None:
        """The next that takes something back dies before its commit, the one after it behind."""
        self._traps.lay(SWEEP, [Trap(f"before {RECOVERY}"), Trap(f"after {RECOVERY}")])
