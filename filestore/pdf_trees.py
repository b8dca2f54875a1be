"""The trees of a PDF, of pages, fields and names: none may lead back to itself."""

import re
from collections.abc import Iterator

from filestore.errors import RunsInCircles
from filestore.patterns import repeated
from filestore.pdf_syntax import TooComplex, skip_space

MOST_KIDS = 400_000  # of all objects

_LIST = re.compile(rb"\[" + repeated(rb"[\x00\t\n\f\r \dR]++|%[^\r\n]*+[\r\n]"))
_REFERENCE = re.compile(rb"(\d{1,10})[\s\x00]++\d{1,10}[\s\x00]++R")


class Trees:
    """Which objects stand below which."""

    def __init__(self) -> None:
        self._below: dict[int, list[int]] = {}
        self._kids = 0

    def note(self, number: int, content: bytes, at: int) -> None:
        """Remember the list of `/Kids` that stands here. Raises `TooComplex`."""
        found = _LIST.match(content, skip_space(content, at))
        if found is None:
            return
        self._kids += found[0].count(b"R")
        if self._kids > MOST_KIDS:
            raise TooComplex
        below = (int(one[1]) for one in _REFERENCE.finditer(found[0]))
        self._below.setdefault(number, []).extend(below)

    def check(self) -> None:
        """Raise `RunsInCircles` where a tree leads back to itself."""
        done: set[int] = set()
        for start in self._below:
            path: list[tuple[int, Iterator[int]]] = [(start, iter(self._below[start]))]
            above = {start}
            while path:
                number, below = path[-1]
                child = next((one for one in below if one not in done), None)
                if child is None:
                    path.pop()
                    above.discard(number)
                    done.add(number)
                elif child in above:
                    raise RunsInCircles
                else:
                    above.add(child)
                    path.append((child, iter(self._below.get(child, ()))))
