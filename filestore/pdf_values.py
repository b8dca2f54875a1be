"""The values of a PDF that are read at all, each small (ISO 32000-1, 7.3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filestore.pdf_syntax import (
    DELIMITERS,
    GAP,
    STRING,
    Broken,
    TooComplex,
    meaning,
    skip_space,
)

MOST_DEPTH = 40  # of arrays and dictionaries, of those values that are read
MOST_ITEMS = 20_000  # of one value
LONGEST_NUMBER = 64

_NAME = re.compile(rb"/([^" + DELIMITERS + rb"]*)")
_WHOLE_STRING = re.compile(STRING, re.DOTALL)
_WORD = re.compile(rb"[^" + DELIMITERS + rb"]++")
_NUMBER = re.compile(rb"[+-]?(?:\d++\.?\d*+|\.\d++)")
_REFERENCE = re.compile(
    # `6 0R` is one too for some viewers.
    rb"([+\-.\d]++)(?=[\x00\t\n\f\r %])" + GAP + rb"[+\-.\d]++" + GAP + rb"R(?![A-Za-z0-9])"
)
_PLAIN_NUMBER = re.compile(rb"\d{1,10}")
_OCTAL = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True)
class Name:
    """A PDF name as it is meant, without its slash."""

    text: bytes


@dataclass(frozen=True)
class Reference:
    """`12 0 R`."""

    number: int


Value = Name | Reference | bytes | float | None | list["Value"] | dict[bytes, "Value"]


class Reader:
    """Reads one value. `items` is how much it is made of, `at` the place behind it.

    `is_odd` is true where viewers may differ: a key that stands twice, or is no name.
    """

    def __init__(self, content: bytes, at: int) -> None:
        self._content = content
        self.at = at
        self.items = 0
        self.is_odd = False

    def read(self, depth: int = 0) -> Value:
        """The value that stands here. Raises `Broken` and `TooComplex`."""
        self.items += 1
        if depth > MOST_DEPTH or self.items > MOST_ITEMS:
            raise TooComplex
        content, at = self._content, skip_space(self._content, self.at)
        self.at = at
        mark = content[at : at + 1]
        if mark == b"/":
            return self._name()
        if mark == b"<":
            if content.startswith(b"<<", at):
                return self._dictionary(depth)
            return self._hex()
        if mark == b"[":
            return self._array(depth)
        if mark == b"(":
            return self._string()
        return self._number_or_word()

    def _dictionary(self, depth: int) -> dict[bytes, Value]:
        values: dict[bytes, Value] = {}
        self.at += 2
        while True:
            self.at = skip_space(self._content, self.at)
            if self._content.startswith(b">>", self.at):
                self.at += 2
                return values
            key = self.read(depth + 1)
            if not isinstance(key, Name):
                self.is_odd = True
                continue
            value = self.read(depth + 1)
            self.is_odd = self.is_odd or key.text in values
            values[key.text] = value

    def _array(self, depth: int) -> list[Value]:
        values: list[Value] = []
        self.at += 1
        while True:
            self.at = skip_space(self._content, self.at)
            if self._content.startswith(b"]", self.at):
                self.at += 1
                return values
            values.append(self.read(depth + 1))

    def _name(self) -> Name:
        found = _NAME.match(self._content, self.at)
        if found is None:
            raise Broken
        self.at = found.end()
        return Name(meaning(found[1]))

    def _string(self) -> bytes:
        found = _WHOLE_STRING.match(self._content, self.at)
        if found is None:
            raise TooComplex
        self.at = found.end()
        return _plain(found[0][1:-1])

    def _hex(self) -> bytes:
        end = self._content.find(b">", self.at)
        if end < 0:
            raise Broken
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", self._content[self.at + 1 : end])
        self.at = end + 1
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))

    def _number_or_word(self) -> Value:
        if reference := _REFERENCE.match(self._content, self.at):
            self.at = reference.end()
            # Signs and points in it are there to be read in two ways.
            if not _PLAIN_NUMBER.fullmatch(reference[1]):
                raise Broken
            return Reference(int(reference[1]))
        word = _WORD.match(self._content, self.at)
        if word is None:
            raise Broken
        self.at = word.end()
        is_number = len(word[0]) <= LONGEST_NUMBER and _NUMBER.fullmatch(word[0])
        return float(word[0]) if is_number else None


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


@dataclass(frozen=True)
class Place:
    """Where in a value a name stands: as the key of `value`, or as a value where that is None.

    `keys` are the keys it stands below, the nearest last.
    """

    word: bytes
    is_key: bool
    keys: tuple[bytes, ...]
    value: Value = None


def places_of_names(value: Value, keys: tuple[bytes, ...] = ()) -> Iterator[Place]:
    """Every name of a value, with its place."""
    if isinstance(value, Name):
        yield Place(value.text, False, keys)
    elif isinstance(value, list):
        for one in value:
            yield from places_of_names(one, keys)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield Place(key, True, keys, one)
            yield from places_of_names(one, (*keys, key))
