"""Documents on their way in, in a real browser: each file has its own result, and none is lost."""

import re

import pytest
from playwright.sync_api import expect

from devstack.samples import sample_document
from filestore import ScannerUnavailable
from tests.journeys.conftest import EMAIL, PASSWORD
from tests.journeys.keyboard import open_by_key
from tests.journeys.staff import File, Staff
from tests.journeys.wire import Wire

pytestmark = pytest.mark.browser
NO_PDF = "The selected file must be a PDF, JPG, PNG, TIFF, DOC or DOCX"
LOST = "The connection was lost before the upload finished. Check your connection, then try again"
SIGNED_OUT = "You have been signed out. Sign in again in another tab, then try again"
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 150_000}


def a_file(name, *, size=None):
    return File(name, sample_document(name.rsplit(".", 1)[-1], words=name, size=size))


@pytest.fixture
def colleague(browser, stack, signed_in_state):
    """Somebody whose requests may fail: the network and the session are theirs to lose."""
    context = browser.new_context(base_url=stack.url, storage_state=signed_in_state)
    yield Staff(context.new_page())
    context.close()


@pytest.fixture
def answered_order(waiting_orders):
    """Opens the summary of a property and affairs order that has no documents yet."""

    def open_it(person):
        order = next(one for one in waiting_orders if one.order_type == "PF")
        person.opens_order(order.case_number, order.order_type)
        person.answers_order(subtype="New application", appointment="Sole", bond="Yes")
        person.arrives_at("PFA order summary")
        return order

    return open_it


def file_row(person, name):
    return person.page.locator(".serve-file").filter(has_text=name)


def document_link(person, name):
    return person.page.get_by_role("link", name=f"{name} (download)")


def selects_additional_documents(person, *files):
    person.follows("Add additional document")
    person.arrives_at("Add additional document")
    person.attaches("Select files", *files)


def test_all_missing_documents_are_added_on_one_page(staff, answered_order):
    answered_order(staff)
    staff.follows("Add the missing documents (Documents)")
    staff.arrives_at("Add the documents")
    for label in ("Court order", "COP 1A", "COP 3", "COP 4"):
        staff.attaches(label, a_file(f"{label}.pdf"))
    staff.attaches("Additional documents", a_file("letter.docx"), a_file("photo.jpg"))
    staff.presses("Upload")

    staff.arrives_at("PFA order summary")
    staff.sees("6 documents uploaded")
    for name in ("Court order.pdf", "COP 1A.pdf", "COP 3.pdf", "letter.docx", "photo.jpg"):
        expect(document_link(staff, name)).to_be_visible()


def test_by_keyboard_of_several_files_one_is_refused_and_the_others_are_kept(staff, answered_order):
    answered_order(staff)
    staff.follows("Add additional document")
    page = staff.page
    staff.arrives_at("Add additional document")
    field = page.get_by_label("Select files")
    field.focus()
    open_by_key(field)
    files = (a_file("one.pdf"), File("bad.pdf", b"no PDF"), File("notes.txt", b"?"))
    field.set_input_files([staff.as_payload(file) for file in files])
    # What can be told at once is told at once.
    expect(file_row(staff, "notes.txt")).to_contain_text(NO_PDF)
    expect(file_row(staff, "one.pdf")).to_contain_text("Ready to upload")
    page.get_by_role("button", name="Upload", exact=True).focus()
    page.keyboard.press("Enter")

    staff.is_told_of_a_problem(f"bad.pdf: {NO_PDF}")
    staff.is_told_of_a_problem(f"notes.txt: {NO_PDF}")
    expect(page.get_by_role("alert").locator("..")).to_be_focused()
    expect(page.locator("form > [role=status]")).to_have_text(f"bad.pdf: {NO_PDF}")
    expect(file_row(staff, "one.pdf")).to_contain_text("Uploaded")
    staff.sees("1 of 3 files uploaded.")
    staff.arrives_at("Add additional document")
    for name in ("bad.pdf", "notes.txt"):
        page.get_by_role("button", name=f"Remove {name}").focus()
        page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("link", name="Continue to the order").focus()
    page.keyboard.press("Enter")

    staff.arrives_at("PFA order summary")
    expect(document_link(staff, "one.pdf")).to_be_visible()
    expect(document_link(staff, "bad.pdf")).to_have_count(0)


def test_too_many_files_at_once_are_still_too_many_when_upload_is_pressed(staff, answered_order):
    answered_order(staff)
    staff.follows("Add additional document")
    files = [staff.as_payload(File(f"{number}.pdf", b"%PDF")) for number in range(101)]
    staff.page.get_by_label("Select files").set_input_files(files)
    staff.is_told_of_a_problem("You can only select up to 100 files at once")
    staff.page.get_by_role("button", name="Upload", exact=True).click()
    staff.is_told_of_a_problem("You can only select up to 100 files at once")
    expect(staff.page.get_by_role("alert")).not_to_contain_text("Select at least one file")


def test_a_connection_that_is_lost_on_the_way_loses_no_file(browser, stack, answered_order):
    wire = Wire(stack.url)
    context = browser.new_context(base_url=wire.url)
    person = Staff(context.new_page())
    person.signs_in(EMAIL, PASSWORD)
    answered_order(person)
    selects_additional_documents(person, a_file("big.pdf", size=900_000), a_file("two.pdf"))
    wire.cut_after = 200_000
    person.presses("Upload")

    expect(file_row(person, "big.pdf")).to_contain_text(LOST)
    expect(file_row(person, "two.pdf")).to_contain_text("Ready to upload")
    wire.cut_after = None
    person.presses("Try again with big.pdf")
    # Whether or not the first is through by now: the second follows it.
    person.presses("Upload")
    person.arrives_at("PFA order summary")
    person.sees("2 documents uploaded")
    expect(document_link(person, "big.pdf")).to_have_count(1)
    context.close()
    wire.stop()


