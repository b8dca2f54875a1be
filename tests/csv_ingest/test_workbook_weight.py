"""Workbooks of a few kilobytes that openpyxl would hold as gigabytes, or read with rows missing."""

import io
import random
import time
import tracemalloc
from functools import partial

import pytest

from csv_ingest.parsing import (
    DefiningWorkbook,
    DisorderedWorkbook,
    LoadedWorkbook,
    NotASpreadsheet,
    UnsafeWorkbook,
)
from csv_ingest.services import ImportPolicy, take_upload
from filestore import DocumentStore
from tests.csv_ingest.files import HEADINGS, parse, xlsx_of
from tests.csv_ingest.test_parsing_workbook import GOOD, rezipped, sheet_xml
from tests.fuzzing import longest_seconds

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEADED = "".join(f'<c t="inlineStr"><is><t>{h}</t></is></c>' for h in HEADINGS.split(","))


def many(unit: str, count: int = 400_000) -> str:
    """So many of them, with noise between that keeps them from packing too well to be true."""
    noise = random.Random(4)
    return "".join(unit * 300 + f"<!--{noise.getrandbits(128):x}-->" for _ in range(count // 300))


def row(number: int, *texts: str) -> str:
    cells = zip("ABCDEFG", texts, strict=False)
    inside = "".join(
        f'<c r="{letter}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for letter, text in cells
    )
    return f'<row r="{number}">{inside}</row>'


def sheet(rows: str, before: str = "", after: str = "") -> bytes:
    body = f"{before}<sheetData><row>{HEADED}</row>{rows}</sheetData>{after}"
    return f"<worksheet {SPACE}>{body}</worksheet>".encode()


BOMBS = {
    "a row of cells": {"xl__worksheets__sheet1": lambda: sheet(f"<row>{many('<c/>')}</row>")},
    "elements between rows": {"xl__worksheets__sheet1": lambda: sheet(many("<x/>"))},
    "elements above the rows": {"xl__worksheets__sheet1": lambda: sheet("", many("<x/>"))},
    "columns": {"xl__worksheets__sheet1": lambda: sheet("", f"<cols>{many('<col/>')}</cols>")},
    "merged cells": {"xl__worksheets__sheet1": lambda: sheet("", after=many("<mergeCell/>"))},
    "rows of nothing": {
        "xl__worksheets__sheet1": lambda: sheet(many("<row><c/><c/></row>", 600_000))
    },
    "styles": {"xl__styles": lambda: f"<styleSheet {SPACE}>{many('<xf/>')}</styleSheet>".encode()},
    "rows in the styles": {
        "xl__styles": lambda: f"<styleSheet>{many('<row><xf/></row>')}</styleSheet>".encode()
    },
    "names": {"xl__workbook": lambda: f"<workbook>{many('<definedName/>')}</workbook>".encode()},
    "properties": {
        "docProps__custom": lambda: f"<Properties>{many('<property/>')}</Properties>".encode()
    },
    "pieces of one text": {
        "xl__sharedStrings": lambda: f"<sst><si>{many('<r/>')}</si></sst>".encode()
    },
    "texts of nothing": {
        "xl__sharedStrings": lambda: f"<sst>{many('<si/>', 1_500_000)}</sst>".encode()
    },
    "one text": {
        "xl__worksheets__sheet1": lambda: sheet(
            "<row><c><v>" + random.Random(4).randbytes(2_500_000).hex() + "</v></c></row>"
        )
    },
    "one tag": {
        "xl__theme__theme1": lambda: b'<a b="' + random.randbytes(2_500_000).hex().encode()
    },
}


@pytest.mark.trust
@pytest.mark.parametrize("title", BOMBS)
def test_a_workbook_of_too_much_xml_is_refused_soon_and_in_little_memory(title):
    content = rezipped(xlsx_of(GOOD), **{name: made() for name, made in BOMBS[title].items()})
    assert len(content) < 4_000_000
    start = time.process_time()
    with pytest.raises(UnsafeWorkbook):
        parse(content)
    assert time.process_time() - start < longest_seconds()


def test_little_memory_is_used_to_find_out():
    content = rezipped(xlsx_of(GOOD), xl__styles=BOMBS["styles"]["xl__styles"]())
    tracemalloc.start()
    with pytest.raises(UnsafeWorkbook):
        parse(content)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize(
    ("title", "rows"),
    [
        ("a row twice", row(2, *"abc") + row(2, *"def")),
        ("a row behind a later one", row(4, *"abc") + row(3, *"def")),
        ("a row in the place of the headings", row(1, *"abc")),
        ("a cell twice", row(2, "a", "b").replace("A2", "B2")),
        ("a cell behind a later one", row(2, "a", "b").replace("A2", "AA2")),
    ],
)
def test_rows_and_cells_that_would_be_passed_over_refuse_the_workbook(title, rows):
    with pytest.raises(DisorderedWorkbook, match="out of order"):
        parse(rezipped(xlsx_of(GOOD), xl__worksheets__sheet1=sheet(rows)))


@pytest.mark.parametrize("number", ["x", "1e999", "nan", ""])
def test_a_row_whose_number_is_none_is_no_row(number):
    with pytest.raises(NotASpreadsheet):
        parse(rezipped(xlsx_of(GOOD), xl__worksheets__sheet1=sheet(f'<row r="{number}"/>')))


def test_rows_without_numbers_and_with_gaps_are_read():
    cells = row(9, "93559316", "ANN", "LEE", "1", "1", "1-Aug-2018", "10-Aug-2018")
    parsed = parse(rezipped(xlsx_of(GOOD), xl__worksheets__sheet1=sheet("<row/>" + cells)))
    assert [read.row_number for read in parsed.rows] == [9]


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff\x00"])
def test_xml_under_the_name_of_a_picture_is_refused_behind_a_mark_too(mark):
    with pytest.raises(LoadedWorkbook):
        parse(rezipped(xlsx_of(GOOD), a=mark + b"<x/>").replace(b"a.xml", b"a.png"))


def test_a_drawing_that_does_not_close_its_tags_is_left_alone_but_no_definition_in_it():
    drawn = rezipped(xlsx_of(GOOD), vml=b"<xml><br></xml>").replace(b"vml.xml", b"abc.vml")
    assert parse(drawn).rows
    defined = rezipped(xlsx_of(GOOD), vml=b"<!DOCTYPE a []><xml/>").replace(b"vml.xml", b"abc.vml")
    with pytest.raises(DefiningWorkbook):
        parse(defined)


def test_a_sheet_of_rows_alone_is_weighed_as_rows():
    assert parse(rezipped(xlsx_of(GOOD), xl__worksheets__sheet2=sheet_xml(row(1, "a")))).rows


@pytest.mark.django_db
def test_a_workbook_is_as_large_as_what_it_unpacks_to(sam, now):
    rows = [[str(93559316 + number), *GOOD[1:]] for number in range(500)]
    content = xlsx_of(*rows)
    assert len(content) < 20_000
    take = partial(
        take_upload,
        name="export.xlsx",
        policy=ImportPolicy(small=100_000, lease=60),
        store=DocumentStore.from_settings(),
        by=sam,
        now=now,
    )

    assert take(file=io.BytesIO(content)).is_in_hand
    assert take(file=io.BytesIO(xlsx_of(*rows[:1]))).is_imported
