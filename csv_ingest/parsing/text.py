"""CSV and its kin: bytes become records, whatever the encoding, the delimiter and the line ends."""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from csv_ingest.parsing.cells import is_blank
from csv_ingest.parsing.columns import Columns
from csv_ingest.parsing.errors import (
    MOST_SHEET_ROWS,
    CellTooLong,
    EmptyFile,
    LineTooLong,
    NotASpreadsheet,
    TooManyRows,
    UnclosedQuote,
    UnreadableText,
)
from csv_ingest.parsing.rows import Finding, Record

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
# Excel's own way to name the delimiter: a first line that it obeys and does not show.
_DECLARATION = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)
_CHUNK = 1 << 20
# Characters of a line: a delimiter that is none makes one cell of it, which the csv module then
# refuses as too long, and so never does for a reason that is none.
MOST_LINE = csv.field_size_limit()
# How the csv module says that a quoted cell never ended, and that one is longer than it reads. Its
# errors have no codes.
_NEVER_CLOSED = "unexpected end of data"
_TOO_LONG = "field larger than field limit"
# Letters of UTF-8 that hardly ever are Windows-1252: "é" would be "Ã©", and "’" be "â€™".
_UTF_8 = re.compile(rb"[\xc3-\xc5][\x80-\xbf]|\xe2\x80[\x90-\xa6]")


class _Endless(Exception):
    """A line is longer than `MOST_LINE`."""


@dataclass(frozen=True)
class TextTable:
    """How a text file is to be read, and its headings, which are in row `heading_row`."""

    encoding: str
    delimiter: str
    heading_row: int
    headings: Sequence[str]

    @property
    def width(self) -> int:
        """How many columns have a heading, or one to their right."""
        return len(self.headings)

    def __str__(self) -> str:
        encoding = {"cp1252": "Windows-1252", "utf-8-sig": "UTF-8"}.get(
            self.encoding, self.encoding.upper()
        )
        return f"Text with {DELIMITERS[self.delimiter]}, {encoding}"


def examine(file: BinaryIO, columns: Columns) -> TextTable:
    """How to read the file: the encoding is the first that fits.

    The delimiter is the one that a first line such as `sep=;` names, else told by the headings.

    Raises `NotASpreadsheet`, `UnreadableText`, `EmptyFile`, `UnclosedQuote`,
    `CellTooLong`, `LineTooLong`.
    """
    encoding = _encoding(file)
    with _text_of(file, encoding) as text:
        candidates = _declared_delimiter(text) or "".join(DELIMITERS)
    tables = [_table(file, encoding, delimiter) for delimiter in candidates]
    return max(tables, key=lambda table: len(columns.find(table.headings)))


def read_records(file: BinaryIO, table: TextTable) -> Generator[Record | Finding, None, None]:
    """The records below the headings, blank ones too; a finding for one that cannot be read.

    Rows are numbered as a spreadsheet would: a cell with line breaks does not start new ones.
    """
    for record in _records(file, table.encoding, table.delimiter):
        if record.row_number <= table.heading_row:
            continue
        if isinstance(record, Finding):
            yield record
        elif _holds_a_row(record, table):
            why = "A cell of this row seems to hold another row. Check the quotation marks"
            yield Finding(record.row_number, "", "", why)
        else:
            yield _of_right_width(record, table.width)


def _holds_a_row(record: Record, table: TextTable) -> bool:
    """Whether a quotation mark that is missing, and one too many below, have made one row of two.

    The cell then has as many delimiters in it as a row has.
    """
    return any(
        isinstance(cell, str)
        and ("\n" in cell or "\r" in cell)
        and cell.count(table.delimiter) >= max(table.width - 1, 1)
        for cell in record.cells
    )


def _of_right_width(record: Record, width: int) -> Record | Finding:
    """The record, or what is wrong with how many cells it has: then none can be trusted."""
    found = len(record.cells)
    is_short = found < width and not all(map(is_blank, record.cells))
    is_long = not all(map(is_blank, record.cells[width:]))
    if not is_short and not is_long:
        return record
    count = "1 cell" if found == 1 else f"{found} cells"
    why = f"This row has {count} where the headings have {width}"
    return Finding(record.row_number, "", "", why)


