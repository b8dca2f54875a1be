"""What keeps a session alive, and what does not."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.services import sessions
from accounts.tasks import tidy

pytestmark = pytest.mark.django_db

BACKGROUND = {"X-Background": "1"}


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def test_what_a_script_asks_by_itself_keeps_no_session_alive(clock, signed_in):
    signed_in.get("/case")
    for _ in range(5):
        clock.shift(timedelta(minutes=10))
        assert signed_in.get("/case", headers=BACKGROUND).status_code == 200
    clock.shift(timedelta(minutes=16))

    assert signed_in.get("/case", headers=BACKGROUND).status_code == 302


@pytest.mark.parametrize("key", ["\0" * 32, "a\0" * 16, "A" * 32, "a" * 31, "a" * 33, "é" * 32])
@pytest.mark.parametrize("address", ["/login", "/case", "/logout", "/session-keep-alive"])
def test_a_cookie_that_holds_no_key_is_no_session(client, key, address):
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code < 500


def test_staying_signed_in_starts_the_65_minutes_anew(clock, signed_in):
    signed_in.get("/case")
    for _ in range(3):
        clock.shift(timedelta(minutes=64))
        answer = signed_in.post("/session-keep-alive")
        assert (answer.status_code, answer.json()) == (200, {"seconds": 3900})

    clock.shift(timedelta(minutes=66))

    answer = signed_in.post("/session-keep-alive")
    assert (answer.status_code, answer.json()) == (401, {"seconds": 0})


def test_a_session_ends_after_12_hours_however_much_it_is_used(clock, signed_in):
    for _ in range(12):
        assert signed_in.get("/case").status_code == 200
        clock.shift(timedelta(minutes=59))
    assert signed_in.get("/case").status_code == 200

    clock.shift(timedelta(minutes=13))

    assert signed_in.get("/case").status_code == 302
    assert signed_in.post("/session-keep-alive").status_code == 401


def test_a_session_that_says_no_beginning_is_none(signed_in):
    session = signed_in.session
    del session["began_at"]
    session.save()

    assert signed_in.get("/case").status_code == 302


def test_staying_signed_in_needs_a_post_with_the_form_s_secret(sam):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(sam)

    assert strict.get("/session-keep-alive").status_code == 405
    assert strict.post("/session-keep-alive").status_code == 403


def test_somebody_without_a_session_gets_none(client):
    client.get("/login")

    assert "sessionid" not in client.cookies
    assert not Session.objects.exists()


def test_the_page_carries_the_times_and_the_question(signed_in, client, settings):
    settings.SESSION_WARNING_SECONDS = 77
    page = signed_in.get("/case").content.decode()

    assert 'data-seconds="3900" data-warning-seconds="77"' in page
    assert "You will be signed out soon" in page
    assert "You will be signed out soon" not in client.get("/login").content.decode()


def test_ended_sessions_are_swept_and_others_stay(clock, client_of, sam, ada):
    client_of(sam).get("/case")
    clock.shift(timedelta(minutes=40))
    ada_s = client_of(ada)
    ada_s.get("/case")
    clock.shift(timedelta(minutes=30))

    tidy()

    assert Session.objects.count() == 1
    assert ada_s.get("/case").status_code == 200
    sessions.sign_out(user=ada)
    assert ada_s.get("/case").status_code == 302
