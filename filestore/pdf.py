"""Whether a PDF holds together, opens without a password and carries nothing that runs.

Every place where a viewer could begin to read an object is looked at, also inside of streams,
strings and comments, for a table of objects may point anywhere; and every stream of objects is
unpacked. Nothing is rendered. ISO 32000-1; ADR 0023.
"""

import re
from typing import BinaryIO

from filestore.errors import (
    CannotBeChecked,
    FileCutShort,
    FileDamaged,
    RunsInCircles,
)
from filestore.foreign import refuse_pages, refuse_programs, refuse_tail, refuse_zip_at_end
from filestore.pdf_objects import Objects
from filestore.pdf_syntax import Broken, TooComplex, skip_space
from filestore.pdf_values import Reader, Value

TAIL = 2048  # readers look for the end mark in about the last kilobyte
MOST_REVISIONS = 1_000
MOST_MARKS = 6_000_000  # of one kind, in 20 MB: packed bytes have 80,000 by chance
_END = re.compile(rb"startxref[\x00\t\n\f\r ]{0,64}(\d{1,10})[\x00\t\n\f\r ]{0,64}%%EOF")
_ROOT = re.compile(rb"/(?:R|#52)(?:o|#6[Ff])(?:o|#6[Ff])(?:t|#74)[\x00\t\n\f\r %\d]")
_OBJECT = re.compile(rb"\d[\x00\t\n\f\r ]{1,16}\d{1,5}[\x00\t\n\f\r ]{1,16}obj")


def check_pdf(file: BinaryIO, size: int) -> None:
    """Raise the `FileRejected` there is reason for."""
    file.seek(0)
    content = file.read(size)
    start = _check_end(content)
    _check_revisions(content, start)
    if not _ROOT.search(content) and b"/ObjStm" not in content:
        raise FileDamaged
    if max(content.count(b"/"), content.count(b"%")) > MOST_MARKS:
        raise CannotBeChecked
    refuse_zip_at_end(content)
    refuse_programs(content)
    try:
        objects = Objects(content)
        objects.check()
    except (Broken, TooComplex, RecursionError) as error:
        raise CannotBeChecked from error
    for begin, end in objects.between():
        refuse_pages(content, begin, end)


def _check_end(content: bytes) -> int:
    """Give where the table of objects starts.

    Raises `FileCutShort`, `FileDamaged`, and what `refuse_tail` raises.
    """
    end = content.rfind(b"%%EOF")
    tail = content[end + 5 :]
    if end < 0 or _OBJECT.search(tail):
        raise FileCutShort
    refuse_tail(tail)
    found = _END.findall(content, max(0, end - TAIL), end + 5)
    if not found or int(found[-1]) >= len(content):
        raise FileDamaged
    return int(found[-1])


def _check_revisions(content: bytes, start: int) -> None:
    """Follow the tables of objects back to the first. Raises `RunsInCircles`.

    One that is not where it should be is no reason to refuse: readers build it anew.
    """
    todo, seen = [start], set[int]()
    while todo:
        place = todo.pop()
        if place in seen or len(seen) > MOST_REVISIONS:
            raise RunsInCircles
        seen.add(place)
        trailer = _trailer_at(content, place)
        if isinstance(trailer, dict):
            # Both may name the same table: only the chain of /Prev can lead back.
            beside = trailer.get(b"XRefStm")
            if isinstance(beside, float) and int(beside) == place:
                raise RunsInCircles
            before = trailer.get(b"Prev")
            if isinstance(before, float) and 0 < before < len(content):
                todo.append(int(before))


def _trailer_at(content: bytes, place: int) -> Value:
    place = skip_space(content, place)
    if content.startswith(b"xref", place):
        place = content.find(b"trailer", place) + len(b"trailer")
    elif found := _OBJECT.match(content, place):
        place = found.end()
    else:
        return None
    try:
        return Reader(content, place).read()
    except (Broken, TooComplex):
        return None
