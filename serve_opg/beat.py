"""Beat, by the time that passes and not by the day that the machine believes it is.

Celery's own beat plans by the wall clock: set back by an hour, it would ask for no sweep for an
hour. Nor do its messages expire, since the worker would judge that by a clock of its own; so that
they do not pile up while no worker lives, beat asks for nothing more while enough waits already.
"""

import logging
import time
from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry

from orders.tasks import waiting_messages

log = logging.getLogger(__name__)

# Far more than one sweep rings for: then no worker lives, or all are busy and will find it anyway.
MOST_WAITING = 500
# Less is what ordinary clocks correct.
JUMP_SECONDS = 2.0


class SteadyScheduler(PersistentScheduler):
    """Celery's scheduler on a clock that may jump, before a broker that may be full."""

    _ahead = 0.0

    def setup_schedule(self) -> None:
        """What a clock that was wrong wrote down in the last run is not believed."""
        super().setup_schedule()
        self._start_again()

    def tick(self, *args: Any, **options: Any) -> float:
        """One step; after a jump of the clock everything is planned anew."""
        if abs(_wall_ahead() - self._ahead) > JUMP_SECONDS:
            log.warning("the clock jumped by %.0f s", _wall_ahead() - self._ahead)
            self._start_again()
        seconds: float = super().tick(*args, **options)
        return seconds

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Ask for it, unless its queue is long as it is."""
        if self._waiting(entry) >= MOST_WAITING:
            log.warning("%s is not asked for: its queue is long", entry.name)
            return
        super().apply_entry(entry, producer=producer)

    def _start_again(self) -> None:
        self._ahead = _wall_ahead()
        for entry in self.schedule.values():
            now = entry.default_now()
            entry.last_run_at = min(entry.last_run_at, now) if entry.last_run_at else now
        self._heap = None

    def _waiting(self, entry: ScheduleEntry) -> int:
        queue = self.app.amqp.router.route(entry.options or {}, entry.task or "")["queue"]
        return waiting_messages(self.app, queue.name)


def _wall_ahead() -> float:
    return time.time() - time.monotonic()
