"""A session that ends in the middle of a form: what was typed is there after signing in again."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import kept
from orders.models import Deputy
from tests.factories import PASSWORD, SecondFactorFactory, UserFactory, code_of

pytestmark = pytest.mark.django_db

TYPED = {
    "first_name": "Dana <b>",
    "last_name": "Example",
    "date_of_birth-day": "31",
    "date_of_birth-month": "2",
    "date_of_birth-year": "80",
    "email": "not an address",
    "then": "continue",
}


def page_of(response):
    return BeautifulSoup(response.content, "html.parser")


def words_of(response):
    return " ".join(page_of(response).main.text.split())


def token_of(browser, address="/login"):
    return page_of(browser.get(address)).find("input", {"name": "csrfmiddlewaretoken"})["value"]


def sign_in(browser, user, address="/login"):
    typed = {"email": user.email, "password": PASSWORD}
    return browser.post(address, {**typed, "csrfmiddlewaretoken": token_of(browser, address)})


@pytest.fixture
def browser(sam):
    """One that is held to the form's secret, and that Sam has signed in to."""
    browser = Client(enforce_csrf_checks=True)
    assert sign_in(browser, sam).status_code == 302
    return browser


@pytest.fixture
def page(order):
    return f"/order/{order.pk}/deputy/add?deputyType=LAY"


def posts(browser, page, **typed):
    """Types, but the session ends before the button is pressed. The answer."""
    token = token_of(browser, page)
    Session.objects.all().delete()
    return browser.post(page, {**TYPED, **typed, "csrfmiddlewaretoken": token})


def test_what_was_typed_waits_on_the_page_and_nothing_is_saved(browser, sam, page):
    to_sign_in = posts(browser, page)

    assert to_sign_in.status_code == 302
    assert "You were signed out. What you typed is kept: sign in to go on." in words_of(
        browser.get(to_sign_in.url)
    )
    assert sign_in(browser, sam, to_sign_in.url).url == page
    back = browser.get(page)
    assert kept.BACK in words_of(back)
    fields = {one["name"]: one.get("value", "") for one in page_of(back).main.find_all("input")}
    assert fields.items() >= {k: v for k, v in TYPED.items() if k != "then"}.items()
    assert not page_of(back).find(class_="govuk-error-message")
    assert not Deputy.objects.exists()


def test_the_order_s_questions_are_kept_too(browser, sam, order):
    page = f"/order/{order.pk}/edit"
    given = page_of(browser.get(page)).main.find("form")
    fields = {one["name"]: one.get("value", "") for one in given.select("input[type=hidden]")}
    token = fields.pop("csrfmiddlewaretoken")
    Session.objects.all().delete()
    chosen = {**fields, "order_subtype": "INTERIM_ORDER", "appointment_type": "JOINT"}
    sign_in(browser, sam, browser.post(page, {**chosen, "csrfmiddlewaretoken": token}).url)

    back = page_of(browser.get(page)).main.find("form")
    assert [one["value"] for one in back.select("[checked]")] == ["INTERIM_ORDER", "JOINT"]
    again = {one["name"]: one.get("value", "") for one in back.select("input[type=hidden]")}
    assert again.items() >= fields.items()


def test_a_reload_loses_nothing_and_saving_ends_it(browser, sam, page):
    sign_in(browser, sam, posts(browser, page, email="").url)
    browser.get(page)
    assert kept.BACK in words_of(browser.get(page))

    right = {**TYPED, "email": "", "date_of_birth-month": "1", "date_of_birth-year": "1980"}
    saved = browser.post(page, {**right, "csrfmiddlewaretoken": token_of(browser, page)})

    assert saved.status_code == 302
    assert Deputy.objects.get().first_name == "Dana <b>"
    assert kept.BACK not in words_of(browser.get(page))


def test_nobody_else_sees_it(browser, page):
    colleague = UserFactory()
    sign_in(browser, colleague, posts(browser, page).url)

    assert "Dana" not in browser.get(page).content.decode()
    assert "kept_forms" not in browser.session or not browser.session["kept_forms"]


