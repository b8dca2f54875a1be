"""Bears Celery workers and beat by forking a process that has imported everything already.

Starting a worker takes two seconds of imports; here a killed one is replaced at once. Each child is
the real Celery program (`celery worker --pool solo`, `celery beat`) in a process of its own. This
process opens no connection, so that its children share none.
"""

import gc
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# Imported here so that no child has to: each costs a part of a second. Unused by name (F401).
import celery.bin.celery
import celery.concurrency.solo
import celery.worker.worker  # noqa: F401
import kombu.transport.redis  # noqa: F401
from celery.apps import beat, worker  # noqa: F401

from devstack.chaos.mutants import make_mistake
from devstack.chaos.traps import TrapFolder
from devstack.chaos.wires import Wires
from filestore import SiriusBucket
from serve_opg.celery import app

TICK_SECONDS = 0.02
# A child that cannot live must not become a storm of births.
SHORTEST_LIFE_SECONDS = 0.2


@dataclass
class Nursery:
    """Keeps `wanted` workers and one beat alive until it is told to quit or its parent is gone."""

    folder: Path
    wanted: int
    thaw_seconds: float
    _workers: dict[int, float] = field(default_factory=dict)
    _beat: dict[int, float] = field(default_factory=dict)
    _frozen: dict[int, float] = field(default_factory=dict)
    _born: int = 0
    _quit: bool = False

    def run(self) -> None:
        """Until "quit" or the end of standard input; then every child is killed."""
        try:
            while not self._quit:
                self._notice_deaths()
                self._thaw()
                self._fill(self._workers, self.wanted, self._be_worker)
                self._fill(self._beat, 1, self._be_beat)
                self._listen()
        finally:
            self._kill({**self._workers, **self._beat})

    def _listen(self) -> None:
        readable, _, _ = select.select([sys.stdin], [], [], TICK_SECONDS)
        if not readable:
            return
        match sys.stdin.readline().split():
            case ["kill", "workers"]:
                self._kill(self._workers)
            case ["kill", "worker", number]:
                self._kill(_one_of(self._workers, int(number)))
            case ["kill", "beat"]:
                self._kill(self._beat)
            case ["quit"] | []:
                self._quit = True

    def _notice_deaths(self) -> None:
        while self._workers or self._beat:
            pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            if pid == 0:
                return
            if os.WIFSTOPPED(status):
                self._frozen[pid] = time.monotonic() + self.thaw_seconds
                continue
            self._frozen.pop(pid, None)
            is_worker = pid in self._workers
            born_at = self._workers.pop(pid, None) or self._beat.pop(pid)
            if not os.WIFSIGNALED(status):
                # Its output, in the log, says why.
                TrapFolder(self.folder).note_death("a worker" if is_worker else "beat", status)
            time.sleep(max(0.0, born_at + SHORTEST_LIFE_SECONDS - time.monotonic()))

    def _thaw(self) -> None:
        now = time.monotonic()
        for pid in [pid for pid, due_at in self._frozen.items() if due_at <= now]:
            del self._frozen[pid]
            os.kill(pid, signal.SIGCONT)

    def _fill(self, children: dict[int, float], wanted: int, be: Callable[[], None]) -> None:
        # A frozen worker will come back, but the others must not wait for it.
        while len(children) - sum(pid in self._frozen for pid in children) < wanted:
            self._born += 1
            pid = os.fork()
            if pid == 0:
                _live(be)
            children[pid] = time.monotonic()

    def _kill(self, children: Iterable[int]) -> None:
        for pid in children:
            os.kill(pid, signal.SIGKILL)

    # --- In the child ---
    def _be_worker(self) -> None:
        Wires(TrapFolder(self.folder)).string()
        app.worker_main(
            [
                *("--quiet", "worker", "--pool", "solo", "--concurrency", "1"),
                *("--hostname", f"worker{self._born}@chaos", "--loglevel", "INFO"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ]
        )

    def _be_beat(self) -> None:
        # What the other rooms have done now and then is not on trial.
        app.conf.beat_schedule = {"sweep": app.conf.beat_schedule["sweep"]}
        app.start(
            [
                *("--quiet", "beat", "--pidfile", "", "--loglevel", "WARNING"),
                *("--schedule", str(self.folder / f"schedule{self._born}")),
            ]
        )


def _one_of(children: Iterable[int], number: int) -> Sequence[int]:
    there = sorted(children)
    return there[number % len(there) :][:1] if there else []


def _live(be: Callable[[], None]) -> None:
    """Be the child, and never return to the parent's loop."""
    try:
        # Standard input and output belong to the parent's talk.
        os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        be()
    finally:
        sys.stderr.flush()
        os._exit(1)


def main() -> None:
    """Read the orders of the harness from the first line, say ready, then keep workers alive."""
    wanted = json.loads(sys.stdin.readline())
    app.loader.import_default_modules()
    app.finalize()
    # Done, with Django's checks: no child need do it again, at half of the cost of its birth.
    # A method put in another's place is what the mark is for.
    app.loader.import_default_modules = list  # type: ignore[method-assign]
    make_mistake(os.environ.get("CHAOS_BROKEN", ""))
    # Reads the store's description, a third of a second; opens no connection.
    SiriusBucket.from_settings()
    gc.collect()
    gc.freeze()
    nursery = Nursery(
        folder=Path(wanted["folder"]), wanted=wanted["workers"], thaw_seconds=wanted["thaw_seconds"]
    )
    sys.stdout.write(json.dumps("ready") + "\n")
    sys.stdout.flush()
    nursery.run()
