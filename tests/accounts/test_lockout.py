"""Failed sign-ins counted: who has to wait, who has not, and two tries at once."""

import threading
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

import audit
from accounts import browsers
from accounts.models import FailedTries, User
from accounts.services import lockout, sessions
from accounts.services.lockout import Origin
from audit.models import Entry
from tests.factories import PASSWORD, SecondFactorFactory, UserFactory, code_of

pytestmark = pytest.mark.django_db

HERE = Origin("192.0.2.1")
ELSEWHERE = Origin("198.51.100.7")
WAIT = "You have tried to sign in too many times. Try again in {}"


def try_at(moment, *, email="sam@example.com", password="wrong", origin=HERE):
    """What comes of it: "in", "refused", or the minutes to wait."""
    try:
        sessions.check_sign_in(email=email, password=password, origin=origin, now=moment)
    except sessions.SignInLocked as locked:
        return locked.wait / timedelta(minutes=1)
    except sessions.SignInRefused:
        return "refused"
    return "in"


def fail(number, *, start, seconds=1.0, **options):
    return [try_at(start + timedelta(seconds=seconds * at), **options) for at in range(number)]


def test_the_fifth_failure_in_a_minute_leads_to_ten_minutes(sam, now):
    assert fail(5, start=now) == ["refused"] * 4 + [10]

    still = now + timedelta(minutes=9)
    assert try_at(still, password=PASSWORD) == pytest.approx(1 + 4 / 60)
    assert try_at(now + timedelta(minutes=11), password=PASSWORD) == "in"


def test_tries_while_locked_count_and_reach_the_longer_waits(sam, now):
    assert fail(10, start=now)[-1] == 30
    assert fail(40, start=now + timedelta(seconds=10))[-1] == 24 * 60
    assert try_at(now + timedelta(hours=23), password=PASSWORD) > 59


def test_a_success_forgets_what_failed_before(sam, now):
    fail(4, start=now)
    assert try_at(now + timedelta(seconds=5), password=PASSWORD) == "in"

    assert fail(4, start=now + timedelta(seconds=6)) == ["refused"] * 4


def test_a_password_is_not_looked_at_while_locked(sam, now, monkeypatch):
    fail(5, start=now)
    looked_at = []
    monkeypatch.setattr(User, "check_password", lambda *args: looked_at.append(args))

    try_at(now + timedelta(seconds=9), password=PASSWORD)

    assert looked_at == []


@pytest.mark.parametrize("who", ["disabled", "stranger"])
def test_accounts_that_cannot_sign_in_are_counted_like_any_other(now, who):
    email = UserFactory(is_active=False).email if who == "disabled" else "stranger@example.com"

    password = PASSWORD if who == "disabled" else "wrong"
    assert fail(6, start=now, email=email, password=password)[4:] == [10, 10]


def test_a_stranger_locks_out_nobody_but_themselves(sam, now):
    known = Origin(HERE.address, browser="sam's", users=(sam.pk,))
    fail(60, start=now, origin=ELSEWHERE)

    assert try_at(now + timedelta(minutes=2), password=PASSWORD, origin=known) == "in"
    assert fail(60, start=now, origin=Origin(HERE.address))[-1] == 24 * 60
    assert try_at(now + timedelta(minutes=3), password=PASSWORD, origin=known) == "in"


def test_another_new_browser_waits_once_fifty_guesses_came_from_new_ones(sam, now):
    for number in range(49):
        try_at(now, origin=Origin(f"198.51.100.{number}"))
    assert try_at(now, origin=Origin("203.0.113.1")) == 30

    assert try_at(now + timedelta(minutes=29), password=PASSWORD) == 1
    assert try_at(now + timedelta(minutes=31), password=PASSWORD) == "in"


def test_one_address_that_tries_many_accounts_waits(sam, now):
    answers = [try_at(now, email=f"guess{number}@example.com") for number in range(100)]

    assert answers[98:] == ["refused", 30]
    assert try_at(now, password=PASSWORD) == 30
    assert try_at(now, password=PASSWORD, origin=ELSEWHERE) == "in"


