"""Judges a run: what the database says, held to what Sirius received (serving, "What must hold").

Pure: evidence in, violations out. Written without the application's own code, which is on trial.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Fate = Literal["lost", "duplicated", "falsely served", "falsely failed", "unannounced"]
FATES: tuple[Fate, ...] = (
    *("lost", "duplicated", "falsely served", "falsely failed", "unannounced"),
)
ENDED = {"ACCEPTED", "REJECTED", "HELD", "CANCELLED"}
SAYS_NONE = {"REJECTED", "CANCELLED"}

Key = tuple[str, str]
Record = dict[str, Any]


@dataclass(frozen=True)
class Declared:
    """One order that was declared, and the submissions that came of the clicks."""

    order_id: int
    reference: str
    order_type: str
    trial: str
    submission_ids: tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """One submission as the database has it in the end. Moments are seconds since 1970."""

    id: int
    order_id: int
    order_status: str
    state: str
    reason: str
    maybe_applied: bool
    reference: str
    order_type: str
    payload: dict[str, Any]
    payload_sha256: str
    manifest: list[dict[str, Any]]
    sirius_order_id: int | None
    settled_at: float | None

    @property
    def key(self) -> Key:
        return self.reference, self.order_type


@dataclass(frozen=True)
class Try:
    """One Attempt row."""

    submission_id: int
    request_id: str
    started_at: float
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that is known of a run.

    `accepted` and `posts` are the simulator's (`/control/received`); `taken` the keys that somebody
    else had put there; `seen_served` when an order was first shown as served, by submission.
    """

    declared: list[Declared]
    rows: list[Row]
    tries: list[Try]
    accepted: list[Record]
    posts: list[Record]
    taken: set[Key] = field(default_factory=set)
    seen_served: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Violation:
    """One promise that was broken."""

    fate: Fate
    reference: str
    trial: str
    what: str


def judge(evidence: Evidence) -> list[Violation]:
    """Every broken promise; [] is what a run must give."""
    return list(_Judge(evidence).violations())


class _Judge:
    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._rows = {row.id: row for row in evidence.rows}
        self._trials = {(one.reference, one.order_type): one.trial for one in evidence.declared}
        self._owner = {one.request_id: one.submission_id for one in evidence.tries}
        self._records: dict[int | None, list[Record]] = defaultdict(list)
        for record in evidence.accepted:
            self._records[self._owner.get(record["request_id"])].append(record)

    def violations(self) -> Iterator[Violation]:
        for declared in self._evidence.declared:
            yield from self._lost(declared)
        yield from self._duplicated()
        for row in self._evidence.rows:
            found = self._falsely_served(row) if _says_served(row) else self._falsely_failed(row)
            yield from found
        yield from self._unannounced()

    def _say(self, fate: Fate, key: Key, what: str) -> Violation:
        return Violation(fate, key[0], self._trials.get(key, "not ours"), what)

    # 1. Each declared order ends, and none is missing.
    def _lost(self, declared: Declared) -> Iterator[Violation]:
        key = declared.reference, declared.order_type
        if len(declared.submission_ids) != 1:
            fate: Fate = "duplicated" if declared.submission_ids else "lost"
            yield self._say(fate, key, f"declared {len(declared.submission_ids)} times")
        for submission_id in declared.submission_ids:
            row = self._rows.get(submission_id)
            if row is None:
                yield self._say("lost", key, "its row is gone")
            elif row.state not in ENDED:
                yield self._say("lost", key, f"still {row.state} ({row.reason})")

    # 2. At most one record for each key.
    def _duplicated(self) -> Iterator[Violation]:
        counted = Counter(
            (record["reference"], record["type"]) for record in self._evidence.accepted
        )
        for key, number in counted.items():
            there_before = key in self._evidence.taken
            for _ in range(number + there_before - 1):
                yield self._say("duplicated", key, f"{number} records, {there_before=}")

    # 3 and 7. Served means that Sirius has exactly this, and had it before anybody was told.
    def _falsely_served(self, row: Row) -> Iterator[Violation]:
        records = self._records[row.id]
        if row.state != "ACCEPTED" or row.order_status != "SERVED":
            what = f"the order says {row.order_status}, its submission {row.state}"
            yield self._say("falsely served", row.key, what)
        if not records:
            yield self._say("falsely served", row.key, "Sirius has no record of it")
            return
        record = records[0]
        for what in _differences(row, record):
            yield self._say("falsely served", row.key, what)
        told_at = min(
            self._evidence.seen_served.get(row.id, row.settled_at or 0), row.settled_at or 0
        )
        if told_at < record["at"]:
            yield self._say(
                "falsely served", row.key, "shown as served before the record was there"
            )

    # 4 and 5. Failed means that Sirius has nothing of it; "already there" that it was.
    def _falsely_failed(self, row: Row) -> Iterator[Violation]:
        records = self._records[row.id]
        if records and row.state in SAYS_NONE:
            yield self._say("falsely failed", row.key, f"{row.state}, and Sirius has it")
        elif records and not row.maybe_applied and row.state in ENDED:
            what = f"{row.state} ({row.reason}) as if nothing had left, and Sirius has it"
            yield self._say("falsely failed", row.key, what)
        if row.reason == "already_in_sirius" and row.key not in self._evidence.taken:
            yield self._say("falsely failed", row.key, "already_in_sirius, and it was not there")

    # 6. Every post that Sirius saw was written down before.
    def _unannounced(self) -> Iterator[Violation]:
        started = {one.request_id: one.started_at for one in self._evidence.tries}
        for post in self._evidence.posts:
            key = post.get("reference") or "unread", post.get("type") or ""
            if post["request_id"] not in started:
                yield self._say("unannounced", key, f"no attempt {post['request_id']!r}")
            elif started[post["request_id"]] > post["at"]:
                yield self._say("unannounced", key, "the attempt was written after the post")


def _says_served(row: Row) -> bool:
    return row.state == "ACCEPTED" or row.order_status == "SERVED"


def _differences(row: Row, record: Record) -> Iterable[str]:
    if record["payload"] != row.payload:
        yield "the record's payload is not the one declared"
    if hashlib.sha256(record["body"].encode()).hexdigest() != row.payload_sha256:
        yield "the bytes that arrived are not the ones hashed"
    if record["ids"]["id"] != row.sirius_order_id:
        yield "the reference shown is not the record's"
    wanted = {(one["key"], one["size"], one["sha256"]) for one in row.manifest}
    there = {(one["filename"], one["size"], one["sha256"]) for one in record["documents"]}
    if wanted != there:
        yield "the documents in the bucket were not the ones declared, byte for byte"
