"""A whole file: what it is by its content, and everything that was found in it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from csv_ingest.parsing import text, workbook
from csv_ingest.parsing.cells import Cell
from csv_ingest.parsing.errors import (
    LARGEST_FILE,
    EmptyFile,
    EncryptedWorkbook,
    FileTooLarge,
    MissingColumns,
    NotASpreadsheet,
    OldExcelFile,
    RepeatedColumns,
)
from csv_ingest.parsing.rows import (
    NEEDED_COLUMNS,
    CourtRow,
    Finding,
    Gathered,
    find_columns,
    gather,
    repeated_columns,
)

_ZIP = b"PK"
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


def parse_file(file: BinaryIO) -> ParsedFile:
    """Read the court's export from an open, seekable file, whatever its name says.

    Rules: behaviour, section 3. Raises a `FileRefused` where nothing can be read; what is wrong
    with single rows is in the result. Bounded memory but for the rows it returns.
    """
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise EmptyFile
    if size > LARGEST_FILE:
        raise FileTooLarge
    file.seek(0)
    start = file.read(8)
    if start == _OLE:
        raise EncryptedWorkbook if _holds(file, _ENCRYPTED_STREAM) else OldExcelFile
    if start.lstrip().startswith(_NOT_TABLES):
        raise NotASpreadsheet
    return _parse_workbook(file) if start.startswith(_ZIP) else _parse_text(file)


def _parse_workbook(file: BinaryIO) -> ParsedFile:
    with workbook.opened(file) as sheet:
        columns = find_columns(sheet.headings)
        _refuse_unfit(sheet.headings)
        gathered = gather(workbook.read_records(sheet), columns)
        notes = [f"The sheet {title} was not read" for title in sheet.others]
        return _parsed(gathered, str(sheet), notes)


def _parse_text(file: BinaryIO) -> ParsedFile:
    table = text.examine(file)
    columns = find_columns(table.headings)
    _refuse_unfit(table.headings)
    return _parsed(gather(text.read_records(file, table), columns), str(table), [])


def _refuse_unfit(headings: Sequence[Cell]) -> None:
    """Refuse headings without the needed columns, or with one of them twice."""
    columns = find_columns(headings)
    if missing := [name for name in NEEDED_COLUMNS if name not in columns]:
        raise MissingColumns(missing)
    if repeated := repeated_columns(headings):
        raise RepeatedColumns(repeated)


def _parsed(gathered: Gathered, read_as: str, notes: list[str]) -> ParsedFile:
    if gathered.rows_read == 0:
        raise EmptyFile
    return ParsedFile(**vars(gathered), read_as=read_as, notes=notes)


def _holds(file: BinaryIO, pattern: bytes) -> bool:
    """Whether the pattern stands anywhere in the file, also across two chunks."""
    file.seek(0)
    earlier = b""
    while chunk := file.read(1 << 20):
        if pattern in earlier + chunk:
            return True
        earlier = chunk[-len(pattern) :]
    return False
