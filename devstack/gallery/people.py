"""People of the gallery and the sessions in which they look around."""

import datetime as dt
import secrets

from django.conf import settings
from django.db import transaction
from django.test import Client

from accounts import half_way
from accounts.models import Mail, Role, User
from accounts.services import second_factor
from accounts.services.links import make_link
from accounts.services.users import create_user, disable_user

# Of those who sign in before a visitor's eyes; nobody else's is known.
PASSWORD = "pictures of every page"
PEOPLE = {
    "manager": ("gallery.manager@example.com", "Casey", "Manager", Role.CASE_MANAGER, False),
    "administrator": ("gallery.admin@example.com", "Addy", "Admin", Role.ADMINISTRATOR, False),
    "operator": ("gallery.operator@example.com", "Olive", "Operator", Role.CASE_MANAGER, True),
}


def make_administrator(name: str, *, now: dt.datetime) -> User:
    """One who signs in by the form: `<name>@example.com`."""
    return create_user(
        email=f"{name}@example.com",
        first_name=name.capitalize(),
        last_name="Administrator",
        role=Role.ADMINISTRATOR,
        password=PASSWORD,
        by=None,
        now=now,
    )


def make_people(*, now: dt.datetime) -> dict[str, User]:
    """Each role once, by name; with passwords that nobody knows."""
    return {
        role: create_user(
            email=email,
            first_name=first_name,
            last_name=last_name,
            role=kind,
            password=secrets.token_urlsafe(24),
            is_staff=is_staff,
            by=None,
            now=now,
        )
        for role, (email, first_name, last_name, kind, is_staff) in PEOPLE.items()
    }


def make_others(*, by: User, now: dt.datetime) -> dict[str, int | str]:
    """Users in the states that administrators meet, their ids by name; and the token of a link."""

    def add(name: str) -> User:
        return create_user(
            email=f"{name}@example.com",
            first_name=name.capitalize(),
            last_name="Person",
            role=Role.CASE_MANAGER,
            password=None,
            by=by,
            now=now,
        )

    make_administrator("newcomer", now=now)
    known = make_administrator("known", now=now)
    key = second_factor.new_key()
    code = second_factor.code_at(key=key, now=now)
    second_factor.set_up(user=known, key=key, code=code, now=now)
    invited, disabled, unreachable = add("invited"), add("disabled"), add("unreachable")
    disable_user(user=disabled, by=by)
    refusal = {"state": Mail.State.REFUSED, "reason": "Not a valid email address"}
    Mail.objects.filter(user=unreachable).update(**refusal, settled_at=now)
    with transaction.atomic():
        token = make_link(user=invited, now=now)
    return {
        "invited": invited.pk,
        "disabled": disabled.pk,
        "unreachable": unreachable.pk,
        "known": known.pk,
        "token": token,
    }


def session_of(user: User) -> str:
    """The cookie of a browser in which the user is signed in."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[half_way.SECOND_FACTOR] = True
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value
