"""The trees of a PDF, of pages, fields and names: none may lead back to itself, or be endless."""

import re
from collections.abc import Iterator
from itertools import chain

from filestore.errors import RunsInCircles, TooManyPages
from filestore.patterns import repeated
from filestore.pdf_syntax import TooComplex, skip_space

MOST_KIDS = 400_000  # of all objects, and of one, however deep below and however often the same

_LIST = re.compile(rb"\[" + repeated(rb"[\x00\t\n\f\r \dR]++|%[^\r\n]*+[\r\n]"))
_REFERENCE = re.compile(rb"(\d{1,10})[\s\x00]++\d{1,10}[\s\x00]++R")


class Trees:
    """Which objects stand below which."""

    def __init__(self) -> None:
        self._below: dict[int, list[list[int]]] = {}
        self._kids = 0

    def note(self, number: int, content: bytes, at: int) -> None:
        """Remember the list of `/Kids` that stands here. Raises `TooComplex`."""
        found = _LIST.match(content, skip_space(content, at))
        if found is None:
            return
        self._kids += found[0].count(b"R")
        if self._kids > MOST_KIDS:
            raise TooComplex
        below = [int(one[1]) for one in _REFERENCE.finditer(found[0])]
        self._below.setdefault(number, []).append(below)

    def check(self) -> None:
        """Raise `RunsInCircles` where a tree leads back to itself, else `TooManyPages`."""
        leaves: dict[int, int] = {}
        for start in self._below:
            path = [(start, self._each_below(start))]
            above = {start}
            while path:
                number, below = path[-1]
                child = next((one for one in below if one not in leaves), None)
                if child is None:
                    path.pop()
                    above.discard(number)
                    leaves[number] = self._leaves(number, leaves)
                elif child in above:
                    raise RunsInCircles
                else:
                    above.add(child)
                    path.append((child, self._each_below(child)))

    def _each_below(self, number: int) -> Iterator[int]:
        return chain.from_iterable(self._below.get(number, ()))

    def _leaves(self, number: int, known: dict[int, int]) -> int:
        """How many leaves a viewer meets below, one that stands in two places twice."""
        # Each revision may list them anew: only one of the lists counts.
        lists = self._below.get(number, [])
        count = max((sum(known[one] for one in below) for below in lists), default=1)
        if count > MOST_KIDS:
            raise TooManyPages
        return max(count, 1)
