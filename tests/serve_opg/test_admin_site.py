"""The admin's lists: whatever an address or a choice asks for, the answer is never a fault."""

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User

pytestmark = pytest.mark.django_db

NONSENSE = ("\0", "9" * 30, "")
ADMINS = sorted(admin.site._registry.values(), key=str)
# As an attacker of the running service found them.
FOUND = [
    *((f"orders_submission?{name}", "\0") for name in ("state__exact", "reason")),
    *((f"csv_ingest_{name}?state__exact", "\0") for name in ("upload", "removal")),
    *((f"accounts_mail?{name}", "\0") for name in ("state__exact", "reason", "kind")),
    ("accounts_user?role__exact", "\0"),
    *(
        (f"{name}?created_at__year", "99999999999")
        for name in ("accounts_user", "orders_case", "orders_order")
    ),
    ("orders_submission?reason__regex", "("),
]


@pytest.fixture
def operations(olive, client_of):
    browser = client_of(olive)
    browser.raise_request_exception = False
    return browser


def list_of(each):
    return reverse(f"admin:{each.opts.app_label}_{each.opts.model_name}_changelist")


def assert_is_our_400(response):
    assert response.status_code == 400
    page = BeautifulSoup(response.content, "html.parser")
    assert page.h1.get_text(strip=True) == "There is a problem with your request"
    assert "Traceback" not in response.content.decode()
    # The database goes on.
    assert User.objects.exists()


@pytest.mark.parametrize(("asked", "value"), FOUND)
def test_a_filter_for_what_cannot_be_is_a_bad_request(operations, asked, value):
    name, _, parameter = asked.partition("?")
    answer = operations.get(reverse(f"admin:{name}_changelist"), {parameter: value})
    assert_is_our_400(answer)
    assert "cannot be on this list" in answer.content.decode()


@pytest.mark.parametrize("each", ADMINS, ids=str)
@pytest.mark.parametrize("value", ["abc", "\0"])
def test_a_choice_of_what_cannot_be_is_a_bad_request(operations, each, value):
    request = type("Request", (), {"user": User.objects.get(email="olive@example.com")})
    for action in each.get_actions(_posted(request)):
        choice = {"action": action, ACTION_CHECKBOX_NAME: value, "reason": "x"}
        for index in ({}, {"index": "0"}):
            assert_is_our_400(operations.post(list_of(each), {**choice, **index}))


def _posted(request):
    request.GET, request.POST = {}, {}
    return request


def parameters_of(each):
    """Those of its filters, of its moments, and Django's for the page."""
    yield from ("q", "p", "o", "id__in")
    yield from (f"{name}__exact" for name in each.list_filter)
    for column in each.opts.get_fields():
        if isinstance(column, models.DateField):
            yield f"{column.name}__year"


@pytest.mark.parametrize("each", ADMINS, ids=str)
def test_no_address_of_a_list_is_a_fault(operations, each):
    told = {}
    for parameter in parameters_of(each):
        for value in NONSENSE:
            answer = operations.get(list_of(each), {parameter: value})
            if answer.status_code not in (200, 302, 400):
                told[parameter, value[:40]] = answer.status_code
    assert told == {}
    assert User.objects.exists()


@pytest.mark.parametrize("each", ADMINS, ids=str)
def test_a_list_tells_nothing_by_filters_that_it_does_not_offer(operations, each):
    """`password__startswith` would tell a hash, letter by letter."""
    hidden = {field.name for field in each.opts.get_fields()} - set(each.list_filter)
    names = [*hidden, "pk", *(f"{name}__regex" for name in [*hidden, *each.list_filter])]
    told = {name: operations.get(list_of(each), {name: "1"}).status_code for name in names}
    assert set(told.values()) == {400}, told


@pytest.mark.parametrize("each", ADMINS, ids=str)
def test_every_filter_that_a_list_offers_is_let_through(operations, olive, each):
    page = BeautifulSoup(operations.get(list_of(each)).content, "html.parser")
    offered = [link["href"] for link in page.select("#changelist-filter li a")]
    assert bool(offered) == bool(each.list_filter)
    told = {link: operations.get(f"{list_of(each)}{link}").status_code for link in offered}
    assert set(told.values()) <= {200}, told


@pytest.mark.parametrize("each", ADMINS, ids=str)
def test_no_address_of_a_row_is_a_fault(operations, each):
    for value in ("_00", "9" * 30, "abc"):
        answer = operations.get(f"{list_of(each)}{value}/change/")
        assert answer.status_code in (302, 400, 404), value


# --- Our own faults stay faults -------------------------------------------------------------------
def test_a_fault_of_a_list_that_was_asked_for_nothing_is_not_hidden(operations, monkeypatch):
    each = admin.site.get_model_admin(User)
    monkeypatch.setattr(each, "get_queryset", lambda request: int("a fault"))
    assert operations.get(list_of(each)).status_code == 500


def test_a_fault_of_an_action_is_not_hidden(operations, olive, monkeypatch):
    monkeypatch.setattr("accounts.services.lockout.unlock", lambda **_named: int("a fault"))
    choice = {"action": "unlock", ACTION_CHECKBOX_NAME: olive.pk}
    assert operations.post("/admin/accounts/user/", choice).status_code == 500


def test_case_managers_learn_nothing_by_it(sam, client_of):
    answer = client_of(sam).get("/admin/accounts/user/", {"role__exact": "\0"})
    assert answer.status_code == 302
    assert Client().get("/admin/accounts/user/", {"role__exact": "\0"}).status_code == 302
