"""How much XML a workbook has, and whether its rows stand in order; before openpyxl sees it.

A few kilobytes unpack to millions of empty elements. openpyxl holds each part as a tree, but for
rows and shared strings, of which it holds one at a time: these may be many, all else may not.
"""

from typing import IO
from xml.parsers import expat

from csv_ingest.parsing.errors import (
    DefiningWorkbook,
    DisorderedWorkbook,
    NotASpreadsheet,
    UnsafeWorkbook,
)

# 200,000 rows of 16 cells are 10 million elements, and as many distinct texts 6 million.
MOST_ELEMENTS = 18_000_000
MOST_LISTED = 4_000_000  # rows and shared strings
MOST_WITHIN = 100_000  # elements of one row or string: 16,384 cells with a formula and a value each
MOST_ELSEWHERE = 250_000  # elements that are in neither: 65,490 styles, each of three
MOST_DENSE = 1_000_000  # elements, above which a part may not have `MOST_PER_BYTE`
MOST_PER_BYTE = 5  # elements for each packed byte
LONGEST_GAP = 4 * 1024 * 1024  # bytes from one tag to the next, and of one tag
_CHUNK = 64 * 1024
_LISTS = {"row": "sheetData", "si": "sst"}  # and of what they are children


class Weight:
    """What the parts of one workbook come to, all together."""

    def __init__(self) -> None:
        self.elements = self.listed = self.elsewhere = 0

    def add(self, part: IO[bytes], *, packed: int) -> None:
        """Read a part to its end, keeping nothing; `packed` are its bytes in the file.

        Raises `UnsafeWorkbook`, `DefiningWorkbook`, `DisorderedWorkbook`, and `NotASpreadsheet`
        for XML that does not parse.
        """
        scale = _Scale(self, most=max(MOST_DENSE, MOST_PER_BYTE * packed))
        try:
            scale.read(part)
        except expat.ExpatError as error:
            raise NotASpreadsheet from error


class _Scale:
    """One part on its way through the parser."""

    def __init__(self, total: Weight, *, most: int) -> None:
        self._total = total
        self._left = most
        self._path: list[str] = []
        self._list_depth = 0  # how deep the row or string is that we are in, 0 for none
        self._within = self._place = self._row = 0
        self._column = (0, "")
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = refuse_definition
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def read(self, part: IO[bytes]) -> None:
        """Raises what `Weight.add` does, and what expat raises."""
        given = 0
        while piece := part.read(_CHUNK):
            self._parser.Parse(piece, False)
            given += len(piece)
            # A tag that goes on and on is begun anew with each piece.
            if given - self._parser.CurrentByteIndex > LONGEST_GAP:
                raise UnsafeWorkbook
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        word = name.rpartition(":")[2]
        total = self._total
        total.elements += 1
        self._left -= 1
        if self._list_depth:
            self._within += 1
            if word == "c" and "r" in attributes:
                self._check_cell(attributes["r"])
        elif word in _LISTS and self._path[-1:] == [_LISTS[word]]:
            total.listed += 1
            self._list_depth, self._within = len(self._path) + 1, 0
            if word == "row":
                self._check_row(attributes)
        else:
            total.elsewhere += 1
        if (
            self._left < 0
            or self._within > MOST_WITHIN
            or total.listed > MOST_LISTED
            or total.elsewhere > MOST_ELSEWHERE
            or total.elements > MOST_ELEMENTS
        ):
            raise UnsafeWorkbook
        self._check_gap()
        self._path.append(word)

    def _end(self, _name: str) -> None:
        self._check_gap()
        if len(self._path) == self._list_depth:
            self._list_depth = 0
        self._path.pop()

    def _check_gap(self) -> None:
        """A text is held whole, and more than once."""
        place = self._parser.CurrentByteIndex
        if place - self._place > LONGEST_GAP:
            raise UnsafeWorkbook
        self._place = place

    def _check_row(self, attributes: dict[str, str]) -> None:
        """Rows come in order: openpyxl passes over one that stands behind a later one."""
        self._column = (0, "")
        try:
            row = int(float(attributes.get("r", self._row + 1)))
        except (ValueError, OverflowError) as error:
            raise NotASpreadsheet from error
        if row <= self._row:
            raise DisorderedWorkbook
        self._row = row

    def _check_cell(self, reference: str) -> None:
        """So do the cells of a row: of two in one place the later would be read."""
        letters = reference.rstrip("0123456789").upper()
        column = (len(letters), letters)
        if column <= self._column:
            raise DisorderedWorkbook
        self._column = column


def refuse_definition(*_declaration: object) -> None:
    """Excel writes no DTD; whoever does means entities."""
    raise DefiningWorkbook
