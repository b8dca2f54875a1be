"""Reads what a run left: rows by plain SQL, and by a watcher what anybody was shown meanwhile."""

import threading
import time
from typing import Any

import psycopg
from psycopg.rows import class_row

from devstack.chaos.oracles import ENDED, Row, Try

WATCH_SECONDS = 0.03
# When no row has come to its end for so long, those that wait are taken for lost.
DRAIN_SECONDS = 60.0

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
"""


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


class Watcher(threading.Thread):
    """Looks again and again at what staff would be shown, also through restarts of the database.

    `seen_served`: by submission, a moment by which its order had been shown as served (seconds
    since 1970). `states`: the newest state of each. `came_through`: each state ever seen.
    """

    def __init__(self, url: str) -> None:
        super().__init__(name="watcher", daemon=True)
        self._url = url
        self._ended = threading.Event()
        self.states: dict[int, str] = {}
        self.came_through: set[str] = set()
        self.seen_served: dict[int, float] = {}
        self.looked = 0

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
            if time.monotonic() > moved_at + DRAIN_SECONDS:
                return False
            time.sleep(WATCH_SECONDS)
            if (still := self.waiting(submission_ids)) != waiting:
                waiting, moved_at = still, time.monotonic()
        return True

    def _watch(self, connection: psycopg.Connection[Any]) -> None:
        while not self._ended.wait(WATCH_SECONDS):
            found = connection.execute(_SHOWN).fetchall()
            # After the answer: whatever it shows was shown by now at the latest.
            now = time.time()
            self.states = {pk: state for pk, state, _ in found}
            self.came_through.update(self.states.values())
            for pk, state, status in found:
                if state == "ACCEPTED" or status == "SERVED":
                    self.seen_served.setdefault(pk, now)
            self.looked += 1
