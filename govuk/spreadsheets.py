"""Tables as CSV files that a spreadsheet reads rightly: marked UTF-8, and no cell is a formula."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

# To a spreadsheet a cell that begins with one of these is a formula.
FORMULA_STARTS = ("=", "+", "-", "@")
BREAKS = ("\t", "\r", "\n")
ROWS_A_CHUNK = 500


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would run.

    Some spreadsheets skip spaces, marks of direction and controls before a formula, and take the
    full-width and small forms of its signs for the signs.
    """
    first = next((sign for sign in cell if unicodedata.category(sign)[0] not in "ZC"), "")
    is_formula = unicodedata.normalize("NFKC", first).startswith(FORMULA_STARTS)
    return f"'{cell}" if is_formula or cell.startswith(BREAKS) else cell


def csv_chunks(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The bytes of a CSV file, a piece at a time: the headings at once, then some rows each.

    With a byte order mark, without which Excel takes UTF-8 for Windows-1252. Lines end as RFC 4180
    says.
    """
    lines: list[str] = []
    writer = csv.writer(_Lines(lines))
    writer.writerow(headings)
    yield _taken(lines).encode("utf-8-sig")
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        if len(lines) >= ROWS_A_CHUNK:
            yield _taken(lines).encode()
    if lines:
        yield _taken(lines).encode()


def _taken(lines: list[str]) -> str:
    """All the lines, and the list empty again."""
    text = "".join(lines)
    lines.clear()
    return text


class _Lines:
    """What the csv module needs of a file: a place for its lines."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append
