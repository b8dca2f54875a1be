"""The text of an old Word .doc and the codes of its fields, in the order in which Word reads them.

The text lies in the Word stream in pieces of any order; a table in another stream says how they
follow (MS-DOC 2.4.1 and 2.8.35). The sectors those streams are made of are the affair of `ole`.
"""

import re
import struct

from filestore.errors import CannotBeChecked, FileDamaged
from filestore.patterns import repeated
from filestore.word_fields import LONGEST_FIELD, WORDS, Fields, check_field

MOST_PIECES = 100_000
MOST_MARKS = 500_000  # where fields begin, give a result, and end
MOST_CODES = 10_000  # links, that is: whatever else is found there is refused
LONGEST_CODE = 4_096  # bytes of a code found anywhere in the file

_SECOND_TABLE = 0x0200  # fWhichTblStm
_USUAL_PLACE = 0x01A2  # of fcClx, with counts as every version writes them
_BEFORE, _PIECES = 0x01, 0x02  # of the table: formatting, and the pieces at last
_NARROW = 0x4000_0000  # a piece in letters of one byte
_MARK = re.compile("[\x13\x14\x15]")


def _patterns(words: tuple[str, ...]) -> tuple[tuple[re.Pattern[bytes], str], ...]:
    """A field's code stands between 0x13 and 0x14, in letters of one byte or of two."""
    any_word = "|".join(words).encode()
    # The letter first, and no way back: 20 MB of marks or spaces cost a second otherwise.
    skip, end = rb"[ \t\"\\]", rb"[ \t\"\\\x14\x15]"
    wide_word = re.sub(rb"([A-Z])", rb"\1\\x00", any_word)
    narrow = rb"\x13(?=%b|[a-z])(%b{0,64}+(?:%b)%b)" % (skip, skip, any_word, end)
    wide = rb"\x13\x00(?=(?:%b|[a-z])\x00)(%b(?:%b)%b\x00)"
    wide %= (skip, repeated(skip + rb"\x00", b"{0,64}"), wide_word, end)
    return (
        (re.compile(narrow, re.IGNORECASE), "cp1252"),
        (re.compile(wide, re.IGNORECASE), "utf-16-le"),
    )


_IN_TEXT = _patterns(WORDS)
# Pictures hold a mark and two letters by chance.
_ANYWHERE = _patterns(tuple(word for word in WORDS if len(word) > 2))


def table_name(word: bytes) -> str:
    """The stream in which the table of pieces is, by the first bytes of the Word stream."""
    flags = struct.unpack_from("<H", word, 10)[0]
    return "1Table" if flags & _SECOND_TABLE else "0Table"


def check_pieces(word: bytes, table: bytes) -> None:
    """Look at the fields of the text that these streams come to.

    Raises `FieldFetches`, `UnsafeLink`, `CannotBeChecked` and, where the pieces lie beyond their
    stream, `FileDamaged`.
    """
    for at in {_USUAL_PLACE, _place_of_pieces(word)}:
        if at + 8 <= len(word):
            start, length = struct.unpack_from("<II", word, at)
            if length:
                _check_text(_assemble(word, table[start : start + length]))


def check_codes(content: bytes, *, is_text: bool = True) -> None:
    """Look at codes anywhere in these bytes, also where no table says that there is text.

    Raises `FieldFetches`, `UnsafeLink` and `CannotBeChecked`.
    """
    for pattern, encoding in _IN_TEXT if is_text else _ANYWHERE:
        for tried, found in enumerate(pattern.finditer(content)):
            if tried > MOST_CODES:
                raise CannotBeChecked
            text = content[found.start(1) : found.start(1) + LONGEST_CODE]
            check_field(_MARK.split(text.decode(encoding, "replace"), maxsplit=1)[0])


def _place_of_pieces(word: bytes) -> int:
    """Where the head of the Word stream says its table of pieces is, by the counts in it."""
    if len(word) < 64:
        return len(word)
    at = 34 + 2 * int(struct.unpack_from("<H", word, 32)[0])
    if at + 2 > len(word):
        return len(word)
    longs = struct.unpack_from("<H", word, at)[0]
    return int(at + 2 + 4 * longs + 2 + 33 * 8)


def _assemble(word: bytes, table: bytes) -> str:
    pieces = _pieces_of(table)
    count = (len(pieces) - 4) // 12
    if count > MOST_PIECES:
        raise CannotBeChecked
    if count < 1:
        raise FileDamaged
    ends = struct.unpack_from(f"<{count + 1}I", pieces)
    text: list[str] = []
    room = len(word)
    for at in range(count):
        length = ends[at + 1] - ends[at]
        place = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * at + 2)[0]
        is_narrow = place & _NARROW
        start = (place & ~_NARROW) // 2 if is_narrow else place
        size = length if is_narrow else 2 * length
        # Pieces that share bytes would make a text of any length.
        room -= size
        if length < 0 or room < 0 or start + size > len(word):
            raise FileDamaged
        encoding = "cp1252" if is_narrow else "utf-16-le"
        text.append(word[start : start + size].decode(encoding, "replace"))
    return "".join(text)


def _pieces_of(table: bytes) -> bytes:
    """Pass over the formatting that may stand before the pieces."""
    at = 0
    while at + 5 <= len(table):
        if table[at] == _PIECES:
            length = struct.unpack_from("<I", table, at + 1)[0]
            return table[at + 5 : at + 5 + length]
        if table[at] != _BEFORE:
            break
        at += 3 + int(struct.unpack_from("<H", table, at + 1)[0])
    raise FileDamaged


def _check_text(text: str) -> None:
    fields, reached = Fields(), 0
    for tried, mark in enumerate(_MARK.finditer(text)):
        if tried > MOST_MARKS:
            raise CannotBeChecked
        if fields.is_in_code:
            fields.code(text[reached : min(mark.start(), reached + LONGEST_FIELD + 1)])
        reached = mark.end()
        if mark[0] == "\x13":
            fields.begin()
        elif mark[0] == "\x14":
            fields.result()
        else:
            fields.end()
    if fields.is_in_code:
        fields.code(text[reached : reached + LONGEST_CODE])
    fields.close()
