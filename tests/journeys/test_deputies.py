"""Deputies at a real browser: the address by postcode, the questions that come and go, the copy."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def adding(staff, ready_order):
    """A person who is adding a lay deputy to an order."""
    order = ready_order()
    staff.opens_order(order.case_number, order.order_type)
    staff.follows("Add a deputy")
    staff.chooses("Lay", of="What type of deputy?")
    staff.presses("Continue")
    staff.arrives_at("Add a deputy")
    staff.types("First name", "Ada")
    staff.types("Last name", "Byron")
    return staff


def test_a_postcode_finds_the_address(adding):
    adding.types("Postcode", "zz11zz")
    adding.presses("Find address")
    adding.sees("No addresses found for this postcode.")
    adding.types("Postcode", "st42zz")
    adding.page.keyboard.press("Enter")
    found = adding.page.get_by_label("Select an address", exact=True)
    expect(found).to_be_visible()
    adding.arrives_at("Add a deputy")
    adding.presses("Use this address")
    adding.sees("Select an address")
    found.select_option("12A St Mary's Lane, Mill-on-the-Hill, Stoke-on-Trent, ST4 2ZZ")
    adding.presses("Use this address")
    expect(adding.page.get_by_label("Town or city", exact=True)).to_have_value("Stoke-on-Trent")
    expect(found).to_be_hidden()
    adding.presses("Save and continue")
    adding.sees("Deputy added")
    adding.sees("12A St Mary's Lane")


def test_only_lay_reveals_the_date_of_birth_when_a_deputy_is_changed(adding):
    for label, text in (("Day", "31"), ("Month", "3"), ("Year", "1980")):
        adding.types(label, text)
    adding.page.keyboard.press("Enter")
    adding.sees("Deputy added")
    adding.follows("Change (Ada Byron)")
    adding.arrives_at("Change deputy")
    birth = adding.page.get_by_role("group", name="Date of birth")
    expect(birth).to_be_visible()
    adding.chooses("Professional", of="Deputy type")
    expect(birth).to_be_hidden()
    adding.arrives_at("Change deputy")
    adding.chooses("Lay", of="Deputy type")
    expect(adding.page.get_by_label("Year", exact=True)).to_have_value("1980")
    adding.chooses("Public authority", of="Deputy type")
    adding.presses("Save and continue")
    expect(adding.page).to_have_url(re.compile("/summary$"))
    card = adding.page.locator(".govuk-summary-card", has_text="Ada Byron")
    expect(card).to_contain_text("Public authority")
    expect(card).not_to_contain_text("Date of birth")
