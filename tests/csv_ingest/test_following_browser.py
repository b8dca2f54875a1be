"""The page of a large file in a browser: it follows the work without a click."""

import functools
import shutil
import threading
from datetime import UTC, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import expect

from csv_ingest import wording
from csv_ingest.models import Upload

pytestmark = pytest.mark.browser


class QuietFiles(SimpleHTTPRequestHandler):
    """Files of a folder, without a line for each on the terminal."""

    def log_message(self, *args):
        pass


@pytest.fixture
def site(tmp_path):
    """The address of a folder with the static files, and a function that puts the page there.

    While a browser is open no test may ask the database, so the page is made of an unsaved upload.
    """
    for app in ("govuk", "csv_ingest"):
        shutil.copytree(settings.BASE_DIR / app / "static", tmp_path / "static", dirs_exist_ok=True)
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(QuietFiles, directory=tmp_path)
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def put(template: str, **fields) -> None:
        upload = Upload(
            pk=7, size=9, original_name="big.csv", uploaded_at=datetime.now(UTC), **fields
        )
        context = {
            "upload": upload,
            "heading": wording.heading(upload),
            "status": wording.status(upload, ahead=0, now=upload.uploaded_at),
            "rows_so_far": wording.rows_so_far(upload),
            "processed": "Processed 9 orders.",
        }
        # In one step: the browser must never be given half a page.
        (tmp_path / "new.html").write_text(render_to_string(f"csv_ingest/{template}", context))
        (tmp_path / "new.html").rename(tmp_path / "page.html")

    yield f"http://127.0.0.1:{server.server_port}/page.html", put
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_page_follows_the_reading_the_import_and_the_end(browser, site):
    address, put = site
    put("upload_in_hand.html", state="QUEUED", rows_read=0, new=0, already_known=0)
    page = browser.new_page()
    page.set_default_timeout(20_000)
    page.goto(address)
    status, bar = page.get_by_role("status"), page.get_by_role("progressbar")
    expect(status).to_contain_text("Waiting to be read")
    expect(bar).to_have_accessible_name("How much of the file is read")
    page.evaluate("window.isTheSamePage = true")

    put("upload_in_hand.html", state="READING", rows_done=4500, percent_done=42)
    expect(page.get_by_text("4500 rows read so far")).to_be_visible()
    expect(status).to_have_text("Reading the file and checking each row.")
    assert bar.evaluate("bar => bar.value") == 42
    assert page.evaluate("window.isTheSamePage")

    put("upload_in_hand.html", state="IMPORTING", new=9, already_known=0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Importing the orders")
    expect(status).to_contain_text("Importing 9 orders.")

    put("upload.html", state="IMPORTED", new=9, already_known=0, rows_read=0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Upload finished")
    expect(page.get_by_text("Processed 9 orders.")).to_be_visible()
    page.close()
