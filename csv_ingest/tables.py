"""The lists of an upload as its page shows them and offers them for download."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from csv_ingest.differences import in_words
from csv_ingest.models import Upload
from govuk.spreadsheets import csv_chunks
from orders.rules import OrderType

MOST_SHOWN = 500  # rows of a table on the page; the download has them all

_FINDING = ("Row", "Column", "Value", "Problem")
_DOUBT = ("Row", "Column", "Value", "Warning")
_OTHERWISE = ("Case number", "Order type", "Order number", "Column", "Known as", "In this file")


@dataclass(frozen=True)
class Table:
    """A list with its headings; `rows` hold texts only."""

    key: str
    caption: str
    headings: tuple[str, ...]
    rows: list[list[str]]

    @property
    def first_rows(self) -> list[list[str]]:
        """As many as a page shows."""
        return self.rows[:MOST_SHOWN]


def tables_of(upload: Upload) -> dict[str, Table]:
    """Problems, warnings and differences by their keys; those without a row are left out."""
    tables = (
        Table("problems", "Rows with problems", _FINDING, _findings(upload.problems)),
        Table("warnings", "To check", _DOUBT, _findings(upload.warnings)),
        Table("differences", "Differences from known orders", _OTHERWISE, _differences(upload)),
    )
    return {table.key: table for table in tables if table.rows}


def as_csv(table: Table) -> bytes:
    """The table for a spreadsheet: marked UTF-8, and no cell of it can run as a formula."""
    return b"".join(csv_chunks(table.headings, table.rows))


def _findings(findings: Iterable[dict[str, Any]]) -> list[list[str]]:
    return [
        [str(found["row_number"]), found["column"], found["value"], found["message"]]
        for found in findings
    ]


def _differences(upload: Upload) -> list[list[str]]:
    return [
        [
            found["case_number"],
            str(OrderType(found["order_type"]).label),
            found["order_number"],
            found["field"],
            in_words(found["field"], found["ours"]),
            in_words(found["field"], found["theirs"]),
        ]
        for found in upload.differences
    ]
