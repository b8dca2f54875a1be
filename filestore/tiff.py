"""Whether a TIFF holds together, can be opened, and is nothing else besides.

Every page's directory is read (TIFF 6.0), and where its pieces lie; nothing is decoded.
"""

import contextlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import add
from typing import BinaryIO

from filestore.errors import (
    CannotBeChecked,
    FileCutShort,
    FileDamaged,
    RunsInCircles,
    TooManyPages,
)
from filestore.foreign import refuse_pages, refuse_programs, refuse_tail, refuse_zip_at_end
from filestore.images import check_pixels

MAX_PAGES = 2_000
MAX_TAGS = 500  # of a page
MAX_PIECES = 20_000  # strips or tiles of a page
MAX_TOTAL = 20_000_000_000  # pixels of all pages: 2,000 of A4 at 300 dots an inch are 17 of these

MAX_NUMBERS = 2_000_000  # that all directories are made of; many pages can share theirs
MAX_LEFT = 64  # bytes behind the end: some programs keep room for numbers they then don't write
MAX_SAMPLES = 32  # colours of a pixel

_WIDTH, _HEIGHT = 256, 257
_TILE_WIDTH, _TILE_HEIGHT, _SAMPLES, _BITS = 322, 323, 277, 258
_ONCE = {_WIDTH, _HEIGHT, _BITS, _SAMPLES, _TILE_WIDTH, _TILE_HEIGHT}
_PIECES = ((273, 279), (324, 325), (513, 514))  # where strips, tiles and an old JPEG start; lengths
_BELOW = {330, 34665, 34853, 40965}  # directories below a page's: small pictures, a camera's notes
_FORMS = {3: "H", 4: "I", 13: "I"}  # the kinds of number that sizes and places are given in
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}


@dataclass(frozen=True)
class _Tag:
    """One entry of a page's directory: its numbers, or where they are if they don't fit."""

    form: str
    order: str
    count: int
    value: bytes


