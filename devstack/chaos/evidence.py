"""Reads what a run left: rows by plain SQL, Sirius' journal from its disk, and by a watcher what
the rows said meanwhile.
"""

import json
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import class_row

from devstack.chaos.oracles import ENDED, Key, Record, Row, Try

WATCH_SECONDS = 0.04
# A row with a smaller id may be committed after one with a larger.
_LATE_IDS = 200

_ROWS = """
SELECT s.id, coalesce(s.order_id, 0) AS order_id, coalesce(o.status, '') AS order_status, s.state,
       s.reason, s.maybe_applied, s.court_reference AS reference, s.order_type, s.payload,
       s.payload_sha256, s.manifest, s.sirius_order_id,
       extract(epoch FROM s.settled_at)::float8 AS settled_at
FROM orders_submission s LEFT JOIN orders_order o ON o.id = s.order_id ORDER BY s.id
"""
_TRIES = """
SELECT submission_id, request_id, extract(epoch FROM started_at)::float8 AS started_at, outcome
FROM orders_attempt ORDER BY id
"""
_SHOWN = """
SELECT s.id, s.state, o.status FROM orders_submission s JOIN orders_order o ON o.id = s.order_id
WHERE s.id > %s OR s.id = ANY(%s)
"""
_MADE = "SELECT order_id, id FROM orders_submission WHERE order_id = ANY(%s) ORDER BY id"


def read_rows(url: str) -> list[Row]:
    """Every submission."""
    with (
        psycopg.connect(url) as connection,
        connection.cursor(row_factory=class_row(Row)) as cursor,
    ):
        return cursor.execute(_ROWS).fetchall()


def read_tries(url: str) -> list[Try]:
    """Every Attempt row."""
    with (
        psycopg.connect(url) as connection,
        connection.cursor(row_factory=class_row(Try)) as cursor,
    ):
        return cursor.execute(_TRIES).fetchall()


def submissions_of(url: str, order_ids: Sequence[int]) -> list[list[int]]:
    """For each of these orders the ids of its submissions."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(_MADE, [list(order_ids)]).fetchall()
    return [[pk for owner, pk in rows if owner == order_id] for order_id in order_ids]


@dataclass
class Journal:
    """What Sirius has on its disk: records, posts, and keys that somebody else put there."""

    accepted: list[Record] = field(default_factory=list)
    posts: list[Record] = field(default_factory=list)
    taken: set[Key] = field(default_factory=set)


def read_journal(path: Path) -> Journal:
    """The simulator's journal, by its lines and not by what it says of itself."""
    journal = Journal()
    for line in path.read_bytes().splitlines(keepends=True):
        # A kill may have cut the last one short; then nobody was told.
        if not line.endswith(b"\n"):
            break
        written = json.loads(line)
        record = written["record"]
        match written["kind"]:
            case "accepted":
                journal.accepted.append(record)
            case "taken":
                journal.taken.add((record["reference"], record["type"]))
            case "attempt":
                journal.posts.append(record)
            case "outcome":
                journal.posts[record.pop("number") - 1].update(record)
    return journal


class Watcher(threading.Thread):
    """Looks again and again at the rows, also through restarts of the database.

    `seen_served`: by submission, a moment by which its order had been served by the rows (seconds
    since 1970). `states`: the newest state of each. `came_through`: each state ever seen. What has
    ended is not looked at again, unless `look_again` says so.
    """

    def __init__(self, url: str, *, drain_seconds: float = 90.0) -> None:
        super().__init__(name="watcher", daemon=True)
        self._drain_seconds = drain_seconds
        self._url = url
        self._ended = threading.Event()
        self.states: dict[int, str] = {}
        self.came_through: set[str] = set()
        self.seen_served: dict[int, float] = {}
        self.looked = 0
        self._newest = 0
        self._live: set[int] = set()
        self._lock = threading.Lock()

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    self._watch(connection)
            except psycopg.OperationalError:
                # The run restarts the database.
                self._ended.wait(WATCH_SECONDS)

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def look_again(self, submission_ids: Iterable[int]) -> None:
        """These go on, though they had ended."""
        with self._lock:
            self._live = self._live | set(submission_ids)

    def waiting(self, submission_ids: set[int]) -> set[int]:
        """Those of these that have not come to their end, by the newest look."""
        states = self.states
        return {one for one in submission_ids if states.get(one) not in ENDED}

    def wait_for_look(self) -> None:
        """Until a look that begins after this moment is done."""
        wanted = self.looked + 2
        while self.looked < wanted and self.is_alive():
            time.sleep(WATCH_SECONDS)

    def drain(self, submission_ids: set[int], *, most: int = 0) -> bool:
        """Until all of these but `most` have ended; False where none has for a long while."""
        self.wait_for_look()
        waiting, moved_at = self.waiting(submission_ids), time.monotonic()
        while len(waiting) > most:
            if time.monotonic() > moved_at + self._drain_seconds:
                return False
            time.sleep(WATCH_SECONDS)
            if (still := self.waiting(waiting)) != waiting:
                waiting, moved_at = still, time.monotonic()
        return True

    def _watch(self, connection: psycopg.Connection[Any]) -> None:
        while not self._ended.wait(WATCH_SECONDS):
            looking_at = self._live
            found = connection.execute(
                _SHOWN, [self._newest - _LATE_IDS, list(looking_at)]
            ).fetchall()
            # After the answer: whatever it shows was shown by now at the latest.
            now = time.time()
            for pk, state, status in found:
                self.states[pk] = state
                self.came_through.add(state)
                if state == "ACCEPTED" or status == "SERVED":
                    self.seen_served.setdefault(pk, now)
            ended = {pk for pk, state, _ in found if state in ENDED}
            with self._lock:
                # What `look_again` added meanwhile stays.
                added = self._live - looking_at
                self._live = added | ({pk for pk, _, _ in found} - ended)
            self._newest = max([self._newest, *(pk for pk, _, _ in found)])
            self.looked += 1