def test_a_file_that_could_not_be_scanned_is_kept_on_the_page_and_tried_again(
    colleague, answered_order, infrastructure
):
    answered_order(colleague)
    selects_additional_documents(colleague, a_file("one.pdf"), a_file("two.pdf"))
    infrastructure.scanner.kill()
    try:
        colleague.presses("Upload")
        expect(file_row(colleague, "one.pdf")).to_contain_text(ScannerUnavailable.sentence)
        expect(file_row(colleague, "two.pdf")).to_contain_text("Ready to upload")
    finally:
        infrastructure.scanner.start()
    colleague.presses("Try again with one.pdf")
    colleague.presses("Upload")
    colleague.arrives_at("PFA order summary")
    colleague.sees("2 documents uploaded")


def test_a_slow_upload_shows_how_far_it_is_and_can_be_cancelled(colleague, answered_order):
    answered_order(colleague)
    selects_additional_documents(colleague, a_file("big.pdf", size=900_000))
    network = colleague.page.context.new_cdp_session(colleague.page)
    network.send("Network.emulateNetworkConditions", SLOW)
    colleague.presses("Upload")

    expect(file_row(colleague, "big.pdf")).to_contain_text(re.compile(r"[1-9][0-9]?%"))
    bar = colleague.page.get_by_role("progressbar", name="Progress of big.pdf")
    assert 0 < int(bar.get_attribute("value")) < 100
    colleague.presses("Cancel big.pdf")
    expect(file_row(colleague, "big.pdf")).to_contain_text("Cancelled")
    expect(file_row(colleague, "big.pdf")).to_be_focused()
    network.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": -1})
    colleague.presses("Upload")
    colleague.arrives_at("PFA order summary")
    expect(document_link(colleague, "big.pdf")).to_have_count(1)


def test_whoever_was_signed_out_meanwhile_signs_in_elsewhere_and_loses_nothing(
    browser, stack, answered_order
):
    context = browser.new_context(base_url=stack.url)
    person = Staff(context.new_page())
    person.signs_in(EMAIL, PASSWORD)
    answered_order(person)
    selects_additional_documents(person, a_file("one.pdf"), a_file("two.pdf"))
    context.clear_cookies(name="sessionid")
    person.presses("Upload")

    person.is_told_of_a_problem(f"one.pdf: {SIGNED_OUT}")
    with context.expect_page() as other:
        person.follows("Sign in again (opens in a new tab)")
    Staff(other.value).types("Email address", EMAIL)
    Staff(other.value).types("Password", PASSWORD)
    Staff(other.value).presses("Sign in")
    Staff(other.value).arrives_at("Orders")
    person.presses("Upload")
    person.arrives_at("PFA order summary")
    person.sees("2 documents uploaded")
    context.close()


def test_what_has_gone_wrong_meanwhile_is_said_in_the_files_row(
    colleague, ready_order, clerk, tmp_path
):
    order = ready_order()
    colleague.opens_order(order.case_number, order.order_type)
    moved = tmp_path / "moved.pdf"
    moved.write_bytes(sample_document("pdf"))
    colleague.follows("Add additional document")
    colleague.page.get_by_label("Select files").set_input_files(moved)
    moved.unlink()
    colleague.presses("Upload")
    expect(file_row(colleague, "moved.pdf")).to_contain_text("could not be read")

    colleague.attaches("Select files", a_file("late.pdf"))
    clerk.serve(order)
    colleague.presses("Upload")
    expect(file_row(colleague, "late.pdf")).to_contain_text(
        re.compile("This order (is being sent to OPG|was served), so it cannot be changed")
    )


def test_without_javascript_each_file_has_its_result_on_the_page(
    staff_without_javascript, answered_order
):
    staff = staff_without_javascript
    staff.signs_in(EMAIL, PASSWORD)
    answered_order(staff)
    staff.follows("Add the missing documents (Documents)")
    staff.attaches("Court order", a_file("order.docx"))
    staff.attaches("COP 3", File("cop3.txt", b"?"))
    staff.presses("Upload")

    staff.is_told_of_a_problem(f"cop3.txt: {NO_PDF}")
    staff.sees("Court order: order.docx")
    staff.attaches("COP 3", a_file("cop3.pdf"))
    staff.presses("Upload")
    staff.arrives_at("PFA order summary")
    staff.sees("COP 3 uploaded")


def test_a_spreadsheet_on_its_way_is_cancelled_and_nothing_is_imported(colleague):
    colleague.opens("/upload-csv")
    network = colleague.page.context.new_cdp_session(colleague.page)
    network.send("Network.emulateNetworkConditions", SLOW)
    colleague.attaches("Upload a CSV or XLSX file", File("export.csv", b"Case\n" * 200_000))
    colleague.presses("Upload")
    colleague.sees(re.compile(r"Uploading export.csv. Stay on this page.\s*[1-9][0-9]?%"))
    colleague.presses("Cancel export.csv")
    colleague.sees("Upload cancelled. Nothing was saved.")

    network.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": -1})
    colleague.attaches("Upload a CSV or XLSX file", File("export.csv", b""))
    colleague.presses("Upload")
    colleague.is_told_of_a_problem("The selected file has no orders in it")
    colleague.arrives_at("Upload orders")
