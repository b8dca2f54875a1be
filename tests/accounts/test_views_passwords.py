"""A forgotten password and the links of emails, as a browser meets them."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Link, Mail
from accounts.services import links, mails, passwords
from tests.accounts.conftest import page_of, press, strict, words_of
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

REQUEST = "/user/password-reset/request"
SENT = "/user/password-reset/sent"
SET = "/user/password-reset/change/set"
NEW_PASSWORD = "seventeen green bottles"


@pytest.fixture
def stranger():
    """A browser in which nobody is signed in, held to the secret of each form."""
    return Client(enforce_csrf_checks=True)


def opened(browser, token):
    """The page a link leads to."""
    return browser.get(f"/user/password-reset/change/{token}", follow=True)


def choose(browser, password):
    return press(browser, SET, "Save password", password=password)


def h1_of(response):
    return page_of(response).h1.get_text(strip=True)


# --- Asking ---------------------------------------------------------------------------------------
def test_the_sign_in_page_leads_there(stranger):
    page = page_of(stranger.get("/login"))

    assert page.find("a", string="Forgotten your password?")["href"] == REQUEST


def test_the_page_carries_the_fixed_words(stranger):
    page = page_of(stranger.get(REQUEST))

    assert page.h1.get_text(strip=True) == "Reset your password"
    (label,) = page.find_all("label")
    assert label.get_text(strip=True) == "Email address"
    assert [button.text.strip() for button in page.main.find_all("button")] == ["Send the email"]


def test_known_and_unknown_addresses_get_the_same_answer_after_the_same_work(stranger, sam):
    answers = set()
    for email in (sam.email, "stranger@example.com"):
        press(stranger, REQUEST, "Send the email", email="warm-up@example.com")
        with CaptureQueriesContext(connection) as queries:
            answer = press(stranger, REQUEST, "Send the email", email=email)
        kinds = tuple(query["sql"].split()[0] for query in queries)
        body = stranger.get(answer.url).content
        answers.add((answer.status_code, answer.url, kinds, body))

    assert len(answers) == 1
    ((status, url, _kinds, body),) = answers
    assert (status, url) == (302, SENT)
    assert b"Check your email" in body


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter your email address"),
        ("sam", "Enter an email address in the correct format, like name@example.com"),
        (f"{'x' * 250}@example.com", "Email address must be 254 characters or less"),
        # In lower case it is two characters.
        (f"{'İ' * 200}@example.com", "Email address must be 254 characters or less"),
    ],
)
def test_what_is_no_address_is_said_and_stays(stranger, typed, said):
    answer = press(stranger, REQUEST, "Send the email", email=typed)

    page = page_of(answer)
    assert page.title.text.startswith("Error: ")
    assert said in words_of(page.find(class_="govuk-error-summary"))
    assert page.find("input", {"name": "email"}).get("value", "") == typed
    assert not Mail.objects.exists()


def test_a_reset_by_email_from_beginning_to_end(stranger, sam, notify, sorting, client_of):
    from_before = client_of(sam)
    press(stranger, REQUEST, "Send the email", email="SAM@example.com ")
    deliver(sorting)
    (token,) = notify.tokens()

    page = opened(stranger, token)
    assert (page.status_code, page.redirect_chain) == (200, [(SET, 302)])
    assert h1_of(page) == "Choose a new password"
    answer = choose(stranger, NEW_PASSWORD)

    assert (answer.status_code, answer.url) == (302, "/login")
    banner = page_of(stranger.get("/login")).find(class_="govuk-notification-banner--success")
    assert "Your password is changed. Sign in with it." in words_of(banner)
    assert from_before.get("/case").status_code == 302
    assert stranger.get("/case").status_code == 302
    for password, url in ((PASSWORD, None), (NEW_PASSWORD, "/case")):
        answer = press(stranger, "/login", "Sign in", email=sam.email, password=password)
        assert getattr(answer, "url", None) == url


def deliver(sorting):
    assert mails.deliver_due(sorting=sorting()) == 1


# --- The link -------------------------------------------------------------------------------------
def test_a_mail_scanner_that_opens_the_link_uses_nothing_up(stranger, sam, link_of):
    token = link_of(sam)
    for _ in range(3):
        for method in ("get", "head", "post", "options"):
            getattr(Client(), method)(f"/user/password-reset/change/{token}", follow=True)

    opened(stranger, token)
    assert choose(stranger, NEW_PASSWORD).url == "/login"


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_address_with_the_token_shows_nothing_and_sends_no_referrer(sam, link_of, method):
    browser = Client(enforce_csrf_checks=True)

    answer = getattr(browser, method)(f"/user/password-reset/change/{link_of(sam)}")

    assert (answer.status_code, answer.url, answer.content) == (302, SET, b"")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


def test_the_token_is_in_no_session_no_cookie_and_no_page(stranger, sam, link_of, caplog):
    token = link_of(sam)

    page = opened(stranger, token)

    assert token not in str(dict(stranger.session))
    assert token not in str(stranger.cookies)
    assert token not in page.content.decode()
    assert token not in caplog.text


def test_whoever_planted_the_session_does_not_share_the_link(stranger, sam, link_of):
    planted = Client()
    planted.get("/login")
    session = planted.session
    session["anything"] = True
    session.save()
    stranger.cookies["sessionid"] = session.session_key
    assert h1_of(opened(stranger, link_of(sam))) == "Choose a new password"

    planted.cookies["sessionid"] = session.session_key
    assert planted.get(SET).status_code == 410


def test_a_form_of_the_page_can_be_sent_by_a_browser(sam, link_of):
    """With no-referrer here, browsers would send `Origin: null` and the form be refused."""
    browser = Client()
    page = opened(browser, link_of(sam))

    assert page["Referrer-Policy"] == "same-origin"


def test_a_first_password_activates_and_the_page_says_so(stranger, waiting, link_of):
    page = opened(stranger, link_of(waiting))
    assert h1_of(page) == "Choose a password"
    assert waiting.email in words_of(page_of(page).main)

    answer = choose(stranger, NEW_PASSWORD)

    assert "Your account is ready" in words_of(page_of(stranger.get(answer.url)).main)


@pytest.mark.parametrize("state", ["unknown", "used", "expired", "replaced", "disabled", "none"])
def test_a_link_that_is_dead_says_so_in_the_same_words_and_how_to_get_another(
    stranger, sam, link_of, state
):
    token = "" if state == "none" else link_of(sam)
    if state == "unknown":
        token = f"{token}x"
    if state in ("used", "replaced"):
        used = token if state == "used" else link_of(sam)
        passwords.set_password_by_link(
            token_hash=links.hash_token(used), password=NEW_PASSWORD, now=timezone.now()
        )
    if state == "expired":
        Link.objects.update(expires_at=timezone.now())
    if state == "disabled":
        sam.is_active = False
        sam.save()

    page = opened(stranger, token) if token else stranger.get(SET)

    assert (page.status_code, h1_of(page)) == (410, "This link does not work any more")
    assert page_of(page).main.find("a", string="Get another link")["href"] == REQUEST


def test_a_link_that_dies_while_the_page_is_open_says_so(stranger, sam, link_of):
    opened(stranger, link_of(sam))
    with time_machine.travel(timezone.now() + timedelta(hours=48), tick=False):
        # The session ends with 65 minutes without use; the secret of the form outlives it.
        answer = stranger.post(SET, {"password": NEW_PASSWORD, **secret_of(stranger)})

    assert answer.status_code == 410
    sam.refresh_from_db()
    assert sam.check_password(PASSWORD)


def secret_of(browser):
    return {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}


def test_a_dead_link_forgets_the_good_one_that_was_open(stranger, sam, link_of):
    opened(stranger, link_of(sam))
    opened(stranger, "nonsense")

    assert stranger.get(SET).status_code == 410


def test_a_double_click_and_the_back_button_do_no_harm(stranger, sam, link_of):
    opened(stranger, link_of(sam))
    secret = secret_of(stranger)
    answers = [stranger.post(SET, {"password": NEW_PASSWORD, **secret}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 410]
    sam.refresh_from_db()
    assert sam.check_password(NEW_PASSWORD)


def test_whoever_was_signed_in_there_is_signed_out(ada, sam, client_of, link_of):
    browser = strict(client_of(ada))
    opened(browser, link_of(sam))

    choose(browser, NEW_PASSWORD)

    assert browser.get("/users").url.startswith("/login")
    # Ada herself is still signed in elsewhere.
    assert ada.session_generation == type(ada).objects.get(pk=ada.pk).session_generation


# --- The password ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter a password"),
        ("eleven char", "Password is too short. It must be at least 12 characters"),
        ("password1234", "Password is too common. Choose one that is harder to guess"),
        ("sam@example.com", "Password is too similar to the name or email address"),
        ("x" * 1001, "New password must be 1000 characters or less"),
        ("seventeen\x00green bottles", "must not have an invisible character"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(stranger, sam, link_of, typed, said):
    opened(stranger, link_of(sam))

    answer = choose(stranger, typed)

    page = page_of(answer)
    assert answer.status_code == 200
    assert said in words_of(page.find(class_="govuk-error-summary"))
    field = page.find("input", {"name": "password"})
    assert said in words_of(page.find(id="id_password-error"))
    assert "id_password-error" in field["aria-describedby"]
    assert "value" not in field.attrs
    assert choose(stranger, NEW_PASSWORD).url == "/login"


@pytest.mark.parametrize(
    "typed", ["  spaces at both ends  ", "ünïcödé wörds 🐝🐝", "pa ss" * 200, "1x" * 64]
)
def test_any_characters_will_do_and_long_ones_too(stranger, sam, link_of, typed):
    opened(stranger, link_of(sam))

    assert choose(stranger, typed).url == "/login"

    sam.refresh_from_db()
    assert sam.check_password(typed)


def test_the_hint_says_the_rules_and_the_field_can_be_shown(stranger, sam, link_of):
    page = page_of(opened(stranger, link_of(sam)))

    field = page.find("input", {"name": "password"})
    hint = words_of(page.find(id=field["aria-describedby"]))
    assert "At least 12 characters" in hint
    assert "common" in hint
    assert "name or email address" in hint
    assert (field["type"], field["autocomplete"]) == ("password", "new-password")
    wrapper = page.find(attrs={"data-module": "govuk-password-input"})
    button = wrapper.find("button")
    assert (button["type"], button["aria-label"]) == ("button", "Show password")
    assert button["aria-controls"] == field["id"]
    assert button.has_attr("hidden")
    assert page.find("label", {"for": field["id"]}).get_text(strip=True) == "New password"


@pytest.mark.django_db(transaction=True)
def test_two_browsers_with_one_link_change_it_once(sam, link_of):
    token = link_of(sam)
    browsers = [Client(), Client()]
    for browser in browsers:
        opened(browser, token)
    start, statuses = threading.Barrier(2), []

    def choose_at_once(browser):
        start.wait()
        statuses.append(browser.post(SET, {"password": NEW_PASSWORD}).status_code)
        connection.close()

    threads = [threading.Thread(target=choose_at_once, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [302, 410]
