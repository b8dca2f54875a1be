"""Closed by default: every address asks for a sign-in unless it is declared public here."""

import itertools
import re
import types
import uuid

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, path, re_path, resolve
from django.utils.regex_helper import normalize

# Routes as the URL files spell them. Whoever adds one here opens a door to the whole network.
PUBLIC = {
    "accessibility",
    "health-check",
    "health-check/service",
    "health-check/dependencies",
    "health-check/version",
    "login",
    # Says nothing but that nobody is signed in.
    "session-keep-alive",
    "user/password-reset/request",
    "user/password-reset/sent",
    "user/password-reset/change/set",
    # Goes to the page before, with or without a link that is good.
    "user/password-reset/change/<str:token>",
}
SAMPLES = ("1", "word", str(uuid.UUID(int=1)), "2026-01-01")
# HEAD and OPTIONS come with GET; a door must be shut for each of these.
METHODS = ("get", "post", "put", "patch", "delete")


def every_route(resolver=None, before=""):
    """(route, pattern) for each view that can be reached, those of included files too."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, entry
        else:
            yield from every_route(entry, route)


def address_of(route, pattern):
    """An address that leads to this view and to no other."""
    before = route.removesuffix(str(pattern.pattern))
    regex = pattern.pattern.regex.pattern
    # Where a route lists what may stand there, the words are its own.
    samples = (*SAMPLES, *re.findall(r"[a-z]{3,}", regex))
    for template, names in normalize(regex):
        for values in itertools.product(samples, repeat=len(names)):
            address = "/" + before + template % dict(zip(names, values, strict=True))
            try:
                if resolve(address).func is pattern.callback:
                    return address
            except Http404:
                continue
    raise AssertionError(f"no address found that leads to {route!r}")


def open_routes():
    """The routes that answer somebody who is not signed in with anything but the sign-in page."""
    browser = Client(raise_request_exception=False)
    return {
        route
        for route, pattern in every_route()
        for method in METHODS
        if not led_to_sign_in(getattr(browser, method)(address_of(route, pattern), follow=True))
    }


def led_to_sign_in(response):
    """Whether the last redirect, if there was any, went to the sign-in page."""
    return [url.partition("?")[0] for url, _status in response.redirect_chain][-1:] == ["/login"]


@pytest.mark.django_db
def test_every_address_asks_for_a_sign_in_unless_it_is_declared_public():
    routes = {route for route, _pattern in every_route()}

    assert {"", "case", "logout", "admin/"} <= routes
    assert open_routes() == PUBLIC & routes


@pytest.mark.django_db
def test_an_address_that_somebody_opens_is_found(settings):
    def answer(_request, **_named):
        return HttpResponse("open")

    routes = types.ModuleType("routes")
    routes.urlpatterns = [
        path("shut/<int:number>", lambda request, number: answer(request)),
        path("open/<uuid:number>", login_not_required(answer)),
        re_path(r"^open/(?P<word>[a-z]+)/$", login_not_required(answer)),
    ]
    settings.ROOT_URLCONF = routes
    settings.LOGIN_URL = "/login"

    assert open_routes() == {"open/<uuid:number>", "^open/(?P<word>[a-z]+)/$"}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/no-such-page", "/order/abc/summary", "/admin/no/such/page/"])
def test_an_address_that_does_not_exist_tells_nothing(client, address):
    response = client.get(address, follow=True)

    assert led_to_sign_in(response) or response.status_code == 404


def test_operations_pages_are_closed_to_court_staff(signed_in):
    for route, pattern in every_route():
        if route.startswith("admin/") and route != "admin/logout/":
            response = signed_in.get(address_of(route, pattern), follow=True)
            assert response.status_code == 403, route
