"""One cell becomes one value, by the rules of its column (behaviour, section 3). Rows: `rows`.

A cell is what the reader found: text from CSV; text, numbers, dates and None from XLSX.
"""

import calendar
import datetime as dt
import re
from functools import lru_cache

from govuk.letters import has_unseen
from orders.rules import LONGEST_TEXT, OrderType, case_number_checks

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

# What Excel writes where a formula failed. Such a cell has no value.
EXCEL_ERRORS = frozenset(
    {"#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
    | {"#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!"}
    | {"#PYTHON!", "#TIMEOUT!"}
)
ORDER_TYPES = {"1": OrderType.PF, "2": OrderType.HW}
# Days that an order can have been made on. Wide: it only catches slips such as the year 0218.
FIRST_DATE = dt.date(1950, 1, 1)
LAST_DATE = dt.date(2099, 12, 31)
EXCEL_DAY_ZERO = dt.date(1899, 12, 30)

_MONTHS = [month.lower() for month in calendar.month_name[1:]]
_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]00:?00|[AaPp][Mm])?)?"
_ISO_DATE = re.compile(
    rf"(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}}){_TIME}", re.A
)
_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})[-/. ]\s*(?P<month>\d{{1,2}}|[A-Za-z]{{3,9}})[-/., ]\s*"
    rf"(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    re.A,
)
_MOST_EXACT = 10**15  # Excel keeps 15 digits of a number, and writes noughts for the others
_BREAKS = re.compile(r"[\t\r\n]+")
_CASE_NUMBER = re.compile(r"[0-9]{7}[0-9T]")
_WHOLE_NUMBER = re.compile(r"([0-9]+)(?:\.0+)?")


class CellRefused(Exception):
    """The cell has no value we may use; `str(error)` says why, for staff."""


def is_blank(cell: Cell) -> bool:
    """Whether a person would see nothing in the cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def case_number(cell: Cell) -> str:
    """The case number: 8 digits, or 7 digits and T. Zeros that a spreadsheet took come back.

    Raises `CellRefused`. A number whose check fails is returned: that is only a warning.
    """
    text = "".join(_text(cell).split()).upper()
    if not text:
        raise CellRefused("There is no case number")
    if whole := _WHOLE_NUMBER.fullmatch(text):
        text = _with_zeros_back(whole[1])
    if not _CASE_NUMBER.fullmatch(text):
        raise CellRefused("A case number must be 8 digits, or 7 digits and T")
    return text


def order_type(cell: Cell) -> str:
    """`PF` for 1, `HW` for 2. Raises `CellRefused` for anything else."""
    text = _text(cell).strip()
    if not text:
        raise CellRefused("There is no order type")
    whole = _WHOLE_NUMBER.fullmatch(text)
    if whole is None or whole[1] not in ORDER_TYPES:
        raise CellRefused("An order type must be 1 (PFA) or 2 (HW)")
    return ORDER_TYPES[whole[1]].value


def order_number(cell: Cell) -> str:
    """The order number as it stands, without spaces around it; "" where there is none."""
    if isinstance(cell, dt.date | dt.time | dt.timedelta):
        raise CellRefused("Excel has turned this order number into a date. Enter it as text")
    if isinstance(cell, bool):
        raise CellRefused("Excel has turned this order number into TRUE or FALSE. Enter it as text")
    if isinstance(cell, int | float) and abs(cell) >= _MOST_EXACT:
        raise CellRefused("Excel has changed the end of this order number. Enter it as text")
    text = _text(cell).strip()
    _refuse_unfit(text, "order number")
    return text


def name(cell: Cell, *, what: str) -> str:
    """A forename or a surname as given; a line break inside it becomes a space.

    Raises `CellRefused`: Sirius asks both of every client, so a blank one could never be served.
    """
    if cell is not None and not isinstance(cell, str):
        raise CellRefused(f"{_one(what)} must be text, not a number or a date")
    text = _BREAKS.sub(" ", cell or "").strip()
    if not text:
        raise CellRefused(f"There is no {what}")
    _refuse_unfit(text, what)
    return text


def date(cell: Cell, *, what: str) -> dt.date:
    """The day in the cell: day first, ISO, or a date of Excel's own. Raises `CellRefused`."""
    if is_blank(cell):
        raise CellRefused(f"There is no {what}")
    found = _date_in(cell.strip()) if isinstance(cell, str) else _date_of_excel(cell)
    if found is None or not FIRST_DATE <= found <= LAST_DATE:
        raise CellRefused(f"{_one(what)} must be a real date, like 1-Aug-2018 or 01/08/2018")
    return found


def shown(cell: Cell) -> str:
    """The cell as a page may show it: one line, short, and nothing that JSON or SQL refuses."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, dt.date):
        text = f"{cell.day} {calendar.month_abbr[cell.month]} {cell.year}"
    clean = "".join(letter if letter.isprintable() else " " for letter in text[:400])
    line = " ".join(clean.split())
    return line if len(line) <= 100 else f"{line[:99]}…"


def _with_zeros_back(digits: str) -> str:
    """`digits` with the leading zeros that a spreadsheet stripped.

    One or two are always put back. Where more are gone, only if the check character then agrees:
    a short number is otherwise more likely to be a slip than a case number.
    """
    restored = digits.zfill(8)
    if len(digits) >= 6 or (len(digits) >= 4 and case_number_checks(restored)):
        return restored
    return digits


def _text(cell: Cell) -> str:
    """The cell as text: 12345.0, which is how Excel keeps 12345, as "12345"."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _one(what: str) -> str:
    """ "A surname", "An issue date": how a rule about it begins."""
    return f"An {what}" if what[0] in "aeiou" else f"A {what}"


def _refuse_unfit(text: str, what: str) -> None:
    """Refuse what no page or wire could carry."""
    if text in EXCEL_ERRORS:
        raise CellRefused(f"The formula in this cell has failed ({text})")
    if len(text) > LONGEST_TEXT:
        raise CellRefused(f"{_one(what)} must be {LONGEST_TEXT} characters or less")
    if has_unseen(text):
        raise CellRefused(f"{_one(what)} must not have line breaks or invisible characters in it")


def _date_of_excel(cell: Cell) -> dt.date | None:
    """A date that a workbook holds: as a date, or as the day number it shows when formatted so."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 0 < cell < 80_000:
        return EXCEL_DAY_ZERO + dt.timedelta(days=int(cell))
    return None


@lru_cache(maxsize=8192)
def _date_in(text: str) -> dt.date | None:
    """The day that `text` names, or None. Two-digit years: 70 to 99 are 19.., the others 20.."""
    match = _ISO_DATE.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    if match is None:
        return None
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 1900 if year >= 70 else 2000
    try:
        return dt.date(year, _month(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _month(text: str) -> int:
    """1 to 12 for a number or an English name, whole or its first letters; 0 for neither."""
    if text.isdecimal():
        return int(text)
    names = [n for n, month in enumerate(_MONTHS, 1) if month.startswith(text.lower())]
    return names[0] if len(names) == 1 else 0
