"""The cookie by which a browser is known that has signed somebody in before."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from accounts import browsers
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def signed_in(rf, user, cookie=""):
    """The cookie after this user has signed in with a browser that had that one before."""
    rf.cookies[settings.KNOWN_BROWSER_COOKIE] = cookie
    response = HttpResponse()
    browsers.remember_from_settings(rf.get("/login"), response, user)
    return response.cookies[settings.KNOWN_BROWSER_COOKIE].value


def origin(rf, cookie):
    rf.cookies[settings.KNOWN_BROWSER_COOKIE] = cookie
    return browsers.origin_of(rf.get("/login"))


def test_a_browser_keeps_its_name_and_the_last_ten_who_signed_in(rf):
    users = [UserFactory() for _ in range(11)]
    cookie = signed_in(rf, users[0])
    first = origin(rf, cookie)
    for user in [*users[1:], users[3]]:
        cookie = signed_in(rf, user, cookie)
    known = origin(rf, cookie)
    assert known.browser == first.browser
    assert first.browser
    in_order = [user.pk for user in [*users[1:3], *users[4:], users[3]]]
    assert list(known.users) == in_order


def test_a_browser_that_was_not_used_for_half_a_year_is_another_one(rf, sam):
    now = timezone.now()
    with time_machine.travel(now) as clock:
        cookie = signed_in(rf, sam)
        clock.move_to(now + timedelta(days=179))
        assert origin(rf, cookie).users == (sam.pk,)
        clock.move_to(now + timedelta(days=181))
        assert (origin(rf, cookie).browser, origin(rf, cookie).users) == ("", ())
