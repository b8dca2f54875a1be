"""A session that ends while somebody works: the question before it, and what was typed."""

import psycopg
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.conftest import EMAIL, PASSWORD
from tests.journeys.staff import Staff, keeps_the_accessibility_rules

pytestmark = pytest.mark.browser

KEPT = "You were signed out. What you typed is still here, but is not saved yet."


@pytest.fixture
def context(browser, stack):
    """A browser whose clock the test can move."""
    context = browser.new_context(base_url=stack.url)
    context.clock.install()
    yield context
    context.close()


@pytest.fixture
def person(context) -> Staff:
    person = Staff(context.new_page())
    person.signs_in(EMAIL, PASSWORD)
    return person


@pytest.fixture
def deputy_page(person, waiting_orders) -> str:
    """The address of a form, opened."""
    order = next(waiting_orders)
    person.opens_order(order.case_number, order.order_type)
    person.arrives_at("Order details")
    path = person.page.url.replace("/edit", "/deputy/add?deputyType=LAY")
    person.opens(path)
    person.arrives_at("Add a deputy")
    return path


def end_all_sessions(stack):
    with psycopg.connect(stack.variables["DATABASE_URL"]) as connection:
        connection.execute("DELETE FROM django_session")


def question(page: Page):
    return page.get_by_role("alertdialog", name="You will be signed out soon")


def pass_minutes(context: BrowserContext, minutes: float) -> None:
    context.clock.fast_forward(int(minutes * 60_000))


def sign_in_again(person: Staff) -> None:
    person.arrives_at("Sign in to Serve OPG")
    person.types("Email address", EMAIL)
    person.types("Password", PASSWORD)
    person.presses("Sign in")


def test_a_form_sent_after_the_end_is_there_after_signing_in(stack, person, deputy_page):
    person.types("First name", "Dana")
    person.types("Month", "Febuary")
    end_all_sessions(stack)

    person.presses("Save and continue")
    person.sees("What you typed is kept: sign in to go on.")
    sign_in_again(person)

    person.arrives_at("Add a deputy")
    person.sees(KEPT)
    expect(person.page.get_by_label("First name", exact=True)).to_have_value("Dana")
    expect(person.page.get_by_label("Month", exact=True)).to_have_value("Febuary")


def test_the_question_is_asked_in_time_and_in_every_tab(context, person, deputy_page):
    first = person.page.get_by_label("First name", exact=True)
    first.fill("Dana")
    other = context.new_page()
    other.goto("/case")
    person.page.bring_to_front()
    first.focus()

    pass_minutes(context, 59)
    expect(question(person.page)).to_have_count(0)
    pass_minutes(context, 2.5)

    expect(question(person.page)).to_be_visible()
    expect(question(person.page).get_by_role("alert")).to_be_hidden()
    expect(question(other)).to_be_visible()
    expect(question(person.page)).to_contain_text("you will be signed out in 4 minutes")
    stay = person.page.get_by_role("button", name="Stay signed in")
    expect(stay).to_be_focused()
    keeps_the_accessibility_rules(person.page)

    stay.press("Enter")

    expect(question(person.page)).to_be_hidden()
    expect(question(other)).to_be_hidden()
    expect(first).to_be_focused()
    expect(first).to_have_value("Dana")


def test_escape_means_that_somebody_is_there_and_signing_out_is_offered(context, person):
    pass_minutes(context, 61)
    expect(question(person.page)).to_be_visible()

    with person.page.expect_response("**/session-keep-alive") as answer:
        person.page.keyboard.press("Escape")

    assert answer.value.json() == {"seconds": 3900}
    expect(question(person.page)).to_be_hidden()
    pass_minutes(context, 61)
    question(person.page).get_by_role("button", name="Sign out").click()
    person.arrives_at("Sign in to Serve OPG")


def test_at_the_end_the_page_goes_and_what_was_typed_stays(stack, context, person, deputy_page):
    person.types("First name", "Dana")
    end_all_sessions(stack)

    pass_minutes(context, 66)
    person.arrives_at("Sign in to Serve OPG")
    person.sees("You were signed out because you had not used Serve OPG for 65 minutes.")
    sign_in_again(person)

    person.arrives_at("Add a deputy")
    person.sees(KEPT)
    expect(person.page.get_by_label("First name", exact=True)).to_have_value("Dana")


def test_a_session_that_ended_elsewhere_ends_here(stack, context, person):
    person.opens("/case?type=served")
    pass_minutes(context, 61)
    end_all_sessions(stack)

    person.page.get_by_role("button", name="Stay signed in").click()
    sign_in_again(person)

    expect(person.page).to_have_url(f"{stack.url}/case?type=served")
