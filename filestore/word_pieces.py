"""The text of an old Word .doc and the codes of its fields, in the order in which Word reads them.

The text lies in the Word stream in pieces of any order; a table in another stream says how they
follow (MS-DOC 2.4.1 and 2.8.35). The sectors those streams are made of are the affair of `ole`.
"""

import re
import struct
from collections.abc import Iterable, Iterator

from filestore.errors import CannotBeChecked, FetchesFromOutside, FileDamaged
from filestore.links import is_local_path
from filestore.patterns import repeated
from filestore.word_fields import LONGEST_FIELD, WORDS, Fields, check_field

MOST_PIECES = 100_000
MOST_MARKS = 500_000  # where fields begin, give a result, and end
MOST_ANYWHERE = 1_000_000  # bytes that begin a field: 12 times what chance makes of 20 MB
MOST_CODES = 10_000  # links, that is: whatever else is found there is refused
LONGEST_CODE = 4_096  # bytes of a code found anywhere in the file

_SECOND_TABLE = 0x0200  # fWhichTblStm
_USUAL_PLACES = 0x009A  # of the parts' places and lengths, with counts as every version writes them
_STRINGS_PLACE, _PIECES_PLACE = 32, 33  # fcSttbfAssoc and fcClx among them
_LONGEST_STRINGS = 400_000  # bytes of two, each with a count of two bytes
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
    """The stream with the table of pieces, in small letters, by how the Word stream begins."""
    flags = struct.unpack_from("<H", word, 10)[0]
    return "1table" if flags & _SECOND_TABLE else "0table"


def check_pieces(word: bytes, table: bytes) -> None:
    """Look at the fields of the text that these streams come to.

    Raises `FieldFetches`, `UnsafeLink`, `CannotBeChecked` and, where the pieces lie beyond their
    stream, `FileDamaged`.
    """
    for start, length in _places(word, _PIECES_PLACE):
        # A view: the text, the table and copies of both would be too much at a time.
        _check_text(_read_pieces(word, memoryview(table)[start : start + length]))


def check_template(word: bytes, table: bytes) -> None:
    """Look at which template the document was made with (MS-DOC, SttbfAssoc, the second string).

    Raises `FetchesFromOutside` where Word would get it from another computer.
    """
    for start, _length in _places(word, _STRINGS_PLACE):
        # Their own counts say where they end: a program need not look at the length.
        if not is_local_path(_second_string(table[start : start + _LONGEST_STRINGS])):
            raise FetchesFromOutside


def _places(word: bytes, number: int) -> set[tuple[int, int]]:
    """Where in the table this part of the document may lie, and how long it is."""
    found = set()
    for places in (_USUAL_PLACES, _places_by_counts(word)):
        if places + 8 * number + 8 <= len(word):
            start, length = struct.unpack_from("<II", word, places + 8 * number)
            if length:
                found.add((start, length))
    return found


def _second_string(strings: bytes) -> str:
    """The second of a table of strings, "" where there is none: with wide letters, or as of old."""
    is_wide = strings[:2] == b"\xff\xff"
    # Both the letters and the count before them are that wide.
    at, form, width = (6, "<H", 2) if is_wide else (4, "<B", 1)
    extra = int(struct.unpack_from("<H", strings, at - 2)[0])
    at += width * (1 + int(struct.unpack_from(form, strings, at)[0])) + extra
    if at + width > len(strings):
        return ""
    count = int(struct.unpack_from(form, strings, at)[0])
    text = strings[at + width : at + width * (1 + count)]
    return text.decode("utf-16-le" if is_wide else "cp1252", "replace")


def check_codes(content: bytes, *, is_text: bool = True) -> None:
    """Look at codes anywhere in these bytes, also where no table says that there is text.

    Raises `FieldFetches`, `UnsafeLink` and `CannotBeChecked`.
    """
    if content.count(b"\x13") > MOST_ANYWHERE:
        raise CannotBeChecked
    for pattern, encoding in _IN_TEXT if is_text else _ANYWHERE:
        for tried, found in enumerate(pattern.finditer(content)):
            if tried > MOST_CODES:
                raise CannotBeChecked
            text = content[found.start(1) : found.start(1) + LONGEST_CODE]
            check_field(_MARK.split(text.decode(encoding, "replace"), maxsplit=1)[0])


def _places_by_counts(word: bytes) -> int:
    """Where the head of the Word stream keeps the parts' places, by the counts in it."""
    if len(word) < 64:
        return len(word)
    at = 34 + 2 * int(struct.unpack_from("<H", word, 32)[0])
    if at + 2 > len(word):
        return len(word)
    longs = struct.unpack_from("<H", word, at)[0]
    return int(at + 2 + 4 * longs + 2)


def _read_pieces(word: bytes, table: memoryview) -> Iterator[str]:
    """The text's pieces, one at a time and in order."""
    pieces = _pieces_of(table)
    count = (len(pieces) - 4) // 12
    if count > MOST_PIECES:
        raise CannotBeChecked
    if count < 1:
        raise FileDamaged
    ends = struct.unpack_from(f"<{count + 1}I", pieces)
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
        yield word[start : start + size].decode(encoding, "replace")


def _pieces_of(table: memoryview) -> memoryview:
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


def _check_text(pieces: Iterable[str]) -> None:
    fields, marks = Fields(), 0
    code = ""  # what came since the last mark: a code may begin in one piece and end in another
    for piece in pieces:
        reached = 0
        for mark in _MARK.finditer(piece):
            marks += 1
            if marks > MOST_MARKS:
                raise CannotBeChecked
            if fields.is_in_code:
                fields.code(code + piece[reached : min(mark.start(), reached + LONGEST_FIELD + 1)])
            code, reached = "", mark.end()
            if mark[0] == "\x13":
                fields.begin()
            elif mark[0] == "\x14":
                fields.result()
            else:
                fields.end()
        if fields.is_in_code and len(code) <= LONGEST_FIELD:
            code += piece[reached : reached + LONGEST_FIELD + 1]
    if fields.is_in_code:
        fields.code(code[:LONGEST_CODE])
    fields.close()
