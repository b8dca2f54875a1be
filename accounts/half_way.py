"""A sign-in that has come half way: the password was right, the code is still to come.

It lives in a session that is signed in to nothing, so that whatever is forgotten here stays shut.
"""

from datetime import datetime, timedelta

from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts import kept
from accounts.models import User
from accounts.services import second_factor, sessions

SESSION_KEY = "half_way"
# In a signed-in session: the person has shown the second factor too.
SECOND_FACTOR = "second_factor"
LASTS = timedelta(minutes=15)


def begin(request: HttpRequest, user: User, *, now: datetime) -> None:
    """The password was right. The session gets another key, as at any step up."""
    request.session.cycle_key()
    request.session[SESSION_KEY] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "until": (now + LASTS).timestamp(),
    }


def find_user(request: HttpRequest, *, now: datetime) -> User | None:
    """Who is half way in; nobody once it took too long, or the user was disabled or changed."""
    held = request.session.get(SESSION_KEY)
    if held is None or held["until"] < now.timestamp():
        return None
    user: User | None = User.objects.active().filter(pk=held["user"]).first()
    if user and constant_time_compare(held["hash"], user.get_session_auth_hash()):
        return user
    return None


def key_to_share(request: HttpRequest) -> str:
    """The key that the set-up page shows, the same as long as this sign-in takes.

    Nothing is stored for the user before a code proves that it is in their app.
    """
    held = request.session[SESSION_KEY]
    if "key" not in held:
        held["key"] = second_factor.new_key()
        request.session.modified = True
    key: str = held["key"]
    return key


def complete(request: HttpRequest, user: User, *, with_second_factor: bool) -> None:
    """The user is in. Raises `SignInRefused` if that is no longer allowed."""
    sessions.begin_session(user=user)
    request.session.pop(SESSION_KEY, None)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    kept.forget_others(request, user_id=user.pk)
    request.session[SECOND_FACTOR] = with_second_factor


def has_second_factor(request: HttpRequest) -> bool:
    """Whether the session was begun with a code too."""
    return bool(request.session.get(SECOND_FACTOR))
