"""Small files for the tests of the post room: a heading, rows, and what is wrong with them."""

import io

import openpyxl

from csv_ingest.parsing import ParsedFile, parse_file

HEADINGS = "Case,Forename,Surname,Order No,Ord Type,Made Date,Issue Date"
GOOD = "93559316,MARY,JONES,1001,2,1-Aug-2018,10-Aug-2018"
ALSO_GOOD = "61429461,JOHN,SMITH,1002,1,2-Aug-2018,10-Aug-2018"
BAD = "33370455,ANN,BROWN,1003,3,2-Aug-2018,10-Aug-2018"


def csv_of(*rows: str, headings: str = HEADINGS, end: str = "\r\n") -> bytes:
    """A CSV file, UTF-8."""
    return end.join([headings, *rows, ""]).encode()


def row_of(**cells: str) -> str:
    """`GOOD` with some cells changed: `row_of(case="1")`, `row_of(order_no="")`."""
    names = [heading.lower().replace(" ", "_") for heading in HEADINGS.split(",")]
    return ",".join({**dict(zip(names, GOOD.split(","), strict=True)), **cells}.values())


def xlsx_of(*rows: list, headings: str = HEADINGS, **sheets: list) -> bytes:
    """A workbook; further sheets by their titles."""
    book = openpyxl.Workbook()
    book.active.append(headings.split(","))
    for row in rows:
        book.active.append(row)
    for title, table in sheets.items():
        sheet = book.create_sheet(title)
        for row in table:
            sheet.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def parse(content: bytes) -> ParsedFile:
    return parse_file(io.BytesIO(content))
