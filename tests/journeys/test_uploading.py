"""Files with something wrong in them, in a real browser: staff are told what, and lose nothing."""

import re

import pytest
from playwright.sync_api import expect

from devstack.court_export import court_export
from devstack.samples import sample_document
from tests.journeys.staff import SHOWN_TYPES, File

pytestmark = pytest.mark.browser


def figure(words, number):
    """A line of the counts on the upload's page."""
    return re.compile(rf"{words}\s*{number}\b")


def test_an_upload_with_problems_asks_and_then_imports_the_good_rows(staff):
    export = File("with problems.csv", court_export(12, seed=21, problems=3))

    staff.uploads_orders(export)
    staff.arrives_at("Check the upload")
    staff.sees(figure("With problems", 3))
    expect(staff.page.get_by_role("table", name="Rows with problems")).to_be_visible()
    with staff.page.expect_download() as download:
        staff.page.get_by_role("link", name=re.compile("Download this list.*problems")).click()
    assert download.value.path().read_text(encoding="utf-8-sig").startswith("Row,Column,Value")
    staff.presses("Import the 9 good rows")
    staff.arrives_at("Upload finished")
    staff.sees(figure("New", 9))

    staff.uploads_orders(export)
    staff.arrives_at("Check the upload")
    staff.sees(figure("Already known", 9))
    staff.presses("Cancel")
    staff.arrives_at("Upload cancelled")
    staff.sees("Nothing was imported")


def test_a_file_that_is_no_spreadsheet_is_refused_beside_the_field(staff):
    staff.uploads_orders(File("orders.csv", sample_document("pdf")))

    staff.arrives_at("Upload orders")
    staff.is_told_of_a_problem("The selected file must be a CSV or XLSX file")


def test_a_document_of_a_wrong_type_is_refused_and_the_old_one_stays(staff, ready_order):
    order = ready_order()
    staff.opens_order(order.case_number, order.order_type)
    staff.arrives_at(f"{SHOWN_TYPES[order.order_type]} order summary")

    staff.follows("Replace court order")
    staff.arrives_at("Add court order")
    staff.sees("Uploading another file will replace")
    staff.attaches("Select a file", File("order.txt", b"The court orders."))
    staff.presses("Upload")
    staff.arrives_at("Add court order")
    staff.is_told_of_a_problem("order.txt: The selected file must be a PDF, JPG, PNG, TIFF, DOC")

    staff.follows("Back")
    staff.sees("READY TO SERVE")
    staff.sees(order.documents[0].file.name)


def test_wrong_answers_about_a_deputy_are_named_and_what_was_typed_stays(staff, ready_order):
    order = ready_order()
    staff.opens_order(order.case_number, order.order_type)
    staff.adds_deputy("Lay", first_name="", last_name="Byron", Day="31", Month="2", Year="1980")

    staff.arrives_at("Add a deputy")
    staff.is_told_of_a_problem("Please enter the deputy's first name")
    staff.is_told_of_a_problem("Date of birth must be a real date")
    expect(staff.page.get_by_label("Last name")).to_have_value("Byron")
    expect(staff.page.get_by_label("Day", exact=True)).to_have_value("31")
