"""Invented court exports for tests, the demo and figures. Nobody in them exists; nothing is read.

A seed gives the same bytes on every machine. The layout is the court's: 16 columns, quoted
addresses with line breaks, some order numbers blank, some given to several cases, some case
numbers that fail their check.
"""

import csv
import datetime as dt
import io
import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress

import openpyxl

COLUMNS = (
    *("Case", "Forename", "Surname", "Adrs1", "Adrs2", "Adrs3", "Adrs4", "Adrs5", "Postcode"),
    *("DOB", "Client Phone", "Order No", "Ord Type", "Desc", "Made Date", "Issue Date"),
)
FORENAMES = (
    *("Ada", "Alun", "Beryl", "Bronwen", "Cedric", "Daphne", "Dilys", "Edwin", "Fergus", "Gwen"),
    *("Harold", "Iris", "Jean-Marie", "Kenneth", "Leonard", "Mabel", "Niamh", "Olwen", "Percy"),
    *("Queenie", "Ruaridh", "Siân", "Thora", "Una", "Violet", "Winifred", "Zoë"),
)
SURNAMES = (
    *("Abernethy", "Birtwhistle", "Cholmondeley", "D'Arcy", "Entwistle", "Featherstone", "Gwynne"),
    *("Hardcastle", "Inglethorpe", "Jessop", "Kettlewell", "Llewellyn", "MacAskill", "Nuttall"),
    *("O'Hanlon", "Postlethwaite", "Quayle", "Ramsbottom", "St John", "Thistlewood", "Umfreville"),
    *("Venables-Hart", "Wigglesworth", "Yelland"),
)
STREETS = ("Mill Lane", "Church Road", "Station Approach", "The Green", "Harbour View")
TOWNS = ("Ambleford", "Little Wexcombe", "Porth Tywyn", "Strathmarle", "Upper Dunsett")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEIGHTS = (3, 4, 7, 5, 8, 2, 4)
_FIRST_MADE = dt.date(2024, 1, 1)
_MADE_WITHIN = 1000  # days

Row = dict[str, str]


def court_export(rows: int, *, seed: int, problems: int = 0) -> bytes:
    """A CSV export of `rows` different orders, `problems` of which cannot be read.

    About every third case has orders of both types, and one row in a hundred is a further order of
    its case. UTF-8, CRLF, each order once.
    """
    dice = random.Random(seed)
    orders = _orders(dice)
    table = [next(orders) for _ in range(rows)]
    for spoiled in dice.sample(table, problems):
        dice.choice(_SPOILERS)(spoiled)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(row.values() for row in table)
    return text.getvalue().encode()


def as_xlsx(csv_bytes: bytes) -> bytes:
    """The same export as Excel would save it: numbers without leading zeros, real dates."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    for row in csv.reader(io.StringIO(csv_bytes.decode("utf-8-sig"), newline="")):
        sheet.append([_as_excel_takes_it(cell) for cell in row])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _as_excel_takes_it(cell: str) -> str | int | dt.date | None:
    if re.fullmatch(r"[0-9]{1,15}", cell):
        return int(cell)
    if written := re.fullmatch(r"([0-9]{1,2})-([A-Z][a-z]{2})-([0-9]{4})", cell):
        with suppress(ValueError):  # 31 February stays text, as it does in Excel
            return dt.date(int(written[3]), _MONTHS.index(written[2]) + 1, int(written[1]))
    return cell or None


def _orders(dice: random.Random) -> Iterator[Row]:
    """Rows without end, the orders of one case one after the other, none twice."""
    taken: set[str] = set()
    while True:
        person = _person(dice, taken)
        for order_type in dice.choice((("2",), ("1",), ("2", "1"))):
            yield person | _order(dice, order_type)
        if dice.random() < 0.01:
            # Its number differs from every one that `_order` gives.
            yield (
                person | _order(dice, order_type) | {"Order No": f"{dice.randrange(10**8, 10**9)}"}
            )


def _person(dice: random.Random, taken: set[str]) -> Row:
    """A case and everything that the export says about its client, in the order of the columns."""
    house = f"{dice.randrange(1, 200)} {dice.choice(STREETS)}"
    if dice.random() < 0.3:
        house = f"Flat {dice.randrange(1, 30)}\n{house}"
    row = dict.fromkeys(COLUMNS, "")
    row |= {
        "Case": _case_number(dice, taken),
        "Forename": dice.choice(FORENAMES),
        "Surname": dice.choice(SURNAMES),
        "Adrs1": house,
        "Adrs2": dice.choice(TOWNS),
        "Adrs3": "Care of the bursar, Wing B" if dice.random() < 0.1 else "",
        "Postcode": f"ZZ{dice.randrange(1, 20)} {dice.randrange(1, 10)}ZZ",
        "DOB": _day(dt.date(1925, 1, 1) + dt.timedelta(days=dice.randrange(27000))),
        # From the range that is kept for fiction.
        "Client Phone": f"01632 960{dice.randrange(1000):03}" if dice.random() < 0.7 else "",
    }
    return row


def _order(dice: random.Random, order_type: str) -> Row:
    made = _FIRST_MADE + dt.timedelta(days=dice.randrange(_MADE_WITHIN))
    return {
        # Few enough that several cases share one; one in twenty-five is blank.
        "Order No": "" if dice.random() < 0.04 else f"{dice.randrange(10_000, 100_000)}",
        "Ord Type": order_type,
        "Desc": "Property and affairs" if order_type == "1" else "Health and welfare",
        "Made Date": _day(made),
        "Issue Date": _day(made + dt.timedelta(days=dice.randrange(31))),
    }


def _case_number(dice: random.Random, taken: set[str]) -> str:
    """One not yet taken. It holds by modulus 11 (the Sirius contract) but for one in a hundred."""
    while True:
        digits = f"{dice.randrange(10**7):07}"
        if digits not in taken:
            break
    taken.add(digits)
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    if dice.random() < 0.01:
        check = (check + 1) % 10
    return f"{digits}{'T' if check == 10 else check}"


def _day(day: dt.date) -> str:
    """1-Aug-2018: as the court writes it, on any machine."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"


def _with(column: str, value: str) -> Callable[[Row], None]:
    return lambda row: row.update({column: value})


def _cut_short(row: Row) -> None:
    for column in COLUMNS[9:]:
        del row[column]


# Ways to make a row unreadable.
_SPOILERS: tuple[Callable[[Row], None], ...] = (
    _with("Case", ""),
    _with("Case", "12AB"),
    _with("Ord Type", "3"),
    _with("Made Date", "31-Feb-2025"),
    _with("Issue Date", "2-Jan-2001"),
    _with("Surname", ""),
    _cut_short,
)
