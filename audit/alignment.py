"""Compares two tellings of the chain: the links that were signed, and those that stand there now.

Pure. Both come in order of position and are held only where they differ.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest

from audit.canonical import LinkRow
from audit.findings import Finding, Kind, entries_words
from audit.heads import SignedLink


class Differences:
    """Which links are gone, new, other than they were, or in another order.

    `signed` and `stored` are called for a new run over the links, twice each. Only links that
    carry a position are compared. `gaps`: positions (first, last) whose signed heads are missing:
    of a link that stands there nothing is known.
    """

    def __init__(
        self,
        signed: Callable[[], Iterable[SignedLink]],
        stored: Callable[[], Iterable[LinkRow]],
        *,
        gaps: Sequence[tuple[int, int]] = (),
    ) -> None:
        self._signed = signed
        self._stored = stored
        self._gaps = gaps
        self._last_signed_match = 0
        self._last_stored_match = 0
        self._first_other_hash: SignedLink | None = None
        self._gone: dict[int, SignedLink] = {}
        self._new: dict[int, LinkRow] = {}

    def findings(self) -> Iterator[Finding]:
        """By what happened; the order of the pairs last."""
        found = [*self._content(), *self._come_and_gone(), *self._order()]
        yield from found
        other = self._first_other_hash
        first = min((each.first_link or 0 for each in found), default=None)
        if other is not None and (first is None or other.position < first):
            words = f"link {other.position} was changed, and the chain after it made anew"
            yield _about(Kind.CHANGED, words, other)

    def _content(self) -> Iterator[Finding]:
        """Pair the links by their batches; what stays without a partner is gone, or new."""
        for signed, stored in zip_longest(self._signed(), self._stored()):
            if signed is not None:
                self._gone[signed.batch_id] = signed
            if stored is not None:
                self._new[stored.batch_id] = stored
            for each in (signed, stored):
                if each is not None and each.batch_id in self._gone and each.batch_id in self._new:
                    yield from self._compare(
                        self._gone.pop(each.batch_id), self._new.pop(each.batch_id)
                    )

    def _compare(self, signed: SignedLink, stored: LinkRow) -> Iterator[Finding]:
        self._last_signed_match = max(self._last_signed_match, signed.position)
        self._last_stored_match = max(self._last_stored_match, stored.position or 0)
        if (signed.last_id, signed.entries, signed.digest) != (
            stored.last_id,
            stored.entries,
            stored.digest,
        ):
            words = f"{_entries(signed)} (link {signed.position}) was changed since it was signed"
            yield _about(Kind.CHANGED, words, signed)
        elif signed.hash != stored.hash:
            known = self._first_other_hash
            if known is None or signed.position < known.position:
                self._first_other_hash = signed

    def _come_and_gone(self) -> Iterator[Finding]:
        for signed in self._gone.values():
            words = f"{_entries(signed)} (link {signed.position}) was signed and is not there"
            cut = signed.position > self._last_signed_match
            yield _about(Kind.CUT_OFF if cut else Kind.MISSING, words, signed)
        for stored in self._new.values():
            # What comes after everything that was signed is what was written since.
            place = stored.position or 0
            known = not any(first <= place <= last for first, last in self._gaps)
            if known and place < self._last_stored_match:
                words = f"{_entries(stored)} (link {stored.position}) was not there when signed"
                yield _about(Kind.INSERTED, words, stored)

    def _order(self) -> Iterator[Finding]:
        """Without what is gone and new, both must tell the same order."""
        for signed, stored in zip(
            (each for each in self._signed() if each.batch_id not in self._gone),
            (each for each in self._stored() if each.batch_id not in self._new),
            strict=False,
        ):
            if signed.batch_id == stored.batch_id:
                continue
            words = f"{_entries(signed)} (link {signed.position}) stands in another place"
            yield _about(Kind.REORDERED, words, signed)


def _entries(link: SignedLink | LinkRow) -> str:
    return entries_words(link.batch_id, link.last_id)


def _about(kind: Kind, words: str, link: SignedLink | LinkRow) -> Finding:
    return Finding(kind, words, link.batch_id, link.last_id, link.position, link.position)
