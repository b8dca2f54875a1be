"""Nobody learns who has an account: not from words, status, headers, cookies, size, or work done.

Time is not asserted here, where machines differ, but what takes it: how often a password is hashed
and which statements the database gets. `python -m bench.sign_in` measures the time itself.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import FailedTries, Link, LinkKind, User
from accounts.services.links import hash_token
from tests.factories import PASSWORD, QuickHasher, SecondFactorFactory, UserFactory

pytestmark = pytest.mark.django_db

WRONG = "not the password at all"
# All as long as each other, so that answers can be compared byte for byte.
NOBODY = "nobody@example.com"


@pytest.fixture
def people(now) -> dict[str, str]:
    """Somebody of each kind, by their addresses."""
    UserFactory(email="known1@example.com")
    UserFactory(email="staff1@example.com", operations=True)
    SecondFactorFactory(user=UserFactory(email="admin1@example.com", administrator=True))
    UserFactory(email="gone11@example.com", is_active=False)
    waiting = UserFactory(email="wait11@example.com")
    waiting.set_unusable_password()
    waiting.save()
    kinds = ("known", "staff", "admin", "gone", "wait")
    emails = User.objects.values_list("email", flat=True)
    return {kind: next(one for one in emails if one.startswith(kind)) for kind in kinds}


@pytest.fixture
def hashed(monkeypatch) -> list[str]:
    """Grows by one with each hash of a password, whichever way it is asked for."""
    calls: list[str] = []
    encode = QuickHasher.encode

    def counted(self, password, salt, iterations=None):
        calls.append("hash")
        return encode(self, password, salt, iterations)

    monkeypatch.setattr(QuickHasher, "encode", counted)
    return calls


@dataclass(frozen=True)
class Seen:
    """All that somebody outside gets, and what it cost."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    text: str
    hashes: int
    statements: list[str]


def seen(ask: Callable[[Client], object], hashed: list[str], email: str) -> Seen:
    browser = Client()
    browser.get("/login")
    del hashed[:]
    with CaptureQueriesContext(connection) as queries:
        answer = ask(browser)
    text = re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode()).replace(email, "")
    headers = {k: v for k, v in answer.headers.items() if k not in ("X-Request-Id", "Expires")}
    return Seen(
        status=answer.status_code,
        headers=headers,
        cookies=sorted(answer.cookies),
        text=text,
        hashes=len(hashed),
        statements=[_shape(query["sql"]) for query in queries],
    )


def _shape(sql: str) -> str:
    """A statement without what it is about."""
    sql = re.sub(r"\(?CASE .*? END\)?(::\w+)?", "CASE", sql)
    return re.sub(r"'[^']*'|\d+|NULL|\\x[0-9a-f]+|true|false", "?", sql)


def sign_in(email: str, password: str = WRONG) -> Callable[[Client], object]:
    return lambda browser: browser.post("/login", {"email": email, "password": password})


def test_a_wrong_password_is_refused_alike_for_everybody_and_for_nobody(people, hashed):
    nobody = seen(sign_in(NOBODY), hashed, NOBODY)
    assert (nobody.status, nobody.hashes) == (200, 1)
    for kind, email in people.items():
        assert seen(sign_in(email), hashed, email) == nobody, kind


@pytest.mark.parametrize("kind", ["gone", "wait"])
def test_whoever_may_not_come_in_is_refused_alike_with_the_right_password(people, hashed, kind):
    nobody = seen(sign_in(NOBODY, PASSWORD), hashed, NOBODY)
    assert seen(sign_in(people[kind], PASSWORD), hashed, people[kind]) == nobody


@pytest.mark.parametrize("kind", ["known", "admin", "gone", "wait"])
def test_the_wait_after_many_tries_is_the_same_for_nobody(people, hashed, kind):
    def refused(email: str) -> list[Seen]:
        """Seven tries; the machine's own count is forgotten after."""
        tries = [seen(sign_in(email), hashed, email) for _ in range(7)]
        FailedTries.objects.all().delete()
        return [replace(one, text=re.sub(r"Try again in [\w ]+", "", one.text)) for one in tries]

    nobody = refused(NOBODY)
    assert "too many times" in nobody[-1].text
    assert [one.hashes for one in nobody] == [1, 1, 1, 1, 1, 0, 0]
    for at, (theirs, nobodys) in enumerate(zip(refused(people[kind]), nobody, strict=True)):
        assert [n for n in vars(theirs) if vars(theirs)[n] != vars(nobodys)[n]] == [], at
        assert theirs == nobodys, at


def test_asking_for_a_reset_is_answered_alike(people, hashed):
    def ask(email):
        return lambda browser: browser.post("/user/password-reset/request", {"email": email})

    nobody = seen(ask(NOBODY), hashed, NOBODY)
    assert (nobody.status, nobody.headers["Location"]) == (302, "/user/password-reset/sent")
    for kind, email in people.items():
        assert seen(ask(email), hashed, email) == nobody, kind


def test_a_sixth_request_in_an_hour_is_answered_alike(people, hashed):
    def ask(email):
        return lambda browser: browser.post("/user/password-reset/request", {"email": email})

    for _ in range(5):
        seen(ask(people["known"]), hashed, people["known"])
        seen(ask(NOBODY), hashed, NOBODY)
    known = seen(ask(people["known"]), hashed, people["known"])
    assert known == seen(ask(NOBODY), hashed, NOBODY)


def test_a_link_that_opens_nothing_says_the_same_whoever_it_was_for(people, hashed):
    """Used, too old, never made, or of somebody disabled since."""
    now = timezone.now()
    tokens = {}
    for name, kind in (("known", "old"), ("gone", "good")):
        tokens[name] = f"{name}-token-".ljust(43, "x")
        Link.objects.create(
            user=User.objects.get(email=people[name]),
            kind=LinkKind.RESET,
            token_hash=hash_token(tokens[name]),
            created_at=now - dt.timedelta(hours=50),
            expires_at=now + dt.timedelta(hours=-2 if kind == "old" else 40),
        )

    def follow(token):
        return lambda browser: browser.get(f"/user/password-reset/change/{token}", follow=True)

    never = seen(follow("never-made".ljust(43, "x")), hashed, "")
    assert (never.status, never.hashes) == (410, 0)
    for name, token in tokens.items():
        assert seen(follow(token), hashed, "") == never, name


def test_the_page_of_the_code_is_nobody_s_without_the_right_password(people, hashed):
    def ask(email):
        def both(browser):
            browser.post("/login", {"email": email, "password": WRONG})
            return browser.get("/login/code")

        return both

    nobody = seen(ask(NOBODY), hashed, NOBODY)
    assert nobody.status == 302
    for kind, email in people.items():
        assert seen(ask(email), hashed, email) == nobody, kind


def test_work_that_is_left_out_is_noticed(people, hashed, monkeypatch):
    """The check can fail: without the hash that Django makes for nobody, nobody is told apart."""
    monkeypatch.setattr("accounts.models.User.set_password", lambda *_args: None)
    nobody = seen(sign_in(NOBODY), hashed, NOBODY)
    assert nobody.hashes == 0
    assert seen(sign_in(people["known"]), hashed, people["known"]) != nobody
