"""Links by email: random, single-use, stored hashed, good for 48 hours (behaviour 8).

What they are good for is in `passwords`; how they reach people is in `mails`.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models.functions import Now

from accounts.models import Link, LinkKind, Mail, User

LASTS = timedelta(hours=48)
REPLACED = "The link is no longer needed."


class LinkDead(Exception):
    """Used, replaced, too old or never made: callers are not told which."""


def hash_token(token: str) -> str:
    """What is kept of a token; tokens are long and random, so this needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_link(*, user: User, now: datetime) -> str:
    """The token of a new link; earlier links stay good until one of them is used.

    Must run inside a transaction that holds the user's row.
    """
    token = secrets.token_urlsafe(32)
    Link.objects.create(
        user=user,
        kind=LinkKind.ACTIVATION if user.is_waiting else LinkKind.RESET,
        token_hash=hash_token(token),
        created_at=now,
        expires_at=now + LASTS,
    )
    return token


def forget_link(token: str) -> None:
    """The email with this token has not left: the link is good for nobody."""
    Link.objects.filter(token_hash=hash_token(token)).delete()


def find_link(*, token_hash: str, now: datetime) -> Link | None:
    """A link that can be used, with its user; else None."""
    found = Link.objects.select_related("user").filter(
        token_hash=token_hash, expires_at__gt=now, user__is_active=True
    )
    return found.first()


def void_links(user: User) -> None:
    """End all links of the user, also those that no worker has sent yet.

    Must run inside a transaction that holds the user's row; workers hold it too while they make a
    link, so none can slip through between the two statements.
    """
    queued = Mail.objects.filter(state=Mail.State.QUEUED)
    queued.filter(email=user.email).update(
        state=Mail.State.DROPPED, reason=REPLACED, settled_at=Now()
    )
    Link.objects.filter(user=user).delete()


def remove_expired(*, now: datetime) -> int:
    """Remove links whose time is over; how many."""
    deleted, _ = Link.objects.filter(expires_at__lte=now).delete()
    return deleted
