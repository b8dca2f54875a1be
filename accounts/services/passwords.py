"""Passwords: which will do, and giving a user another."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

import audit
from accounts.models import User
from accounts.services import lockout
from accounts.services.links import LinkDead, find_link, void_links
from accounts.services.locking import lock_user

# By the codes of Django's validators. The same words serve the person and whoever types for them.
WORDS = {
    "password_too_short": "Password is too short. It must be at least 12 characters",
    "password_too_common": "Password is too common. Choose one that is harder to guess",
    "password_too_similar": "Password is too similar to the name or email address of the account",
}


class PasswordRefused(Exception):
    """The password breaks the rules; `messages` says which, one sentence each."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(". ".join(messages))
        self.messages = messages


def set_password(*, user: User, password: str, by: User | None) -> User:
    """Give the user another password. Every session begun under the old one ends, and every link.

    Raises `PasswordRefused`.
    """
    with transaction.atomic():
        lock_user(user)
        _replace(user, password, by=by, by_link=False)
    return user


def set_password_by_link(*, token_hash: str, password: str, now: datetime) -> User:
    """Give the user of a link the password they chose; the link and all others of theirs are gone.

    Raises `LinkDead` and `PasswordRefused`; a refused password leaves the link as it was.
    """
    with transaction.atomic():
        link = find_link(token_hash=token_hash, now=now)
        if link is None:
            raise LinkDead
        lock_user(link.user)
        # Again: another request may have used it while this one waited for the row.
        if find_link(token_hash=token_hash, now=now) is None:
            raise LinkDead
        _replace(link.user, password, by=link.user, by_link=True)
    return link.user


def choose_password(user: User, password: str) -> None:
    """Hash it into the row, unsaved. Raises `PasswordRefused`."""
    try:
        validate_password(password, user=user)
    except ValidationError as refusal:
        raise PasswordRefused(
            [WORDS.get(one.code or "", one.messages[0]) for one in refusal.error_list]
        ) from None
    user.set_password(password)


def _replace(user: User, password: str, *, by: User | None, by_link: bool) -> None:
    """With the row held: the password, the end of sessions, links and waits, and the diary."""
    was_waiting = user.is_waiting
    choose_password(user, password)
    user.session_generation += 1
    user.save(update_fields=["password", "session_generation"])
    void_links(user)
    lockout.forget(user=user)
    event = audit.Event.USER_ACTIVATED if was_waiting else audit.Event.USER_PASSWORD_CHANGED
    facts = {"by_link": True} if by_link else {}
    told = audit.after(user, "session_generation")
    audit.record(event, by=by, subject=user, images=told, **facts)
