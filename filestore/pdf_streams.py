"""The streams of a PDF: what packs them, and unpacking within bounds, often to nowhere.

ISO 32000-1, 7.4 and 7.5.7. Streams of objects are unpacked to be read, all others to be weighed.
"""

import binascii
import zlib
from dataclasses import dataclass
from itertools import takewhile

from filestore.errors import CannotBeChecked, PdfUnpacksToFar
from filestore.foreign import refuse_programs
from filestore.pdf_values import Name, Value

CHUNK = 64 * 1024
MOST_OF_OBJECTS = 24 * 1024 * 1024  # bytes of all streams of objects
MOST_UNPACKED = 96 * 1024 * 1024  # bytes of all streams but pictures
MOST_OF_PICTURES = 96 * 1024 * 1024  # bytes of pictures that are weighed; the rest is not
# Bytes that go into filters or lie between two: 20 MB in base 85 and Flate are 56, and one byte
# takes up to fifteen thousandths of a millionth of a second.
MOST_HANDLED = 72 * 1024 * 1024
DENSE_FROM = 16 * 1024 * 1024  # bytes of one stream, from which it must not be packed more densely
MOST_RATIO = 100  # ... than this
MOST_FILTERS = 6
LANES = 8 * 1024  # groups of five letters that are counted out at once
_SPACES = b"\x00\t\n\x0b\f\r "
_BASE_85 = bytes(range(33, 118))
_VALUES = bytes(33) + bytes(range(85)) + bytes(256 - 118)

