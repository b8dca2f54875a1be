"""Accounts: made, disabled, let in again."""

from datetime import datetime

from django.db import IntegrityError, transaction

import audit
from accounts.models import Role, User, tidy_email
from accounts.permissions import operations_group
from accounts.services.locking import lock_active_administrators, lock_user
from accounts.services.passwords import choose_password


class EmailTaken(Exception):
    """The address already has an account."""


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
    choose_password(user, password)
    with transaction.atomic():
        _insert(user)
        if is_staff:
            user.groups.add(operations_group())
        audit.record(
            audit.Event.USER_CREATED, by=by, subject=user, role=user.role, operations=is_staff
        )
    return user


def disable_user(*, user: User, by: User | None) -> User:
    """Let the user in no more, and end their sessions. Doing it again changes nothing.

    Raises `DisablingRefused` for oneself and for the last administrator.
    """
    if by is not None and by.pk == user.pk:
        raise DisablingRefused("You cannot disable your own account.")
    with transaction.atomic():
        administrators = lock_active_administrators()
        lock_user(user)
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
        lock_user(user)
        if not user.is_active:
            user.is_active = True
            user.save(update_fields=["is_active"])
            audit.record(audit.Event.USER_ENABLED, by=by, subject=user)
    return user


def _insert(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        # The fields were checked before: the one thing left to break is the unique address.
        raise EmailTaken("That email address already has an account.") from error
