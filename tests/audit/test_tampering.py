"""A superuser tampers with the diary, plainly and cleverly: each time it is found, and named.

Cleverly means that every digest, link and hash after it is made anew, so that the database by
itself tells one sound story.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

import psycopg
import pytest
from psycopg import sql

from audit.canonical import (
    ENTRY_COLUMNS,
    LINK_COLUMNS,
    LinkRow,
    batch_digest,
    entry_digest,
    link_hash,
)

pytestmark = pytest.mark.django_db(transaction=True)

# What each column may be changed to; none is what the diary of these tests holds.
COLUMNS = {
    "id": "id + 100000",
    "at": "at + interval '1 microsecond'",
    "event": "'ORDER_SERVED'",
    "by_id": "coalesce(by_id, 0) + 1",
    "by_name": "by_name || ' '",
    "subject_kind": "'orders.order'",
    "subject_id": "subject_id + 1",
    "facts": 'facts || \'{"role": "another"}\'',
    "trace_id": "'another'",
    "release": "'another'",
    "batch_id": "batch_id + 100000",
    "digest": "sha256(digest)",
}
LINK_CHANGES = {
    "last_id": "last_id + 1",
    "entries": "entries + 1",
    "digest": "sha256(digest)",
    "position": "position + 100000",
    "total": "total + 1",
    "at": "at + interval '1 microsecond'",
    "previous": "sha256(previous)",
    "hash": "sha256(hash)",
}
# The largest batch of this diary has 5 entries, and a changed `last_id` claims one more.
WIDEST = 6
GUARDED = ("audit_entry", "audit_link", "audit_head")


@dataclass
class Diary:
    """The tables in a superuser's hands, inside a transaction that will be undone."""

    connection: psycopg.Connection
    dice: random.Random
    # Ids of entries of which a finding must name each one, and positions of links likewise.
    entries: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)

    def do(self, statement: str, *values) -> list:
        cursor = self.connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []

    def entry(self) -> tuple[int, int]:
        """One that is covered by a signed head: its id and batch."""
        return self.dice.choice(self.do("SELECT id, batch_id FROM audit_entry ORDER BY id"))

    def link(self) -> LinkRow:
        rows = self.do(f"SELECT {LINK_COLUMNS} FROM audit_link ORDER BY position")
        return LinkRow(*self.dice.choice(rows))

    def ids(self, link: LinkRow) -> list[int]:
        rows = self.do("SELECT id FROM audit_entry WHERE batch_id = %s ORDER BY id", link.batch_id)
        return [row[0] for row in rows]

    def digest_anew(self) -> None:
        """Each entry's digest, as the service would make it."""
        for row in self.do(f"SELECT digest, {ENTRY_COLUMNS} FROM audit_entry"):
            digest = entry_digest(row[1:])
            if digest != row[0]:
                self.do("UPDATE audit_entry SET digest = %s WHERE id = %s", digest, row[1])

    def chain_anew(self) -> None:
        """Each digest, and the whole chain: what a clever superuser would do."""
        self.digest_anew()
        self.do(
            "DELETE FROM audit_link WHERE NOT EXISTS"
            " (SELECT FROM audit_entry WHERE audit_entry.batch_id = audit_link.batch_id)"
        )
        previous, total = b"", 0
        rows = self.do(f"SELECT {LINK_COLUMNS} FROM audit_link ORDER BY position")
        self.do("UPDATE audit_link SET position = -position")
        for position, row in enumerate(rows, start=1):
            entries = self.do(
                "SELECT id, digest FROM audit_entry WHERE batch_id = %s ORDER BY id", row[0]
            )
            total += len(entries)
            digest = batch_digest(digest for _, digest in entries)
            made = LinkRow(
                row[0], entries[-1][0], len(entries), digest, position, total, row[6], previous, b""
            )
            previous = link_hash(made)
            self.do(
                "UPDATE audit_link SET position = %s, last_id = %s, entries = %s, digest = %s,"
                " total = %s, previous = %s, hash = %s WHERE batch_id = %s",
                *(position, made.last_id, made.entries, digest, total, made.previous, previous),
                row[0],
            )


def change_an_entry(diary, clever, *, column):
    entry_id, _ = diary.entry()
    diary.do(f"UPDATE audit_entry SET {column} = {COLUMNS[column]} WHERE id = %s", entry_id)
    diary.entries.append(entry_id + 100000 if column == "id" else entry_id)


