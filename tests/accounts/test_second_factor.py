"""The second factor: set up once, asked for each time, and nothing is open without it."""

import threading
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

import audit
from accounts.models import RecoveryCode, SecondFactor, User
from accounts.services import second_factor, users
from accounts.squares import BORDER, path_of_square
from audit.models import Entry
from tests.factories import PASSWORD, SecondFactorFactory, UserFactory, code_of

pytestmark = pytest.mark.django_db

REFUSED = "The code is incorrect, or was used before. Wait for the next code and try again"


@pytest.fixture
def clock():
    """Stands still in the middle of a 30-second step, until a test moves it."""
    start = timezone.now().replace(second=15, microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        yield clock


@pytest.fixture
def app(ada):
    """Ada's authenticator app."""
    return SecondFactorFactory(user=ada)


def page_of(response):
    return BeautifulSoup(response.content, "html.parser")


def problem_of(response):
    return page_of(response).find(class_="govuk-error-summary").find("a").text


def sign_in(browser, user, page="/login"):
    return browser.post(page, {"email": user.email, "password": PASSWORD})


def events_of(user):
    return [entry.event for entry in Entry.objects.about(user).order_by("id")]


# Asked for each time ------------------------------------------------------------------------------


def test_the_password_leads_to_the_code_and_the_code_to_the_page(client, ada, app):
    code_page = sign_in(client, ada, "/login?next=/case%3Ftype%3Dserved")
    ada.refresh_from_db()
    assert code_page.url == "/login/code?next=%2Fcase%3Ftype%3Dserved"
    assert client.get("/case").url.startswith("/login?")
    assert (ada.last_login, events_of(ada)) == (None, [])

    response = client.post(code_page.url, {"code": code_of(ada)})

    ada.refresh_from_db()
    assert (response.status_code, response.url) == (302, "/case?type=served")
    assert client.get(response.url).status_code == 200
    assert ada.last_login is not None
    assert events_of(ada) == [audit.Event.USER_SIGNED_IN]


def test_case_managers_are_asked_only_where_all_are(client, sam, settings):
    assert sign_in(client, sam).url == "/case"

    settings.SECOND_FACTOR_FOR_ALL = True

    assert client.get("/case").url.startswith("/login?")
    assert sign_in(client, sam).url.startswith("/login/set-up-code")


def test_the_code_page_helps_phones_and_password_safes(client, ada, app):
    page = page_of(client.get(sign_in(client, ada).url))

    assert page.h1.text == "Enter your code"
    field = page.find(id=page.find("label", string="6-digit code")["for"])
    assert (field["inputmode"], field["autocomplete"]) == ("numeric", "one-time-code")
    assert page.find("a", string="Use a recovery code")


@pytest.mark.parametrize("typed", ["{} {}", " {}{} ", "{}-{}"])
def test_spaces_in_a_code_are_forgiven(client, ada, app, typed):
    page = sign_in(client, ada).url
    code = code_of(ada)

    assert client.post(page, {"code": typed.format(code[:3], code[3:])}).url == "/case"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "Enter the code from your authenticator app"),
        ("12345", "The code must be 6 digits, like 123456"),
        ("12345x", "The code must be 6 digits, like 123456"),
        ("１２３４５６", "The code must be 6 digits, like 123456"),
    ],
)
def test_what_is_no_code_is_said(client, ada, app, typed, problem):
    assert problem_of(client.post(sign_in(client, ada).url, {"code": typed})) == problem


