"""What the simulator took and saw: accepted orders, post attempts and events, kept in a journal
that survives a kill.

The journal is JSON lines in the state folder. An accepted order is on the disk before anyone is
told.
"""

import fcntl
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

FIRST_ORDER_ID = 7000001
# An order takes its own id, its client's, and its deputies' and documents' from a block of this
# size.
IDS_AN_ORDER = 1000

Record = dict[str, Any]
Key = tuple[str, str]


class FolderInUse(Exception):
    """Another simulator writes the journal of this folder."""


class AlreadyTaken(Exception):
    """An order with this court reference and type is there."""


class Ledger:
    """The journal and what it says, behind one lock. Raises FolderInUse."""

    def __init__(self, state: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self._path = state / "journal.jsonl"
        self._lock = threading.Lock()
        # How often everything was forgotten: what began before has no place in what came after.
        self.era = 0
        self._forget()
        self._file = self._path.open("ab")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise FolderInUse(f"Another simulator uses the folder {state}.") from error
        self._replay()

    def _forget(self) -> None:
        self.accepted: list[Record] = []
        self.attempts: list[Record] = []
        self.events: list[Record] = []
        self._keys: set[Key] = set()

    def _replay(self) -> None:
        """Reads the journal; a last line that a kill cut short was never answered, so it is cut
        off.
        """
        whole = 0
        for line in self._path.read_bytes().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            self._remember(json.loads(line))
            whole += len(line)
        os.truncate(self._path, whole)

    def _remember(self, line: Record) -> None:
        record = line["record"]
        match line["kind"]:
            case "accepted":
                self.accepted.append(record)
                self._keys.add((record["reference"], record["type"]))
            case "taken":
                self._keys.add((record["reference"], record["type"]))
            case "attempt":
                self.attempts.append(record)
            case "outcome":
                self.attempts[record.pop("number") - 1].update(record)
            case "event":
                self.events.append(record)

    def _write(self, kind: str, record: Record, *, durable: bool) -> None:
        self._file.write(json.dumps({"kind": kind, "record": record}).encode() + b"\n")
        self._file.flush()
        if durable:
            os.fsync(self._file.fileno())
        self._remember({"kind": kind, "record": record})

    def is_taken(self, key: Key) -> bool:
        """Whether an order with this court reference and type is there."""
        with self._lock:
            return key in self._keys

    def accept(self, record: Record, *, racy: bool) -> Record:
        """Writes an order down and gives it its ids, or raises AlreadyTaken: one step under one
        lock.

        With `racy`, the caller's earlier `is_taken` was the only check, as in a service without a
        unique constraint.
        """
        key = (record["reference"], record["type"])
        with self._lock:
            if key in self._keys and not racy:
                raise AlreadyTaken
            number = len(self.accepted) + 1
            numbered = {"number": number, "at": time.time(), **record, "ids": _ids(number, record)}
            self._write("accepted", numbered, durable=True)
        return numbered

    def take(self, key: Key) -> None:
        """Marks a key as there already, put by somebody else."""
        with self._lock:
            self._write("taken", {"reference": key[0], "type": key[1]}, durable=True)

    def taken(self) -> list[Key]:
        """Every key that is there, whoever put it."""
        with self._lock:
            return sorted(self._keys)

    def note_attempt(self, record: Record) -> int:
        """Writes a post down when it arrives; its number is for `note_outcome`."""
        with self._lock:
            number = len(self.attempts) + 1
            self._write("attempt", {"number": number, "at": time.time(), **record}, durable=False)
            return number

    def note_outcome(self, number: int, *, era: int, **outcome: object) -> None:
        """Adds to an attempt of this era what became of it."""
        with self._lock:
            if era != self.era:
                return
            self._write("outcome", {"number": number, **outcome}, durable=False)

    def note_event(self, record: Record) -> None:
        """Writes an event of the bus down."""
        with self._lock:
            numbered = {"number": len(self.events) + 1, "at": time.time(), **record}
            self._write("event", numbered, durable=True)

    def close(self) -> None:
        """Closes the journal."""
        self._file.close()

    def snapshot(self) -> dict[str, list[Record]]:
        """Everything, as the control API shows it."""
        with self._lock:
            return {
                "accepted": list(self.accepted),
                "attempts": [dict(attempt) for attempt in self.attempts],
                "events": list(self.events),
            }

    def reset(self) -> None:
        """Forgets everything, on the disk too."""
        with self._lock:
            self._file.truncate(0)
            self.era += 1
            self._forget()


def _ids(number: int, record: Record) -> Record:
    """The contract's answer: order, client, deputies and documents, each with an id of its own."""
    order_id = FIRST_ORDER_ID + (number - 1) * IDS_AN_ORDER
    deputies = len(record["payload"]["deputies"])
    documents = len(record["payload"]["documents"])
    return {
        "id": order_id,
        "client": {"id": order_id + 1},
        "deputies": [{"id": order_id + 2 + n} for n in range(deputies)],
        "documents": [{"id": order_id + 2 + deputies + n} for n in range(documents)],
    }