def change_a_digest_too(diary, clever):
    entry_id, _ = diary.entry()
    diary.do("UPDATE audit_entry SET by_name = 'Nobody' WHERE id = %s", entry_id)
    diary.digest_anew()
    diary.entries.append(entry_id)


def delete_an_entry(diary, clever):
    entry_id, _ = diary.entry()
    diary.do("DELETE FROM audit_entry WHERE id = %s", entry_id)
    diary.entries.append(entry_id)


def delete_a_link(diary, clever):
    link = diary.link()
    diary.entries.extend(diary.ids(link))
    diary.do("DELETE FROM audit_link WHERE batch_id = %s", link.batch_id)
    if clever or diary.dice.random() < 0.5:
        diary.do("DELETE FROM audit_entry WHERE batch_id = %s", link.batch_id)
    diary.links.append(link.position)


def change_a_link(diary, clever, *, column):
    link = diary.link()
    statement = f"UPDATE audit_link SET {column} = {LINK_CHANGES[column]} WHERE batch_id = %s"
    diary.do(statement, link.batch_id)
    diary.links.append(link.position + (100000 if column == "position" else 0))


def insert_an_entry(diary, clever):
    """Into a batch that was there."""
    link = diary.link()
    diary.do(
        "INSERT INTO audit_entry (at, event, by_id, by_name, subject_kind, subject_id, facts,"
        " trace_id, release, batch_id, digest) SELECT at, 'ORDER_SERVED', 1, 'x', 'x', 1, '{}', '',"
        " '', batch_id, '' FROM audit_entry WHERE batch_id = %s LIMIT 1",
        link.batch_id,
    )
    diary.digest_anew()
    if clever:
        diary.links.append(link.position)
    else:
        diary.entries.extend(diary.do("SELECT max(id) FROM audit_entry")[0])


def insert_a_batch(diary, clever):
    """As if it had been written between two others; plainly, with no link."""
    link = diary.link()
    [[entry_id]] = diary.do("SELECT max(id) + 1 FROM audit_entry")
    diary.do(
        "INSERT INTO audit_entry SELECT %s, at, event, by_id, by_name, subject_kind, subject_id,"
        " facts, trace_id, release, %s, '' FROM audit_entry WHERE id = %s",
        *(entry_id, entry_id, link.batch_id),
    )
    if clever:
        diary.do("UPDATE audit_link SET position = -position")
        diary.do("UPDATE audit_link SET position = -2 * position")
        diary.do(
            "INSERT INTO audit_link (batch_id, last_id, entries, digest, position, at)"
            " VALUES (%s, %s, 1, '', %s, now())",
            *(entry_id, entry_id, 2 * link.position - 1),
        )
    diary.digest_anew()
    diary.entries.append(entry_id)


def two_entries(diary):
    (first, _), (second, _) = diary.entry(), diary.entry()
    while second == first:
        second, _ = diary.entry()
    return first, second


def swap_ids(diary, clever):
    first, second = two_entries(diary)
    for before, after in ((first, -1), (second, first), (-1, second)):
        diary.do("UPDATE audit_entry SET id = %s WHERE id = %s", after, before)
    diary.entries.extend([first, second])


def swap_contents(diary, clever):
    first, second = two_entries(diary)
    diary.do(
        "UPDATE audit_entry AS one SET subject_id = other.subject_id, facts = other.facts"
        " FROM audit_entry AS other WHERE (one.id, other.id) IN ((%s, %s), (%s, %s))",
        *(first, second, second, first),
    )
    diary.entries.extend([first, second])


def swap_links(diary, clever):
    first, second = diary.link(), diary.link()
    while second == first:
        second = diary.link()
    for batch, place in ((first, -1), (second, first.position), (first, second.position)):
        diary.do("UPDATE audit_link SET position = %s WHERE batch_id = %s", place, batch.batch_id)
    diary.links.extend([first.position, second.position])


def cut_the_tail(diary, clever):
    link = diary.link()
    kept = diary.do("SELECT batch_id, position FROM audit_link WHERE position >= %s", link.position)
    for batch_id, position in kept:
        ids = diary.do("SELECT id FROM audit_entry WHERE batch_id = %s", batch_id)
        diary.entries.extend(row[0] for row in ids)
        diary.links.append(position)
        diary.do("DELETE FROM audit_entry WHERE batch_id = %s", batch_id)
        diary.do("DELETE FROM audit_link WHERE batch_id = %s", batch_id)


