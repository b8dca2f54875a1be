"""Whether a JPEG holds together, can be opened, and is nothing else besides.

Its segments are followed to its end (ITU T.81, annex B); no picture is ever decoded here.
"""

import re
import struct
from typing import BinaryIO

from filestore.errors import FileCutShort, FileDamaged, FileIsBomb, TooManyPixels, TwoKindsInOne
from filestore.foreign import refuse_pages, refuse_programs, refuse_tail, refuse_zip_at_end
from filestore.images import MAX_PIXELS, check_pixels

MAX_PARTS = 100_000  # segments
# Each goes over the whole picture again. A progressive picture has about ten.
MAX_SCANS = 200
MAX_FILL = 64  # 0xFF bytes before a marker
MAX_PICTURES = 8  # behind one another: phones append a smaller one, or a map of brightness
CHUNK = 64 * 1024
MAX_TRAILER = 256 * 1024  # bytes of a phone's notes about the picture

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN, _END = 0xDA, 0xD9
_ALONE = {0x01, *range(0xD0, 0xD8)}
_MARKER = re.compile(rb"(?<!\xff)\xff++([^\x00\xff\xd0-\xd7])")
_ANY_MARKER = re.compile(rb"\xff++([^\xff])")
_SCRIPT_GOES_ON = re.compile(rb"\*/\s*[=;(a-zA-Z]")
_JFIF = b"JFIF\x00"
# The head of a frame, wherever it stands: its length, bits, height, width and colours.
_FRAME = re.compile(
    rb"(?s)\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf](?=(\x00.)[\x02-\x10](....)(.))"
)


def check_jpeg(file: BinaryIO, size: int) -> None:
    """Raise the `FileRejected` there is reason for."""
    file.seek(0)
    content = file.read(size)
    end = _check_picture(content, 0)
    refuse_zip_at_end(content)
    refuse_programs(content)
    for _ in range(MAX_PICTURES):
        rest = content[end:].lstrip(b"\x00")
        if not rest.startswith(b"\xff\xd8\xff"):
            break
        end = _check_picture(content, len(content) - len(rest))
    tail = content[end:]
    if len(tail) > MAX_TRAILER or not _is_notes(tail):
        refuse_tail(tail)
    refuse_pages(content)


def largest_frame(content: bytes) -> int:
    """The pixels of the largest picture in the bytes, also of one that is broken.

    Raises `TooManyPixels`.
    """
    largest = 0
    for found in _FRAME.finditer(content):
        length, colours = int.from_bytes(found[1]), found[3][0]
        if length == 8 + 3 * colours:
            largest = max(largest, int.from_bytes(found[2][:2]) * int.from_bytes(found[2][2:]))
    if largest > MAX_PIXELS:
        raise TooManyPixels
    return largest


def _is_notes(tail: bytes) -> bool:
    """Samsung's phones write notes behind the picture: a directory and its end."""
    return tail.startswith(b"\x00\x00") and tail.endswith(b"SEFT") and b"SEFH" in tail[2:-4]


def _check_picture(content: bytes, start: int) -> int:
    """Follow one picture from its first marker, and give where it ends."""
    at, framed, scans = start + 2, False, 0
    for _ in range(MAX_PARTS):
        marker, at = _marker_at(content, at)
        if marker == _END:
            if not framed or not scans:
                raise FileDamaged
            return at
        if marker in _ALONE:
            continue
        length = _number(content, at)
        if length < 2:
            raise FileDamaged
        _check_first(content, start, marker, at, length)
        if marker in _FRAMES:
            height, width = _number(content, at + 3), _number(content, at + 5)
            check_pixels(width, height, bits=content[at + 2] * content[at + 7])
            framed = True
        at += length
        if marker == _SCAN:
            scans += 1
            if scans > MAX_SCANS:
                raise FileIsBomb
            at = _end_of_scan(content, at)
    raise FileDamaged


def _check_first(content: bytes, start: int, marker: int, at: int, length: int) -> None:
    """Hold the first segment to its size: a false one makes a script of the whole file."""
    if at != start + 4:
        return
    if marker == 0xE0 and content.startswith(_JFIF, at + 2):
        if length != 16 + 3 * content[at + 14] * content[at + 15]:
            raise FileDamaged
    elif content.startswith(b"/*", at) and _SCRIPT_GOES_ON.search(content, at, at + length + CHUNK):
        raise TwoKindsInOne("a script")


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands that is none of those inside of packed picture."""
    found = _MARKER.search(content, at)
    if found is None:
        raise FileCutShort
    return found.start()


def _marker_at(content: bytes, at: int) -> tuple[int, int]:
    """The marker that stands here, and the place behind it; some 0xFF may stand before it."""
    found = _ANY_MARKER.match(content, at)
    if found is None:
        raise FileCutShort if at >= len(content) else FileDamaged
    # Only right before the end may there be many: some programs fill a file up there.
    if found.end() - at > MAX_FILL and found[1][0] != _END:
        raise FileDamaged
    if found[1] == b"\x00":
        raise FileDamaged
    return found[1][0], found.end()


def _number(content: bytes, at: int) -> int:
    if at + 2 > len(content):
        raise FileCutShort
    return int(struct.unpack_from(">H", content, at)[0])
