"""What the demonstration uploads and types: the export, and 20 orders of every sort. Pure."""

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from devstack.court_export import COLUMNS, Row, court_export
from devstack.demo.page import File
from devstack.errors import StackTrouble
from devstack.samples import Kind, sample_document
from orders.rules import case_number_checks

ORDERS = 20
CASES_WITH_BOTH = 3
SUBTYPES = ("New application", "Replacement of discharged deputy", "Interim order")
# The number of deputies that goes with each.
APPOINTMENTS = {"Sole": 1, "Joint": 2, "Joint and several": 3}
DEPUTY_TYPES = ("Lay", "Professional", "Lay", "Public authority")
LONGEST_NAME = 255

# Names of the world, as people write them.
NAMES = (
    ("Ольга", "Иванова-Петрова"),
    ("小龍", "李"),
    ("محمد", "الأحمد"),
    ("Þórunn", "Ægisdóttir"),
    ("Siobhán", "O’Brien"),
    ("Wilhelmina-Antoinette ".ljust(LONGEST_NAME, "a"), "Cholmondeley-".ljust(LONGEST_NAME, "x")),
    ("Zoë", "d'Arcy & Sons <Solicitors>"),
    ("Łukasz", "Żółć"),
    ("Αγγελική", "Παπαδοπούλου"),
    ("María José", "Núñez de la Peña"),
)
AUTHORITIES = ("Ambleford", "Strathmarle", "Porth Tywyn")
CONTACTS: tuple[dict[str, str], ...] = (
    {
        "Email address": "first.deputy@example.com",
        "Daytime number": "+44 1632 960001",
        "Evening number": "(01632) 960002",
        "Mobile number": "07700 900003",
        "Building and street": "Tŷ Newydd",
        "Building and street line 2": "12 Heol-y-Bont",
        "Town or city": "Porth Tywyn",
        "County": "Sir Gaerfyrddin",
        "Postcode": "ZZ1 2ZZ",
    },
    {"Email address": "o'second+deputy@example.com", "Building and street": "1 Mill Lane"},
    {"Mobile number": "07700-900-004", "Postcode": "zz99 9zz"},
    {},
)
KINDS: tuple[Kind, ...] = ("pdf", "jpg", "png", "tiff", "doc", "docx")
FILE_NAMES = ("Scan 12 (final)", "Приказ суда", "Gorchymyn llys – copi", "a")


@dataclass(frozen=True)
class Deputy:
    """A deputy to type in. `details` are further answers by label."""

    kind: str
    first_name: str
    last_name: str
    born: dt.date | None
    details: dict[str, str]


@dataclass(frozen=True)
class Document:
    """A file to upload as a document of a kind, both in the words of the pages."""

    kind: str
    file: File


@dataclass(frozen=True)
class Order:
    """One order: what the export says, and what is typed and uploaded.

    `is_bond_high` is None where it is not asked. `mistaken` is a court order that is uploaded
    first and replaced by the right one; it must never be sent.
    """

    case_number: str
    order_type: str
    order_number: str
    forename: str
    surname: str
    made: dt.date
    issued: dt.date
    subtype: str
    appointment: str
    is_bond_high: bool | None
    deputies: tuple[Deputy, ...]
    documents: tuple[Document, ...]
    mistaken: Document | None = None

    @property
    def name(self) -> str:
        """For sentences about this order."""
        return f"{self.case_number} {self.order_type}"


def make_export(rows: int, *, seed: int) -> tuple[bytes, list[Row]]:
    """The court's export as a CSV file, and its rows. Clients of some cases have rarer names."""
    text = court_export(rows, seed=seed).decode()
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    names = dict(zip([each[0]["Case"] for each in _cases(table)], NAMES, strict=False))
    for row in table:
        if row["Case"] in names:
            row["Forename"], row["Surname"] = names[row["Case"]]
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS)
    writer.writeheader()
    writer.writerows(table)
    return written.getvalue().encode(), table


