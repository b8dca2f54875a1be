"""A whole file: what it is by its content, and everything that was found in it."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from csv_ingest.parsing import text, workbook
from csv_ingest.parsing.cells import Cell
from csv_ingest.parsing.columns import Columns
from csv_ingest.parsing.errors import (
    LARGEST_FILE,
    EmptyFile,
    EncryptedWorkbook,
    FileTooLarge,
    MissingColumns,
    NotASpreadsheet,
    RepeatedColumns,
    UnreadExcelFormat,
)
from csv_ingest.parsing.rows import (
    COURT_COLUMNS,
    CourtRow,
    Finding,
    Record,
    gather,
)

ROWS_BETWEEN = 500  # two words about how far the reading is
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How an OLE file names the stream in which Office keeps an encrypted workbook.
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
# Kinds of file that are text, or nearly, and no table.
_NOT_TABLES = (b"%PDF-", b"{\\rtf", b"<", b"\xef\xbb\xbf<")


@dataclass(frozen=True)
class ParsedFile:
    """What a file holds: `rows` are good and no order is among them twice.

    rows_read = len(rows) + repeated + rows_with_problems. Blank rows are not counted.
    """

    rows: list[CourtRow]
    problems: list[Finding]
    warnings: list[Finding]
    rows_read: int
    rows_with_problems: int
    repeated: int
    read_as: str  # what the file was taken for, for the receipt
    notes: list[str] = field(default_factory=list)  # sentences about the whole file


@dataclass(frozen=True)
class Table:
    """An open file: its records below the headings, and where each column stands in them."""

    records: Iterator[Record | Finding]
    places: dict[str, int]
    read_as: str
    notes: list[str] = field(default_factory=list)


def size_to_read(file: BinaryIO) -> int:
    """How much there is to read in a file, in bytes: a small workbook may hold much.

    Known at a glance, without reading it; of what will be refused it says little.
    """
    return max(file.seek(0, os.SEEK_END), workbook.size_to_read(file))


def parse_file(file: BinaryIO, *, tell: Callable[[int], None] | None = None) -> ParsedFile:
    """Read the court's export from an open, seekable file, whatever its name says.

    `tell` is called now and then with the number of rows read so far; it may look at `file.tell()`
    and may raise. Rules: behaviour, section 3. Raises a `FileRefused` where nothing can be read;
    what is wrong with single rows is in the result. Bounded memory but for the rows it returns.
    """
    with opened_table(file, COURT_COLUMNS) as table:
        records = _counted(table.records, tell) if tell else table.records
        gathered = gather(records, table.places)
    if gathered.rows_read == 0:
        raise EmptyFile
    return ParsedFile(**vars(gathered), read_as=table.read_as, notes=table.notes)


def refuse_at_sight(file: BinaryIO) -> bytes:
    """Refuse what needs no reading: its size and its first bytes say enough. Returns those bytes.

    Raises a `FileRefused`.
    """
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise EmptyFile
    if size > LARGEST_FILE:
        raise FileTooLarge
    file.seek(0)
    start = file.read(8)
    if start == _OLE:
        raise EncryptedWorkbook if _holds(file, _ENCRYPTED_STREAM) else UnreadExcelFormat
    if start.lstrip().startswith(_NOT_TABLES):
        raise NotASpreadsheet
    return start


@contextmanager
def opened_table(file: BinaryIO, columns: Columns) -> Iterator[Table]:
    """Any spreadsheet with these columns: what it is, is read from its content.

    Raises a `FileRefused`, also while the records are read.
    """
    start = refuse_at_sight(file)
    if start.startswith(_ZIP):
        with workbook.opened(file, columns) as sheet:
            places = _places(columns, sheet.headings)
            notes = [f"The sheet {title} was not read" for title in sheet.others]
            yield Table(workbook.read_records(sheet), places, str(sheet), notes)
    else:
        lines = text.examine(file, columns)
        places = _places(columns, lines.headings)
        # Ended here, while the file is still open, also where its reader stops half-way.
        with closing(text.read_records(file, lines)) as records:
            yield Table(records, places, str(lines))


def _counted(
    records: Iterator[Record | Finding], tell: Callable[[int], None]
) -> Iterator[Record | Finding]:
    for count, record in enumerate(records, 1):
        if count % ROWS_BETWEEN == 0:
            tell(count)
        yield record


def _places(columns: Columns, headings: Sequence[Cell]) -> dict[str, int]:
    """Where each column stands. Refuses headings without a needed one, or with one twice."""
    if missing := columns.missing(headings):
        raise MissingColumns(missing)
    if repeated := columns.repeated(headings):
        raise RepeatedColumns(repeated)
    return columns.find(headings)


def _holds(file: BinaryIO, pattern: bytes) -> bool:
    """Whether the pattern stands anywhere in the file, also across two chunks."""
    file.seek(0)
    earlier = b""
    while chunk := file.read(1 << 20):
        if pattern in earlier + chunk:
            return True
        earlier = chunk[-len(pattern) :]
    return False
