"""The page of a large file: it follows the work, and says how it ended."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from csv_ingest import services
from csv_ingest.models import Upload
from csv_ingest.services import ImportPolicy
from filestore import DocumentStore
from orders.models import Order
from tests.csv_ingest.files import ALSO_GOOD, BAD, GOOD, csv_of
from tests.csv_ingest.test_views import buttons, page_of, send, summary, table, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _every_file_is_a_large_one(settings):
    settings.SMALL_UPLOAD_BYTES = 0


def work(upload: Upload) -> None:
    services.work_on_upload(
        upload_id=upload.pk,
        worker="w1",
        store=DocumentStore.from_settings(),
        policy=ImportPolicy(small=0, lease=60),
        clock=timezone.now,
    )


@pytest.fixture
def sent(signed_in) -> Upload:
    """A large file with a problem, as it is when the browser's POST is answered."""
    send(signed_in, csv_of(GOOD, ALSO_GOOD, BAD))
    return Upload.objects.get()


def page(browser, upload: Upload):
    return page_of(browser.get(f"/upload-csv/{upload.pk}"))


def test_a_large_file_goes_to_its_page_at_once(signed_in):
    response = send(signed_in, csv_of(GOOD, ALSO_GOOD), follow=True)
    upload = Upload.objects.get()
    assert response.redirect_chain == [(f"/upload-csv/{upload.pk}", 302)]
    shown = page_of(response)
    assert words(shown.h1) == "Checking the upload"
    assert words(shown.select_one("[role=status]")).startswith("Waiting to be read.")
    assert words(shown.find("label", attrs={"for": shown.progress["id"]}))
    assert shown.find("a", string="Check again")["href"] == f"/upload-csv/{upload.pk}"
    assert buttons(shown) == ["Cancel"]
    assert not Order.objects.exists()


def test_it_says_how_many_uploads_come_first(signed_in):
    send(signed_in, csv_of(GOOD))
    shown = page_of(send(signed_in, csv_of(ALSO_GOOD), follow=True))
    assert words(shown.select_one("[role=status]")) == "Waiting for 1 other upload to finish first."


def test_it_says_honestly_that_it_takes_long(signed_in, sent):
    with time_machine.travel(sent.uploaded_at + timedelta(minutes=3)):
        shown = page(signed_in, sent)
    told = words(shown.select_one("[role=status]"))
    assert told.startswith("Still waiting to be read, which takes longer than usual.")


def test_it_says_how_far_the_reading_is(signed_in, sent):
    Upload.objects.filter(pk=sent.pk).update(
        state="READING", lease_expires_at=timezone.now(), rows_done=45000, percent_done=22
    )
    shown = page(signed_in, sent)
    assert words(shown.select_one("[role=status]")) == "Reading the file and checking each row."
    assert words(shown.select_one("[data-part=rows]")) == "45000 rows read so far"
    assert (shown.progress["value"], shown.progress["max"]) == ("22", "100")


def test_it_ends_with_the_count_and_the_way_to_the_list(signed_in):
    send(signed_in, csv_of(GOOD, ALSO_GOOD))
    upload = Upload.objects.get()
    work(upload)
    shown = page(signed_in, upload)
    assert words(shown.h1) == "Upload finished"
    assert "Processed 2 orders." in words(shown.main)
    assert shown.find("a", string="Go to the orders")["href"] == "/case"
    assert shown.progress is None


def test_with_problems_it_asks_and_the_answer_goes_to_a_worker(signed_in, sent):
    work(sent)
    shown = page(signed_in, sent)
    assert words(shown.h1) == "Check the upload"
    assert buttons(shown) == ["Import the 2 good rows", "Cancel"]

    response = signed_in.post(f"/upload-csv/{sent.pk}", {"answer": "import"}, follow=True)
    shown = page_of(response)
    assert words(shown.h1) == "Importing the orders"
    assert words(shown.select_one("[role=status]")).startswith("Importing 2 orders.")
    assert buttons(shown) == []

    work(sent)
    shown = page(signed_in, sent)
    assert words(shown.h1) == "Upload finished"
    assert "Processed 2 orders. Left out 1 row with problems." in words(shown.main)
    assert summary(shown)["With problems"] == "1"
    assert table(shown, "Rows with problems")[1][0] == "4"


