"""Rebuilds the tables from the diary, in memory, and holds them against the real ones."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps

from audit.coverage import FIRST_ROWS, TABLES
from audit.images import KEY, Images, stored
from audit.models import Entry

Row = dict[str, Any]
# By the table's name and the row's number.
Tables = dict[str, dict[int, Row]]


def first_tables() -> Tables:
    """The tables before the first event."""
    return {
        label: {number: dict(row) for number, row in rows.items()}
        for label, rows in FIRST_ROWS.items()
    }


def fold(images: Iterable[Images], *, onto: Tables | None = None) -> Tables:
    """The tables that the images of events, in the diary's order, make; or go on making. Pure."""
    tables = first_tables() if onto is None else onto
    for rows in images:
        for name, image in rows.items():
            label, _, number = name.rpartition(":")
            table = tables.setdefault(label, {})
            if image is None:
                table.pop(int(number), None)
            else:
                table.setdefault(int(number), {}).update(image)
    return tables


class Kind(StrEnum):
    """How a row differs."""

    NOT_IN_DIARY = "not in the diary"
    NOT_IN_TABLE = "not in the table"
    OTHERWISE = "told otherwise"


@dataclass(frozen=True)
class Difference:
    """A row that the diary tells otherwise; its columns by name, never by value."""

    table: str
    number: int
    kind: Kind
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        columns = f": {', '.join(self.columns)}" if self.columns else ""
        return f"{self.table} {self.number} is {self.kind}{columns}"


def compare(
    told: Mapping[int, Row], found: Iterable[tuple[int, Row]], *, table: str
) -> Iterator[Difference]:
    """Where a table's rows are not what the diary tells, each row looked at. Pure."""
    seen = set()
    for number, row in found:
        seen.add(number)
        image = told.get(number)
        if image is None:
            yield Difference(table, number, Kind.NOT_IN_DIARY)
        elif image != row:
            wrong = (name for name in row | image if _differs(name, row, image))
            yield Difference(table, number, Kind.OTHERWISE, tuple(sorted(wrong)))
    for number in sorted(told.keys() - seen):
        yield Difference(table, number, Kind.NOT_IN_TABLE)


def _differs(column: str, row: Row, image: Row) -> bool:
    """A column that the diary never told differs also from one that is null."""
    return column not in row or column not in image or row[column] != image[column]


def read_images(*, after: int = 0, until: int | None = None) -> Iterator[Images]:
    """The images of the diary's events, oldest first: of those after one, up to another."""
    entries = Entry.objects.filter(facts__has_key=KEY, pk__gt=after).order_by("id")
    if until is not None:
        entries = entries.filter(pk__lte=until)
    yield from entries.values_list(f"facts__{KEY}", flat=True).iterator(chunk_size=2000)


def rows_of(table: str) -> Iterator[tuple[int, Row]]:
    """A real table's rows, as images would tell them."""
    columns = TABLES[table].told
    rows = apps.get_model(table)._base_manager.order_by("pk").values_list("pk", *columns)
    for number, *values in rows.iterator(chunk_size=2000):
        yield number, dict(zip(columns, map(stored, values), strict=True))


def differences(tables: Collection[str] = tuple(TABLES)) -> dict[str, list[Difference]]:
    """For each table where it is not what the diary tells; call it in one transaction's view.

    Takes memory for the tables asked for, about as much again as their rows.
    """
    told = fold(_only(tables, read_images()))
    return {
        table: list(compare(told.get(table, {}), rows_of(table), table=table)) for table in tables
    }


def _only(tables: Collection[str], images: Iterable[Images]) -> Iterator[Images]:
    wanted = frozenset(tables)
    for rows in images:
        yield {name: row for name, row in rows.items() if name.rpartition(":")[0] in wanted}
