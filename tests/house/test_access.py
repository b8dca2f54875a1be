"""Closed by default: every address, whoever asks and by whatever method, as access.txt declares."""

import itertools
import types

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.urls import path, re_path
from django.views.decorators.http import require_GET

from tests.house.access import (
    OTHER_METHODS,
    declared,
    expected,
    may_be_written,
    outcome_of,
    rows_written,
)
from tests.house.routes import every_route

# Also tells pytest-django that the database is needed, before the world is made.
pytestmark = pytest.mark.django_db

# One for each column of the table, by every method.
ACTORS = (
    *("anonymous", "case manager", "administrator", "operations", "disabled administrator"),
    *("administrator without a code", "administrator half way in", "administrator outside"),
)
# Others of the same columns, by the method that changes things.
MORE_ACTORS = (
    *("disabled operator", "removed administrator", "signed out elsewhere"),
    *("operator without a code", "operator half way in", "operator outside", "stranger outside"),
)
# POST last: what it takes from the document store comes back with the next test only.
METHODS = ("GET", "HEAD", *OTHER_METHODS, "POST")


def asked(browser, method, address):
    """The answer, read to its end; what came of it is undone, the end of a session too."""
    if method in OTHER_METHODS:
        return browser.generic(method, address)
    with transaction.atomic():
        response = browser.generic(method, address)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


def disagreements(world, actor, table, methods=METHODS):
    """Where the service answers an actor otherwise than the table says, or writes for a reader."""
    browser = actor.browser()
    written = rows_written()
    for method, (route, address) in itertools.product(methods, world.addresses().items()):
        actor.takes_place_in(browser)
        told = outcome_of(route, asked(browser, method, address))
        if told != (said := expected(table, route, actor.column, method)):
            yield f"{method} {route}: declared {said}, answered {told}"
        if method in ("GET", "HEAD"):
            now = rows_written()
            tables = {name for name in now if now[name] != written.get(name, 0)}
            if foreign := tables - may_be_written(route):
                yield f"{method} {route}: wrote {sorted(foreign)}"
            written = now


def test_every_address_is_declared_and_every_declared_one_is_there():
    routes = [route for route, _pattern in every_route()]

    assert len(routes) == len(set(routes))
    assert set(routes) ^ set(declared()) == set()


@pytest.mark.parametrize("name", ACTORS)
def test_each_address_answers_as_declared(world, name):
    assert list(disagreements(world, world.actors[name], declared())) == []


@pytest.mark.parametrize("name", MORE_ACTORS)
def test_each_address_answers_the_like_as_declared(world, name):
    assert list(disagreements(world, world.actors[name], declared(), ["POST"])) == []


def test_every_actor_and_every_column_is_asked_about(world):
    assert set(world.actors) == {*ACTORS, *MORE_ACTORS}
    assert {world.actors[name].column for name in ACTORS} == set(declared()["login"])


def test_a_case_manager_without_a_code_is_nobody_where_everybody_needs_one(world, settings):
    settings.SECOND_FACTOR_FOR_ALL = True
    without = world.case_manager_without_code()

    assert list(disagreements(world, without, declared(), ["GET", "POST"])) == []


# --- The suite itself can fail --------------------------------------------------------------------
@pytest.fixture
def changed_routes(world, settings):
    """Four addresses in the place of all others; whoever asks is answered "open"."""

    def answering():
        return lambda _request, **_named: HttpResponse("open")

    def written(_request, user_id):
        world.target.last_name = "Changed"
        world.target.save()
        return HttpResponse("done")

    routes = types.ModuleType("routes")
    routes.urlpatterns = [
        path("shut/<int:user_id>", answering()),
        path("open/<int:user_id>", login_not_required(answering())),
        re_path(r"^read/(?P<kind>[a-z0-9]+)/$", require_GET(answering())),
        path("written/<int:user_id>", written),
    ]
    settings.ROOT_URLCONF = routes
    settings.LOGIN_URL = "/login"
    usual = {"anonymous": _cell("in", "in"), "staff": _cell("ok", "ok")}
    return {route: dict(usual) for route, _pattern in every_route()}


def _cell(read, post):
    return {"GET": read, "HEAD": read, "POST": post}


def test_an_address_that_somebody_opens_is_found(world, changed_routes):
    found = list(disagreements(world, world.actors["anonymous"], changed_routes))

    assert found == [
        f"{method} open/<int:user_id>: declared in, answered ok"
        for method in ("GET", "HEAD", "POST")
    ]


def test_a_changed_decorator_and_a_page_that_writes_are_found(world, changed_routes):
    found = list(disagreements(world, world.actors["case manager"], changed_routes))

    assert found == [
        "GET written/<int:user_id>: wrote ['accounts_user']",
        "HEAD ^read/(?P<kind>[a-z0-9]+)/$: declared ok, answered 405",
        "HEAD written/<int:user_id>: wrote ['accounts_user']",
        "POST ^read/(?P<kind>[a-z0-9]+)/$: declared ok, answered 405",
    ]


def test_an_undeclared_address_is_found(changed_routes):
    routes = {route for route, _pattern in every_route()}

    assert len(routes - set(declared())) == 4
