"""Forms of other sites: every POST without our own secret is refused, and nothing changes."""

import pytest
from django.conf import settings as current
from django.db import transaction
from django.urls import get_resolver

from tests.house.access import rows_written
from tests.house.routes import every_route

pytestmark = pytest.mark.django_db

RIGHT = "r" * 32
# What the page's secret is, and who sent the form.
FORGERIES = {
    "no secret at all": ({}, {}),
    "a secret without a cookie": ({"csrfmiddlewaretoken": RIGHT}, {}),
    "another secret": ({"csrfmiddlewaretoken": "w" * 32}, {"cookie": RIGHT}),
    "half a secret": ({"csrfmiddlewaretoken": RIGHT[:16]}, {"cookie": RIGHT}),
    "an empty secret": ({"csrfmiddlewaretoken": ""}, {"cookie": ""}),
    "a secret in the address": ({}, {"cookie": RIGHT, "query": f"?csrfmiddlewaretoken={RIGHT}"}),
    "our secret from another origin": (
        {"csrfmiddlewaretoken": RIGHT},
        {"cookie": RIGHT, "Origin": "https://evil.example"},
    ),
    "our secret from a hidden origin": (
        {"csrfmiddlewaretoken": RIGHT},
        {"cookie": RIGHT, "Origin": "null"},
    ),
    "our secret from a neighbour": (
        {"csrfmiddlewaretoken": RIGHT},
        {"cookie": RIGHT, "Origin": "http://testserver.evil.example"},
    ),
}


HEALTH = ("health-check", 405, set())
# As good as any other for what is no matter of the address.
SOME = ("login", "order/<int:order_id>/declaration", "users/add", "admin/orders/submission/")


def strongest(route):
    """Who may do most there: what they cannot be made to do, nobody can."""
    return "operations" if route.startswith("admin/") else "administrator"


def taken(world, fields, how, *, only=(), by=strongest, secure=False):
    """(route, status, tables written) of the addresses that took a form, or wrote anything."""
    headers = {key: value for key, value in how.items() if key in ("Origin", "Referer")}
    if secure:
        headers["X-Forwarded-Proto"] = "https"
    browser = world.actors["anonymous"].browser(enforce_csrf_checks=True)
    for route, address in world.addresses().items():
        if only and route not in only:
            continue
        world.actors[by(route)].takes_place_in(browser)
        if "cookie" in how:
            browser.cookies[current.CSRF_COOKIE_NAME] = how["cookie"]
        before = rows_written()
        with transaction.atomic():
            response = browser.post(address + how.get("query", ""), fields, headers=headers)
            after = rows_written()
            transaction.set_rollback(True)
        written = {table for table in after if after[table] != before.get(table, 0)}
        # When the session was used last.
        written -= {"django_session"}
        if response.status_code != 403 or written:
            yield route, response.status_code, written


@pytest.mark.parametrize("forgery", ["no secret at all", "our secret from another origin"])
def test_no_address_takes_a_form_of_another_site(world, forgery):
    # The container's health check, which knows no forms, is answered before all else.
    assert list(taken(world, *FORGERIES[forgery])) == [HEALTH]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_no_forged_secret_is_taken(world, forgery):
    assert list(taken(world, *FORGERIES[forgery], only=SOME)) == []


def test_no_address_takes_one_from_somebody_who_is_not_signed_in(world):
    found = taken(world, *FORGERIES["another secret"], by=lambda _route: "anonymous")
    assert list(found) == [HEALTH]


@pytest.mark.parametrize("referer", ["https://evil.example/login", "https://testserver.evil/", ""])
def test_over_tls_no_address_takes_a_form_of_another_page(world, over_tls, referer):
    """Where a browser sends no origin, the page before it tells."""
    how = {"cookie": RIGHT, "Referer": referer}
    found = taken(world, {"csrfmiddlewaretoken": RIGHT}, how, only=SOME, secure=True)
    assert list(found) == []


def test_our_own_form_is_taken(world):
    """Or else the tests above would pass for another reason."""
    fields, how = {"csrfmiddlewaretoken": RIGHT}, {"cookie": RIGHT, "Origin": "http://testserver"}
    only = ("users/<int:user_id>/delete", "session-keep-alive")
    found = {route: rest for route, *rest in taken(world, fields, how, only=only)}
    status, written = found["users/<int:user_id>/delete"]
    assert status == 302
    assert {"accounts_user", "audit_entry"} <= written
    assert found["session-keep-alive"][0] == 200


def test_no_view_is_exempt():
    exempt = [
        route
        for route, pattern in every_route(get_resolver())
        if getattr(pattern.callback, "csrf_exempt", False)
    ]
    assert exempt == []
    assert "django.middleware.csrf.CsrfViewMiddleware" in current.MIDDLEWARE
