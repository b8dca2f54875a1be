"""Who may come in, and the end of being in."""

from datetime import datetime, timedelta
from typing import NoReturn

from django.contrib.auth import authenticate
from django.db import transaction

import audit
from accounts.models import User, tidy_email
from accounts.services import lockout, second_factor
from accounts.services.locking import lock_user
from accounts.services.lockout import Count, Origin, Scope
from accounts.session_store import SessionStore

# Whom the diary names when the address that was tried belongs to nobody.
NOBODY_ID = 0


class SignInRefused(Exception):
    """Unknown address, wrong password or code, disabled user: callers are not told which."""


class SignInLocked(SignInRefused):
    """Too many failures; `wait` is how long nobody may try."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


def check_sign_in(*, email: str, password: str, origin: Origin, now: datetime) -> User:
    """The user whose address and password these are; the caller goes on to `begin_session`.

    Raises `SignInLocked` and `SignInRefused`, always the same and after the same work, whatever was
    wrong. While locked, the password is not looked at.
    """
    known = User.objects.with_email(email).first()
    subject = known or User(pk=NOBODY_ID)
    scopes = lockout.password_scopes(email=email, user=known, origin=origin)
    count = _count_or_refuse(scopes, subject, now=now)
    user = authenticate(username=tidy_email(email), password=password)
    if not isinstance(user, User):
        _refuse(subject, count, reason=_why_refused(subject), now=now)
    lockout.forgive(scopes)
    return user


def check_code(
    *, user: User, code: str, origin: Origin, now: datetime, is_recovery: bool = False
) -> None:
    """Take the code that the user's app shows, or a recovery code; spaces must be gone from it.

    Raises `SignInLocked` and `SignInRefused`.
    """
    scopes = lockout.code_scopes(user=user, origin=origin)
    count = _count_or_refuse(scopes, user, now=now)
    try:
        if is_recovery:
            second_factor.use_recovery_code(user=user, code=code)
        else:
            second_factor.use_code(user=user, code=code, now=now)
    except second_factor.CodeRefused:
        _refuse(user, count, reason="wrong code", now=now)
    lockout.forgive(scopes)


def begin_session(*, user: User) -> None:
    """Let in somebody who has shown all they had to. Raises `SignInRefused` if disabled since."""
    generation = user.session_generation
    with transaction.atomic():
        lock_user(user)
        if not user.is_active or user.session_generation != generation:
            raise SignInRefused
        audit.record(audit.Event.USER_SIGNED_IN, by=user, subject=user)


def sign_out(*, user: User) -> None:
    """End every session of the user, on this machine and on any other (behaviour 8)."""
    with transaction.atomic():
        lock_user(user)
        user.session_generation += 1
        user.save(update_fields=["session_generation"])
        told = audit.after(user, "session_generation")
        audit.record(audit.Event.USER_SIGNED_OUT, by=user, subject=user, images=told)


def sweep_ended() -> None:
    """Remove sessions whose time is over."""
    SessionStore.clear_expired()


def _count_or_refuse(scopes: list[Scope], subject: User, *, now: datetime) -> Count:
    """Count the try before it is looked at. Raises `SignInLocked`."""
    count = lockout.count_try(scopes, now=now)
    if count.was_locked:
        with transaction.atomic():
            _record_lock(subject, count)
        _raise_refusal(count, now=now)
    return count


def _refuse(subject: User, count: Count, *, reason: str, now: datetime) -> NoReturn:
    """In the diary also when nobody has the address: the same work takes the same time."""
    with transaction.atomic():
        audit.record(audit.Event.SIGN_IN_REFUSED, by=None, subject=subject, reason=reason)
        _record_lock(subject, count)
    _raise_refusal(count, now=now)


def _raise_refusal(count: Count, *, now: datetime) -> NoReturn:
    if count.locked_until is not None:
        raise SignInLocked(count.locked_until - now)
    raise SignInRefused


def _record_lock(subject: User, count: Count) -> None:
    """Once a wait, however often somebody tries meanwhile."""
    if count.begun_wait is not None:
        minutes = round(count.begun_wait / timedelta(minutes=1))
        audit.record(audit.Event.SIGN_IN_LOCKED, by=None, subject=subject, minutes=minutes)


def _why_refused(subject: User) -> str:
    if subject.pk == NOBODY_ID:
        return "unknown address"
    return "wrong password" if subject.is_active else "disabled"