def test_it_waits_for_the_second_factor_too(ada, page):
    SecondFactorFactory(user=ada)
    browser = Client(enforce_csrf_checks=True)
    half_way = sign_in(browser, ada)
    token = token_of(browser, half_way.url)
    browser.post(half_way.url, {"code": code_of(ada), "csrfmiddlewaretoken": token})
    ada.second_factor.refresh_from_db()
    ada.second_factor.last_step -= 1  # time passes
    ada.second_factor.save()

    half_way = sign_in(browser, ada, posts(browser, page).url)
    token = token_of(browser, half_way.url)
    there = browser.post(half_way.url, {"code": code_of(ada), "csrfmiddlewaretoken": token})

    assert there.url == page
    assert kept.BACK in words_of(browser.get(page))


def test_several_tabs_are_kept_each_for_its_page(browser, sam, page):
    other = page.replace("LAY", "PROFESSIONAL")
    token = token_of(browser, page)
    Session.objects.all().delete()
    for address, name in ((page, "First"), (other, "Second")):
        answer = browser.post(address, {"first_name": name, "csrfmiddlewaretoken": token})
    sign_in(browser, sam, answer.url)

    for address, name in ((page, "First"), (other, "Second")):
        assert page_of(browser.get(address)).find(id="id_first_name")["value"] == name


def test_a_browser_that_never_signed_in_keeps_nothing(client, page):
    answer = client.post(page, TYPED)

    assert (answer.status_code, "sessionid" in client.cookies) == (302, False)
    assert "is kept" not in words_of(client.get(answer.url))


def test_passwords_and_secrets_are_not_kept(browser, page):
    posts(browser, page, old_password="hush hush", Password2="hush")

    assert "hush" not in str(browser.session["kept_forms"])
    assert "csrfmiddlewaretoken" not in str(browser.session["kept_forms"])


def test_more_than_a_form_holds_is_not_kept_and_not_promised(browser, page):
    answer = posts(browser, page, first_name="x" * 100_001)

    assert "is kept" not in words_of(browser.get(answer.url))


def test_a_button_that_only_does_something_leads_back_to_its_page(browser, sam, order):
    summary = f"/order/{order.pk}/edit"
    token = token_of(browser, summary)
    Session.objects.all().delete()

    answer = browser.post(
        f"/order/{order.pk}/document/1/keep",
        {"csrfmiddlewaretoken": token},
        headers={"Referer": f"http://testserver{summary}?a=1"},
    )

    assert "You were signed out before this was done." in words_of(browser.get(answer.url))
    assert sign_in(browser, sam, answer.url).url == f"{summary}?a=1"


ELSEWHERE = ("https://evil.example/users", "", "http://testserver//evil.example/x")
NO_PAGE = ("http://testserver", "http://testserver?a=1", "http://testserver///evil.example")


@pytest.mark.parametrize("before", [*ELSEWHERE, *NO_PAGE])
def test_nobody_is_led_elsewhere_by_a_button(browser, sam, order, before):
    token = token_of(browser, "/case")
    Session.objects.all().delete()

    answer = browser.post(
        f"/order/{order.pk}/document/1/keep",
        {"csrfmiddlewaretoken": token},
        headers={"Referer": before},
    )

    assert sign_in(browser, sam, answer.url).url == "/"


def test_the_page_s_script_may_have_a_form_kept_without_sending_it(browser, page):
    right = {**TYPED, "email": "", "date_of_birth-year": "1980", "date_of_birth-month": "1"}
    token = token_of(browser, page)

    answer = browser.post(page, {**right, "only-keep": "1", "csrfmiddlewaretoken": token})

    assert (answer.status_code, answer.url) == (302, page)
    assert not Deputy.objects.exists()
    assert page_of(browser.get(page)).find(id="id_first_name")["value"] == "Dana <b>"


@pytest.mark.parametrize(
    "sender", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}]
)
def test_a_form_older_than_the_sign_in_is_shown_again(browser, sam, page, sender):
    answer = browser.post(page, {**TYPED, "csrfmiddlewaretoken": "x" * 64}, headers=sender)

    assert (answer.status_code, answer.url) == (302, page)
    assert kept.STALE in words_of(browser.get(page))


@pytest.mark.parametrize(
    "sender",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        # A neighbour under our domain is no page of ours.
        {"Sec-Fetch-Site": "same-site", "Origin": "http://neighbour.testserver"},
    ],
)
def test_a_form_of_another_site_is_never_shown_as_typed_here(browser, page, sender):
    answer = browser.post(page, {**TYPED, "csrfmiddlewaretoken": "x" * 64}, headers=sender)

    assert answer.status_code == 403
    assert "Dana" not in browser.get(page).content.decode()
