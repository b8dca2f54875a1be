"""Judges a run: what people were shown, held to what Sirius received (serving, "What must hold").

Pure: evidence in, violations out. Written without the application's own code, which is on trial;
where it can, without its rows: what Sirius has is read from its journal, what people saw from the
pages, what was to be sent from the harness' own papers.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Fate = Literal["lost", "duplicated", "falsely served", "falsely failed", "unannounced", "hasty"]
FATES: tuple[Fate, ...] = (
    *("lost", "duplicated", "falsely served", "falsely failed", "unannounced", "hasty"),
)
ENDED = {"ACCEPTED", "REJECTED", "HELD", "CANCELLED"}
SAYS_NONE = {"REJECTED", "CANCELLED"}

# What a page may say of an order of which Sirius must then have nothing from us, and the contrary.
PAGE_SAYS_NONE = {"TO DO", "READY TO SERVE", "RETURNED"}
PAGE_SAYS_ON_ITS_WAY = "SENDING"
PAGE_SAYS_SERVED = "SERVED"
PAGE_SAYS_HELD = "NEEDS ATTENTION"
PAGE_SAYS = {*PAGE_SAYS_NONE, PAGE_SAYS_ON_ITS_WAY, PAGE_SAYS_SERVED, PAGE_SAYS_HELD}

Key = tuple[str, str]
Record = dict[str, Any]


@dataclass(frozen=True)
class Declared:
    """One order that was declared, and the submissions that came of the clicks.

    `surname` and `documents` (each one's SHA-256) are what the harness itself put in.
    """

    order_id: int
    reference: str
    order_type: str
    trial: str
    submission_ids: tuple[int, ...]
    surname: str = ""
    documents: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return self.reference, self.order_type


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


@dataclass(frozen=True)
class Shown:
    """A progress page that said "Order served to OPG": by when, and with which reference."""

    key: Key
    at: float
    sirius_order_id: int | None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that is known of a run.

    `accepted` and `posts` are the simulator's journal; `taken` the keys that somebody else had put
    there; `seen_served` when an order was first served by the rows, by submission; `shown` what
    progress pages showed; `listed` what the list of orders shows in the end, None where nobody
    looked; `settle_seconds`: 0 where the posts' moments are not judged.
    """

    declared: list[Declared]
    rows: list[Row]
    tries: list[Try]
    accepted: list[Record]
    posts: list[Record]
    taken: set[Key] = field(default_factory=set)
    seen_served: dict[int, float] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    listed: dict[Key, str] | None = None
    settle_seconds: float = 0.0


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
        self._accepted = {row.order_id for row in evidence.rows if row.state == "ACCEPTED"}
        self._declared = {one.key: one for one in evidence.declared}
        self._owner = {one.request_id: one.submission_id for one in evidence.tries}
        self._records: dict[int | None, list[Record]] = defaultdict(list)
        for record in evidence.accepted:
            self._records[self._owner.get(record["request_id"])].append(record)
        self._of_key: dict[Key, list[Record]] = defaultdict(list)
        for record in evidence.accepted:
            self._of_key[record["reference"], record["type"]].append(record)

    def violations(self) -> Iterator[Violation]:
        for declared in self._evidence.declared:
            yield from self._lost(declared)
        yield from self._duplicated()
        for row in self._evidence.rows:
            says_served = row.state == "ACCEPTED" or self._shows_as_served(row)
            yield from self._falsely_served(row) if says_served else self._falsely_failed(row)
        for shown in self._evidence.shown:
            yield from self._falsely_shown(shown)
        if self._evidence.listed is not None:
            yield from self._falsely_listed(self._evidence.listed)
        yield from self._unannounced()
        yield from self._hasty()

    def _shows_as_served(self, row: Row) -> bool:
        """Whether its order is served, and not by another declaration after this one."""
        return row.order_status == "SERVED" and row.order_id not in self._accepted

    def _say(self, fate: Fate, key: Key, what: str) -> Violation:
        declared = self._declared.get(key)
        return Violation(fate, key[0], declared.trial if declared else "not ours", what)

    # 1. Each declared order ends, and none is missing.
    def _lost(self, declared: Declared) -> Iterator[Violation]:
        key = declared.key
        if not declared.submission_ids:
            yield self._say("lost", key, "declared, and nothing came of it")
        # One that was refused or withdrawn may be declared again, also by a click that came late.
        counting = [one for one in set(declared.submission_ids) if not self._says_none(one)]
        if len(counting) > 1 or len(set(declared.submission_ids)) < len(declared.submission_ids):
            what = f"declared {len(declared.submission_ids)} times"
            yield self._say("duplicated", key, what)
        for submission_id in declared.submission_ids:
            row = self._rows.get(submission_id)
            if row is None:
                yield self._say("lost", key, "its row is gone")
            elif row.state not in ENDED:
                yield self._say("lost", key, f"still {row.state} ({row.reason})")

    def _says_none(self, submission_id: int) -> bool:
        row = self._rows.get(submission_id)
        return row is not None and row.state in SAYS_NONE

    # 2. At most one record for each key.
    def _duplicated(self) -> Iterator[Violation]:
        excused = spoilt(self._evidence)
        for key, records in self._of_key.items():
            there_before = key in self._evidence.taken
            if key in excused:
                continue
            for _ in range(len(records) + there_before - 1):
                yield self._say("duplicated", key, f"{len(records)} records, {there_before=}")

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
        for what in (*_differences(row, record), *_strangers(self._declared, record)):
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

    # The same two, by what people read on the pages.
    def _falsely_shown(self, shown: Shown) -> Iterator[Violation]:
        records = [one for one in self._of_key[shown.key] if one["at"] <= shown.at]
        if not records:
            yield self._say("falsely served", shown.key, "the page said so before it was there")
        elif shown.sirius_order_id not in {one["ids"]["id"] for one in records}:
            what = f"the page showed the reference {shown.sirius_order_id}, which is another's"
            yield self._say("falsely served", shown.key, what)

    def _falsely_listed(self, listed: dict[Key, str]) -> Iterator[Violation]:
        held = {row.key for row in self._evidence.rows if row.state == "HELD"}
        for key in self._declared:
            said, records = listed.get(key), self._of_key[key]
            if said is None:
                yield self._say("lost", key, "the list of orders does not have it")
            elif said not in PAGE_SAYS:
                yield self._say("lost", key, f"the list says {said!r}, which is no tag of an order")
            elif said == PAGE_SAYS_ON_ITS_WAY:
                yield self._say("lost", key, "the list still says that it is being sent")
            elif said == PAGE_SAYS_SERVED and not records:
                yield self._say("falsely served", key, "listed as served; Sirius has none")
            elif said in PAGE_SAYS_NONE and records:
                yield self._say("falsely failed", key, f"listed as {said}; Sirius has it")
            elif said == PAGE_SAYS_HELD and key not in held:
                yield self._say("falsely failed", key, f"listed as {said}; nothing of it is held")

    # 6. Every post that Sirius saw was written down before.
    def _unannounced(self) -> Iterator[Violation]:
        started = {one.request_id: one.started_at for one in self._evidence.tries}
        for post in self._evidence.posts:
            key = post.get("reference") or "unread", post.get("type") or ""
            if post["request_id"] not in started:
                yield self._say("unannounced", key, f"no attempt {post['request_id']!r}")
            elif started[post["request_id"]] > post["at"]:
                yield self._say("unannounced", key, "the attempt was written after the post")

    # Rule 3: after a post whose outcome nobody can know, the settle time.
    def _hasty(self) -> Iterator[Violation]:
        for first, second in _pairs_of_posts(self._evidence.posts):
            gap = second["at"] - first["at"]
            if gap < self._evidence.settle_seconds and _may_be_applied(first):
                what = f"posted again {gap:.2f} s after a post that may have been applied"
                yield self._say("hasty", (second["reference"], second["type"]), what)


def spoilt(evidence: Evidence) -> set[Key]:
    """Keys of which Sirius itself wrote the first record later than the settle time that we kept.

    No service could have known: the machine that ran both was too slow. Judged by Sirius' journal
    alone; a repeat that came too soon is never excused.
    """
    arrived: dict[str, float] = {post["request_id"]: post["at"] for post in evidence.posts}
    of_key: dict[Key, list[Record]] = defaultdict(list)
    for record in evidence.accepted:
        of_key[record["reference"], record["type"]].append(record)
    found = set()
    for key, records in of_key.items():
        came = sorted(float(arrived.get(one["request_id"]) or one["at"]) for one in records)
        if len(came) > 1 and evidence.settle_seconds:
            was_patient = came[1] - came[0] >= evidence.settle_seconds
            written = min(one["at"] for one in records)
            if was_patient and written > came[1]:
                found.add(key)
    return found


def _pairs_of_posts(posts: list[Record]) -> Iterator[tuple[Record, Record]]:
    last: dict[Key, Record] = {}
    for post in posts:
        key = post.get("reference") or "", post.get("type") or ""
        if key in last and key[0]:
            yield last[key], post
        last[key] = post


def _may_be_applied(post: Record) -> bool:
    """Whether the answer that left, if any, leaves that open."""
    status = post.get("status")
    return bool(post.get("accepted")) or status is None or status >= 500 or status in (200, 201)


def _strangers(declared: dict[Key, Declared], record: Record) -> Iterator[str]:
    """How a record differs from what the harness itself put in, whatever the rows say."""
    ours = declared.get((record["reference"], record["type"]))
    if ours is None:
        yield "the record is under a key that nobody declared"
    elif ours.documents:
        if record["payload"]["client"].get("lastName") != ours.surname:
            yield "the record is of another client"
        if sorted(one["sha256"] for one in record["documents"]) != sorted(ours.documents):
            yield "the documents that Sirius read are not those that were put in"


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
