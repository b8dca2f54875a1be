"""The main job by keyboard alone: no mouse is moved and nothing is clicked."""

import pytest

from devstack.court_export import court_export
from tests.journeys.conftest import EMAIL, PASSWORD
from tests.journeys.keyboard import KeyboardStaff
from tests.journeys.staff import File
from tests.journeys.test_main_job import document, first_of_type, received

pytestmark = pytest.mark.browser


@pytest.fixture
def typist(browser, stack):
    context = browser.new_context(base_url=stack.url)
    page = context.new_page()
    page.add_init_script(
        "addEventListener('mousedown', () => { throw new Error('a mouse was used') })"
    )
    yield KeyboardStaff(page)
    context.close()


def test_the_main_job_needs_no_mouse(typist, sirius):
    export = court_export(6, seed=14)
    row = first_of_type(export, "1")

    typist.signs_in(EMAIL, PASSWORD)
    typist.uploads_orders(File("export.csv", export))
    typist.sees("Processed 6 orders")
    typist.opens_order(row["Case"], "PF")
    typist.answers_order(bond="No", subtype="New application", appointment="Joint and several")
    typist.adds_deputy("Lay", first_name="Ada", last_name="Byron", Day="1", Month="2", Year="1980")
    typist.adds_deputy("Professional", first_name="Grace", last_name="Hopper")
    for link in ("Add court order", "Add COP 1A", "Add COP 3", "Add COP 4"):
        typist.attaches_document(link, document("pdf", link))
        typist.arrives_at("PFA order summary")
    typist.serves()
    reference = typist.waits_until_served()

    record, kinds = received(sirius)
    assert record["ids"]["id"] == reference
    assert [kind for kind, _ in kinds] == ["COP1A", "COP3", "COP4", "COURT_ORDER"]
    assert [each["lastName"] for each in record["payload"]["deputies"]] == ["Byron", "Hopper"]


def test_a_problem_is_reached_and_mended_by_keyboard(typist, waiting_orders):
    order = next(waiting_orders)
    typist.signs_in(EMAIL, PASSWORD)
    typist.opens_order(order.case_number, order.order_type)
    typist.arrives_at("Order details")
    typist.presses("Save and continue")
    typist.is_told_of_a_problem("Select the order subtype")

    typist.follows("Select the order subtype")
    typist.page.keyboard.press("Space")
    typist.chooses("Sole", of="Appointment type")
    if order.order_type == "PF":
        typist.follows("Select yes if the bond is over £21,000")
        typist.page.keyboard.press("Space")
    typist.presses("Save and continue")
    typist.arrives_at(f"{'PFA' if order.order_type == 'PF' else 'HW'} order summary")
