"""Links and emails as the services make them, and pages as a person reads them."""

import random
from datetime import timedelta

import pytest
import requests
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from accounts import tasks
from accounts.models import Mail
from accounts.services import links, mails
from notify_client import NotifyClient
from tests.factories import UserFactory

TEMPLATES = {"ACTIVATION": "activation-template", "RESET": "reset-template"}


class Notify:
    """The session's stand-in for Notify, by its control calls."""

    def __init__(self, url):
        self.url = url

    def reset(self):
        assert requests.post(f"{self.url}/control/reset", timeout=5).ok

    def fault(self, kind, times=None):
        wanted = {"kind": kind, "times": times}
        assert requests.post(f"{self.url}/control/fault", json=wanted, timeout=5).ok

    @property
    def received(self):
        return requests.get(f"{self.url}/control/received", timeout=5).json()["received"]

    def tokens(self):
        """Those of the links in everything it took, oldest first."""
        return [one["personalisation"]["link"].rpartition("/")[2] for one in self.received]


@pytest.fixture
def notify(infrastructure):
    """Nothing received and no fault set."""
    control = Notify(infrastructure.notify.url)
    control.reset()
    yield control
    control.reset()


@pytest.fixture
def sorting():
    """Deliveries by the real client, their clock as far ahead as asked."""

    def make(*, ahead=timedelta(0), **changed):
        return mails.Sorting(
            **{
                "post": NotifyClient.from_settings(),
                "templates": mails.templates_from_settings(),
                "address_of": tasks.link_address_from_settings,
                "clock": lambda: timezone.now() + ahead,
                "dice": random.Random(7),
                **changed,
            }
        )

    return make


@pytest.fixture
def waiting(db):
    """Somebody who has yet to activate the account."""
    user = UserFactory(first_name="Wanda", last_name="Waiting", email="wanda@example.com")
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def link_of():
    """The token of a new link of the user's."""
    return lambda user, now=None: links.make_link(user=user, now=now or timezone.now())


@pytest.fixture
def queue():
    """Put an email to a user in the queue, due now."""

    def make(user=None, *, email="", kind=Mail.Kind.RESET, **changed):
        now = timezone.now()
        address = email or user.email
        return Mail.objects.create(
            kind=kind, email=address, user=user, requested_at=now, next_attempt_at=now, **changed
        )

    return make


def page_of(response):
    return BeautifulSoup(response.content, "html.parser")


def words_of(part):
    """Its text, with single spaces."""
    return " ".join(part.get_text(" ").split())


def strict(client):
    """The same person in a browser that is held to the secret of each form."""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = client.cookies
    return browser


def press(browser, address, button, **typed):
    """Open the page, fill in the form of the button as it stands, and press it."""
    page = page_of(browser.get(address))
    pressed = next(one for one in page.find_all("button") if one.get_text(strip=True) == button)
    form = pressed.find_parent("form")
    fields = {}
    for field in form.find_all("input"):
        is_unchosen = field.get("type") == "radio" and not field.has_attr("checked")
        if field.has_attr("name") and not is_unchosen:
            fields[field["name"]] = field.get("value", "")
    names = {field.get("name") for field in form.find_all("input")}
    assert typed.keys() <= names
    return browser.post(form.get("action") or address, {**fields, **typed})
