"""Verifies the diary: rows against digests, links against rows, the chain against signed heads.

Every finding names the entry or the link. docs/adr/0018 says what is proved by what.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice

from audit import guards
from audit.alignment import Differences
from audit.batches import inside
from audit.canonical import LinkRow, link_hash
from audit.findings import Finding, Kind, Report, changed_entry, entries_words, links_words
from audit.heads import HeadStore
from audit.reading import LINKS_AT_A_TIME, Batch, Connection, DiaryRows
from audit.signed_links import SignedLinks, moment_of

# Heads are signed every minute; what has waited so long was kept from being signed.
SIGNED_WITHIN = dt.timedelta(minutes=15)


def verify(
    connection: Connection, *, store: HeadStore, keys: Sequence[str], now: dt.datetime
) -> Report:
    """Look at the whole diary. Raises the errors of the database and of the store.

    `connection` is a psycopg one in autocommit, or in a transaction in which nobody else writes.
    `keys`: those that heads may have been signed with.
    """
    report = Report()
    rows = DiaryRows(connection)
    with SignedLinks() as signed:
        # Before the first look at the rows: a head that is newer than they are would seem forged.
        signed.gather(store, keys=keys)
        report.heads = len(signed.keys)
        report.signed_position, report.signed_at = signed.position, moment_of(signed.last)
        with rows.holding_still():
            report.add(*guards.findings(rows), *signed.findings)
            report.add(*_heads_that_went(rows, store, signed.keys))
            _check_links(rows, report)
            report.add(*_loose_entries(rows))
            if signed.last is not None:
                stored = rows.placed_links
                report.add(*Differences(lambda: signed, stored, gaps=signed.gaps).findings())
            _say_what_is_unproved(report, rows, now=now)
    return report


def _check_links(rows: DiaryRows, report: Report) -> None:
    """Each link by itself, with its entries, and as the one after the link before it."""
    before: LinkRow | None = None
    links = rows.links()
    while some := list(islice(links, LINKS_AT_A_TIME)):
        batches = rows.batches([link.batch_id for link in some])
        for link in some:
            batch = batches[link.batch_id]
            report.links += 1
            report.entries += batch.entries
            report.add(*_link_itself(link), *_follows(link, before))
            report.add(*_entries_of(rows, link, batch))
            before = link


def _link_itself(link: LinkRow) -> Iterator[Finding]:
    if link.hash != link_hash(link):
        place = f"link {link.position}" if link.position else "a link without a place"
        words = f"{place} ({entries_words(link.batch_id, link.last_id)}) was changed"
        yield _about_link(Kind.CHANGED, words, link)


def _follows(link: LinkRow, before: LinkRow | None) -> Iterator[Finding]:
    place, expected = link.position or 0, ((before.position or 0) if before else 0) + 1
    if place > expected:
        words = f"{links_words(expected, place - 1)} is missing"
        yield Finding(Kind.MISSING, words, first_link=expected, last_link=place - 1)
        return
    previous, total = (before.hash, before.total or 0) if before else (b"", 0)
    if place != expected or (link.previous, link.total) != (previous, total + link.entries):
        words = f"link {place} ({entries_words(link.batch_id, link.last_id)}) does not continue "
        words += "the link before it: one of the two was changed, or stood elsewhere"
        yield _about_link(Kind.CHANGED, words, link)


def _entries_of(rows: DiaryRows, link: LinkRow, batch: Batch) -> Iterator[Finding]:
    yield from (changed_entry(entry_id, link.position) for entry_id in batch.changed)
    if (batch.entries, batch.digest) != (link.entries, link.digest):
        yield from inside(rows, link, batch)


def _loose_entries(rows: DiaryRows) -> Iterator[Finding]:
    for first, last, count in rows.loose_batches():
        words = f"{entries_words(first, last)} ({count} in all): in no link of the chain"
        yield Finding(Kind.INSERTED, words, first, last)


def _heads_that_went(rows: DiaryRows, store: HeadStore, keys: set[str]) -> Iterator[Finding]:
    """The database remembers what was laid down. Looked for once more: it may be new."""
    for key, position in rows.heads():
        if key not in keys and store.find(key) is None:
            words = f"the signed head {key} is gone"
            yield Finding(Kind.HEAD_MISSING, words, first_link=position, last_link=position)


def _say_what_is_unproved(report: Report, rows: DiaryRows, *, now: dt.datetime) -> None:
    since = rows.since(report.signed_position)
    report.unproved_links, report.unproved_entries = since.links, since.entries
    if since.oldest is not None and now - since.oldest > SIGNED_WITHIN:
        first, last = report.signed_position + 1, report.signed_position + since.links
        words = f"{links_words(first, last)}: no signed head covers them, since {since.oldest:%c}"
        report.add(Finding(Kind.UNSIGNED, words, first_link=first, last_link=last))


def _about_link(kind: Kind, words: str, link: LinkRow) -> Finding:
    return Finding(kind, words, link.batch_id, link.last_id, link.position, link.position)
