"""Signing in and out through the pages, as a browser does."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

import audit
from accounts.services import passwords
from audit.models import Entry
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

REFUSED = "The email address or password is incorrect"
NEW_PASSWORD = "seventeen green bottles"


@pytest.fixture
def browser():
    """One that is held to the form's secret, as real ones are."""
    return Client(enforce_csrf_checks=True)


def page_of(response):
    return BeautifulSoup(response.content, "html.parser")


def fill_in_and_press(browser, address, **typed):
    """Open the page, fill in its form as it stands and press its button."""
    form = page_of(browser.get(address)).find("form", {"method": "post"})
    fields = {field["name"]: field.get("value", "") for field in form.find_all("input")}
    assert typed.keys() <= fields.keys()
    return browser.post(form.get("action") or address, {**fields, **typed})


def sign_in(browser, user, address="/login", password=PASSWORD):
    return fill_in_and_press(browser, address, email=user.email, password=password)


def test_the_page_carries_the_fixed_words(browser):
    page = page_of(browser.get("/login"))

    assert page.h1.text.strip() == "Sign in to Serve OPG"
    labels = {label.text.strip(): page.find(id=label["for"]) for label in page.find_all("label")}
    assert labels.keys() == {"Email address", "Password"}
    assert (labels["Email address"]["type"], labels["Password"]["type"]) == ("email", "password")
    assert [button.text.strip() for button in page.main.find_all("button")] == ["Sign in"]
    link = page.find("a", string="Forgotten your password?")
    assert link["href"] == "/user/password-reset/request"


def test_signing_in_leads_to_the_orders(browser, sam):
    response = sign_in(browser, sam)

    assert (response.status_code, response.url) == (302, "/case")
    assert browser.get("/case").status_code == 200
    assert list(Entry.objects.values_list("event", "by_id")) == [
        (audit.Event.USER_SIGNED_IN, sam.pk)
    ]


def test_signing_in_takes_an_address_in_any_case_and_a_password_with_spaces(browser):
    user = UserFactory(password="  spaces at both ends  ")

    response = fill_in_and_press(
        browser, "/login", email=f" {user.email.upper()} ", password="  spaces at both ends  "
    )

    assert response.status_code == 302


def test_signing_in_changes_the_session_key(browser, sam):
    session = browser.session
    session["planted"] = True
    session.save()
    before = browser.cookies["sessionid"] = session.session_key

    sign_in(browser, sam)

    assert browser.cookies["sessionid"].value != before


def test_unknown_address_wrong_password_and_disabled_user_get_the_same_page(browser, sam):
    gone = UserFactory(is_active=False)
    pages = set()
    for email, password in [
        (sam.email, "wrong password"),
        (gone.email, PASSWORD),
        ("stranger@example.com", PASSWORD),
    ]:
        response = fill_in_and_press(browser, "/login", email=email, password=password)
        assert response.status_code == 200
        page = page_of(response)
        assert page.title.text.startswith("Error: ")
        assert page.find(class_="govuk-error-summary").find("a", string=REFUSED)["href"]
        assert page.find("input", {"name": "email"})["value"] == email
        assert "value" not in page.find("input", {"name": "password"}).attrs
        page.find("input", {"name": "csrfmiddlewaretoken"}).extract()
        pages.add(str(page).replace(email, "..."))

    assert len(pages) == 1
    assert "sessionid" not in browser.cookies


@pytest.mark.parametrize(
    ("typed", "messages"),
    [
        ({}, ["Enter your email address", "Enter your password"]),
        ({"email": "sam@example.com"}, ["Enter your password"]),
        (
            {"email": "sam", "password": "x"},
            ["Enter an email address in the correct format, like name@example.com"],
        ),
        (
            {"email": "sam@example.com", "password": "\0"},
            ["Password must not have an invisible character in it. Type it, do not paste it"],
        ),
    ],
)
def test_what_is_missing_or_malformed_is_said_beside_the_field(browser, typed, messages):
    page = page_of(fill_in_and_press(browser, "/login", **typed))

    summary = page.find(class_="govuk-error-summary")
    assert [link.text for link in summary.find_all("a")] == messages
    for link in summary.find_all("a"):
        assert page.find(id=link["href"].removeprefix("#")).name == "input"
    assert page.find("input", {"name": "email"}).get("value", "") == typed.get("email", "")