def test_a_browser_known_to_somebody_else_is_unknown_here(sam, ada, now):
    borrowed = Origin(HERE.address, browser="ada's", users=(ada.pk,))
    fail(5, start=now, origin=borrowed)

    assert try_at(now + timedelta(seconds=9), password=PASSWORD, origin=HERE) > 9


def test_tries_that_are_refused_here_make_nobody_elsewhere_wait(sam, now):
    fail(200, start=now)

    assert try_at(now + timedelta(minutes=4), password=PASSWORD, origin=ELSEWHERE) == "in"
    assert try_at(now + timedelta(minutes=4), email="nobody@example.com") == "refused"


def test_the_diary_tells_of_each_wait_once(sam, now):
    fail(60, start=now)

    waits = Entry.objects.about(sam).filter(event=audit.Event.SIGN_IN_LOCKED).order_by("id")
    assert [entry.facts for entry in waits] == [{"minutes": m} for m in (10, 30, 1440)]
    assert Entry.objects.filter(event=audit.Event.SIGN_IN_REFUSED).count() == 5


def test_rows_name_neither_people_nor_machines(sam, now):
    fail(1, start=now)

    stored = str(list(FailedTries.objects.values()))
    assert FailedTries.objects.count() == 3
    assert "sam" not in stored
    assert HERE.address not in stored


def test_forgetting_ends_every_wait_of_the_account_and_of_no_other(sam, ada, now):
    for user in (sam, ada):
        fail(5, start=now, email=user.email)

    assert lockout.unlock(user=sam, by=ada)

    later = now + timedelta(seconds=4)
    assert try_at(later, password=PASSWORD) == "in"
    assert try_at(later, email=ada.email, password=PASSWORD) == 10
    last = Entry.objects.about(sam).filter(event=audit.Event.USER_UNLOCKED).get()
    assert last.by_id == ada.pk


def test_old_counts_are_swept_and_waits_are_not(sam, now):
    fail(50, start=now)

    assert lockout.sweep_old(now=now + timedelta(hours=24, minutes=30)) == 0
    assert lockout.sweep_old(now=now + timedelta(hours=24, minutes=31)) == 3


@pytest.mark.django_db(transaction=True)
def test_two_tries_at_once_get_a_number_each():
    user = UserFactory()
    now = timezone.now()
    fail(3, start=now, email=user.email)
    answers = []

    def guess():
        answers.append(try_at(now + timedelta(seconds=4), email=user.email))
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(4)]
    with transaction.atomic():
        # None gets its number before all have asked for one.
        list(FailedTries.objects.select_for_update())
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()

    # Two more passwords were looked at, whatever the order; the others were not.
    assert sorted(map(str, answers)) == ["10.0", "10.0", "10.0", "refused"]
    row = FailedTries.objects.order_by("-locked_until").exclude(locked_until=None).get()
    assert len(row.moments) == 7


# The pages ----------------------------------------------------------------------------------------


def sign_in(browser, user, password=PASSWORD, **extra):
    return browser.post("/login", {"email": user.email, "password": password}, **extra)


def problem_of(response):
    summary = BeautifulSoup(response.content, "html.parser").find(class_="govuk-error-summary")
    return summary.find("a").text


def test_the_page_says_for_how_long(client, sam):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        said = [problem_of(sign_in(client, sam, "wrong")) for _ in range(6)]
        assert (
            said[3:]
            == ["The email address or password is incorrect"] + [WAIT.format("10 minutes")] * 2
        )
        clock.shift(timedelta(minutes=9, seconds=30))
        assert problem_of(sign_in(client, sam)) == WAIT.format("1 minute")
        clock.shift(timedelta(minutes=1))
        assert sign_in(client, sam).status_code == 302


