"""Who may come in, and the end of being in."""

from django.contrib.auth import authenticate
from django.db import transaction

import audit
from accounts.models import User, tidy_email
from accounts.services.locking import lock_user

# Whom the diary names when the address that was tried belongs to nobody.
NOBODY_ID = 0


class SignInRefused(Exception):
    """Unknown address, wrong password or disabled user: callers are not told which."""


def check_sign_in(*, email: str, password: str) -> User:
    """The user whose address and password these are; the caller then begins the session.

    Raises `SignInRefused`, always the same and after the same work, whatever was wrong.
    """
    user = authenticate(username=tidy_email(email), password=password)
    if isinstance(user, User):
        with transaction.atomic():
            audit.record(audit.Event.USER_SIGNED_IN, by=user, subject=user)
        return user
    _record_refusal(email)
    raise SignInRefused


def sign_out(*, user: User) -> None:
    """End every session of the user, on this machine and on any other (behaviour 8)."""
    with transaction.atomic():
        lock_user(user)
        user.session_generation += 1
        user.save(update_fields=["session_generation"])
        audit.record(audit.Event.USER_SIGNED_OUT, by=user, subject=user)


def _record_refusal(email: str) -> None:
    """In the diary also when nobody has the address: the same work takes the same time."""
    user = User.objects.with_email(email).first() or User(pk=NOBODY_ID)
    if user.pk == NOBODY_ID:
        reason = "unknown address"
    else:
        reason = "wrong password" if user.is_active else "disabled"
    with transaction.atomic():
        audit.record(audit.Event.SIGN_IN_REFUSED, by=None, subject=user, reason=reason)