class _Reader:
    """The directories of one file, and the farthest byte that any of them makes use of."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.order = "<" if content[:2] == b"II" else ">"
        self.farthest = 8
        self._numbers = 0

    def number(self, form: str, at: int) -> int:
        """A number that must be there."""
        return int(struct.unpack(self.order + form, self._exactly(at, struct.calcsize(form)))[0])

    def tags(self, at: int) -> dict[int, _Tag]:
        """The directory here. Raises `FileDamaged` and `FileCutShort`."""
        count = self.number("H", at)
        if count > MAX_TAGS:
            raise FileDamaged
        found: dict[int, _Tag] = {}
        entries = self._exactly(at + 2, 12 * count)
        self._reach(at + 2 + 12 * count + 4)
        for number, kind, length, value in struct.iter_unpack(self.order + "HHI4s", entries):
            size = _SIZES.get(kind, 0) * length
            if size > 4:
                end = struct.unpack(self.order + "I", value)[0] + size
                # What reaches beyond the end would make anything a part of the picture.
                if end > len(self._content):
                    raise FileCutShort
                self._reach(end)
            if kind in _FORMS:
                tag = _Tag(_FORMS[kind], self.order, length, value)
                # Some readers take the first of two, others the last.
                if found.setdefault(number, tag) != tag and number in _ONCE:
                    raise FileDamaged
        return found

    def numbers(self, tag: _Tag, most: int = MAX_PIECES) -> tuple[int, ...]:
        """The numbers of a tag, the first of them where there are more than `most`."""
        count = min(tag.count, most)
        self._numbers += count
        if self._numbers > MAX_NUMBERS:
            raise CannotBeChecked
        form = f"{tag.order}{count}{tag.form}"
        length = struct.calcsize(form)
        if struct.calcsize(f"{tag.order}{tag.form}") * tag.count <= len(tag.value):
            return struct.unpack_from(form, tag.value)
        return struct.unpack(form, self._exactly(self.place_of(tag), length))

    def place_of(self, tag: _Tag) -> int:
        """Where the numbers of a tag are that do not fit in it."""
        return int(struct.unpack(tag.order + "I", tag.value)[0])

    def pieces(self, starts: _Tag, lengths: _Tag) -> tuple[int, ...]:
        """Hold every strip or tile to the file: half a file has some beyond its end."""
        if starts.count != lengths.count or starts.count > MAX_PIECES:
            raise FileDamaged
        places = self.numbers(starts)
        end = max(map(add, places, self.numbers(lengths)), default=0)
        if end > len(self._content):
            raise FileCutShort
        self._reach(end)
        return places

    def _reach(self, end: int) -> None:
        self.farthest = max(self.farthest, min(end, len(self._content)))

    def _exactly(self, at: int, count: int) -> bytes:
        chunk = self._content[at : at + count]
        if len(chunk) != count:
            raise FileCutShort
        return chunk


def check_tiff(file: BinaryIO, size: int) -> None:
    """Raise the `FileRejected` there is reason for; every page is looked at."""
    file.seek(0)
    content = file.read(size)
    reader = _Reader(content)
    seen: set[int] = set()
    below: list[int] = []
    taken: dict[int, int] = {}
    pixels = 0
    for page, tags in enumerate(_pages(reader, seen), 1):
        pixels += _count(reader, tags)
        _check_taken(_pieces_of(reader, tags), taken, page=page)
        below += _below(reader, tags)
    if pixels > MAX_TOTAL:
        raise TooManyPages
    _look_below(reader, below, seen)
    refuse_zip_at_end(content)
    refuse_programs(content)
    tail = content[reader.farthest :]
    if len(tail) > MAX_LEFT:
        refuse_tail(tail)
    refuse_pages(content)


def count_pixels(content: bytes) -> int:
    """The pixels of all pages of a TIFF within another file. Raises `TooManyPixels`.

    What is broken is left to whoever shows it.
    """
    pixels = 0
    with contextlib.suppress(FileDamaged, struct.error, LookupError):
        reader = _Reader(content)
        for tags in _pages(reader, set()):
            pixels += _count(reader, tags)
    return pixels


def _pages(reader: _Reader, seen: set[int]) -> Iterator[dict[int, _Tag]]:
    offset = reader.number("I", 4)
    while offset or not seen:
        _check_new(offset, seen)
        tags = reader.tags(offset)
        offset = reader.number("I", offset + 2 + 12 * reader.number("H", offset))
        yield tags


def _count(reader: _Reader, tags: dict[int, _Tag]) -> int:
    """The pixels of a page."""
    width, height = _side(tags[_WIDTH]), _side(tags[_HEIGHT])
    check_pixels(width, height)
    _check_tiles(tags)
    check_pixels(width, height, bits=_bits(reader, tags))
    return width * height


def _bits(reader: _Reader, tags: dict[int, _Tag]) -> int:
    """Those of one pixel, all its colours together."""
    if _BITS not in tags:
        return 1
    samples = _side(tags[_SAMPLES]) if _SAMPLES in tags else 1
    return samples * max(reader.numbers(tags[_BITS], MAX_SAMPLES), default=1)


def _check_tiles(tags: dict[int, _Tag]) -> None:
    """Hold a tile, and the colours of a pixel, to what a viewer could hold."""
    if _TILE_WIDTH in tags and _TILE_HEIGHT in tags:
        check_pixels(_side(tags[_TILE_WIDTH]), _side(tags[_TILE_HEIGHT]))
    if _SAMPLES in tags and _side(tags[_SAMPLES]) > MAX_SAMPLES:
        raise FileDamaged


def _check_new(offset: int, seen: set[int]) -> None:
    if offset in seen:
        raise RunsInCircles
    if len(seen) >= MAX_PAGES:
        raise TooManyPages
    seen.add(offset)


def _side(tag: _Tag) -> int:
    """Give the one number of a tag that has one."""
    return int(struct.unpack_from(tag.order + tag.form, tag.value)[0])


def _pieces_of(reader: _Reader, tags: dict[int, _Tag]) -> list[int]:
    places: list[int] = []
    for starts, lengths in _PIECES:
        if starts in tags and lengths in tags:
            places += reader.pieces(tags[starts], tags[lengths])
    return places


def _check_taken(places: Iterable[int], taken: dict[int, int], *, page: int) -> None:
    """Refuse pages that are all the same piece of the file: a bomb of a thousand pages."""
    for place in places:
        if taken.setdefault(place, page) != page:
            raise TooManyPages


def _below(reader: _Reader, tags: dict[int, _Tag]) -> list[int]:
    return [place for number in _BELOW & set(tags) for place in reader.numbers(tags[number], 100)]


def _look_below(reader: _Reader, places: list[int], seen: set[int]) -> None:
    """Find out how far the smaller directories reach; what they say is of no account."""
    for place in places:
        if place in seen:
            raise RunsInCircles
        if len(seen) > 2 * MAX_PAGES:
            raise TooManyPages
        seen.add(place)
        tags = reader.tags(place)
        _pieces_of(reader, tags)
        places += _below(reader, tags)
