"""How a PDF is spelled: its tokens, walked over without holding them, and its small values.

ISO 32000-1, 7.2 and 7.3. Strings and comments are passed over, so that words on a page are never
taken for keys; names are compared as they are meant, however they are spelled.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_DEPTH = 40  # of arrays and dictionaries, of those values that are read at all
MOST_ITEMS = 20_000  # of one value
MOST_BRACKETS = 50_000  # in a string that is nested deeper than a pattern can follow
GAP = rb"(?:[\x00\t\n\f\r ]|%[^\r\n]*+[\r\n])*+"
_DELIMITERS = rb"\x00\t\n\f\r ()<>\[\]{}/%"

_STRING = rb"\((?:[^()\\]++|\\.)*+\)"
for _ in range(3):
    _STRING = rb"\((?:[^()\\]++|\\.|" + _STRING + rb")*+\)"

# The names that are looked at. All others are passed over, but those that are spelled with a #.
_WORDS = (
    "JavaScript JS Launch EmbeddedFile EmbeddedFiles EF GoToE GoToR SubmitForm ImportData RichMedia"
    " RichMediaExecute RichMediaSettings RichMediaContent XFA FileAttachment Rendition Movie Sound"
    " 3D GoTo3DView PS Kids Encrypt OpenAction AA Collection Screen"
)
WATCHED = frozenset(word.encode() for word in _WORDS.split())
_WATCHED = b"|".join(sorted(WATCHED, reverse=True))
# Where a file or an address is named. `/F 4` is an annotation's flags, and very common.
_PLACES = rb"(?:F|UF|URI|Base)" + GAP + rb"(?:\(|<(?!<)|\d+[\s\x00]+\d+[\s\x00]+R)"
_BORING_NAME = (
    rb"/(?!(?:" + _WATCHED + rb")(?:[" + _DELIMITERS + rb"]|$)|" + _PLACES + rb")"
    rb"[^#" + _DELIMITERS + rb"]*+(?!#)"
)
_BORING = re.compile(
    rb"(?:[^()<>%/eso]++|" + _STRING + rb"|" + _BORING_NAME + rb"|<<|>>|<[0-9A-Fa-f\s\x00]*+>"
    rb"|[)>]|<(?![0-9A-Fa-f\s\x00]*+>)"
    rb"|%[^\r\n]*+|e(?!ndobj)|s(?!tream)|o(?!bj(?![A-Za-z])))*+",
    re.DOTALL,
)
_NAME = re.compile(rb"/([^" + _DELIMITERS + rb"]*)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PAREN = re.compile(rb"[()\\]")
_SPACE = re.compile(GAP)
_WORD = re.compile(rb"[^" + _DELIMITERS + rb"]++")
_REFERENCE = re.compile(
    rb"(\d{1,10})[\x00\t\n\f\r ]" + GAP + rb"(\d{1,10})[\x00\t\n\f\r ]" + GAP + rb"R(?![A-Za-z0-9])"
)
_OCTAL = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class TooComplex(Exception):
    """A value deeper or longer than is read."""


class Broken(Exception):
    """No value stands here."""


@dataclass(frozen=True)
class Name:
    """A PDF name as it is meant, without its slash."""

    text: bytes


@dataclass(frozen=True)
class Reference:
    """`12 0 R`."""

    number: int


Value = Name | Reference | bytes | float | None | list["Value"] | dict[bytes, "Value"]


@dataclass(frozen=True)
class Found:
    """A token that matters: a watched name, or one of `endobj`, `obj` and `stream`.

    `start` and `end` are its place.
    """

    word: bytes
    start: int
    end: int


def meaning(name: bytes) -> bytes:
    """A name with each `#` and two digits as the letter that they are."""
    return _ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), name) if b"#" in name else name


def walk(content: bytes, at: int, end: int | None = None) -> Iterator[Found]:
    """The tokens that matter, from here to the end of the object, which is the last one given.

    Without its end, everything to `end` or that of the content is walked; `Found(b"", ...)` is
    last. Raises `TooComplex` where a string reaches beyond that.
    """
    end = len(content) if end is None else end
    while True:
        found = _BORING.match(content, at, end)
        at = found.end() if found else at
        if at >= end:
            yield Found(b"", end, end)
            return
        mark = content[at : at + 1]
        if mark == b"/":
            name = _NAME.match(content, at, end)
            meant = meaning(name[1]) if name else b""
            if is_watched(meant):
                yield Found(meant, at, at + 1 + len(name[1]) if name else at)
            at = name.end() if name else at + 1
        elif mark == b"(":
            at = end_of_string(content, at, end)
        elif mark in b"eso":
            word = {b"e": b"endobj", b"s": b"stream", b"o": b"obj"}[mark]
            yield Found(word, at, at + len(word))
            return
        else:
            at += 1


def is_watched(name: bytes) -> bool:
    """Whether this name is one that is looked at."""
    return name in WATCHED or name in {b"F", b"UF", b"URI", b"Base"}


def end_of_string(content: bytes, at: int, end: int) -> int:
    """The place behind the string that begins here, however deep its brackets.

    Raises `TooComplex` where it does not end, or has more of them than a text has.
    """
    depth = 0
    for _ in range(MOST_BRACKETS):
        found = _PAREN.search(content, at, end)
        if found is None:
            break
        mark, at = found[0], found.end()
        if mark == b"\\":
            at += 1
        else:
            depth += 1 if mark == b"(" else -1
            if depth == 0:
                return at
    raise TooComplex


def skip_space(content: bytes, at: int) -> int:
    """The place of the next token."""
    found = _SPACE.match(content, at)
    return found.end() if found else at


def read_value(content: bytes, at: int) -> Value:
    """The value that stands here. Raises `Broken` and `TooComplex`."""
    return _Values(content, at).read(0)


class _Values:
    """Reads one value, counting what it is made of."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content = content
        self._at = at
        self._items = 0

    def read(self, depth: int) -> Value:
        self._items += 1
        if depth > MOST_DEPTH or self._items > MOST_ITEMS:
            raise TooComplex
        content, at = self._content, skip_space(self._content, self._at)
        self._at = at
        two, mark = content[at : at + 2], content[at : at + 1]
        if two == b"<<":
            return self._dictionary(depth)
        if mark == b"[":
            return self._array(depth)
        if mark == b"/":
            return self._name()
        if mark == b"(":
            self._at = end_of_string(content, at, len(content))
            return _plain(content[at + 1 : self._at - 1])
        if mark == b"<":
            return self._hex()
        return self._number_or_word()

    def _dictionary(self, depth: int) -> dict[bytes, Value]:
        values: dict[bytes, Value] = {}
        self._at += 2
        while True:
            self._at = skip_space(self._content, self._at)
            if self._content.startswith(b">>", self._at):
                self._at += 2
                return values
            key = self.read(depth + 1)
            if isinstance(key, Name):
                values[key.text] = self.read(depth + 1)

    def _array(self, depth: int) -> list[Value]:
        values: list[Value] = []
        self._at += 1
        while True:
            self._at = skip_space(self._content, self._at)
            if self._content.startswith(b"]", self._at):
                self._at += 1
                return values
            values.append(self.read(depth + 1))

    def _name(self) -> Name:
        found = _NAME.match(self._content, self._at)
        if found is None:
            raise Broken
        self._at = found.end()
        return Name(meaning(found[1]))

    def _hex(self) -> bytes:
        end = self._content.find(b">", self._at)
        if end < 0:
            raise Broken
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", self._content[self._at + 1 : end])
        self._at = end + 1
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))

    def _number_or_word(self) -> Value:
        if reference := _REFERENCE.match(self._content, self._at):
            self._at = reference.end()
            return Reference(int(reference[1]))
        word = _WORD.match(self._content, self._at)
        if word is None:
            raise Broken
        self._at = word.end()
        try:
            return float(word[0])
        except ValueError:
            return None


def _plain(text: bytes) -> bytes:
    """A string as it is meant: escapes done."""
    if b"\\" not in text:
        return text

    def meant(code: re.Match[bytes]) -> bytes:
        if code[1][:1] in b"01234567":
            return bytes([int(code[1], 8) & 0xFF])
        if code[1] in {b"\n", b"\r", b"\r\n"}:
            return b""
        return _LETTERS.get(code[1], code[1])

    return _OCTAL.sub(meant, text)
