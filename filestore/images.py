"""Whether a JPEG, PNG or TIFF holds together and is of a size that can be opened.

Headers alone are read: no picture is ever decoded here.
"""

import struct
from typing import BinaryIO

from filestore.errors import FileDamaged, FileIsBomb

# A0 at 300 dots an inch is 139 million; four bytes a pixel is then what a viewer must hold.
MAX_PIXELS = 200_000_000
MAX_PARTS = 100_000  # chunks of a PNG, segments of a JPEG
MAX_PAGES = 2_000  # of a TIFF
MAX_TAGS = 500  # of a page
MAX_FILL = 64  # 0xFF bytes before a JPEG marker
CHUNK = 64 * 1024

_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN = 0xDA
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257
_TIFF_SHORT, _TIFF_LONG = 3, 4


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
        sides = _tiff_sides(file, order)
        _check_pixels(sides[_TIFF_WIDTH], sides[_TIFF_HEIGHT])
        offset = _unpack(file, order + "I")


def _tiff_sides(file: BinaryIO, order: str) -> dict[int, int]:
    """Read one page's directory for its width and height in pixels, by their tags."""
    count = _unpack(file, order + "H")
    if count > MAX_TAGS:
        raise FileDamaged
    sides: dict[int, int] = {}
    for tag, kind, _, value in struct.iter_unpack(order + "HHI4s", _exactly(file, 12 * count)):
        if tag in {_TIFF_WIDTH, _TIFF_HEIGHT}:
            sides[tag] = _tiff_number(order, kind, value)
    return sides


def _tiff_number(order: str, kind: int, value: bytes) -> int:
    if kind == _TIFF_SHORT:
        return int(struct.unpack(order + "H", value[:2])[0])
    if kind == _TIFF_LONG:
        return int(struct.unpack(order + "I", value)[0])
    raise FileDamaged


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