@pytest.mark.parametrize(
    ("steps_away", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off(client, ada, app, clock, steps_away, is_good):
    page = sign_in(client, ada).url
    shown = code_of(ada, now=timezone.now() + timedelta(seconds=30 * steps_away))

    assert (client.post(page, {"code": shown}).status_code == 302) == is_good


def test_a_code_is_good_once(ada, app, clock):
    code = code_of(ada)
    first, second = Client(), Client()
    pages = [sign_in(browser, ada).url for browser in (first, second)]

    assert first.post(pages[0], {"code": code}).status_code == 302
    assert problem_of(second.post(pages[1], {"code": code})) == REFUSED
    clock.shift(timedelta(seconds=30))
    assert second.post(pages[1], {"code": code_of(ada)}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_who_send_one_code_at_once_do_not_both_come_in():
    app = SecondFactorFactory(user=UserFactory(administrator=True))
    now = timezone.now()
    code, answers = code_of(app.user), []

    def use():
        try:
            second_factor.use_code(user=app.user, code=code, now=now)
            answers.append("in")
        except second_factor.CodeRefused:
            answers.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(3)]
    with transaction.atomic():
        list(SecondFactor.objects.select_for_update())
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["in", "refused", "refused"]


def test_somebody_disabled_between_password_and_code_is_refused(client, ada, app, olive):
    UserFactory(administrator=True)
    page = sign_in(client, ada).url
    users.disable_user(user=ada, by=olive)

    assert client.post(page, {"code": code_of(ada)}).url.startswith("/login?")
    assert client.get("/case").url.startswith("/login?")


def test_the_code_must_come_within_a_quarter_of_an_hour(client, ada, app, clock):
    page = sign_in(client, ada).url
    clock.shift(timedelta(minutes=15, seconds=1))

    assert client.post(page, {"code": code_of(ada)}).url.startswith("/login?")


# Nothing is open without it -----------------------------------------------------------------------


def test_without_the_code_nobody_is_signed_in_on_open_pages_either(client, ada, app):
    client.force_login(ada)

    assert client.post("/session-keep-alive").status_code == 401
    assert ada.full_name not in client.get("/login").content.decode()
    assert ada.full_name not in client.get("/no-such-page").content.decode()


@pytest.mark.parametrize("page", ["/login/code", "/login/set-up-code", "/login/recovery-code"])
def test_the_code_pages_are_for_those_half_way(client, signed_in, page):
    assert client.get(page).url.startswith("/login?")
    assert signed_in.get(page).url == "/case"


def test_signing_out_half_way_ends_it(client, ada, app):
    page = sign_in(client, ada).url
    client.post("/logout")

    assert client.get(page).url.startswith("/login?")


def test_the_session_key_changes_at_each_step(client, ada, app):
    session = client.session
    session["planted"] = True
    session.save()
    planted = client.cookies["sessionid"] = session.session_key
    page = sign_in(client, ada).url
    half = client.cookies["sessionid"].value
    client.post(page, {"code": code_of(ada)})

    assert len({planted, half, client.cookies["sessionid"].value}) == 3


def test_the_admin_shows_no_keys():
    models = {model._meta.model_name for model in admin.site._registry}

    assert not models & {"secondfactor", "recoverycode", "totpdevice", "staticdevice"}


# Set up once --------------------------------------------------------------------------------------


def key_on(page):
    return page.find("code").text.replace(" ", "")


def test_the_first_sign_in_sets_up_the_app_and_shows_recovery_codes_once(client, ada):
    address = sign_in(client, ada, "/login?next=/upload-csv").url
    page = page_of(client.get(address))
    key = key_on(page)
    assert page.h1.text == "Set up your authenticator app"
    assert page.find("svg")["role"] == "img"
    assert "scan" in page.find("svg").title.text
    assert "style" not in str(page.find("svg"))
    assert key_on(page_of(client.get(address))) == key
    assert not SecondFactor.objects.exists()

    code = second_factor.code_at(key=key, now=timezone.now())
    page = page_of(client.post(address, {"code": code}))

    assert page.h1.text == "Write down your recovery codes"
    codes = [one.text for one in page.find_all("code")]
    assert len(set(codes)) == 10
    assert page.find("a", string="I have written them down")["href"] == "/upload-csv"
    assert client.get("/case").status_code == 200
    assert events_of(ada) == [audit.Event.SECOND_FACTOR_SET_UP, audit.Event.USER_SIGNED_IN]
    stored = str(list(RecoveryCode.objects.values()))
    assert not any(one.replace(" ", "") in stored for one in codes)


def test_a_wrong_code_sets_up_nothing_and_keeps_the_key(client, ada):
    address = sign_in(client, ada).url
    key = key_on(page_of(client.get(address)))
    right = second_factor.code_at(key=key, now=timezone.now())
    page = client.post(address, {"code": "000000" if right != "000000" else "000001"})

    assert problem_of(page) == REFUSED
    assert key_on(page_of(page)) == key
    assert not SecondFactor.objects.exists()


def test_somebody_who_has_an_app_is_shown_no_key(client, ada, app):
    sign_in(client, ada)

    assert client.get("/login/set-up-code").url.startswith("/login/code")
    assert client.post("/login/set-up-code", {"code": "123456"}).url.startswith("/login/code")


def test_an_abandoned_key_is_never_used_for_the_next_sign_in(ada):
    keys = []
    for browser in (Client(), Client()):
        keys.append(key_on(page_of(browser.get(sign_in(browser, ada).url))))

    assert keys[0] != keys[1]


def test_what_the_square_says_is_what_apps_read(ada):
    address = second_factor.app_address(user=ada, key="JBSWY3DPEHPK3PXP")

    assert address == (
        "otpauth://totp/Serve%20OPG%3Aada%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Serve%20OPG"
    )


@pytest.mark.parametrize("text", ["a", "otpauth://totp/x?secret=" + "A" * 32, "1" * 200])
def test_a_square_has_its_three_corners_and_a_white_border(text):
    path, size = path_of_square(text)

    dots = {tuple(map(int, dot.split("h")[0].split(","))) for dot in path.split("M")[1:]}
    assert {x for x, _ in dots} == set(range(BORDER, size - BORDER))
    for left, top in ((BORDER, BORDER), (size - BORDER - 7, BORDER), (BORDER, size - BORDER - 7)):
        assert {(left + at, top) for at in range(7)} <= dots
        assert (left + 1, top + 1) not in dots


# Lost phones --------------------------------------------------------------------------------------


@pytest.fixture
def recovery_codes(ada):
    key, then = second_factor.new_key(), timezone.now() - timedelta(hours=1)
    code = second_factor.code_at(key=key, now=then)
    return second_factor.set_up(user=ada, key=key, code=code, now=then)


def test_a_recovery_code_lets_in_once(ada, recovery_codes):
    typed = " ".join(recovery_codes[0][at : at + 4] for at in range(0, 16, 4)).lower()
    for browser, is_first in ((Client(), True), (Client(), False)):
        sign_in(browser, ada)
        response = browser.post("/login/recovery-code", {"code": typed})
        assert (response.status_code == 302) == is_first
    assert (
        problem_of(response)
        == "The recovery code is incorrect, or was used before. Check it or use another"
    )
    entry = Entry.objects.get(event=audit.Event.RECOVERY_CODE_USED)
    assert (entry.subject_id, entry.facts) == (ada.pk, {"left": 9})


def test_whoever_uses_a_recovery_code_is_told_how_many_are_left(client, ada, recovery_codes):
    sign_in(client, ada)
    orders = client.post("/login/recovery-code", {"code": recovery_codes[3]}, follow=True)

    assert "You have used a recovery code. You have 9 left." in orders.content.decode()


def test_a_colleague_s_recovery_code_lets_nobody_else_in(client, recovery_codes):
    other = SecondFactorFactory(user=UserFactory(administrator=True)).user
    sign_in(client, other)

    assert client.post("/login/recovery-code", {"code": recovery_codes[0]}).status_code == 200


def test_another_administrator_resets_it(client_of, ada, recovery_codes):
    other = client_of(UserFactory(administrator=True))
    adas = client_of(ada)
    page = f"/users/{ada.pk}/reset-second-factor"
    assert ada.full_name in other.get(page).content.decode()
    assert SecondFactor.objects.exists()

    other.post(page)

    assert adas.get("/case").status_code == 302
    assert not RecoveryCode.objects.exists()
    assert events_of(ada)[-1] == audit.Event.SECOND_FACTOR_RESET
    assert sign_in(Client(), ada).url.startswith("/login/set-up-code")


def test_nobody_resets_their_own_and_case_managers_reset_none(client_of, ada, signed_in, app):
    page = f"/users/{ada.pk}/reset-second-factor"

    for browser in (client_of(ada), signed_in):
        assert browser.post(page).status_code == 403
    assert client_of(ada).post("/users/999999/reset-second-factor").status_code == 404
    assert SecondFactor.objects.exists()


def test_a_removed_user_s_is_not_found(client_of, ada):
    gone = UserFactory()
    users.remove_user(user=gone, by=None, now=timezone.now())

    for ask in (client_of(ada).get, client_of(ada).post):
        assert ask(f"/users/{gone.pk}/reset-second-factor").status_code == 404


def test_that_of_operations_is_reset_by_operations_alone(client_of, ada, olive):
    own = SecondFactorFactory(user=olive)
    page = f"/users/{olive.pk}/reset-second-factor"
    for ask in (client_of(ada).get, client_of(ada).post):
        answer = ask(page)
        assert answer.status_code == 403
        assert "account of operations. Only they can change it." in answer.content.decode()
    with pytest.raises(users.ChangeRefused):
        second_factor.reset(user=olive, by=ada)
    assert page not in client_of(ada).get(f"/users/{olive.pk}/view").content.decode()
    assert [factor.user for factor in SecondFactor.objects.all()] == [own.user]

    other = UserFactory(operations=True)
    choice = {"action": "reset_second_factor", "_selected_action": [olive.pk]}
    client_of(other).post("/admin/accounts/user/", choice)

    assert not SecondFactor.objects.exists()


def test_operations_who_are_administrators_reset_each_other_s_on_the_page(client_of, olive):
    SecondFactorFactory(user=olive)
    both = client_of(UserFactory(operations=True, administrator=True))
    page = f"/users/{olive.pk}/reset-second-factor"
    assert page in both.get(f"/users/{olive.pk}/view").content.decode()

    assert both.post(page).status_code == 302

    assert not SecondFactor.objects.exists()


def test_whose_own_it_is_is_told_whom_to_ask(client_of, olive, ada, app):
    refused = client_of(ada).post(f"/users/{ada.pk}/reset-second-factor").content.decode()
    assert "Ask another administrator." in refused
    choice = {"action": "reset_second_factor", "_selected_action": [olive.pk]}
    told = client_of(olive).post("/admin/accounts/user/", choice, follow=True).content.decode()
    assert "Ask somebody else of operations." in told


def test_operations_reset_it_in_the_admin_and_from_a_terminal(client_of, olive, ada, app, capsys):
    own = SecondFactorFactory(user=olive)
    choice = {"action": "reset_second_factor", "_selected_action": [ada.pk, olive.pk]}
    client_of(olive).post("/admin/accounts/user/", choice)
    assert [factor.user for factor in SecondFactor.objects.all()] == [own.user]

    call_command("reset_second_factor", olive.email)
    call_command("reset_second_factor", olive.email)

    assert not SecondFactor.objects.exists()
    assert capsys.readouterr().out == (
        f"Account {olive.pk} has no second factor any more.\n"
        f"Account {olive.pk} had no second factor.\n"
    )
    with pytest.raises(CommandError, match="Nobody has an account"):
        call_command("reset_second_factor", "nobody@example.com")


def test_the_workbench_prints_the_code_and_only_the_workbench(ada, app, settings, capsys, clock):
    call_command("second_factor_code", "Ada@example.com")
    assert capsys.readouterr().out.strip() == code_of(ada)

    with pytest.raises(CommandError, match="no authenticator app"):
        call_command("second_factor_code", "nobody@example.com")
    settings.IS_DEPLOYED = True
    with pytest.raises(CommandError, match="phones"):
        call_command("second_factor_code", ada.email)


def test_a_reset_leaves_nothing_when_it_fails(ada, app, monkeypatch):
    monkeypatch.setattr(audit, "record", lambda *args, **facts: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        second_factor.reset(user=ada, by=None)

    assert SecondFactor.objects.exists()
    assert User.objects.get(pk=ada.pk).session_generation == 0
