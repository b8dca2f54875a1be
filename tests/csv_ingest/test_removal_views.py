"""The removal pages as a browser without scripts meets them."""

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import Entry
from csv_ingest import removal_wording as wording
from csv_ingest.models import Removal
from orders.models import Case, Order
from orders.services.deputies import add_deputy
from orders.services.serving import serve_order
from tests.orders.reading import Reader, words_of
from tests.orders.words import ANSWERS

pytestmark = pytest.mark.django_db

PAGE = "/multiple-case-removal"
HEADINGS = "Case number,Court order,Client Name,Order Made Date,Order Issue Date"


def row_of(order: Order, **cells: str) -> str:
    values = {
        "case": order.case.case_number,
        "number": order.order_number,
        "name": order.case.client_name,
        "made": f"{order.made_date:%d/%m/%Y}",
        "issued": f"{order.issue_date:%d/%m/%Y}",
    }
    return ",".join({**values, **cells}.values())


def file_of(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\r\n".join([headings, *rows, ""]).encode()


def send(browser, content: bytes, name: str = "remove.csv") -> Reader:
    file = SimpleUploadedFile(name, content, content_type="image/png")
    return Reader(browser.post(PAGE, {"file": file}, follow=True))


def address(reader: Reader) -> str:
    return reader.response.redirect_chain[-1][0]


def answer(browser, reader: Reader, button: str) -> Reader:
    return Reader(browser.post(address(reader), {"answer": button}, follow=True))


def lists(reader: Reader) -> dict[str, list[list[str]]]:
    """Every list of the page by its caption."""
    return {
        words_of(table.caption): [
            [words_of(cell) for cell in row.find_all("td")] for row in table.select("tbody tr")
        ]
        for table in reader.soup.select("main table")
    }


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/1", f"{PAGE}/1/rows"])
def test_pages_are_closed_to_strangers(client, path):
    assert client.get(path).url == f"/login?next={path}"


def test_the_page_offers_the_same_field_and_button_as_the_import(signed_in):
    page = Reader(signed_in.get(PAGE))
    assert page.heading == "Remove orders"
    assert page.labelled("Upload a CSV or XLSX file")["type"] == "file"
    assert page.buttons == ["Upload"]
    assert page.soup.select_one("a[aria-current=page]")["href"] == PAGE


def test_after_the_upload_it_shows_what_would_go_and_removes_nothing(signed_in, ready_order):
    order = ready_order()
    page = send(signed_in, file_of(row_of(order)))
    assert page.heading == "Check what will be removed"
    assert page.buttons == ["Remove 1 order", "Cancel"]
    assert page.row("Orders to remove") == ["1"]
    assert page.row("Cases that go with them") == ["1"]
    assert lists(page)["To be removed (1)"] == [
        [
            *("2", "93559316", "PFA A1", "Joni Mitchell", "1 May 2026", "15 May 2026"),
            *("READY TO SERVE 1 deputy, 4 documents", ""),
        ]
    ]
    assert Order.objects.exists()


def test_the_button_removes_exactly_that_and_the_documents_leave_the_storage(
    signed_in, ready_order, store
):
    order = ready_order()
    keys = [document.key for document in order.documents.all()]
    assert all(map(store.exists, keys))
    page = answer(signed_in, send(signed_in, file_of(row_of(order))), "remove")
    assert page.heading == "Orders removed"
    assert page.row("Orders removed") == ["1"]
    assert page.row("Cases removed with them") == ["1"]
    assert page.buttons == []
    assert "Removed by Sam Staff on" in page.main
    assert not Order.objects.exists()
    assert not Case.objects.exists()
    assert not any(map(store.exists, keys))
    assert Removal.objects.get().keys_left == []


def test_every_row_ends_in_exactly_one_list_with_its_reason(
    signed_in, pending_order, ready_order, declared, worker, sam, now
):
    served = declared(case_number="93559316").order
    worker.deliver(served.submissions.get())
    sending = declared(case_number="61429461").order
    pending = pending_order(case_number="33370455", order_number="P1")
    rows = [
        row_of(served),
        row_of(sending),
        row_of(pending),
        row_of(pending, case=" 3337 0455 "),
        row_of(pending, number="P2"),
        row_of(pending, case="12345678"),
        row_of(pending, case="12AB"),
        row_of(pending, number="", made="soon"),
        row_of(pending, number=""),
        "33370455,P1",
    ]
    page = send(signed_in, file_of(*rows))
    found = lists(page)
    assert {caption: [row[0] for row in rows] for caption, rows in found.items()} == {
        "To be removed (1)": ["4"],
        "Being sent to OPG (1)": ["3"],
        "Already served (1)": ["2"],
        "No such case (1)": ["7"],
        "No such order number (2)": ["6", "10"],
        "Repeated in the file (1)": ["5"],
        "Could not be read (3)": ["8", "9", "11"],
    }
    assert found["No such order number (2)"][1][2] == (
        "The case has no order without a number that was made on 1 May 2026"
    )
    assert found["Repeated in the file (1)"][0][2] == "Row 4 names the same order"
    assert [row[2] for row in found["Could not be read (3)"]] == [
        "A case number must be 8 digits, or 7 digits and T",
        "There is no order number, so the order made date is needed too",
        "This row has 2 cells where the headings have 5",
    ]
    assert page.row("Rows read") == ["10"]
    assert page.row("Rows skipped") == ["9"]

    after = lists(answer(signed_in, page, "remove"))
    assert after.pop("Removed (1)") == found.pop("To be removed (1)")
    assert after == found
    assert set(Order.objects.all()) == {served, sending}


def test_an_order_that_changes_after_it_was_shown_is_skipped_and_said(
    signed_in, pending_order, ready_order, sam, now
):
    served_since = ready_order(case_number="93559316")
    changed_since = pending_order(case_number="61429461")
    gone_since = pending_order(case_number="33370455")
    rows = [row_of(order) for order in (served_since, changed_since, gone_since)]
    page = send(signed_in, file_of(*rows))
    assert page.buttons[0] == "Remove 3 orders"

    serve_order(order_id=served_since.pk, by=sam, now=now)
    add_deputy(order_id=changed_since.pk, answers=ANSWERS, by=sam, now=now)
    answer(signed_in, send(signed_in, file_of(row_of(gone_since))), "remove")

    page = answer(signed_in, page, "remove")
    assert page.heading == "Nothing removed"
    found = lists(page)
    assert found["Being sent to OPG (1)"][0][2] == (
        "It was served by staff after this list was shown"
    )
    assert found["Changed since the list was shown (1)"][0][2].startswith("Somebody worked on it")
    assert found["No such order number (1)"][0][2] == (
        "Somebody else removed it after this list was shown"
    )
    assert set(Order.objects.all()) == {served_since, changed_since}


def test_a_second_click_and_a_stale_page_change_nothing(signed_in, pending_order, client_of, ada):
    pages = [send(signed_in, file_of(row_of(pending_order(order_number=n)))) for n in ("A1", "A2")]
    answer(signed_in, pages[0], "remove")
    answer(signed_in, pages[1], "cancel")
    for page in pages:
        for button in ("remove", "cancel"):
            answer(client_of(ada), page, button)
    states = Removal.objects.order_by("pk").values_list("state", "finished_by__email")
    assert list(states) == [("REMOVED", "sam@example.com"), ("CANCELLED", "sam@example.com")]
    assert [order.order_number for order in Order.objects.all()] == ["A2"]
    assert Entry.objects.filter(event="REMOVAL_CONFIRMED").count() == 1


def test_cancel_removes_nothing_and_says_so(signed_in, pending_order):
    page = answer(signed_in, send(signed_in, file_of(row_of(pending_order()))), "cancel")
    assert page.heading == "Removal cancelled"
    assert "Nothing was removed" in page.main
    assert list(lists(page)) == ["Not removed (1)"]
    assert page.buttons == []
    assert Order.objects.exists()


def test_a_get_never_removes(signed_in, pending_order):
    page = send(signed_in, file_of(row_of(pending_order())))
    signed_in.get(f"{address(page)}?answer=remove")
    answer(signed_in, page, "")
    assert Order.objects.exists()


def test_a_file_of_which_nothing_would_go_asks_nothing(signed_in, pending_order):
    page = send(signed_in, file_of(row_of(pending_order(), case="12345678")))
    assert page.heading == "Nothing removed"
    assert page.buttons == []
    past = lists(Reader(signed_in.get(PAGE)))["Past removals"]
    assert past[0][-1] == "Nothing to remove"


def test_one_number_of_two_orders_removes_both_and_says_so(signed_in, pending_order):
    pfa = pending_order(case_number="93559316", order_type="PF")
    pending_order(case_number="93559316", order_type="HW")
    page = send(signed_in, file_of(row_of(pfa)))
    rows = lists(page)["To be removed (2)"]
    assert [row[2] for row in rows] == ["PFA A1", "HW A1"]
    assert rows[0][-1] == "2 orders of this case have this number"
    assert page.buttons[0] == "Remove 2 orders"


def test_a_served_order_of_the_same_number_stays_and_is_said(
    signed_in, pending_order, declared, sam
):
    sending = declared(case_number="93559316", order_type="PF").order
    pending_order(case_number="93559316", order_type="HW")
    page = send(signed_in, file_of(row_of(sending)))
    [row] = lists(page)["To be removed (1)"]
    assert row[2] == "HW A1"
    assert row[-1] == "The PFA order with this number is not pending and stays"
    answer(signed_in, page, "remove")
    assert list(Order.objects.all()) == [sending]


def test_what_the_file_tells_otherwise_is_shown_to_be_checked(signed_in, pending_order):
    order = pending_order()
    [row] = lists(send(signed_in, file_of(row_of(order, name="JOHN SMITH", made="2/5/2026"))))[
        "To be removed (1)"
    ]
    assert row[-1] == (
        "The file has another client name: JOHN SMITH. The file has another made date: 2 May 2026"
    )
    titled = send(signed_in, file_of(row_of(order, name="MRS JONI MITCHELL")))
    assert lists(titled)["To be removed (1)"][0][-1] == ""


def test_columns_are_found_by_name_in_any_order_and_leading_zeros_come_back(
    signed_in, pending_order
):
    order = pending_order(case_number="01234567", order_number="0042")
    headings = "ORDER  issue date;x;court ORDER;CASE NUMBER"
    page = send(signed_in, file_of("1-May-2026;y;0042;1234567", headings=headings))
    assert lists(page)["To be removed (1)"][0][1:3] == ["01234567", "PFA 0042"]
    answer(signed_in, page, "remove")
    assert not Order.objects.filter(pk=order.pk).exists()


def test_a_workbook_reads_the_same(signed_in, pending_order):
    order = pending_order(case_number="93559316", order_number="1001")
    book = openpyxl.Workbook()
    book.active.append(HEADINGS.split(","))
    book.active.append([93559316, 1001, "Joni Mitchell", order.made_date, order.issue_date])
    file = io.BytesIO()
    book.save(file)
    page = send(signed_in, file.getvalue(), name="remove.xlsx")
    assert lists(page)["To be removed (1)"][0][1:3] == ["93559316", "PFA 1001"]


def test_order_numbers_match_as_text(signed_in, pending_order):
    order = pending_order(order_number="A1")
    page = send(signed_in, file_of(row_of(order, number="a1")))
    assert list(lists(page)) == ["No such order number (1)"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "Select a CSV or XLSX file"),
        (b"", "The selected file has no orders in it"),
        (b"%PDF-1.7", "The selected file must be a CSV or XLSX file"),
        (b"Case,Surname\n1,2\n", "The selected file does not have the columns Case number and"),
        (HEADINGS.encode(), "The selected file has no orders in it"),
        (b"Case number,Court order,case NUMBER\n1,2,3\n", "column Case number more than once"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_of_the_field(signed_in, content, message):
    data = {} if content is None else {"file": SimpleUploadedFile("x.csv", content)}
    page = Reader(signed_in.post(PAGE, data))
    assert page.title.startswith("Error: Remove orders")
    assert len(page.errors) == 1
    assert message in page.errors[0]
    assert message in words_of(page.soup.select_one("main .govuk-error-message"))
    assert not Removal.objects.exists()


def test_the_download_has_every_row_and_runs_no_formula(signed_in, pending_order):
    order = pending_order(order_number="+A1")
    page = send(signed_in, file_of(row_of(order), row_of(order, number="=1+1")))
    response = signed_in.get(page.follow("Download every row with its result (CSV)"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment; ")
    table = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert tuple(table[0]) == wording.HEADINGS
    assert table[1][:4] == ["2", "93559316", "'+A1", "To be removed"]
    assert table[1][5:] == [
        *("PFA", "Joni Mitchell", "2026-05-01", "2026-05-15", "TO DO", "0", "0")
    ]
    assert table[2][:4] == ["3", "93559316", "'=1+1", "No such order number"]
    answer(signed_in, page, "remove")
    after = signed_in.get(f"{address(page)}/rows").content.decode("utf-8-sig")
    assert "2,93559316,'+A1,Removed," in after


def test_past_removals_are_listed_with_who_and_when(signed_in, pending_order):
    order = pending_order()
    send(signed_in, file_of(row_of(order)), name="march.csv")
    answer(signed_in, send(signed_in, file_of(row_of(order)), name="april.csv"), "remove")
    rows = lists(Reader(signed_in.get(PAGE)))["Past removals"]
    assert [(row[0], row[1], row[3], row[5]) for row in rows] == [
        ("april.csv", "Sam Staff", "1", "Removed"),
        ("march.csv", "Sam Staff", "–", "Waiting for an answer"),
    ]


def test_a_long_list_is_cut_on_the_page_and_whole_in_the_download(
    signed_in, pending_order, monkeypatch
):
    monkeypatch.setattr(wording, "MOST_SHOWN", 2)
    order = pending_order()
    rows = [row_of(order, number=f"N{n}") for n in range(5)]
    page = send(signed_in, file_of(*rows))
    assert len(lists(page)["No such order number (5)"]) == 2
    assert "The first 2 of 5 are shown." in page.main
    assert signed_in.get(f"{address(page)}/rows").content.count(b"\r\n") == 6


@pytest.mark.parametrize("path", [f"{PAGE}/999999", f"{PAGE}/999999/rows", f"{PAGE}/x"])
def test_unknown_removals_are_not_found(signed_in, path):
    assert signed_in.get(path).status_code == 404
    assert signed_in.post(path, {"answer": "remove"}).status_code in {404, 405}


def test_bad_values_are_shown_escaped(signed_in, pending_order):
    page = send(signed_in, file_of(row_of(pending_order(), case="<b>1</b>")))
    assert b"<b>1</b>" not in page.response.content
    assert lists(page)["Could not be read (1)"][0][1] == "<b>1</b> A1"


def test_operations_read_removals_in_the_admin_and_change_none(
    signed_in, client_of, olive, pending_order
):
    send(signed_in, file_of(row_of(pending_order())), name="march.csv")
    removal = Removal.objects.get()
    browser = client_of(olive)
    assert browser.get("/admin/csv_ingest/removal/").status_code == 200
    page = browser.get(f"/admin/csv_ingest/removal/{removal.pk}/change/")
    assert b"march.csv" in page.content
    assert browser.post(f"/admin/csv_ingest/removal/{removal.pk}/delete/").status_code == 403