def test_a_colleague_s_own_browser_signs_in_whatever_strangers_do(sam):
    own = Client()
    sign_in(own, sam)
    own.post("/logout")
    for number in range(60):
        sign_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), sam, "wrong")
    for _ in range(6):
        sign_in(Client(), sam, "wrong")

    assert sign_in(Client(), sam).status_code == 200
    assert sign_in(own, sam).status_code == 302


def test_the_cookie_that_names_a_browser_is_hidden_signed_and_lasting(client, sam, over_tls):
    sign_in(client, sam, secure=True)

    cookie = client.cookies["__Host-known-browser"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert sam.email not in cookie.value

    forged = Client()
    forged.cookies["__Host-known-browser"] = cookie.value[:-2] + "xx"
    with time_machine.travel(timezone.now(), tick=False):
        own = Client()
        own.cookies["__Host-known-browser"] = cookie.value
        for _ in range(5):
            sign_in(own, sam, "wrong", secure=True)
        assert problem_of(sign_in(own, sam, secure=True)) == WAIT.format("10 minutes")
        # A cookie of one's own making is no other browser: it counts for the address.
        assert sign_in(forged, sam, secure=True).status_code == 302


@pytest.mark.parametrize(
    ("hops", "forwarded", "counted_for"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "unknown"),
        (1, "", "unknown"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_only_what_our_own_proxies_saw_counts_as_the_address(
    rf, settings, hops, forwarded, counted_for
):
    settings.TRUSTED_PROXY_HOPS = hops
    request = rf.get("/login", headers={"X-Forwarded-For": forwarded} if forwarded else {})

    assert browsers.origin_of(request).address == counted_for


def test_codes_are_limited_too(client, ada):
    SecondFactorFactory(user=ada)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        page = sign_in(client, ada).url
        wrong = "000000" if code_of(ada) != "000000" else "000001"
        said = [problem_of(client.post(page, {"code": wrong})) for _ in range(5)]
        assert said[-1] == "You have tried too many codes. Try again in 10 minutes"
        assert problem_of(client.post(page, {"code": code_of(ada)})) == said[-1]
        clock.shift(timedelta(minutes=11))
        assert client.post(page, {"code": code_of(ada)}).status_code == 302


def guess_code(user, *, now, origin=HERE):
    """What a wrong code leads to."""
    with pytest.raises(sessions.SignInRefused) as refusal:
        sessions.check_code(user=user, code="000000", origin=origin, now=now)
    return refusal.type


def test_guessed_codes_are_counted_together_wherever_they_come_from(ada, now):
    SecondFactorFactory(user=ada)
    places = [Origin(f"192.0.2.{number}") for number in range(5)]

    answers = [guess_code(ada, now=now, origin=place) for place in places]

    assert answers == [sessions.SignInRefused] * 4 + [sessions.SignInLocked]


def test_a_right_password_does_not_forgive_guessed_codes(ada, now):
    """Who knows the password would else have four guesses at a code for each time it is typed."""
    SecondFactorFactory(user=ada)
    for _ in range(4):
        assert guess_code(ada, now=now) is sessions.SignInRefused

    assert try_at(now, email=ada.email, password=PASSWORD) == "in"

    assert guess_code(ada, now=now) is sessions.SignInLocked


def test_operations_end_a_wait_in_the_admin(olive, client_of, sam, now):
    fail(5, start=now)

    client_of(olive).post(
        "/admin/accounts/user/", {"action": "unlock", "_selected_action": [sam.pk]}
    )

    assert try_at(now, password=PASSWORD) == "in"


def test_operations_end_a_wait_from_a_terminal(sam, now, capsys):
    fail(5, start=now)

    call_command("unlock", "Sam@example.com")
    call_command("unlock", "sam@example.com")

    assert capsys.readouterr().out == (
        f"Account {sam.pk} may try again.\n"
        f"Account {sam.pk} was not waiting: no failure was counted.\n"
    )
    assert try_at(now, password=PASSWORD) == "in"
    with pytest.raises(CommandError, match="Nobody has an account"):
        call_command("unlock", "nobody@example.com")
