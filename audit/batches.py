"""Names what happened inside one batch whose entries are not those that its link was made for."""

from collections.abc import Iterator
from itertools import pairwise

from audit.canonical import LinkRow, batch_digest
from audit.findings import Finding, Kind, entries_words
from audit.reading import Batch, DiaryRows


def inside(rows: DiaryRows, link: LinkRow, batch: Batch) -> Iterator[Finding]:
    """Entries that came, went or were written anew; `batch` is how it stands."""
    digests = rows.digests_of(link.batch_id)
    extra = _extra(digests, link)
    for entry_id in extra:
        words = f"entry {entry_id} was inserted into link {link.position}"
        yield Finding(Kind.INSERTED, words, entry_id, entry_id, link.position, link.position)
    missing = link.entries - (len(digests) - len(extra))
    if missing > 0:
        yield from _missing(rows.unused_ids(link.batch_id, link.last_id), missing, link)
    elif not extra and not batch.changed:
        words = f"{entries_words(link.batch_id, link.last_id)} (link {link.position}): written "
        words += "anew, or in another order" if missing == 0 else "more than there were"
        yield _about(Kind.CHANGED, words, link.batch_id, link.last_id, link)


def _extra(digests: dict[int, bytes], link: LinkRow) -> list[int]:
    """Those that do not belong: outside the batch's ids, or the one without which all is right."""
    outside = [each for each in digests if not link.batch_id <= each <= link.last_id]
    if outside or len(digests) != link.entries + 1:
        return outside
    for each in digests:
        others = (digest for entry_id, digest in digests.items() if entry_id != each)
        if batch_digest(others) == link.digest:
            return [each]
    return []


def _missing(unused: list[int], missing: int, link: LinkRow) -> Iterator[Finding]:
    """By their ids where these are known; a number is also unused when a transaction gave up."""
    if len(unused) == missing:
        for first, last in _runs(unused):
            words = f"{entries_words(first, last)} (link {link.position}) is missing"
            yield _about(Kind.MISSING, words, first, last, link)
    else:
        among = entries_words(link.batch_id, link.last_id)
        words = f"{missing} of {among} (link {link.position}) is missing"
        yield _about(Kind.MISSING, words, link.batch_id, link.last_id, link)


def _runs(ids: list[int]) -> Iterator[tuple[int, int]]:
    """Ids in order as (first, last) of each unbroken run."""
    starts = [ids[0], *(after for before, after in pairwise(ids) if after != before + 1)]
    ends = [*(before for before, after in pairwise(ids) if after != before + 1), ids[-1]]
    yield from zip(starts, ends, strict=True)


def _about(kind: Kind, words: str, first: int, last: int, link: LinkRow) -> Finding:
    return Finding(kind, words, first, last, link.position, link.position)