def cut_the_entries(diary, clever):
    """Their links stay, where the superuser is not clever."""
    link = diary.link()
    rows = diary.do("DELETE FROM audit_entry WHERE batch_id >= %s RETURNING id", link.batch_id)
    diary.entries.extend(row[0] for row in rows)


CHANGES = {f"column {column}": partial(change_an_entry, column=column) for column in COLUMNS}
# Of an entry that moves to a batch that never was, nothing clever can be made.
NOT_CLEVER = {f"column {column}" for column in ("batch_id", "digest", "id")}
OTHERS = {
    kind.__name__: kind
    for kind in (
        change_a_digest_too,
        delete_an_entry,
        delete_a_link,
        insert_an_entry,
        insert_a_batch,
        swap_ids,
        swap_contents,
        swap_links,
        cut_the_tail,
        cut_the_entries,
    )
}
CHANGES_OF_LINKS = {
    f"column {column} of the link": partial(change_a_link, column=column) for column in LINK_CHANGES
}
PLAIN = {**CHANGES, **OTHERS, **CHANGES_OF_LINKS}
# Of what a link says, the service makes all anew but the moment.
CLEVER = {
    name: kind
    for name, kind in PLAIN.items()
    if name not in NOT_CLEVER and (name not in CHANGES_OF_LINKS or name == "column at of the link")
}
# (what it is called, what is done, whether cleverly): each column of the diary is among them.
TAMPERINGS = (
    *((name, kind, False) for name, kind in PLAIN.items()),
    *((name, kind, True) for name, kind in CLEVER.items()),
)


def tamper(superuser, dice, number):
    """One tampering, in a transaction that is left open: the diary and what was done."""
    superuser.execute("BEGIN")
    for table in GUARDED:
        name = sql.Identifier(table)
        superuser.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(name))
    diary = Diary(superuser, dice)
    # Each kind in turn; of which entry or link, is drawn.
    words, kind, clever = TAMPERINGS[number % len(TAMPERINGS)]
    kind(diary, clever)
    if clever:
        diary.chain_anew()
    for table in GUARDED:
        name = sql.Identifier(table)
        superuser.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER ALL").format(name))
    return diary, f"{'clever' if clever else 'plain'} {words}"


def not_named(diary, findings):
    """What was done to entries and links, and no finding names."""
    findings = [finding for finding in findings if finding.kind != "guard"]
    entries = [
        entry_id
        for entry_id in diary.entries
        if not any(finding.names_entry(entry_id) for finding in findings)
    ]
    links = [
        position
        for position in diary.links
        if not any(
            finding.first_link and finding.first_link <= position <= (finding.last_link or 0)
            for finding in findings
        )
    ]
    return entries, links


def spread(findings):
    """How many entries the widest finding names."""
    return max(
        ((each.last_entry or 0) - (each.first_entry or 0) + 1 for each in findings), default=0
    )


def test_no_column_of_the_diary_is_left_out(superuser):
    columns = "SELECT column_name::text FROM information_schema.columns WHERE table_name = %s"
    assert {name for [name] in superuser.execute(columns, ["audit_entry"])} == set(COLUMNS)
    # A link is found by its batch; which entries that has, its digest says.
    links = {name for [name] in superuser.execute(columns, ["audit_link"])}
    assert links == {*LINK_CHANGES, "batch_id"}


def test_every_tampering_is_found_and_named(write, sign, verified, superuser, size, seed, figures):
    dice = random.Random(seed)
    for number in range(24):
        write(*dice.choices([1, 1, 1, 2, 3, 5], k=dice.choice([1, 1, 2])))
        if number % 6 == 5:
            sign()
    trials, missed, unnamed, false_alarms = size(small=len(TAMPERINGS), full=500), [], [], 0
    kinds = Counter()
    for number in range(trials):
        false_alarms += not verified().is_sound
        diary, words = tamper(superuser, dice, number)
        try:
            report = verified()
        finally:
            superuser.execute("ROLLBACK")
        found = [each for each in report.findings if each.kind != "guard"]
        kinds.update({str(each.kind) for each in found})
        if not found:
            missed.append((number, words))
        elif any(left := not_named(diary, found)) or spread(found) > WIDEST:
            unnamed.append((number, words, left, found))
    figures(
        "tampering with the diary by a superuser",
        trials=trials,
        found=trials - len(missed),
        named=trials - len(missed) - len(unnamed),
        false_alarms=false_alarms,
        told_as=dict(kinds),
    )
    again = f"repeat with TRUST_SEED={seed}"
    assert missed == [], again
    assert unnamed == [], again
    assert false_alarms == 0, again
