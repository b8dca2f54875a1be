"""A file of orders to remove becomes rows (behaviour, section 4). It asks no database."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from csv_ingest.parsing import cells
from csv_ingest.parsing.cells import Cell, CellRefused
from csv_ingest.parsing.columns import Columns
from csv_ingest.parsing.errors import MOST_ORDERS, EmptyFile, TooManyRows
from csv_ingest.parsing.files import opened_table
from csv_ingest.parsing.rows import Finding, Record

CASE, NUMBER, NAME = "Case number", "Court order", "Client Name"
MADE, ISSUED = "Order Made Date", "Order Issue Date"
# An order is matched by the first two; the others let a person see that it is the one meant.
REMOVAL_COLUMNS = Columns(needed=(CASE, NUMBER), optional=(NAME, MADE, ISSUED))
NEITHER = "There is no order number, so the order made date is needed too"


@dataclass(frozen=True, kw_only=True)
class RemovalRow:
    """One row of the file. `why` says what is wrong with it, "" where it can be read.

    Case and order number of a row with a `why` are only what a page may show. `client_name` and
    the dates are "" and None where the file does not tell them.
    """

    row_number: int
    case_number: str = ""
    order_number: str = ""
    client_name: str = ""
    made_date: dt.date | None = None
    issue_date: dt.date | None = None
    why: str = ""
    repeats: int = 0  # the number of the earlier row that names the same order, 0 for none

    @property
    def key(self) -> tuple[str, str, dt.date | None]:
        """The order it names: without a number an order is known by its made date (section 3)."""
        return self.case_number, self.order_number, None if self.order_number else self.made_date


@dataclass(frozen=True)
class ParsedRemoval:
    """Every row of the file but blank ones, in its order."""

    rows: list[RemovalRow]
    read_as: str  # what the file was taken for, for the receipt
    notes: list[str] = field(default_factory=list)  # sentences about the whole file


def parse_removal(file: BinaryIO) -> ParsedRemoval:
    """Read a file of orders to remove from an open, seekable file, whatever its name says.

    Raises a `FileRefused` where nothing can be read.
    """
    with opened_table(file, REMOVAL_COLUMNS) as table:
        rows = _gather(table.records, table.places)
    if not rows:
        raise EmptyFile
    return ParsedRemoval(rows, table.read_as, table.notes)


def _gather(records: Iterable[Record | Finding], places: Mapping[str, int]) -> list[RemovalRow]:
    """The rows, each told whether an earlier one names the same order."""
    rows: list[RemovalRow] = []
    first: dict[tuple[str, str, dt.date | None], int] = {}
    for record in records:
        if isinstance(record, Finding):
            rows.append(RemovalRow(row_number=record.row_number, why=record.message))
        elif not all(map(cells.is_blank, record.cells)):
            rows.append(_read(record, places, first))
        if len(rows) > MOST_ORDERS:
            raise TooManyRows
    return rows


def _read(
    record: Record,
    places: Mapping[str, int],
    first: dict[tuple[str, str, dt.date | None], int],
) -> RemovalRow:
    """The row, remembered in `first` by the order it names."""
    found = {column: _cell(record, places.get(column)) for column in REMOVAL_COLUMNS.names}
    row_number = record.row_number
    try:
        row = RemovalRow(
            row_number=row_number,
            case_number=cells.case_number(found[CASE]),
            order_number=cells.order_number(found[NUMBER]),
            client_name=cells.shown(found[NAME]),
            made_date=_date_or_none(found[MADE]),
            issue_date=_date_or_none(found[ISSUED]),
        )
        if not row.order_number and not row.made_date:
            raise CellRefused(NEITHER)
    except CellRefused as refusal:
        return RemovalRow(
            row_number=row_number,
            case_number=cells.shown(found[CASE]),
            order_number=cells.shown(found[NUMBER]),
            why=str(refusal),
        )
    earlier = first.setdefault(row.key, row_number)
    return row if earlier == row_number else replace(row, repeats=earlier)


def _cell(record: Record, place: int | None) -> Cell:
    return record.cells[place] if place is not None and place < len(record.cells) else None


def _date_or_none(cell: Cell) -> dt.date | None:
    """A date that only helps a person, or that stands in for a number: none where unreadable."""
    try:
        return cells.date(cell, what="date")
    except CellRefused:
        return None
