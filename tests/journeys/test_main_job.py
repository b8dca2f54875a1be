"""The main job in a real browser: from the court's spreadsheet to "Order served to OPG"."""

import csv
import hashlib
import io

import pytest
from playwright.sync_api import expect

from devstack.court_export import as_xlsx, court_export
from devstack.samples import sample_document
from tests.journeys.conftest import EMAIL, PASSWORD
from tests.journeys.staff import File

pytestmark = pytest.mark.browser


def rows_of(export):
    return list(csv.DictReader(io.StringIO(export.decode(), newline="")))


def first_of_type(export, kind):
    """The first row with this `Ord Type` ("1" is PF, "2" is HW)."""
    return next(row for row in rows_of(export) if row["Ord Type"] == kind)


def document(kind, words):
    return File(f"{words}.{kind}", sample_document(kind, words=words))


def received(sirius):
    """The one order that Sirius has, and the SHA-256 of its documents by their types."""
    [record] = sirius.accepted()
    stored = {each["filename"]: each["sha256"] for each in record["documents"]}
    kinds = [(each["type"], stored[each["filename"]]) for each in record["payload"]["documents"]]
    return record, sorted(kinds)


def sha256(file):
    return hashlib.sha256(file.content).hexdigest()


def test_a_property_order_from_a_csv_file_is_served(staff, sirius):
    export = court_export(6, seed=11)
    row = first_of_type(export, "1")
    files = [document(kind, f"Document {kind}") for kind in ("docx", "pdf", "jpg", "png", "tiff")]
    court_order, cop1a, cop3, cop4, extra = files

    staff.uploads_orders(File("export.csv", export))
    staff.arrives_at("Orders")
    staff.sees("Processed 6 orders")

    staff.opens_order(row["Case"], "PF")
    staff.answers_order(bond="Yes", subtype="New application", appointment="Sole")
    staff.arrives_at("PFA order summary")
    staff.sees("Add at least one deputy")
    staff.adds_deputy(
        "Lay",
        first_name="Ольга",
        last_name="O’Brien-Núñez",
        Day="31",
        Month="3",
        Year="1980",
        Email_address="olga@example.com",
        Building_and_street="1 Mill Lane",
        Postcode="ZZ1 2ZZ",
    )
    staff.arrives_at("PFA order summary")
    staff.attaches_document("Add court order", court_order)
    staff.attaches_document("Add COP 1A", cop1a)
    staff.attaches_document("Add COP 3", cop3)
    staff.attaches_document("Add COP 4", cop4)
    staff.attaches_document("Add additional document", extra)
    staff.sees("READY TO SERVE")
    staff.serves()
    reference = staff.waits_until_served()

    record, kinds = received(sirius)
    assert record["ids"]["id"] == reference
    assert record["payload"]["client"]["lastName"] == row["Surname"]
    assert record["payload"]["assetLevel"] == "HIGH"
    [deputy] = record["payload"]["deputies"]
    assert (deputy["firstName"], deputy["dob"]) == ("Ольга", "1980-03-31")
    types = ("COURT_ORDER", "COP1A", "COP3", "COP4", "OTHER")
    assert kinds == sorted(zip(types, map(sha256, files), strict=True))

    staff.follows("See everything that was served")
    staff.arrives_at("Served order")
    staff.sees(str(reference))
    staff.sees("O’Brien-Núñez")


def test_a_health_order_from_an_excel_file_is_served(staff, sirius):
    export = court_export(6, seed=12)
    row = first_of_type(export, "2")

    staff.uploads_orders(File("export.xlsx", as_xlsx(export)))
    staff.sees("Processed 6 orders")

    staff.opens_order(row["Case"], "HW")
    staff.answers_order(subtype="Replacement of discharged deputy", appointment="Joint and several")
    staff.arrives_at("HW order summary")
    staff.adds_deputy("Professional", first_name="Ada", last_name="Byron")
    staff.adds_deputy("Public authority", first_name="Ambleford", last_name="Council")
    staff.attaches_document("Add court order", document("doc", "Order"))
    staff.attaches_document("Add COP 3", document("pdf", "Capacity"))
    staff.attaches_document(
        "Add additional document", document("pdf", "Letter"), document("png", "Photo")
    )
    staff.sees("2 documents uploaded")
    staff.serves()
    reference = staff.waits_until_served()

    record, kinds = received(sirius)
    assert record["ids"]["id"] == reference
    assert record["reference"] == row["Case"]
    assert "assetLevel" not in record["payload"]
    assert [kind for kind, _ in kinds] == ["COP3", "COURT_ORDER", "OTHER", "OTHER"]
    assert {each["type"] for each in record["payload"]["deputies"]} == {
        "PROFESSIONAL",
        "PUBLIC_AUTHORITY",
    }

    staff.follows("Go to your orders")
    staff.arrives_at("Orders")
    staff.page.get_by_role("link", name="Served (").click()
    expect(staff.row_of(row["Case"])).to_be_visible()


def test_the_main_job_needs_no_javascript(staff_without_javascript, sirius):
    staff = staff_without_javascript
    export = court_export(6, seed=13)
    row = first_of_type(export, "1")

    staff.signs_in(EMAIL, PASSWORD)
    staff.uploads_orders(File("export.csv", export))
    staff.sees("Processed 6 orders")
    staff.opens_order(row["Case"], "PF")
    staff.answers_order(bond="No", subtype="Interim order", appointment="Sole")
    staff.adds_deputy("Lay", first_name="Ada", last_name="Byron")
    staff.attaches_document("Add court order", document("pdf", "Order"))
    staff.serves()
    reference = staff.waits_until_served()

    record, kinds = received(sirius)
    assert record["ids"]["id"] == reference
    assert record["payload"]["assetLevel"] == "LOW"
    assert [kind for kind, _ in kinds] == ["COURT_ORDER"]


# Where each letter of the line above the heading is drawn, from left to right.
LETTERS = """caption => {
  const letters = []
  const walker = document.createTreeWalker(caption, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    for (let at = 0; at < walker.currentNode.length; at++) {
      const range = document.createRange()
      range.setStart(walker.currentNode, at)
      range.setEnd(walker.currentNode, at + 1)
      letters.push([range.getBoundingClientRect().left, walker.currentNode.data[at]])
    }
  }
  return letters.sort((one, other) => one[0] - other[0]).map(([, letter]) => letter).join('')
}"""


def test_a_case_number_reads_whole_beside_a_name_written_from_right_to_left(staff):
    headings = "Case,Forename,Surname,Order No,Ord Type,Made Date,Issue Date"
    row = "0000003T,محمد,الأحمد,1,2,1-Aug-2018,2-Aug-2018"

    staff.uploads_orders(File("export.csv", f"{headings}\n{row}\n".encode()))
    staff.sees("Processed 1 order")
    staff.opens_order("0000003T", "HW")
    staff.arrives_at("Order details")

    assert "0000003T, HW order" in staff.page.locator(".govuk-caption-l").evaluate(LETTERS)
