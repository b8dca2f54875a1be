"""What changes a user, and what says who may come in. Pages, commands and the admin call these.

Each writes its event in the same transaction. A password is never part of an event, an error or a
log line, and neither is the address of somebody we don't know.
"""

from datetime import datetime

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

import audit
from accounts.models import Role, User, tidy_email
from accounts.permissions import operations_group

# Whom the diary names when the address that was tried belongs to nobody.
NOBODY_ID = 0


class EmailTaken(Exception):
    """The address already has an account."""


class PasswordRefused(Exception):
    """The password breaks the rules; `messages` says which, one sentence each."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


class SignInRefused(Exception):
    """Unknown address, wrong password or disabled user: callers are not told which."""


class DisablingRefused(Exception):
    """This user must stay: `str()` is the reason, in words."""


def create_user(
    *,
    email: str,
    first_name: str,
    last_name: str,
    role: Role | str,
    password: str,
    by: User | None,
    now: datetime,
    is_staff: bool = False,
) -> User:
    """Make an account; `is_staff` makes the person one of operations, with their permissions.

    Raises `ValidationError` (a name is empty or too long, the address is none, the role is
    unknown), `PasswordRefused` and `EmailTaken`.
    """
    user = User(
        email=tidy_email(email),
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        role=role,
        is_staff=is_staff,
        created_at=now,
    )
    # Uniqueness is left to the database: only it can answer for two requests at once.
    user.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
    _choose_password(user, password)
    with transaction.atomic():
        _insert(user)
        if is_staff:
            user.groups.add(operations_group())
        audit.record(
            audit.Event.USER_CREATED, by=by, subject=user, role=user.role, operations=is_staff
        )
    return user


def set_password(*, user: User, password: str, by: User | None) -> User:
    """Give the user another password. Every session begun under the old one ends.

    Raises `PasswordRefused`.
    """
    with transaction.atomic():
        _lock(user)
        _choose_password(user, password)
        user.session_generation += 1
        user.save(update_fields=["password", "session_generation"])
        audit.record(audit.Event.USER_PASSWORD_CHANGED, by=by, subject=user)
    return user


def disable_user(*, user: User, by: User | None) -> User:
    """Let the user in no more, and end their sessions. Doing it again changes nothing.

    Raises `DisablingRefused` for oneself and for the last administrator.
    """
    if by is not None and by.pk == user.pk:
        raise DisablingRefused("You cannot disable your own account.")
    with transaction.atomic():
        administrators = _lock_active_administrators()
        _lock(user)
        if not user.is_active:
            return user
        if administrators == {user.pk}:
            raise DisablingRefused("The last administrator cannot be disabled.")
        user.is_active = False
        user.session_generation += 1
        user.save(update_fields=["is_active", "session_generation"])
        audit.record(audit.Event.USER_DISABLED, by=by, subject=user)
    return user


def enable_user(*, user: User, by: User | None) -> User:
    """Let the user in again, with the password they had. Doing it again changes nothing."""
    with transaction.atomic():
        _lock(user)
        if not user.is_active:
            user.is_active = True
            user.save(update_fields=["is_active"])
            audit.record(audit.Event.USER_ENABLED, by=by, subject=user)
    return user


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
        _lock(user)
        user.session_generation += 1
        user.save(update_fields=["session_generation"])
        audit.record(audit.Event.USER_SIGNED_OUT, by=user, subject=user)


def _choose_password(user: User, password: str) -> None:
    try:
        validate_password(password, user=user)
    except ValidationError as refusal:
        raise PasswordRefused(refusal.messages) from None
    user.set_password(password)


def _insert(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        # The fields were checked before: the one thing left to break is the unique address.
        raise EmailTaken("That email address already has an account.") from error


def _lock(user: User) -> None:
    """Hold the row and read it again: what follows builds on what stands there now."""
    user.refresh_from_db(from_queryset=User.objects.select_for_update())


def _lock_active_administrators() -> set[int]:
    """Two administrators who disable each other at once must not both succeed."""
    locked = User.objects.active().filter(role=Role.ADMINISTRATOR).order_by("pk")
    return set(locked.select_for_update().values_list("pk", flat=True))


def _record_refusal(email: str) -> None:
    """In the diary also when nobody has the address: the same work takes the same time."""
    user = User.objects.with_email(email).first() or User(pk=NOBODY_ID)
    if user.pk == NOBODY_ID:
        reason = "unknown address"
    else:
        reason = "wrong password" if user.is_active else "disabled"
    with transaction.atomic():
        audit.record(audit.Event.SIGN_IN_REFUSED, by=None, subject=user, reason=reason)
