"""Reads the diary's rows for verification: by a raw connection, in order, in bounded memory."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, groupby
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg.pq import TransactionStatus

from audit.canonical import ENTRY_COLUMNS, LINK_COLUMNS, LinkRow, batch_digest, entry_digest

Connection = psycopg.Connection[Any]

LINKS_AT_A_TIME = 500
ROWS_AT_A_TIME = 2000


@dataclass
class Batch:
    """The entries of one batch as they stand: how many, their digest, and which were changed."""

    entries: int = 0
    digest: bytes = b""
    changed: list[int] = field(default_factory=list)


class Since(NamedTuple):
    """What was written after some link: how much, and when the first of it."""

    links: int
    entries: int
    oldest: dt.datetime | None


class DiaryRows:
    """The tables of the diary, seen by one transaction of `connection`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._numbers = count()

    @contextmanager
    def holding_still(self) -> Iterator[None]:
        """See one moment in here, unless the caller has begun a transaction of its own."""
        if self._connection.info.transaction_status != TransactionStatus.IDLE:
            yield
            return
        self._run("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        try:
            # No function of another schema may stand in for one of PostgreSQL's own.
            self._run("SET LOCAL search_path = pg_catalog, pg_temp")
            yield
        finally:
            if not self._connection.closed:
                self._run("ROLLBACK")

    def links(self) -> Iterator[LinkRow]:
        """Every link by position; those that never got one come last."""
        query = f"SELECT {LINK_COLUMNS} FROM public.audit_link ORDER BY position NULLS LAST"
        return (LinkRow(*row) for row in self._rows("diary_links", query, []))

    def placed_links(self) -> Iterator[LinkRow]:
        """Those with a position."""
        return (link for link in self.links() if link.position is not None)

    def batches(self, batch_ids: list[int]) -> dict[int, Batch]:
        """What stands in each of these batches."""
        query = f"""SELECT digest, {ENTRY_COLUMNS} FROM public.audit_entry
            WHERE batch_id = ANY(%s) ORDER BY batch_id, id"""
        rows = self._rows("diary_entries", query, [batch_ids])
        found = {each: Batch() for each in batch_ids}
        for batch_id, entries in groupby(rows, key=lambda row: int(row[-1])):
            batch = found[batch_id]
            batch.digest = batch_digest(_digests(entries, batch))
        return found

    def digests_of(self, batch_id: int) -> dict[int, bytes]:
        """The digest of each entry that stands in one batch, by id."""
        query = "SELECT id, digest FROM public.audit_entry WHERE batch_id = %s ORDER BY id"
        return dict(self._all(query, [batch_id]))

    def unused_ids(self, first: int, last: int) -> list[int]:
        """The ids in this range that no entry of the diary has; the first thousand."""
        query = """SELECT id FROM generate_series(%s::bigint, %s::bigint) AS id
            WHERE NOT EXISTS (SELECT FROM public.audit_entry AS entry WHERE entry.id = id.id)
            LIMIT 1000"""
        return [row[0] for row in self._all(query, [first, last])]

    def loose_batches(self) -> list[tuple[int, int, int]]:
        """Entries that are in no link: first id, last id and how many, by batch; a thousand."""
        query = """SELECT min(id), max(id), count(*) FROM public.audit_entry AS entry
            WHERE NOT EXISTS (SELECT FROM public.audit_link AS link
                              WHERE link.batch_id = entry.batch_id)
            GROUP BY batch_id ORDER BY batch_id LIMIT 1000"""
        return self._all(query, [])

    def since(self, position: int) -> Since:
        """What was written after this link."""
        query = """SELECT count(*), coalesce(sum(entries), 0)::bigint, min(at)
            FROM public.audit_link WHERE position > %s"""
        return Since(*self._all(query, [position])[0])

    def heads(self) -> list[tuple[str, int]]:
        """Each signed head that the database knows of: its key and position."""
        return self._all("SELECT key, position FROM public.audit_head ORDER BY id", [])

    def triggers(self) -> set[tuple[str, str]]:
        """The triggers of the diary that work in every session, as (table, trigger)."""
        query = """SELECT relname::text, tgname::text FROM pg_catalog.pg_trigger
            JOIN pg_catalog.pg_class ON pg_class.oid = tgrelid
            WHERE relnamespace = 'public'::regnamespace AND tgenabled = 'A'"""
        return set(self._all(query, []))

    def functions(self) -> dict[str, str]:
        """The source of each function of the diary."""
        query = """SELECT proname::text, prosrc FROM pg_catalog.pg_proc
            WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'audit\\_%%'"""
        return dict(self._all(query, []))

    def _run(self, statement: LiteralString) -> None:
        with psycopg.ClientCursor(self._connection) as cursor:
            cursor.execute(statement)

    def _all(self, query: str, values: list[Any]) -> list[Any]:
        # A plain cursor: the caller's connection may be one that binds on the client.
        with psycopg.ClientCursor(self._connection) as cursor:
            return cursor.execute(query.encode(), values).fetchall()

    def _rows(self, name: str, query: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
        """By a cursor of the server's."""
        with psycopg.ServerCursor(self._connection, f"{name}_{next(self._numbers)}") as cursor:
            cursor.itersize = ROWS_AT_A_TIME
            cursor.execute(query.encode(), values)
            yield from cursor


def _digests(rows: Iterator[tuple[Any, ...]], batch: Batch) -> Iterator[bytes]:
    for digest, *values in rows:
        batch.entries += 1
        if entry_digest(tuple(values)) != digest:
            batch.changed.append(values[0])
        yield digest
