"""Every link that signed heads tell of, gathered in a temporary file: memory stays bounded.

Reads the heads once, notes what is wrong with them, and then gives the links in order as often as
asked.
"""

import datetime as dt
import struct
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from types import TracebackType
from typing import Self

from audit.findings import Finding, Kind, links_words
from audit.heads import PREFIX, HeadStore, HeadUnreadable, SignedHead, SignedLink, read_head

# position, batch, last entry, entries, digest, hash.
_RECORD = struct.Struct(">qqqq32s32s")
_AT_A_TIME = 64


class SignedLinks:
    """The links of all readable heads, without repetition, by position. A context manager."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed by __exit__
        self.gaps: list[tuple[int, int]] = []
        self.keys: set[str] = set()
        self.last: SignedHead | None = None
        self.position = 0
        self.findings: list[Finding] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[SignedLink]:
        """From the first, each time anew; not two at once."""
        self._file.seek(0)
        while record := self._file.read(_RECORD.size):
            yield SignedLink(*_RECORD.unpack(record))

    def gather(self, store: HeadStore, *, keys: Sequence[str]) -> None:
        """Read every head there is. Raises the store's errors."""
        names = store.keys(PREFIX)
        with ThreadPoolExecutor(max_workers=8) as readers:
            while some := list(islice(names, _AT_A_TIME)):
                self.keys.update(some)
                for name, content in zip(some, readers.map(store.find, some), strict=True):
                    self._take(name, content or b"", keys)
        self._file.flush()

    def _take(self, name: str, content: bytes, keys: Sequence[str]) -> None:
        try:
            head = read_head(content, keys=keys)
            if head.key != name:
                raise HeadUnreadable("it belongs under another name")
        except HeadUnreadable as error:
            self.findings.append(Finding(Kind.HEAD_FORGED, f"the signed head {name}: {error}"))
            return
        self._note_gap(head)
        for link in head.links:
            if link.position > self.position:
                self._file.write(_RECORD.pack(*link))
                self.position = link.position
            elif link != self._known(link.position):
                self._note_conflict(name, link)
                return
        self.last = head

    def _note_gap(self, head: SignedHead) -> None:
        first = head.links[0].position
        if first <= self.position + 1:
            return
        self.gaps.append((self.position + 1, first - 1))
        words = links_words(self.position + 1, first - 1)
        self.findings.append(
            Finding(
                Kind.HEAD_MISSING,
                f"no signed head covers {words}: one was removed",
                first_link=self.position + 1,
                last_link=first - 1,
            )
        )

    def _note_conflict(self, name: str, link: SignedLink) -> None:
        words = f"the signed head {name} tells another link {link.position} than one before it"
        place = link.position
        self.findings.append(
            Finding(Kind.CHANGED, f"{words}: two histories", first_link=place, last_link=place)
        )

    def _known(self, position: int) -> SignedLink | None:
        """What an earlier head told of this link; None where none did."""
        missing = 0
        for first, last in self.gaps:
            if first <= position <= last:
                return None
            missing += max(0, last - first + 1) if last < position else 0
        end = self._file.tell()
        self._file.seek((position - 1 - missing) * _RECORD.size)
        record = self._file.read(_RECORD.size)
        self._file.seek(end)
        return SignedLink(*_RECORD.unpack(record))


def moment_of(head: SignedHead | None) -> dt.datetime | None:
    """When the newest link of this head was written."""
    return dt.datetime.fromisoformat(head.at) if head else None