_SHORT = {
    b"Fl": b"FlateDecode",
    b"AHx": b"ASCIIHexDecode",
    b"A85": b"ASCII85Decode",
    b"LZW": b"LZWDecode",
    b"RL": b"RunLengthDecode",
}
# What the packed streams of documents never begin with; only then a closer look is taken.
_PROGRAMS = (
    *(b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0", b"#!", b"\xca\xfe\xba\xbe", b"L\x00\x00\x00"),
    *(b"\xcf\xfa\xed\xfe", b"Rar!", b"7z\xbc\xaf", b"MSCF"),
)
_READABLE = {b"FlateDecode", b"ASCIIHexDecode", b"ASCII85Decode"}


@dataclass
class Scales:
    """How much of a file's streams has been unpacked so far, in bytes."""

    unpacked: int = 0
    pictures: int = 0
    objects: int = 0
    handled: int = 0

    def handle(self, size: int) -> None:
        """Count what costs work, though it may unpack to nothing. Raises `PdfUnpacksToFar`."""
        self.handled += size
        if self.handled > MOST_HANDLED:
            raise PdfUnpacksToFar


def filters_of(value: Value) -> list[bytes]:
    """The filters that a stream's dictionary names, by their long names.

    Raises `CannotBeChecked`.
    """
    values = value if isinstance(value, list) else [value]
    names = [one.text for one in values if isinstance(one, Name)]
    if len(names) > MOST_FILTERS:
        raise CannotBeChecked
    return [_SHORT.get(name, name) for name in names]


def unpack(packed: bytes, filters: list[bytes], scales: Scales) -> tuple[bytes, bool]:
    """All of a stream of objects, and whether its packing came to its end.

    Raises `CannotBeChecked` and `PdfUnpacksToFar`. Its end is where its packing says; without
    packing, what is given is all there is.
    """
    if not set(filters) <= _READABLE:
        raise CannotBeChecked
    is_whole = True
    for name in filters:
        packed, is_end = _unpack_one(packed, name, scales)
        is_whole = is_whole and is_end
    scales.objects += len(packed)
    if scales.objects > MOST_OF_OBJECTS:
        raise PdfUnpacksToFar
    return packed, is_whole


def _unpack_one(packed: bytes, name: bytes, scales: Scales) -> tuple[bytes, bool]:
    scales.handle(len(packed))
    try:
        if name == b"FlateDecode":
            unpacker = zlib.decompressobj()
            unpacked, is_end = unpacker.decompress(packed, MOST_OF_OBJECTS + 1), unpacker.eof
        elif name == b"ASCIIHexDecode":
            unpacked, is_end = _from_hex(packed), b">" in packed
        else:
            scales.handle(4 * packed.count(b"z"))
            unpacked, is_end = from_base_85(packed), b"~>" in packed
    except (zlib.error, ValueError, binascii.Error) as error:
        raise CannotBeChecked from error
    scales.handle(len(unpacked))
    if len(unpacked) > MOST_OF_OBJECTS:
        raise PdfUnpacksToFar
    return unpacked, is_end


def _from_hex(packed: bytes) -> bytes:
    digits = packed.partition(b">")[0].translate(None, _SPACES)
    return binascii.unhexlify(digits + b"0" * (len(digits) % 2))


def from_base_85(packed: bytes) -> bytes:
    """What five letters for each four bytes stand for. Raises `ValueError`.

    Whole groups at once, as lanes of one large number: the standard library takes a hundred times
    as long, a letter at a time.
    """
    # The mark of the beginning first: with the letter after it, it may look like that of the end.
    text = packed.translate(None, _SPACES).removeprefix(b"<~")
    end = text.find(b"~>")
    end = len(text) if end < 0 else end
    rest, unpacked = b"", []
    for at in range(0, end, LANES * 5):
        rest += text[at : min(at + LANES * 5, end)].replace(b"z", b"!!!!!")
        whole = len(rest) - len(rest) % 5
        unpacked.append(_lanes(rest[:whole]))
        rest = rest[whole:]
    if len(rest) == 1:
        raise ValueError("base 85")
    if rest:
        unpacked.append(_lanes(rest.ljust(5, b"u"))[: len(rest) - 1])
    return b"".join(unpacked)


def _lanes(letters: bytes) -> bytes:
    if letters.translate(None, _BASE_85):
        raise ValueError("base 85")
    digits = letters.translate(_VALUES)
    count = len(digits) // 5
    total = 0
    for place in range(5):
        lanes = bytearray(8 * count)
        lanes[::8] = digits[place::5]
        total += int.from_bytes(lanes, "little") * 85 ** (4 - place)
    summed = total.to_bytes(8 * count, "little")
    if any(summed[4::8]):
        raise ValueError("base 85")
    unpacked = bytearray(4 * count)
    for byte in range(4):
        unpacked[byte::4] = summed[3 - byte :: 8]
    return bytes(unpacked)


def weigh(packed: memoryview, filters: list[bytes], scales: Scales, *, room: int = 0) -> None:
    """Unpack a stream to nowhere. `room` are the bytes that a picture needs, else 0.

    Raises `PdfUnpacksToFar`, and `CannotBeChecked` where what is packed twice is broken outside:
    viewers would go on with a part. The last packing, if broken, is a matter for the viewer.
    """
    # What else packs does not unpack to a thousand times as much.
    names = list(takewhile(_READABLE.__contains__, filters))
    while names and names[-1] != b"FlateDecode":
        names.pop()
    if not names or (room and scales.pictures > MOST_OF_PICTURES):
        return
    content: memoryview | bytes = packed
    for name in names[:-1]:
        content = _unpack_one(bytes(content), name, scales)[0]
    _weigh_flate(content, scales, room)


def _weigh_flate(content: memoryview | bytes, scales: Scales, room: int) -> None:
    unpacker = zlib.decompressobj()
    given = unpacked = at = 0
    pending: memoryview | bytes = b""
    try:
        while not unpacker.eof and (pending or at < len(content)):
            if not pending:
                pending = content[at : at + CHUNK]
                at += CHUNK
                given += len(pending)
                scales.handle(len(pending))
            first = unpacker.decompress(pending, 16 * CHUNK)
            if not unpacked and not room and first.startswith(_PROGRAMS):
                refuse_programs(first)
            piece = len(first)
            pending = unpacker.unconsumed_tail
            unpacked += piece
            if room:
                scales.pictures += piece
            else:
                scales.unpacked += piece
            if unpacked > max(DENSE_FROM, room) and unpacked > MOST_RATIO * given:
                raise PdfUnpacksToFar
            if scales.unpacked > MOST_UNPACKED:
                raise PdfUnpacksToFar
            if room and scales.pictures > MOST_OF_PICTURES:
                return
    except zlib.error:
        return