def _table(file: BinaryIO, encoding: str, delimiter: str) -> TextTable:
    """The table that the file is with this delimiter. Raises `EmptyFile`."""
    for record in _records(file, encoding, delimiter):
        if isinstance(record, Finding):
            return TextTable(encoding, delimiter, record.row_number, ())
        if not all(map(is_blank, record.cells)):
            headings = [str(cell) for cell in record.cells]
            while is_blank(headings[-1]):
                headings.pop()
            return TextTable(encoding, delimiter, record.row_number, headings)
    raise EmptyFile


def _records(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[Record | Finding]:
    """Every record of the file from row 1, read strictly: a guess about quotes would move cells.

    A line that names the delimiter is none of them, as in Excel.
    """
    with _text_of(file, encoding) as text:
        lines_above = 1 if _declared_delimiter(text) else 0
        reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
        for row_number in range(1, MOST_SHEET_ROWS + 1):
            first_line = lines_above + reader.line_num + 1
            try:
                yield Record(row_number, next(reader))
            except StopIteration:
                return
            except _Endless as error:
                raise LineTooLong(row_number, MOST_LINE) from error
            except csv.Error as error:
                if str(error).startswith(_NEVER_CLOSED):
                    raise UnclosedQuote(row_number) from error
                if str(error).startswith(_TOO_LONG):
                    raise CellTooLong(row_number, csv.field_size_limit()) from error
                yield _misquoted(row_number, first_line, lines_above + reader.line_num)
        raise TooManyRows


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines of the text. Raises `_Endless` for one that would fill the memory with cells."""
    while line := text.readline(MOST_LINE + 1):
        if len(line) > MOST_LINE and not line.endswith(("\r", "\n")):
            raise _Endless
        yield line


def _misquoted(row_number: int, first_line: int, last_line: int) -> Finding:
    """The finding for a record whose quotation marks do not pair up."""
    lines = f"line {first_line}"
    if last_line > first_line:
        lines = f"lines {first_line} to {last_line}"
    why = f"The quotation marks in {lines} of the file do not pair up, so this row cannot be read"
    return Finding(row_number, "", "", why)


def _declared_delimiter(text: io.TextIOWrapper) -> str:
    """The delimiter that the first line names, and the text behind that line; else "" and all."""
    declaration = _DECLARATION.fullmatch(text.readline(20))
    if declaration:
        return declaration[1]
    text.seek(0)
    return ""


@contextmanager
def _text_of(file: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    """The file as text from its start. It stays open: the wrapper would close it when collected."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield text
    finally:
        text.detach()


def _encoding(file: BinaryIO) -> str:
    """UTF-8, UTF-16 or else Windows-1252: never a guess from letter frequencies, which errs.

    Raises `NotASpreadsheet` where there are null characters, `UnreadableText` where none fits.
    """
    file.seek(0)
    start = file.read(2)
    if start in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        candidates = ["utf-16"]
    elif b"\0" in start:
        candidates = ["utf-16-be" if start[:1] == b"\0" else "utf-16-le"]
    else:
        candidates = ["utf-8-sig", "cp1252"]
    for encoding in candidates:
        if _decodes(file, encoding):
            if encoding == "cp1252" and _is_partly_utf_8(file):
                raise UnreadableText
            return encoding
    # A picture or a program is no text that could be saved in another encoding.
    raise NotASpreadsheet if candidates != ["utf-16"] and _has_null(file) else UnreadableText


def _is_partly_utf_8(file: BinaryIO) -> bool:
    """Whether a byte of another encoding, or a letter cut in half, is all that keeps it from it."""
    file.seek(0)
    chunks = iter(lambda: file.read(_CHUNK), b"")
    return any(_UTF_8.search(chunk) or chunk.startswith(codecs.BOM_UTF8) for chunk in chunks)


def _has_null(file: BinaryIO) -> bool:
    file.seek(0)
    return any(b"\0" in chunk for chunk in iter(lambda: file.read(_CHUNK), b""))


def _decodes(file: BinaryIO, encoding: str) -> bool:
    """Whether all of the file is text in this encoding. Raises `NotASpreadsheet` on nulls."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            if "\0" in decoder.decode(chunk):
                raise NotASpreadsheet
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
