"""Headings and rows: a record of cells becomes a court row or findings. It reads no file."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from csv_ingest.parsing import cells
from csv_ingest.parsing.cells import Cell, CellRefused
from csv_ingest.parsing.columns import Columns
from csv_ingest.parsing.errors import MOST_ORDERS, TooManyRows
from orders.rules import case_number_checks

NEEDED_COLUMNS = ("Case", "Forename", "Surname", "Order No", "Ord Type", "Made Date", "Issue Date")
COURT_COLUMNS = Columns(needed=NEEDED_COLUMNS)


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row of the sheet. `row_number` is the one a spreadsheet shows beside it."""

    row_number: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell staff about one cell, or about a whole row where `column` is ""."""

    row_number: int
    column: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class CourtRow:
    """One order as the court's export tells it. `order_number` may be ""."""

    row_number: int
    case_number: str
    forename: str
    surname: str
    order_type: str  # "PF" or "HW"
    order_number: str
    made_date: dt.date
    issue_date: dt.date


# An order's identity, as behaviour section 3 has it; the last is None unless the number is blank.
OrderKey = tuple[str, str, str, dt.date | None]


def order_key(row: CourtRow) -> OrderKey:
    """By what an order is known: case, type and number, or made date where there is no number."""
    made_date = None if row.order_number else row.made_date
    return row.case_number, row.order_type, row.order_number, made_date


# What two rows of one order may not differ in, and what staff call it.
_MUST_AGREE: tuple[tuple[str, Callable[[CourtRow], Any]], ...] = (
    ("Forename", lambda row: row.forename),
    ("Surname", lambda row: row.surname),
    ("Made Date", lambda row: row.made_date),
    ("Issue Date", lambda row: row.issue_date),
)


@dataclass
class Gathered:
    """What a file's records came to. `repeated` counts rows that only say again what one said."""

    rows: list[CourtRow] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    rows_read: int = 0
    rows_with_problems: int = 0
    repeated: int = 0


def gather(records: Iterable[Record | Finding], columns: Mapping[str, int]) -> Gathered:
    """All rows and findings of the records. A finding among them is a row the reader gave up on.

    Raises `TooManyRows`, and what the reader raises.
    """
    gathered = Gathered()
    first_rows: dict[OrderKey, CourtRow] = {}
    names: dict[str, CourtRow] = {}
    for record in records:
        if isinstance(record, Record) and all(map(cells.is_blank, record.cells)):
            continue
        gathered.rows_read += 1
        if gathered.rows_read > MOST_ORDERS:
            raise TooManyRows
        problems, row = ([record], None) if isinstance(record, Finding) else _read(record, columns)
        if row:
            earlier = first_rows.setdefault(order_key(row), row)
            problems = _disagreements(row, earlier)
            if earlier is row:
                gathered.rows.append(row)
                known_as = names.setdefault(row.case_number, row)
                gathered.warnings += _doubts(row, known_as)
            elif not problems:
                gathered.repeated += 1
        gathered.problems += problems
        gathered.rows_with_problems += bool(problems)
    return gathered


def _read(record: Record, columns: Mapping[str, int]) -> tuple[list[Finding], CourtRow | None]:
    """The row, or every problem of its cells."""
    values: dict[str, Any] = {}
    problems: list[Finding] = []
    for column in NEEDED_COLUMNS:
        place = columns[column]
        cell = record.cells[place] if place < len(record.cells) else None
        try:
            values[column] = _READERS[column](cell)
        except CellRefused as error:
            problems.append(Finding(record.row_number, column, cells.shown(cell), f"{error}"))
    if not problems and values["Issue Date"] < values["Made Date"]:
        shown = cells.shown(record.cells[columns["Issue Date"]])
        why = "The issue date is before the made date"
        problems.append(Finding(record.row_number, "Issue Date", shown, why))
    if problems:
        return problems, None
    return [], CourtRow(record.row_number, *(values[column] for column in _FIELD_ORDER))


_READERS: dict[str, Callable[[Cell], Any]] = {
    "Case": cells.case_number,
    "Forename": lambda cell: cells.name(cell, what="forename"),
    "Surname": lambda cell: cells.name(cell, what="surname"),
    "Ord Type": cells.order_type,
    "Order No": cells.order_number,
    "Made Date": lambda cell: cells.date(cell, what="made date"),
    "Issue Date": lambda cell: cells.date(cell, what="issue date"),
}
_FIELD_ORDER = tuple(_READERS)  # that of CourtRow's fields


def _disagreements(row: CourtRow, earlier: CourtRow) -> list[Finding]:
    """What `row` says otherwise than an earlier row of its order. Which is right, staff know."""
    return [
        Finding(
            row.row_number,
            column,
            cells.shown(value_of(row)),
            f"Row {earlier.row_number} is the same order with a different {column}",
        )
        for column, value_of in _MUST_AGREE
        if value_of(row) != value_of(earlier)
    ]


def _doubts(row: CourtRow, known_as: CourtRow) -> list[Finding]:
    """What is odd about a good row: it comes in, and staff are told.

    `known_as` is the first row of the same case: its name becomes the client's.
    """
    doubts = []
    if not case_number_checks(row.case_number):
        why = "This case number may be wrong: its check character does not match"
        doubts.append(Finding(row.row_number, "Case", row.case_number, why))
    for column, value_of in _MUST_AGREE[:2]:
        if value_of(row) != value_of(known_as):
            why = f"Row {known_as.row_number} has a different {column} for this case"
            doubts.append(Finding(row.row_number, column, cells.shown(value_of(row)), why))
    return doubts
