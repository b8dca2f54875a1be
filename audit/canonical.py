"""What exactly is digested: the texts whose SHA-256 the chain is made of. No database.

The same texts are made by the database as it writes (migration 0004). They are made here once more
so that whoever verifies need not believe a function of the database that is doubted.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import NamedTuple

# In the order of the text. Moments are whole microseconds since 1970; facts are jsonb's own text.
ENTRY_COLUMNS = """id, (extract(epoch FROM at) * 1000000)::bigint, event, by_id, by_name,
    subject_kind, subject_id, facts::text, trace_id, release, batch_id"""
LINK_COLUMNS = """batch_id, last_id, entries, digest, position, total,
    (extract(epoch FROM at) * 1000000)::bigint, previous, hash"""

EntryValues = tuple[int | str | None, ...]


class LinkRow(NamedTuple):
    """A row of `audit_link`, by LINK_COLUMNS. All but the first four may be empty."""

    batch_id: int
    last_id: int
    entries: int
    digest: bytes
    position: int | None
    total: int | None
    at: int | None
    previous: bytes | None
    hash: bytes | None


def entry_digest(values: EntryValues) -> bytes:
    """The digest of one entry; `values` are those of ENTRY_COLUMNS."""
    return _digest(values)


def batch_digest(digests: Iterable[bytes]) -> bytes:
    """The digest of the entries of one batch, in the order of their ids."""
    whole = hashlib.sha256()
    for digest in digests:
        whole.update(digest)
    return whole.digest()


def link_hash(link: LinkRow) -> bytes:
    """The hash of one link, over what it says of its entries and over the link before it."""
    return _digest(
        (
            *(link.position, link.batch_id, link.last_id, link.entries, link.total, link.at),
            *(link.digest.hex(), (link.previous or b"").hex()),
        )
    )


def _digest(values: EntryValues) -> bytes:
    return hashlib.sha256(json.dumps(list(values), ensure_ascii=False).encode()).digest()
