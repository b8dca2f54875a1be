"""Streams of objects (ISO 32000-1, 7.5.7): where in them each object stands."""

import re
from collections.abc import Iterator

from filestore.errors import CannotBeChecked
from filestore.pdf_syntax import DELIMITERS
from filestore.pdf_values import Value

MOST_DIGITS = 10
_REGULAR = re.compile(rb"[^" + DELIMITERS + rb"]")


def pieces(unpacked: bytes, first: Value, count: Value) -> Iterator[tuple[int, int, int]]:
    """The number, beginning and end of each object.

    Raises `CannotBeChecked` unless the header is `count` pairs of plain numbers, in order, and
    nothing stands across the line between two objects: viewers make different things of the rest.
    """
    if not isinstance(first, float) or not isinstance(count, float):
        raise CannotBeChecked
    if not 0 <= first <= len(unpacked) or first != int(first):
        raise CannotBeChecked
    start = int(first)
    digits = unpacked[:start].replace(b"\x00", b" ").split()
    if len(digits) != 2 * count or not all(map(bytes.isdigit, digits)):
        raise CannotBeChecked
    if b"\x0b" in unpacked[:start] or max(map(len, digits), default=0) > MOST_DIGITS:
        raise CannotBeChecked
    numbers = list(map(int, digits))
    ends = [*numbers[3::2], len(unpacked) - start]
    for number, begin, end in zip(numbers[::2], numbers[1::2], ends, strict=False):
        if not begin <= end <= len(unpacked) - start:
            raise CannotBeChecked
        if _is_cut(unpacked, start + begin):
            raise CannotBeChecked
        yield number, start + begin, start + end


def _is_cut(unpacked: bytes, at: int) -> bool:
    """Whether a word goes on across this place."""
    pair = unpacked[max(0, at - 1) : at + 1]
    return len(_REGULAR.findall(pair)) == 2
