"""XLSX: a workbook becomes records, read as a stream, after its zip has been weighed."""

import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import openpyxl

from csv_ingest.parsing.cells import Cell, is_blank
from csv_ingest.parsing.columns import Columns
from csv_ingest.parsing.errors import (
    MOST_SHEET_ROWS,
    EmptyFile,
    NotASpreadsheet,
    TooManyRows,
    UnreadExcelFormat,
    UnsafeWorkbook,
)
from csv_ingest.parsing.rows import Record
from csv_ingest.parsing.workbook_parts import check_entries, check_parts

# 200,000 rows of 16 columns unpack to about 150 MB; Excel's own sheets shrink to about a tenth.
LARGEST_UNPACKED = 400 * 1024 * 1024  # bytes, all members together
MOST_RATIO = 150  # unpacked to packed, of members over 1 MB
MOST_MEMBERS = 2_000
MOST_COLUMNS = 256
MOST_SHEETS = 50
HEADINGS_WITHIN = 1_000  # rows from the top

# openpyxl's read-only worksheet, whose types say it is the other kind.
Worksheet = Any

# How Excel writes a character that XML has no place for, and the return of a line break.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

_CENTRAL_ENTRY = b"PK\x01\x02"
_CHUNK = 1 << 20
# What openpyxl and the standard library raise on files that only look like workbooks.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,  # bad numbers and references; also what defusedxml forbids
    SyntaxError,  # XML that does not parse
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,  # a way of packing that Python does not know
    RuntimeError,  # an encrypted member
)


@dataclass(frozen=True)
class Sheet:
    """The sheet to be read, and its headings, which are in row `heading_row`."""

    worksheet: Worksheet
    heading_row: int
    headings: Sequence[Cell]
    others: tuple[str, ...] = ()  # titles of further sheets that have the headings too

    def __str__(self) -> str:
        return f"Excel workbook, sheet {self.worksheet.title}"


@contextmanager
def opened(file: BinaryIO, columns: Columns) -> Iterator[Sheet]:
    """The sheet of orders: the first visible one with every needed heading, else the first.

    Raises `EmptyFile`, and as `weigh`.
    """
    weigh(file)
    # openpyxl warns of styles and extensions that mean nothing to us.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with _only_named_errors():
            file.seek(0)
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        yield _sheet_of_orders(book.worksheets, columns)


def read_records(sheet: Sheet) -> Iterator[Record]:
    """The records below the headings that are not empty, as wide as the headings.

    Raises `TooManyRows`, and `NotASpreadsheet` where the sheet breaks off.
    """
    for record in _records(sheet.worksheet, width=len(sheet.headings)):
        if record.row_number > sheet.heading_row:
            yield record


def weigh(file: BinaryIO) -> None:
    """Refuse a zip that is no workbook, unpacks to too much, or has more in it than sheets.

    Raises `UnsafeWorkbook`, `UnreadExcelFormat`, `NotASpreadsheet`, and as `check_entries` and
    `check_parts`.
    """
    if _entries(file) > MOST_MEMBERS:
        raise UnsafeWorkbook
    with _only_named_errors():
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if "xl/workbook.bin" in names:
                raise UnreadExcelFormat
            if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
                raise NotASpreadsheet
            check_entries(file, archive)
            _weigh_members(archive)
            check_parts(archive)


def size_to_read(file: BinaryIO) -> int:
    """The bytes that a workbook says it unpacks to; `weigh` will hold it to them. 0 for no zip."""
    if _entries(file) > MOST_MEMBERS:
        return 0
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            return sum(member.file_size for member in archive.infolist())
    except _UNREADABLE:
        return 0


def _weigh_members(archive: zipfile.ZipFile) -> None:
    """Unpack every member in small pieces, keeping none. Raises `UnsafeWorkbook`.

    What an entry declares is no bound: a member read in one go is unpacked to its end first.
    """
    if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
        raise UnsafeWorkbook
    for member in archive.infolist():
        declared = member.file_size
        member.file_size = LARGEST_UNPACKED  # else the stream would stop where the entry says
        unpacked = 0
        with archive.open(member) as stream:
            while piece := stream.read(_CHUNK):
                unpacked += len(piece)
        is_dense = unpacked > _CHUNK and unpacked > MOST_RATIO * member.compress_size
        if unpacked > declared or is_dense:
            raise UnsafeWorkbook


def _entries(file: BinaryIO) -> int:
    """About how many members the zip has, counted before its directory is loaded into memory."""
    file.seek(0)
    return sum(chunk.count(_CENTRAL_ENTRY) for chunk in iter(lambda: file.read(_CHUNK), b""))


@contextmanager
def _only_named_errors() -> Iterator[None]:
    """Turn what a broken workbook raises into `NotASpreadsheet`."""
    try:
        yield
    except _UNREADABLE as error:
        raise NotASpreadsheet from error


def _sheet_of_orders(worksheets: Sequence[Worksheet], columns: Columns) -> Sheet:
    visible = [sheet for sheet in worksheets[:MOST_SHEETS] if sheet.sheet_state == "visible"]
    sheets = [sheet for worksheet in visible if (sheet := _headed(worksheet))]
    if not sheets:
        raise EmptyFile
    complete = [sheet for sheet in sheets if not columns.missing(sheet.headings)]
    chosen = (complete or sheets)[0]
    others = tuple(s.worksheet.title for s in complete if s is not chosen)
    return Sheet(chosen.worksheet, chosen.heading_row, chosen.headings, others)


def _headed(worksheet: Worksheet) -> Sheet | None:
    """The sheet with its first row that is not blank; None where all are."""
    # Some writers note a wrong size, and openpyxl would believe it.
    worksheet.reset_dimensions()
    for record in _records(worksheet, width=MOST_COLUMNS, last_row=HEADINGS_WITHIN):
        if not all(map(is_blank, record.cells)):
            headings = list(record.cells)
            while is_blank(headings[-1]):
                headings.pop()
            return Sheet(worksheet, record.row_number, headings)
    return None


def _records(worksheet: Worksheet, *, width: int, last_row: int | None = None) -> Iterator[Record]:
    """The rows from row 1 that have a cell with anything in it, cut to `width`."""
    empty = (None,) * width
    with _only_named_errors():
        rows: Iterator[tuple[Cell, ...]] = worksheet.iter_rows(
            max_col=width, max_row=last_row, values_only=True
        )
        for row_number, row in enumerate(rows, 1):
            if row_number > MOST_SHEET_ROWS:
                raise TooManyRows
            # A sheet whose last cell is far below has a million that are empty.
            if row != empty:
                yield Record(row_number, tuple(map(_unescaped, row)))


def _unescaped(cell: Cell) -> Cell:
    """Text with the characters in it that its file spells out: "_x000D_" is a return."""
    if not isinstance(cell, str) or "_x" not in cell:
        return cell
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell)
