"""How a PDF is spelled: its tokens, walked over without holding them, and whether they fit.

ISO 32000-1, 7.2 and 7.3. Strings and comments are passed over, so that words on a page are never
taken for keys; names are compared as they are meant, however they are spelled. Every pattern
runs over a byte a few times at most: none begins again inside of what another passed.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from filestore.patterns import repeated

MOST_DEPTH = 60  # of arrays and dictionaries, in any object
MOST_BRACKETS = 64 * 1024 * 1024  # bytes of brackets that are paired, all rounds together
MOST_PAIRS = 2_000_000  # of brackets in one file, counted where an object is long
GAP = repeated(rb"[\x00\t\n\f\r ]|%[^\r\n]*+[\r\n]")
DELIMITERS = rb"\x00\t\n\f\r ()<>\[\]{}/%"
# One viewer takes these two bytes for spaces as well.
_SPACES = rb"\x80\xff"

STRING = rb"\(" + repeated(rb"[^()\\]++|\\.") + rb"\)"
for _ in range(12):
    STRING = rb"\(" + repeated(rb"[^()\\]++|\\.|" + STRING) + rb"\)"

# The names that are looked at. All others are passed over, but those that are spelled with a #.
_WORDS = (
    "JavaScript JS Launch EmbeddedFile EmbeddedFiles EF GoToE SubmitForm ImportData RichMedia"
    " RichMediaExecute RichMediaSettings RichMediaContent XFA FileAttachment Rendition Movie Sound"
    " 3D GoTo3DView PS Kids Encrypt OpenAction AA Collection Screen"
    " Contents AP CharProcs Pattern"
)
WATCHED = frozenset(word.encode() for word in _WORDS.split())
_WATCHED = b"|".join(sorted(WATCHED, reverse=True))
# Where a file or an address is named. `/F 4` is an annotation's flags, and very common.
_PLACES = rb"(?:F|UF|URI|Base)(?=[" + DELIMITERS + _SPACES + rb"])(?![ \n\r]*+\d{1,4}[ \n\r]*+[/>])"
_BORING_NAME = (
    rb"/(?!(?:" + _WATCHED + rb")(?:[" + DELIMITERS + _SPACES + rb"]|$)|" + _PLACES + rb")"
    rb"[^#" + DELIMITERS + rb"]*+(?!#)"
)
_BORING = re.compile(
    repeated(
        rb"[^()<>%/eso]++|" + STRING + rb"|" + _BORING_NAME + rb"|<<|>>|<[0-9A-Fa-f\s\x00]*+>"
        rb"|[)>]|<(?![0-9A-Fa-f\s\x00]*+>)"
        rb"|%[^\r\n]*+|e(?!ndobj)|s(?!tream)|o(?!bj(?![A-Za-z]))"
    ),
    re.DOTALL,
)
# All but brackets. A string or a comment that does not end stays, and so does a lone < or >; a lone
# ) is passed over by every viewer.
_UNBRACKETED = re.compile(
    repeated(
        rb"[^(<>%/\[\]]++|" + STRING + rb"|/[^" + DELIMITERS + rb"]*+"
        rb"|(?<!<)<[0-9A-Fa-f\s\x00]*+>|%[^\r\n]*+[\r\n]",
        b"+",
    ),
    re.DOTALL,
)
_USUAL = {b" ", b" << >> ", b"<< >>", b" << >>", b"<< >> ", b" << [ ] >> ", b"<< [ ] >>"}
_NAME = re.compile(rb"/([^" + DELIMITERS + rb"]*)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_END_OF_NAME = re.compile(rb"[\x00\x80\xff]")
_SPACE = re.compile(GAP)
_SOME_SPACE = b"\x00\t\n\f\r %"


class TooComplex(Exception):
    """A value deeper or longer than is read."""


class Broken(Exception):
    """No value stands here."""


class Found(NamedTuple):
    """A token that matters: a watched name, or one of `endobj`, `obj` and `stream`.

    `start` and `end` are its place.
    """

    word: bytes
    start: int
    end: int


class Work:
    """Counts what is done for one file, in steps. Raises `TooComplex` where it is too much."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._brackets = MOST_BRACKETS
        self._pairs = MOST_PAIRS

    def spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise TooComplex

    def pair_up(self, content: bytes, start: int, end: int) -> None:
        """Raise `Broken` where brackets do not pair, or something does not end.

        A viewer that mends such an object could see in it what we do not.
        """
        part = content[start:end]
        if len(part) > MOST_PAIRS // 1_000:
            self._pairs -= part.count(b"<<") + part.count(b"[")
            if self._pairs < 0:
                raise TooComplex
        left = _UNBRACKETED.sub(b" ", part)
        if left in _USUAL:
            return
        left = left.replace(b"<<", b"{").replace(b">>", b"}").replace(b" ", b"")
        for _ in range(MOST_DEPTH):
            if not left:
                return
            self._brackets -= len(left)
            if self._brackets < 0:
                raise TooComplex
            before, left = len(left), left.replace(b"[]", b"").replace(b"{}", b"")
            if len(left) == before:
                raise Broken
        if left:
            raise TooComplex


def meaning(name: bytes) -> bytes:
    """A name with each `#` and two digits as the letter that they are."""
    return _ESCAPE.sub(lambda code: bytes([int(code[1], 16)]), name) if b"#" in name else name


def watched_in(name: bytes) -> bytes:
    """The watched word that some viewer could take this name for, else b""."""
    meant = meaning(name)
    for one in (meant, _END_OF_NAME.split(meant)[0], meant.replace(b"\x00", b"")):
        if is_watched(one):
            return one
    return b""


def is_watched(name: bytes) -> bool:
    """Whether this name is one that is looked at."""
    return name in WATCHED or name in {b"F", b"UF", b"URI", b"Base"}


def names_in(content: bytes) -> Iterator[bytes]:
    """Every watched word, also in strings and comments: for where none belongs."""
    for name in _NAME.finditer(content):
        if word := watched_in(name[1]):
            yield word


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
            stop = name.end() if name else at + 1
            word = watched_in(name[1]) if name else b""
            if word:
                yield Found(word, at, stop)
            at = stop
        elif mark == b"(":
            # It does not end, or is nested deeper than any text is.
            raise TooComplex
        elif mark in b"eso":
            word = {b"e": b"endobj", b"s": b"stream", b"o": b"obj"}[mark]
            yield Found(word, at, at + len(word))
            return
        else:
            at += 1


def skip_space(content: bytes, at: int) -> int:
    """The place of the next token."""
    if content[at : at + 1] not in _SOME_SPACE:
        return at
    found = _SPACE.match(content, at)
    return found.end() if found else at
