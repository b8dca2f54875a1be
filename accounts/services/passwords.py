"""Passwords: which will do, and giving a user another."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

import audit
from accounts.models import User
from accounts.services.locking import lock_user


class PasswordRefused(Exception):
    """The password breaks the rules; `messages` says which, one sentence each."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


def set_password(*, user: User, password: str, by: User | None) -> User:
    """Give the user another password. Every session begun under the old one ends.

    Raises `PasswordRefused`.
    """
    with transaction.atomic():
        lock_user(user)
        choose_password(user, password)
        user.session_generation += 1
        user.save(update_fields=["password", "session_generation"])
        audit.record(audit.Event.USER_PASSWORD_CHANGED, by=by, subject=user)
    return user


def choose_password(user: User, password: str) -> None:
    """Hash it into the row, unsaved. Raises `PasswordRefused`."""
    try:
        validate_password(password, user=user)
    except ValidationError as refusal:
        raise PasswordRefused(refusal.messages) from None
    user.set_password(password)