def test_somebody_signed_out_comes_to_the_page_they_asked_for(browser, sam):
    first = browser.get("/case?type=served&q=A%20%26%20B")

    assert (first.status_code, first.url.partition("?")[0]) == (302, "/login")
    response = sign_in(browser, sam, address=first.url)
    assert response.url == "/case?type=served&q=A%20%26%20B"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        r"\\evil.example",
        r"/\evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "https://testserver@evil.example/",
        "\x08//evil.example",
        "",
        # No path: a word would be taken for the name of a page.
        *("foo", "user-list", "?x", "#a", "é", "[", "order-summary", "./case"),
    ],
)
def test_the_page_sends_nobody_elsewhere(browser, sam, elsewhere):
    token = page_of(browser.get("/login")).find("input", {"name": "csrfmiddlewaretoken"})["value"]
    typed = {"email": sam.email, "password": PASSWORD, "csrfmiddlewaretoken": token}

    response = browser.post(
        "/login", {**typed, "next": elsewhere}, query_params={"next": elsewhere}
    )

    assert (response.status_code, response.url) == (302, "/case")
    assert browser.get("/login", {"next": elsewhere}).url == "/case"


def test_a_form_from_another_site_signs_nobody_in(browser, sam):
    response = browser.post("/login", {"email": sam.email, "password": PASSWORD})

    assert response.status_code == 403
    assert not Entry.objects.exists()


def test_somebody_signed_in_is_not_asked_again(signed_in):
    assert signed_in.get("/login").url == "/case"
    assert signed_in.get("/login?next=/case%3Ftype%3Dserved").url == "/case?type=served"


def test_signing_out_ends_every_session_of_the_user(browser, sam):
    elsewhere = Client(enforce_csrf_checks=True)
    sign_in(browser, sam)
    sign_in(elsewhere, sam)

    response = fill_in_and_press(browser, "/logout")

    assert (response.status_code, response.url) == (302, "/login")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get("/case").status_code == 302
    assert elsewhere.get("/case").status_code == 302
    assert Entry.objects.filter(event=audit.Event.USER_SIGNED_OUT, by_id=sam.pk).count() == 1


def test_a_kept_session_key_is_worth_nothing_after_signing_out(browser, sam):
    sign_in(browser, sam)
    kept = browser.cookies["sessionid"].value
    fill_in_and_press(browser, "/logout")

    browser.cookies["sessionid"] = kept

    assert browser.get("/case").status_code == 302


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_link_to_sign_out_only_asks(signed_in, method):
    response = getattr(signed_in, method)("/logout")

    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert signed_in.get("/case").status_code == 200


def test_signing_out_twice_leads_to_the_sign_in_page(client):
    for response in (client.post("/logout"), client.get("/logout")):
        assert (response.status_code, response.url) == (302, "/login")


def test_a_new_password_ends_the_sessions_and_works(browser, sam):
    sign_in(browser, sam)

    passwords.set_password(user=sam, password=NEW_PASSWORD, by=None)

    assert browser.get("/case").status_code == 302
    assert sign_in(browser, sam).status_code == 200
    assert sign_in(browser, sam, password=NEW_PASSWORD).status_code == 302


def test_a_session_ends_after_65_minutes_without_use(browser, sam):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        sign_in(browser, sam)
        for _ in range(2):
            clock.shift(timedelta(minutes=64))
            assert browser.get("/case").status_code == 200
        clock.shift(timedelta(minutes=66))
        assert browser.get("/case").status_code == 302


def test_the_session_cookie_goes_when_the_browser_closes_and_is_hidden_from_scripts(browser, sam):
    sign_in(browser, sam)

    cookie = browser.cookies["sessionid"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_no_page_here_is_kept_by_a_cache(client):
    assert "no-store" in client.get("/login")["Cache-Control"]