def test_a_file_that_cannot_be_read_says_why_on_its_page(signed_in):
    send(signed_in, b"Case,Surname\n1,2\n")
    upload = Upload.objects.get()
    work(upload)
    shown = page(signed_in, upload)
    assert words(shown.h1) == "The file cannot be used"
    assert "does not have the columns Forename, Order No" in words(shown.main)
    assert "Nothing was imported." in words(shown.main)
    assert shown.find("a", string="Upload another file")["href"] == "/upload-csv"
    assert summary(shown) == {}


def test_an_upload_that_failed_says_what_to_do_and_what_to_quote(signed_in, sent):
    DocumentStore.from_settings().delete(sent.key)
    work(sent)
    shown = page(signed_in, sent)
    assert words(shown.h1) == "Upload failed"
    assert "Upload it again" in words(shown.main)
    assert f"quote the reference UPLOAD-{sent.pk}" in words(shown.main)


def test_cancel_works_while_the_file_waits(signed_in, sent):
    shown = page_of(signed_in.post(f"/upload-csv/{sent.pk}", {"answer": "cancel"}, follow=True))
    assert words(shown.h1) == "Upload cancelled"
    assert "Nothing was imported." in words(shown.main)
    assert summary(shown) == {}


def test_whoever_answers_second_reads_what_happened(signed_in, sent, client_of, ada):
    work(sent)
    path = f"/upload-csv/{sent.pk}"
    signed_in.post(path, {"answer": "import"})
    told = words(page_of(client_of(ada).post(path, {"answer": "cancel"}, follow=True)).main)
    assert "already being imported, so it cannot be cancelled" in told
    work(sent)
    told = words(page_of(client_of(ada).post(path, {"answer": "cancel"}, follow=True)).main)
    assert "was imported before you answered, so it was not cancelled" in told
    assert "Imported by Sam Staff" in told


def test_whoever_imports_after_a_cancel_reads_that_nothing_was_imported(signed_in, sent):
    path = f"/upload-csv/{sent.pk}"
    signed_in.post(path, {"answer": "cancel"})
    told = words(page_of(signed_in.post(path, {"answer": "import"}, follow=True)).main)
    assert "was cancelled before you answered. Nothing was imported." in told
    # The same answer twice, by a double click or the back button, is no news.
    again = words(page_of(signed_in.post(path, {"answer": "cancel"}, follow=True)).main)
    assert "before you answered" not in again


def test_storage_away_is_an_error_of_the_field_and_nothing_is_kept(signed_in, settings):
    settings.S3_ENDPOINT = "http://127.0.0.1:1"
    shown = page_of(send(signed_in, csv_of(GOOD)))
    link = shown.select_one(".govuk-error-summary a")
    assert "could not be stored just now, and nothing was imported. Try again" in words(link)
    assert not Upload.objects.exists()


def test_the_list_of_past_uploads_says_every_state_in_words(signed_in, sent):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE csv_ingest_upload DISABLE TRIGGER csv_ingest_upload_guard")
    said = []
    for state in Upload.State:
        fields = {"state": state, "finished_at": None, "with_problems": 0, "rows_read": 0}
        if state in {"IMPORTED", "CANCELLED", "REFUSED", "FAILED"}:
            fields["finished_at"] = sent.uploaded_at
        if state == "AWAITING_ANSWER":
            fields |= {"with_problems": 1, "rows_read": 1}
        Upload.objects.filter(pk=sent.pk).update(**fields)
        said.append(table(page_of(signed_in.get("/upload-csv")), "Past uploads")[1][-1])
        assert words(page(signed_in, sent).h1)
    assert said == [state.label for state in Upload.State]
