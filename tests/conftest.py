"""The fixed cast, and what every test may ask for."""

import os
import runpy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings as current
from django.core.handlers.base import BaseHandler
from django.test import Client, TransactionTestCase
from playwright.sync_api import Browser, BrowserContext, Response, sync_playwright

from accounts import half_way
from accounts.models import User
from devstack.browser import find_browser
from orders.models import SendingSwitch
from tests import web_policy
from tests.factories import UserFactory

# What the run has chosen for itself, and what Django has read for good.
CHOSEN = {"ALLOWED_HOSTS", "CELERY_TASK_QUEUES", "DATABASES", "LOGGING", "PASSWORD_HASHERS"}


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """A real hash takes a third of a second. Tests about passwords themselves put it back."""
    settings.PASSWORD_HASHERS = [
        "tests.factories.QuickHasher",
        *settings.PASSWORD_HASHERS[1:],
    ]


@pytest.fixture(autouse=True, scope="session")
def _every_answer_keeps_the_policy() -> Iterator[None]:
    """Whatever test asks: an answer that breaks the policy of the web fails it there and then."""
    answer_of = BaseHandler.get_response

    def checked(handler, request):
        response = answer_of(handler, request)
        web_policy.check(request, response)
        return response

    BaseHandler.get_response = checked
    yield
    BaseHandler.get_response = answer_of


@pytest.fixture(autouse=True, scope="session")
def _a_flush_leaves_what_the_migrations_wrote() -> Iterator[None]:
    """After a test with real transactions every table is emptied; one row is a migration's."""
    tear_down = TransactionTestCase._fixture_teardown

    def and_put_back(case):
        tear_down(case)
        SendingSwitch.objects.get_or_create(pk=1)

    TransactionTestCase._fixture_teardown = and_put_back
    yield
    TransactionTestCase._fixture_teardown = tear_down


@pytest.fixture
def now() -> datetime:
    """A Monday morning in summer, when UK time is not UTC."""
    return datetime(2026, 6, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def ada(db) -> User:
    """The administrator."""
    return UserFactory(
        first_name="Ada", last_name="Admin", email="ada@example.com", administrator=True
    )


@pytest.fixture
def sam(db) -> User:
    """The case manager."""
    return UserFactory(first_name="Sam", last_name="Staff", email="sam@example.com")


@pytest.fixture
def olive(db) -> User:
    """One of operations."""
    return UserFactory(
        first_name="Olive", last_name="Operator", email="olive@example.com", operations=True
    )


@pytest.fixture
def over_tls(settings, monkeypatch) -> None:
    """Every setting as the same environment with TLS gives it."""
    monkeypatch.setenv("SERVED_OVER_TLS", "true")
    monkeypatch.setenv("SITE_URL", "https://testserver")
    read = runpy.run_path(str(current.BASE_DIR / "serve_opg" / "settings.py"))
    for name, value in read.items():
        known = name.isupper() and name not in CHOSEN and hasattr(current, name)
        if known and getattr(current, name) != value:
            setattr(settings, name, value)


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which the given user is signed in, a code included."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        session[half_way.SECOND_FACTOR] = True
        session.save()
        return client

    return sign_in


@pytest.fixture
def signed_in(sam, client_of) -> Client:
    """A browser in which Sam is signed in."""
    return client_of(sam)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium, for tests that are marked `browser`.

    Where there is none the test is skipped; in CI it fails: a suite that skips proves nothing.
    No longer than a module: while it is open, its event loop makes Django refuse the database.
    """
    program = find_browser()
    if program is None:
        missing = "NO BROWSER: install Chromium to hold the pages against a real one"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        wrong: list[str] = []
        new_context = opened.new_context

        def watched(**options: object) -> BrowserContext:
            context = new_context(**options)
            context.on("response", lambda answer: wrong.extend(_breaches(answer)))
            return context

        opened.new_context = watched
        yield opened
        opened.close()
    # Of a whole module: which test it was, the address says.
    assert wrong == []


def _breaches(answer: Response) -> list[str]:
    """What an answer of the service's own web server breaks of its policy."""
    is_ours = bool(answer.headers.get("x-request-id"))
    found = web_policy.check_in_browser(answer) if is_ours else []
    return [f"{answer.request.method} {answer.url} {answer.status}: {one}" for one in found]
