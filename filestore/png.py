"""Whether a PNG holds together, can be opened, and is nothing else besides.

Its chunks are followed to its end, each with its check sum; what is packed is unpacked to nowhere.
"""

import contextlib
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from filestore.errors import FileCutShort, FileDamaged, FileIsBomb, SomethingAppended
from filestore.foreign import refuse_pages, refuse_programs, refuse_tail, refuse_zip_at_end
from filestore.images import check_pixels

MAX_PARTS = 100_000  # chunks
MAX_TEXT = 16 * 1024 * 1024  # bytes that all packed texts and profiles unpack to
MAX_WEIGHED = 128 * 1024 * 1024  # bytes of picture that are unpacked; no more are needed to tell
MAX_UNUSED = 256  # bytes behind the packed picture, within its chunks
MAX_FRAMES = 500  # of a moving picture
MAX_MOVING = 2_000_000_000  # pixels of all its frames: half a minute in high definition
CHUNK = 64 * 1024

_PACKED_TEXTS = {b"zTXt", b"iTXt", b"iCCP"}
_DENSEST = 1032  # how many bytes one packed byte can come to at most
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_SLACK = 64 * 1024  # bytes more than a picture needs that careless programs write


def check_png(file: BinaryIO, size: int) -> None:
    """Raise the `FileRejected` there is reason for."""
    file.seek(0)
    content = file.read(size)
    room = _check_header(content)
    packed: list[memoryview] = []
    text = end = frames = 0
    for kind, at, length in _chunks(content):
        end = at + length + 4
        body = memoryview(content)[at : at + length]
        if kind == b"IDAT":
            packed.append(body)
        elif kind in _PACKED_TEXTS:
            text += _weigh_text(kind, bytes(body), MAX_TEXT - text)
        frames += kind == b"fcTL"
        if kind == b"IHDR" and at != 16:
            raise FileDamaged
    if not packed:
        raise FileDamaged
    width, height = struct.unpack_from(">II", content, 16)
    if frames > MAX_FRAMES or frames * width * height > MAX_MOVING:
        raise FileIsBomb
    _unpacked, unused = _weigh_picture(packed, room, MAX_WEIGHED)
    if unused > MAX_UNUSED:
        raise SomethingAppended
    refuse_zip_at_end(content)
    refuse_programs(content)
    refuse_tail(content[end:])
    refuse_pages(content)


def _check_header(content: bytes) -> int:
    """Give the bytes that the picture unpacks to. Raises `FileDamaged` and `TooManyPixels`."""
    if len(content) < 33:
        raise FileCutShort
    length, kind, width, height, depth, colour = struct.unpack_from(">I4sIIBB", content, 8)
    if (length, kind) != (13, b"IHDR") or colour not in _CHANNELS or depth not in {1, 2, 4, 8, 16}:
        raise FileDamaged
    check_pixels(width, height, bits=depth * _CHANNELS[colour])
    # Interlaced there are seven pictures, each with rows of its own: at most twice as many.
    return int(height * ((width * depth * _CHANNELS[colour] + 7) // 8 + 2) + 8 * height)


def _chunks(content: bytes, *, is_strict: bool = True) -> Iterator[tuple[bytes, int, int]]:
    """Kind, place and length of each chunk's body, the last one's too.

    Raises `FileCutShort`, and `FileDamaged` where a check sum is wrong.
    """
    position = 8
    for _ in range(MAX_PARTS):
        if position + 12 > len(content):
            raise FileCutShort
        length, kind = struct.unpack_from(">I4s", content, position)
        end = position + 12 + length
        if end > len(content):
            raise FileCutShort
        body = memoryview(content)[position + 4 : end - 4]
        if is_strict and zlib.crc32(body) != struct.unpack_from(">I", content, end - 4)[0]:
            raise FileDamaged
        yield kind, position + 8, length
        if kind == b"IEND":
            return
        position = end
    raise FileDamaged


def _weigh_text(kind: bytes, body: bytes, room: int) -> int:
    """Unpack a text or a colour profile to nowhere, and give how long it is."""
    _keyword, _null, rest = body.partition(b"\x00")
    if kind == b"iTXt":
        if rest[:1] != b"\x01":
            return 0
        # Method, language, translated keyword, and then the text.
        rest = rest[2:].partition(b"\x00")[2].partition(b"\x00")[2]
    else:
        rest = rest[1:]
    try:
        unpacked = zlib.decompressobj().decompress(rest, room + 1)
    except zlib.error:
        return 0
    if len(unpacked) > room:
        raise FileIsBomb
    refuse_pages(unpacked)
    refuse_programs(unpacked)
    return len(unpacked)


def _weigh_picture(packed: list[memoryview], room: int, most: int) -> tuple[int, int]:
    """Unpack the picture to nowhere, as far as `most`. Raises `FileIsBomb` for more than fits.

    Gives how many bytes it came to, and how many of the packed ones stand behind its end.
    """
    unpacker, unpacked, unused = zlib.decompressobj(), 0, 0
    for body in packed:
        pending: memoryview | bytes = body
        unused += len(body) if unpacker.eof else 0
        while len(pending) and not unpacker.eof:
            unpacked += len(unpacker.decompress(pending, 16 * CHUNK))
            pending = unpacker.unconsumed_tail
            if unpacked > room + _SLACK:
                raise FileIsBomb
            if unpacked > most:
                return unpacked, 0
    return unpacked, unused + len(unpacker.unused_data)


def weigh_inside(content: bytes, most: int) -> tuple[int, int]:
    """How many pixels a picture within another file has, and how many bytes of it were unpacked.

    What is broken is left to whoever shows it. Raises `TooManyPixels` and `FileIsBomb`.
    """
    packed: list[memoryview] = []
    unpacked = 0
    try:
        room = _check_header(content)
    except FileDamaged:
        return 0, 0
    with contextlib.suppress(FileDamaged):
        for kind, at, length in _chunks(content, is_strict=False):
            if kind == b"IDAT":
                packed.append(memoryview(content)[at : at + length])
            elif kind in _PACKED_TEXTS and unpacked < most:
                unpacked += _weigh_text(kind, content[at : at + length], MAX_TEXT)
    width, height = struct.unpack_from(">II", content, 16)
    # What cannot come to more than it should needs no unpacking.
    if sum(map(len, packed)) * _DENSEST > room and unpacked < most:
        with contextlib.suppress(zlib.error):
            unpacked += _weigh_picture(packed, room, most - unpacked)[0]
    return width * height, unpacked
