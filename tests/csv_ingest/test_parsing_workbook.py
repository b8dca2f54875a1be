"""XLSX: Excel's own dates and numbers, odd workbooks, and bombs."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from csv_ingest.parsing import (
    DefiningWorkbook,
    EmptyFile,
    EncryptedWorkbook,
    FileTooLarge,
    MissingColumns,
    NotASpreadsheet,
    TooManyRows,
    UnreadExcelFormat,
    UnsafeWorkbook,
    parse_file,
)
from csv_ingest.parsing import workbook as workbook_module
from csv_ingest.parsing.rows import COURT_COLUMNS
from devstack.court_export import as_xlsx, court_export
from tests.csv_ingest.files import HEADINGS, parse, saved, xlsx_of

MADE, ISSUED = dt.datetime(2018, 8, 1), dt.date(2018, 8, 10)
GOOD = ["93559316", "MARY", "JONES", "1001", 2, MADE, ISSUED]


def rezipped(content: bytes, **members: bytes) -> bytes:
    """The workbook with some members replaced or added; `__` in a name stands for `/`."""
    changed = {name.replace("__", "/") + ".xml": body for name, body in members.items()}
    out = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(content))
    with old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *changed}:
            new.writestr(name, changed[name] if name in changed else old.read(name))
    return out.getvalue()


def sheet_xml(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def test_dates_and_numbers_of_excel_are_read():
    row = [3427488.0, "MARY", "JONES", 12345.0, 2.0, MADE, dt.datetime(2018, 8, 10, 13, 5)]
    [read] = parse(xlsx_of(row)).rows
    assert (read.case_number, read.order_number, read.order_type) == ("03427488", "12345", "HW")
    assert (read.made_date, read.issue_date) == (MADE.date(), ISSUED)


def test_dates_as_text_or_as_bare_day_numbers_are_read():
    [read] = parse(xlsx_of([*GOOD[:5], "1-Aug-2018", 43322])).rows
    assert (read.made_date, read.issue_date) == (MADE.date(), ISSUED)


def test_the_calendar_of_old_macs_is_respected():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    for row in (HEADINGS.split(","), GOOD):
        book.active.append(row)
    assert parse(saved(book)).rows[0].made_date == MADE.date()


def test_the_same_export_reads_the_same_from_csv_and_from_xlsx():
    export = court_export(300, seed=4, problems=12)
    from_csv, from_xlsx = parse(export), parse(as_xlsx(export))
    assert from_csv.rows == from_xlsx.rows
    assert len(from_csv.rows) == 288
    assert [p.row_number for p in from_csv.problems if p.column] == [
        p.row_number for p in from_xlsx.problems if p.value or p.column in {"Case", "Surname"}
    ]


@pytest.mark.parametrize(
    ("place", "value", "column"),
    [
        (0, True, "Case"),
        (1, 12, "Forename"),
        (2, dt.date(2020, 6, 1), "Surname"),
        (3, dt.date(2020, 6, 1), "Order No"),
        (3, True, "Order No"),
        (3, False, "Order No"),
        (3, 1234567890123456789, "Order No"),
        (3, 1.5e300, "Order No"),
        (4, 3, "Ord Type"),
        (4, True, "Ord Type"),
        (5, dt.time(9, 30), "Made Date"),
        (5, None, "Made Date"),
        (6, 5, "Issue Date"),
        (6, "#VALUE!", "Issue Date"),
    ],
)
def test_a_cell_that_excel_took_for_something_else_is_a_problem(place, value, column):
    row = [*GOOD[:place], value, *GOOD[place + 1 :]]
    parsed = parse(xlsx_of(row))
    assert [(p.row_number, p.column) for p in parsed.problems] == [(2, column)]


def test_a_number_beyond_all_is_no_order_number():
    cells = "".join(f'<c t="str"><v>{text}</v></c>' for text in HEADINGS.split(","))
    row = "".join(f'<c t="str"><v>{text}</v></c>' for text in GOOD[:3])
    rows = f"<row>{cells}</row><row>{row}<c><v>1e999</v></c><c><v>2</v></c></row>"
    content = rezipped(xlsx_of(GOOD), xl__worksheets__sheet1=sheet_xml(rows))
    assert parse(content).problems[0].column == "Order No"


def test_what_excel_spells_out_in_a_text_is_read_as_it_was():
    spelled = ["93559316_x000D_", "MARY_x000D_\nANN", "O_x0027_NEIL _x12 y_", *GOOD[3:]]
    [read] = parse(xlsx_of(spelled)).rows
    assert (read.case_number, read.forename, read.surname) == (
        *("93559316", "MARY ANN", "O'NEIL _x12 y_"),
    )
    hidden = parse(xlsx_of([GOOD[0], "MA_x0000_RY", *GOOD[2:]]))
    assert [problem.column for problem in hidden.problems] == ["Forename"]


def test_a_blank_date_is_said_to_be_missing():
    assert parse(xlsx_of([*GOOD[:5], None, ISSUED])).problems[0].message == "There is no made date"


def test_blank_rows_are_skipped_but_keep_their_numbers():
    parsed = parse(xlsx_of([], GOOD, ["  "], [*GOOD[:4], 9, *GOOD[5:]]))
    assert [row.row_number for row in parsed.rows] == [3]
    assert [(p.row_number, p.column, p.value) for p in parsed.problems] == [(5, "Ord Type", "9")]


def test_the_value_of_a_formula_is_read_and_one_never_calculated_is_blank():
    parsed = parse(xlsx_of(["=1+1", *GOOD[1:]]))
    assert [p.message for p in parsed.problems] == ["There is no case number"]


def test_the_sheet_with_the_headings_is_read_and_others_like_it_are_named():
    book = openpyxl.Workbook()
    book.active.append(["Notes", "Case", "Case"])
    for title in ("Orders", "More"):
        for row in (HEADINGS.split(","), GOOD):
            (book[title] if title in book.sheetnames else book.create_sheet(title)).append(row)
    parsed = parse(saved(book))
    assert parsed.read_as == "Excel workbook, sheet Orders"
    assert parsed.notes == ["The sheet More was not read"]


def test_a_hidden_sheet_is_not_read():
    book = openpyxl.Workbook()
    book.active.append(["Case"])
    book.create_sheet("Hidden").append(HEADINGS.split(","))
    book["Hidden"].append(GOOD)
    book["Hidden"].sheet_state = "hidden"
    with pytest.raises(MissingColumns):
        parse(saved(book))


def test_a_workbook_that_notes_a_wrong_size_is_read_whole():
    content = xlsx_of(GOOD)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").replace(b'ref="A1:G2"', b'ref="A1"')
    assert b'ref="A1"' in sheet
    assert len(parse(rezipped(content, xl__worksheets__sheet1=sheet)).rows) == 1


def test_a_workbook_without_anything_is_empty():
    for content in (saved(openpyxl.Workbook()), xlsx_of()):
        with pytest.raises(EmptyFile):
            parse(content)


def test_old_and_encrypted_excel_files_are_told_apart():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000_000
    with pytest.raises(UnreadExcelFormat, match="save it as Excel Workbook"):
        parse(ole)
    with pytest.raises(EncryptedWorkbook, match="password"):
        parse(ole + "EncryptedPackage".encode("utf-16-le"))


def test_a_binary_workbook_is_an_old_one():
    with pytest.raises(UnreadExcelFormat):
        parse(rezipped(xlsx_of(GOOD)).replace(b"xl/workbook.xml", b"xl/workbook.bin"))


def test_a_zip_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
        archive.writestr("[Content_Types].xml", "<x/>")
    with pytest.raises(NotASpreadsheet):
        parse(out.getvalue())


@pytest.mark.parametrize("length", [10, 1000, -30])
def test_a_workbook_cut_short_is_refused(length):
    with pytest.raises(NotASpreadsheet):
        parse(xlsx_of(GOOD)[:length])


def test_a_bomb_of_zeros_is_refused_before_openpyxl_sees_it(monkeypatch):
    monkeypatch.setattr(workbook_module.openpyxl, "load_workbook", None)
    with pytest.raises(UnsafeWorkbook):
        parse(rezipped(xlsx_of(GOOD), xl__sharedStrings=b" " * 30_000_000))


def test_a_bomb_that_declares_a_small_size_is_refused():
    """`ZipFile.read` would unpack all of it before it looks at what was declared."""
    body = b"<a>" + b" " * 900_000 + b"</a>"
    content = bytearray(rezipped(xlsx_of(GOOD), xl__styles=body))
    assert content.count(len(body).to_bytes(4, "little")) == 2
    small = bytes(content).replace(len(body).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    with pytest.raises(UnsafeWorkbook):
        parse(small)


def test_too_much_in_all_is_refused(monkeypatch):
    monkeypatch.setattr(workbook_module, "LARGEST_UNPACKED", 1000)
    with pytest.raises(UnsafeWorkbook):
        parse(xlsx_of(GOOD))


def test_a_zip_with_very_many_members_is_refused_before_its_directory_is_loaded(monkeypatch):
    monkeypatch.setattr(workbook_module.zipfile, "ZipFile", None)
    with pytest.raises(UnsafeWorkbook):
        parse(b"PK\x03\x04" + b"PK\x01\x02" * 2001)


def test_entities_in_the_xml_are_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet_xml("<row><c><v>&a;</v></c></row>")
    with pytest.raises(DefiningWorkbook, match="definitions in it"):
        parse(rezipped(xlsx_of(GOOD), xl__worksheets__sheet1=bomb))


def test_a_row_number_beyond_what_excel_holds_is_refused():
    content = xlsx_of(GOOD)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").replace(b'<row r="2"', b'<row r="99999999"')
    with pytest.raises(TooManyRows):
        parse(rezipped(content, xl__worksheets__sheet1=sheet))


def test_a_million_empty_rows_are_never_made_into_records():
    content = xlsx_of(GOOD)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b'<row r="2"', b'<row r="1000000"').replace(b'2" ', b'1000000" ')
    file = io.BytesIO(rezipped(content, xl__worksheets__sheet1=far))
    with workbook_module.opened(file, COURT_COLUMNS) as opened:
        assert [record.row_number for record in workbook_module.read_records(opened)] == [1_000_000]


def test_headings_far_below_are_not_searched_for():
    sheet = sheet_xml('<row r="99999999"><c r="A99999999"><v>1</v></c></row>')
    with pytest.raises(EmptyFile):
        parse(rezipped(xlsx_of(GOOD), xl__worksheets__sheet1=sheet))


def test_a_cell_far_to_the_right_costs_nothing():
    content = xlsx_of([*GOOD, *[None] * 3000, "x"])
    assert len(parse(content).rows) == 1


def test_a_file_of_more_than_fifty_megabytes_is_refused_unread():
    class Huge(io.BytesIO):
        def seek(self, offset, whence=0):
            return super().seek(offset, whence) + (51 * 1024 * 1024 if whence else 0)

        def read(self, *size):
            raise AssertionError("read")

    with pytest.raises(FileTooLarge):
        parse_file(Huge(b"x"))
