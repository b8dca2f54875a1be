"""People of the gallery and the sessions in which they look around."""

import datetime as dt
import secrets

from django.conf import settings
from django.test import Client

from accounts import half_way
from accounts.models import Role, User
from accounts.services.users import create_user

PEOPLE = {
    "manager": ("gallery.manager@example.com", "Casey", "Manager", Role.CASE_MANAGER, False),
    "administrator": ("gallery.admin@example.com", "Addy", "Admin", Role.ADMINISTRATOR, False),
    "operator": ("gallery.operator@example.com", "Olive", "Operator", Role.CASE_MANAGER, True),
}


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


def session_of(user: User) -> str:
    """The cookie of a browser in which the user is signed in."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[half_way.SECOND_FACTOR] = True
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value