def plan_orders(table: list[Row]) -> list[Order]:
    """20 orders of the export, half of them of each type, as different as the pages allow."""
    chosen = list(_chosen(table))
    if len(chosen) != ORDERS:
        raise StackTrouble(f"The export has too few cases for {ORDERS} different orders.")
    deputies = _deputies()
    kinds = cycle(KINDS)
    return [_order(row, number, deputies, kinds) for number, row in enumerate(chosen)]


def required_documents(order_type: str, subtype: str, deputies: tuple[Deputy, ...]) -> list[str]:
    """The documents that such an order must carry (behaviour, "Required documents")."""
    if subtype == "Interim order":
        return ["Court order"]
    has_authority = any(each.kind == "Public authority" for each in deputies)
    return [
        "Court order",
        *(["COP 1A"] if order_type == "PF" else []),
        "COP 3",
        *([] if has_authority else ["COP 4"]),
    ]


def _cases(table: list[Row]) -> list[list[Row]]:
    """The orders of each case that can be served: a right number and one order of a type.

    Those with orders of both types come first.
    """
    by_case: dict[str, list[Row]] = defaultdict(list)
    for row in table:
        by_case[row["Case"]].append(row)
    fit = [
        rows
        for case_number, rows in by_case.items()
        if case_number_checks(case_number) and len({each["Ord Type"] for each in rows}) == len(rows)
    ]
    return [
        *islice((rows for rows in fit if len(rows) == 2), CASES_WITH_BOTH),
        *(rows for rows in fit if len(rows) == 1),
    ]


def _chosen(table: list[Row]) -> Iterator[Row]:
    """As many of each type, by turns."""
    of_type: dict[str, list[Row]] = defaultdict(list)
    for rows in _cases(table):
        for row in rows:
            of_type[row["Ord Type"]].append(row)
    for pair in islice(zip(of_type["1"], of_type["2"], strict=False), ORDERS // 2):
        yield from pair


def _order(row: Row, number: int, deputies: Iterator[Deputy], kinds: Iterator[Kind]) -> Order:
    # Both types go through all nine pairs of subtype and appointment.
    turn = number // 2
    order_type = {"1": "PF", "2": "HW"}[row["Ord Type"]]
    subtype = SUBTYPES[turn % 3]
    appointment = list(APPOINTMENTS)[turn // 3 % 3]
    chosen = tuple(islice(deputies, APPOINTMENTS[appointment]))
    wanted = [
        *required_documents(order_type, subtype, chosen),
        *(["Additional document"] * (number % 4)),
    ]
    names = cycle(f"{words} {number}-{place}" for place, words in enumerate(FILE_NAMES))
    documents = [_document(kind, row, next(kinds), next(names)) for kind in wanted]
    return Order(
        case_number=row["Case"],
        order_type=order_type,
        order_number=row["Order No"],
        forename=row["Forename"],
        surname=row["Surname"],
        made=_day(row["Made Date"]),
        issued=_day(row["Issue Date"]),
        subtype=subtype,
        appointment=appointment,
        is_bond_high=turn % 2 == 0 if order_type == "PF" else None,
        deputies=chosen,
        documents=tuple(documents),
        mistaken=_document("Court order", row, "pdf", "The wrong one") if turn == 4 else None,
    )


def _document(kind: str, row: Row, file_kind: Kind, name: str) -> Document:
    # Plain letters alone: a sample PDF's font knows no others.
    words = f"{kind}, {name.encode().hex()}"
    content = sample_document(file_kind, words=words, case_number=row["Case"])
    return Document(kind, File(f"{name}.{file_kind}", content))


def _deputies() -> Iterator[Deputy]:
    """Deputies without end, of every type, with much or little known about them."""
    names, authorities, contacts = cycle(NAMES[::-1]), cycle(AUTHORITIES), cycle(CONTACTS)
    for number, kind in enumerate(cycle(DEPUTY_TYPES)):
        is_authority = kind == "Public authority"
        first, last = (next(authorities), "Council") if is_authority else next(names)
        born = dt.date(1950, 2, 28) + dt.timedelta(days=number * 397) if kind == "Lay" else None
        yield Deputy(kind, first, last, born, next(contacts))


def _day(written: str) -> dt.date:
    """1-Aug-2018, as the court writes it."""
    return dt.datetime.strptime(written, "%d-%b-%Y").date()
