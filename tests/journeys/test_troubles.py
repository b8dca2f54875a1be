"""What staff see when Sirius refuses, is away or gives no clear answer: the truth, and no more."""

import psycopg
import pytest
from playwright.sync_api import expect

from tests.journeys.staff import SHOWN_TYPES

pytestmark = pytest.mark.browser
ATTENTION = "Needs attention. OPG digital has been told."
DO_NOT = "Do not serve it another way."


@pytest.fixture
def served_order(staff, ready_order):
    """Has the person at the browser serve an order; what comes of it is the test's."""

    def serve():
        order = ready_order()
        staff.opens_order(order.case_number, order.order_type)
        staff.serves()
        return order

    return serve


def test_an_order_that_opg_returns_is_corrected_and_served(staff, ready_order, sirius):
    order = ready_order()
    summary = f"{SHOWN_TYPES[order.order_type]} order summary"
    sirius.faults({"kind": "400-invalid", "reference": order.case_number})
    staff.opens_order(order.case_number, order.order_type)
    staff.serves()

    staff.arrives_at("Returned by OPG")
    staff.sees("Client's last name: This name is not allowed")
    staff.searches(order.case_number)
    expect(staff.row_of(order.case_number).get_by_text("RETURNED")).to_be_visible()

    staff.opens_order(order.case_number, order.order_type)
    staff.arrives_at(summary)
    staff.sees("Returned by OPG")
    staff.page.get_by_role("link", name="Change").last.click()
    staff.arrives_at("Change deputy")
    staff.types("Last name", "Corrected")
    staff.presses("Save and continue")
    staff.arrives_at(summary)
    staff.serves()
    reference = staff.waits_until_served()

    [record] = sirius.accepted()
    assert record["ids"]["id"] == reference
    assert "Corrected" in {each["lastName"] for each in record["payload"]["deputies"]}


def test_an_order_that_sirius_has_already_is_held_and_not_called_served(staff, ready_order, sirius):
    order = ready_order()
    sirius.take((order.case_number, order.order_type))
    staff.opens_order(order.case_number, order.order_type)
    staff.serves()

    staff.arrives_at("Needs attention")
    staff.sees(ATTENTION)
    staff.searches(order.case_number)
    expect(staff.row_of(order.case_number).get_by_text("NEEDS ATTENTION")).to_be_visible()
    assert sirius.accepted() == []


def test_an_order_whose_answer_was_lost_is_being_checked(staff, served_order, sirius):
    sirius.faults({"kind": "500-after"})
    order = served_order()

    staff.arrives_at("Sending to OPG")
    staff.sees(f"Checking with OPG. {DO_NOT}")
    staff.searches(order.case_number)
    expect(staff.row_of(order.case_number).get_by_text("SENDING")).to_be_visible()
    staff.opens(f"{staff.page.url.split('/case')[0]}/case?type=served&q={order.case_number}")
    staff.sees("No orders found")


def test_while_sirius_is_down_orders_are_taken_delayed_and_served_later(
    staff, stack, ready_order, served_order, sirius
):
    sirius.faults({"kind": "503-before", "call": "sign-in", "times": 10_000})
    order = served_order()
    progress = staff.page.url
    staff.arrives_at("Sending to OPG")
    staff.sees("Order accepted by OPG")
    _let_eleven_minutes_pass(stack)
    staff.sees("This order is delayed. There is nothing for you to do.")

    other = ready_order()
    _serve_under_the_banner(staff, other)
    sirius.clear_faults()
    staff.waits_until_served()
    staff.opens(progress)
    staff.waits_until_served()

    served = {(each["reference"], each["type"]) for each in sirius.accepted()}
    assert served == {(each.case_number, each.order_type) for each in (order, other)}


def _serve_under_the_banner(staff, order):
    """The banner comes after the fifth failure in a row; the page is opened until it does."""
    staff.opens_order(order.case_number, order.order_type)
    staff.follows("Serve order")
    staff.arrives_at("Serve order")
    banner = staff.page.get_by_text("OPG's system is not answering at the moment")
    for _ in range(200):
        if banner.is_visible():
            break
        staff.page.reload()
    expect(banner).to_be_visible()
    staff.presses("Serve order")


def _let_eleven_minutes_pass(stack):
    """Ten are what it takes to be called delayed. The guard knows no travel in time: it sleeps."""
    with psycopg.connect(stack.owner_url) as connection:
        connection.execute("ALTER TABLE orders_submission DISABLE TRIGGER submission_guard")
        connection.execute(
            "UPDATE orders_submission SET declared_at = declared_at - interval '11 minutes' "
            "WHERE state IN ('QUEUED', 'PREPARING')"
        )
        connection.execute("ALTER TABLE orders_submission ENABLE TRIGGER submission_guard")
