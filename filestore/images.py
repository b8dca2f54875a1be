"""Whether a JPEG, PNG or TIFF holds together and is of a size that can be opened.

Headers alone are read: no picture is ever decoded here.
"""

import struct
from dataclasses import dataclass
from operator import add
from typing import BinaryIO

from filestore.errors import FileDamaged, FileIsBomb

# A0 at 300 dots an inch is 139 million; four bytes a pixel is then what a viewer must hold.
MAX_PIXELS = 200_000_000
MAX_PARTS = 100_000  # chunks of a PNG, segments of a JPEG
MAX_PAGES = 2_000  # of a TIFF
MAX_TAGS = 500  # of a page
MAX_PIECES = 20_000  # strips or tiles of a page
MAX_FILL = 64  # 0xFF bytes before a JPEG marker
CHUNK = 64 * 1024

_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN = 0xDA
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257
_TIFF_PIECES = ((273, 279), (324, 325))  # where strips, and tiles, start and how long they are
_TIFF_FORMS = {3: "H", 4: "I"}  # the kinds of number that sizes and places are given in


@dataclass(frozen=True)
class _Tag:
    """One entry of a TIFF page's directory: its numbers, or where they are if they don't fit."""

    form: str
    order: str
    count: int
    value: bytes


def check_jpeg(file: BinaryIO, size: int) -> None:
    """Raise `FileDamaged` or `FileIsBomb` where there is reason to."""
    file.seek(2)
    framed = False
    for _ in range(MAX_PARTS):
        marker = _next_marker(file)
        length = _unpack(file, ">H")
        if length < 2:
            raise FileDamaged
        if marker in _JPEG_FRAMES:
            _, height, width = struct.unpack(">BHH", _exactly(file, 5))
            _check_pixels(width, height)
            framed = True
            length -= 5
        file.seek(length - 2, 1)
        if marker == _JPEG_SCAN:
            break
    if not framed or not _holds(file, b"\xff\xd9"):
        raise FileDamaged


def check_png(file: BinaryIO, size: int) -> None:
    """Raise `FileDamaged` or `FileIsBomb` where there is reason to."""
    file.seek(8)
    length, kind, width, height = struct.unpack(">I4sII", _exactly(file, 16))
    if (length, kind) != (13, b"IHDR"):
        raise FileDamaged
    _check_pixels(width, height)
    position, has_image = 8, False
    for _ in range(MAX_PARTS):
        file.seek(position)
        length, kind = struct.unpack(">I4s", _exactly(file, 8))
        position += length + 12
        if position > size:
            raise FileDamaged
        has_image = has_image or kind == b"IDAT"
        if kind == b"IEND":
            break
    if kind != b"IEND" or not has_image:
        raise FileDamaged


def check_tiff(file: BinaryIO, size: int) -> None:
    """Raise `FileDamaged` or `FileIsBomb` where there is reason to; every page is looked at."""
    file.seek(0)
    order = "<" if file.read(2) == b"II" else ">"
    file.seek(4)
    offset = _unpack(file, order + "I")
    seen: set[int] = set()
    while offset or not seen:
        if offset in seen or len(seen) >= MAX_PAGES:
            raise FileDamaged
        seen.add(offset)
        file.seek(offset)
        tags = _tiff_tags(file, order)
        offset = _unpack(file, order + "I")
        _check_pixels(_tiff_side(tags[_TIFF_WIDTH]), _tiff_side(tags[_TIFF_HEIGHT]))
        for starts, lengths in _TIFF_PIECES:
            if starts in tags and lengths in tags:
                _check_pieces(file, size, tags[starts], tags[lengths])


def _tiff_tags(file: BinaryIO, order: str) -> dict[int, _Tag]:
    """Read one page's directory."""
    count = _unpack(file, order + "H")
    if count > MAX_TAGS:
        raise FileDamaged
    tags = struct.iter_unpack(order + "HHI4s", _exactly(file, 12 * count))
    return {
        number: _Tag(_TIFF_FORMS[kind], order, count, value)
        for number, kind, count, value in tags
        if kind in _TIFF_FORMS
    }


def _tiff_side(tag: _Tag) -> int:
    """Give the one number of a tag that has one."""
    return int(struct.unpack_from(tag.order + tag.form, tag.value)[0])


def _check_pieces(file: BinaryIO, size: int, starts: _Tag, lengths: _Tag) -> None:
    """Hold every strip or tile of a page to the file: half a file has some beyond its end."""
    if starts.count != lengths.count or starts.count > MAX_PIECES:
        raise FileDamaged
    ends = map(add, _tiff_numbers(file, starts), _tiff_numbers(file, lengths))
    if max(ends, default=0) > size:
        raise FileDamaged


def _tiff_numbers(file: BinaryIO, tag: _Tag) -> tuple[int, ...]:
    form = f"{tag.order}{tag.count}{tag.form}"
    length = struct.calcsize(form)
    if length <= len(tag.value):
        return struct.unpack_from(form, tag.value)
    file.seek(struct.unpack(tag.order + "I", tag.value)[0])
    return struct.unpack(form, _exactly(file, length))


def _check_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise FileDamaged
    if width * height > MAX_PIXELS:
        raise FileIsBomb


def _next_marker(file: BinaryIO) -> int:
    """Read the next JPEG marker; some 0xFF may stand before it."""
    if _exactly(file, 1) != b"\xff":
        raise FileDamaged
    for _ in range(MAX_FILL):
        marker = _exactly(file, 1)[0]
        if marker != 0xFF:
            return marker
    raise FileDamaged


def _holds(file: BinaryIO, needle: bytes) -> bool:
    """Tell whether the rest of the file holds these bytes."""
    window = b""
    while chunk := file.read(CHUNK):
        window = window[1 - len(needle) :] + chunk
        if needle in window:
            return True
    return False


def _unpack(file: BinaryIO, form: str) -> int:
    return int(struct.unpack(form, _exactly(file, struct.calcsize(form)))[0])


def _exactly(file: BinaryIO, count: int) -> bytes:
    chunk = file.read(count)
    if len(chunk) != count:
        raise FileDamaged
    return chunk
