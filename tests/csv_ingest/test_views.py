"""The upload pages as a browser without scripts meets them."""

import io

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from csv_ingest import services, tables
from csv_ingest.models import Upload
from devstack.court_export import as_xlsx, court_export
from orders.models import Order
from tests.csv_ingest.files import ALSO_GOOD, BAD, GOOD, HEADINGS, csv_of, row_of

pytestmark = pytest.mark.django_db


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def words(part) -> str:
    return " ".join(part.get_text(" ").split())


def send(browser, content: bytes, name: str = "export.csv", **options):
    file = SimpleUploadedFile(name, content, content_type="image/png")
    return browser.post("/upload-csv", {"file": file}, **options)


def summary(page: BeautifulSoup) -> dict[str, str]:
    rows = page.select(".govuk-summary-list__row")
    return {words(row.dt): words(row.dd) for row in rows}


def buttons(page: BeautifulSoup) -> list[str]:
    return [words(button) for button in page.select("main button")]


def table(page: BeautifulSoup, caption: str) -> list[list[str]]:
    found = page.find("caption", string=caption).find_parent("table")
    return [[words(cell) for cell in row.find_all(["th", "td"])] for row in found.find_all("tr")]


@pytest.fixture
def waiting(sam, now) -> Upload:
    content = csv_of(GOOD, ALSO_GOOD, row_of(case="<b>1</b>", surname="=1+1"), BAD)
    file = io.BytesIO(content)
    return services.receive_upload(file=file, name="march.csv", by=sam, now=now)


@pytest.mark.parametrize("path", ["/upload-csv", "/upload-csv/1", "/upload-csv/1/problems"])
def test_pages_are_closed_to_strangers(client, path):
    assert client.get(path).url == f"/login?next={path}"


def test_upload_page_offers_one_file_field_and_a_button(signed_in):
    page = page_of(signed_in.get("/upload-csv"))
    assert words(page.h1) == "Upload orders"
    assert words(page.find("label")) == "Upload a CSV or XLSX file"
    assert page.find("label")["for"] == page.select_one("input[type=file]")["id"]
    assert buttons(page) == ["Upload"]


@pytest.mark.parametrize("convert", [bytes, as_xlsx])
def test_a_file_without_problems_ends_on_the_list_with_its_count(signed_in, convert):
    content = convert(court_export(50, seed=2))
    response = send(signed_in, content, follow=True)
    upload = Upload.objects.get()
    assert response.redirect_chain == [("/case", 302)]
    page = page_of(response)
    banner = page.select_one(".govuk-notification-banner--success")
    assert f"Processed {upload.new} orders" in words(banner)
    assert banner.a["href"] == f"/upload-csv/{upload.pk}"
    assert Order.objects.count() == upload.new == upload.rows_read


def test_the_same_file_again_says_that_nothing_changed(signed_in):
    send(signed_in, csv_of(GOOD, ALSO_GOOD))
    page = page_of(send(signed_in, csv_of(GOOD, ALSO_GOOD), follow=True))
    banner = words(page.select(".govuk-notification-banner--success")[-1])
    assert "Processed 2 orders. Nothing has changed: all of them were already known." in banner
    assert Order.objects.count() == 2


