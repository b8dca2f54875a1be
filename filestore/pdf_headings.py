"""Where in a PDF an object begins: `12 0 obj`, wherever that stands, and `trailer`.

A table of objects may point anywhere, so a heading inside of a stream, a string or a comment counts
as well. Viewers read one with signs, points, comments or many zeros, each in its own way: no
program writes those, so a file that has one is not taken.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from filestore.pdf_syntax import TooComplex

MOST_WORDS = 150_000  # that could belong to a heading, objects among them: each is looked at
LONGEST_LINE = 1024  # bytes that are looked at for a comment before a heading
_USUAL = 48  # bytes that a heading is looked for in

_WORDS = re.compile(rb"obj(?<!dobj)(?![A-Za-z])|trailer(?=[\x00\t\n\f\r ]*+(?:<<|%))")
_PLAIN = re.compile(
    rb"(?<![+\-.\d])(?<!\d[eE])(\d{1,10})[\x00\t\n\f\r ]{1,16}\d{1,10}[\x00\t\n\f\r ]{0,16}\Z"
)
# Two numbers as somebody could read them.
_ODD = re.compile(
    rb"[+\-.\d][eE\d]*+[\x00\t\n\f\r \x80\xff]++[+\-.\d]++[eE+\-.\d]*+[\x00\t\n\f\r \x80\xff]*+\Z"
)
_FILLED = re.compile(rb"[+\-.\d\x00\t\n\f\r \x80\xff]*+\Z")
_COMMENT = re.compile(rb"(?:^|[+\-.\d\x00\t\f \x80\xff])%")
_NUMBER = b"+-.0123456789"
_SPACES = b"\x00\t\n\f\r \x80\xff"


class Heading(NamedTuple):
    """`number` is None for a trailer, and for a heading that viewers could read differently.

    `start` is where it begins, `end` where what it announces does.
    """

    number: int | None
    start: int
    end: int
    is_odd: bool = False

    @property
    def is_trailer(self) -> bool:
        return self.number is None and not self.is_odd


def headings(content: bytes) -> Iterator[Heading]:
    """All that a viewer could take for the beginning of an object, in order.

    Raises `TooComplex`.
    """
    for count, word in enumerate(_WORDS.finditer(content), 1):
        if count > MOST_WORDS:
            raise TooComplex
        at = word.start()
        if len(word[0]) > 3:
            yield Heading(None, at, word.end())
            continue
        before = content[max(0, at - _USUAL) : at]
        if plain := _PLAIN.search(before):
            yield Heading(int(plain[1]), at - len(before) + plain.start(), word.end())
        elif _is_odd(content, before, at):
            yield Heading(None, at, word.end(), is_odd=True)


def _is_odd(content: bytes, before: bytes, at: int) -> bool:
    if _ODD.search(before) or _FILLED.match(before):
        return True
    # The line before may end in a comment, behind which the heading goes on.
    text = before.rstrip(_SPACES).rstrip(_NUMBER).rstrip(_SPACES)
    space = before[len(text) :]
    if b"\n" not in space and b"\r" not in space:
        return False
    end = at - len(space)
    start = max(0, end - LONGEST_LINE)
    line = max(content.rfind(b"\n", start, end), content.rfind(b"\r", start, end))
    if line < 0 < start:
        return True
    return bool(_COMMENT.search(content[max(line + 1, start) : end]))