def test_warnings_and_differences_are_told_and_stand_on_the_receipt(signed_in):
    send(signed_in, csv_of(GOOD))
    response = send(signed_in, csv_of(row_of(issue_date="12-Aug-2018"), row_of(case="93559317")))
    page = page_of(signed_in.get(response.url))
    banner = words(page.select(".govuk-notification-banner--success")[-1])
    assert "1 new, 1 already known." in banner
    assert "The file differs from what is known in 1 order. Check 1 row." in banner

    receipt = page_of(signed_in.get(f"/upload-csv/{Upload.objects.latest('pk').pk}"))
    assert words(receipt.h1) == "Upload finished"
    assert table(receipt, "Differences from known orders")[1] == [
        *("93559316", "HW", "1001", "Issue Date", "10 Aug 2018", "12 Aug 2018")
    ]
    assert table(receipt, "To check")[1][:3] == ["3", "Case", "93559317"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The selected file has no orders in it"),
        (b"%PDF-1.7", "The selected file must be a CSV or XLSX file"),
        (b"Case,Surname\n1,2\n", "Forename, Order No, Ord Type, Made Date and Issue Date"),
        (HEADINGS.encode(), "The selected file has no orders in it"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_of_the_field(signed_in, content, message):
    response = send(signed_in, content, name="x" * 300 + ".csv")
    page = page_of(response)
    assert page.title.string.startswith("Error: Upload orders")
    link = page.select_one(".govuk-error-summary a")
    assert message in words(link)
    assert link["href"] == f"#{page.select_one('input[type=file]')['id']}"
    assert message in words(page.select_one(".govuk-error-message"))
    assert not Upload.objects.exists()


def test_upload_without_a_file_asks_for_one(signed_in):
    page = page_of(signed_in.post("/upload-csv"))
    assert words(page.select_one(".govuk-error-summary a")) == "Select a CSV or XLSX file"


def test_a_file_with_problems_goes_to_the_check_page_and_imports_nothing(signed_in):
    response = send(signed_in, csv_of(GOOD, ALSO_GOOD, BAD, GOOD), follow=True)
    page = page_of(response)
    assert response.redirect_chain == [(f"/upload-csv/{Upload.objects.get().pk}", 302)]
    assert words(page.h1) == "Check the upload"
    assert summary(page) == {
        "Rows read": "4",
        "New": "2",
        "Already known": "0",
        "Repeated in the file": "1",
        "With problems": "1",
    }
    assert table(page, "Rows with problems") == [
        ["Row", "Column", "Value", "Problem"],
        ["4", "Ord Type", "3", "An order type must be 1 (PFA) or 2 (HW)"],
    ]
    assert buttons(page) == ["Import the 2 good rows", "Cancel"]
    assert not Order.objects.exists()


def test_bad_values_are_shown_escaped(signed_in, waiting):
    response = signed_in.get(f"/upload-csv/{waiting.pk}")
    assert b"<b>1</b>" not in response.content
    assert table(page_of(response), "Rows with problems")[1][2] == "<b>1</b>"


def test_import_button_imports_and_shows_the_receipt(signed_in, waiting):
    response = signed_in.post(f"/upload-csv/{waiting.pk}", {"answer": "import"}, follow=True)
    page = page_of(response)
    assert response.redirect_chain == [(f"/upload-csv/{waiting.pk}", 302)]
    assert words(page.h1) == "Upload finished"
    assert summary(page)["New"] == "2"
    assert table(page, "Rows with problems")[2][0] == "5"
    assert buttons(page) == []
    assert Order.objects.count() == 2


def test_cancel_button_imports_nothing_and_says_so(signed_in, waiting):
    page = page_of(signed_in.post(f"/upload-csv/{waiting.pk}", {"answer": "cancel"}, follow=True))
    assert words(page.h1) == "Upload cancelled"
    assert "Nothing was imported" in words(page.main)
    assert buttons(page) == []
    assert not Order.objects.exists()


@pytest.mark.parametrize("answer", ["", "yes", None])
def test_any_other_answer_only_shows_the_page_again(signed_in, waiting, answer):
    response = signed_in.post(f"/upload-csv/{waiting.pk}", {"answer": answer} if answer else {})
    assert response.url == f"/upload-csv/{waiting.pk}"
    waiting.refresh_from_db()
    assert waiting.is_waiting


def test_a_get_never_imports(signed_in, waiting):
    signed_in.get(f"/upload-csv/{waiting.pk}?answer=import")
    assert not Order.objects.exists()


def test_one_good_row_is_one_row_and_none_has_no_button(signed_in, sam, now):
    for content, offered in ((csv_of(GOOD, BAD), ["Import the 1 good row"]), (csv_of(BAD), [])):
        page = page_of(send(signed_in, content, follow=True))
        assert buttons(page) == [*offered, "Cancel"]


def test_problems_are_downloaded_as_csv_that_runs_no_formula(signed_in, sam, now):
    why = '"A case number must be 8 digits, or 7 digits and T"'
    send(signed_in, csv_of(row_of(case='"=HYPERLINK(""http://x"")"'), row_of(case="-2+3")))
    response = signed_in.get(f"/upload-csv/{Upload.objects.get().pk}/problems")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response.content.decode("utf-8-sig").splitlines() == [
        "Row,Column,Value,Problem",
        f"""2,Case,"'=HYPERLINK(""http://x"")",{why}""",
        f"3,Case,'-2+3,{why}",
    ]


def test_a_long_list_is_cut_on_the_page_and_whole_in_the_download(signed_in, monkeypatch):
    monkeypatch.setattr(tables, "MOST_SHOWN", 2)
    monkeypatch.setattr("csv_ingest.views.MOST_SHOWN", 2)
    page = page_of(send(signed_in, csv_of(*[BAD] * 5, GOOD), follow=True))
    assert len(table(page, "Rows with problems")) == 3
    assert "The first 2 of 5 are shown." in words(page.main)
    download = signed_in.get(f"/upload-csv/{Upload.objects.get().pk}/problems")
    assert len(download.content.decode().splitlines()) == 6


@pytest.mark.parametrize(
    "path", ["/upload-csv/999999", "/upload-csv/999999/problems", "/upload-csv/x"]
)
def test_unknown_uploads_are_not_found(signed_in, path):
    assert signed_in.get(path).status_code == 404
    assert signed_in.post(path, {"answer": "import"}).status_code in {404, 405}


def test_a_list_that_an_upload_does_not_have_is_not_found(signed_in, waiting):
    assert signed_in.get(f"/upload-csv/{waiting.pk}/differences").status_code == 404


def test_past_uploads_are_listed_with_who_and_when(signed_in, waiting):
    send(signed_in, csv_of(GOOD), name="april.csv")
    rows = table(page_of(signed_in.get("/upload-csv")), "Past uploads")
    assert [row[0] for row in rows] == ["File", "april.csv", "march.csv"]
    assert rows[2][1:] == ["Sam Staff", "1 Jun 2026, 9:30am", "4", "–", "Waiting for an answer"]
    assert rows[1][4:] == ["1", "Imported"]


def test_the_list_of_uploads_costs_the_same_however_long(signed_in):
    costs = []
    for _ in range(3):
        send(signed_in, csv_of(GOOD))
        with CaptureQueriesContext(connection) as queries:
            signed_in.get("/upload-csv")
        costs.append(len(queries))
    assert len(set(costs)) == 1


def test_operations_read_uploads_in_the_admin_and_change_none(client_of, olive, waiting):
    browser = client_of(olive)
    assert browser.get("/admin/csv_ingest/upload/").status_code == 200
    page = browser.get(f"/admin/csv_ingest/upload/{waiting.pk}/change/")
    assert b"march.csv" in page.content
    assert b'type="submit"' not in page.content.split(b'id="upload_form"')[-1].split(b"</form>")[0]
    assert browser.post(f"/admin/csv_ingest/upload/{waiting.pk}/delete/").status_code == 403
