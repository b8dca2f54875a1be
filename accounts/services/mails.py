"""Emails with links: asked for here, delivered by a worker. The row is the queue (ADR 0001).

A link's token is made when its email is delivered and stands in that email alone. An email whose
fate is unknown is sent again with another token: two emails are better than none, and the first use
of either link ends both.
"""

import datetime as dt
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F

import audit
from accounts.models import LONGEST_EMAIL, LinkKind, Mail, User, tidy_email
from accounts.services import links
from accounts.services.locking import lock_user
from notify_client import KeyRefused, MailNotTaken, MailRefused, NotConfigured

log = logging.getLogger(__name__)

MOST_AN_HOUR = 5
HOUR = dt.timedelta(hours=1)
# Longer than one call to Notify may take in all; then another worker may try.
LEASE = dt.timedelta(seconds=60)
FIRST_BACK_OFF_SECONDS = 5
LONGEST_BACK_OFF_SECONDS = 300
MOST_A_ROUND = 100
# Whom we never knew is forgotten soon; what a user was sent is shown on their page for a while.
KEEP_DROPPED = dt.timedelta(days=1)
KEEP_SETTLED = dt.timedelta(days=90)

NOBODY = "Nobody who may sign in has this address."


class TooManyMails(Exception):
    """The address has had as many emails as it may in an hour."""


class Post(Protocol):
    """What delivery asks of GOV.UK Notify."""

    def send_email(
        self, *, to: str, template_id: str, personalisation: Mapping[str, Any], reference: str
    ) -> str:
        """The message's id. Raises `MailNotTaken` and `MailRefused`."""


@dataclass(frozen=True, kw_only=True)
class Sorting:
    """All a delivery needs besides the row. `address_of` makes a token the address of its link."""

    post: Post
    templates: Mapping[str, str]
    address_of: Callable[[str], str]
    clock: Callable[[], dt.datetime]
    dice: random.Random


@dataclass(frozen=True)
class Claim:
    """An email in our hands, for as long as the lease lasts."""

    mail: Mail
    user: User
    token: str

    @property
    def kind(self) -> LinkKind:
        """Somebody who has no password yet is asked to choose one, whatever was asked for."""
        return LinkKind.ACTIVATION if self.user.is_waiting else LinkKind.RESET


def templates_from_settings() -> dict[str, str]:
    """Which of Notify's templates is for which kind of email."""
    return {
        LinkKind.ACTIVATION: settings.NOTIFY_ACTIVATION_TEMPLATE_ID,
        LinkKind.RESET: settings.NOTIFY_RESET_TEMPLATE_ID,
    }


# --- Asking ---------------------------------------------------------------------------------------
def request_reset(*, email: str, now: dt.datetime) -> None:
    """Somebody, perhaps a stranger, has typed an address. Always the same statements.

    Whether the address is anybody's is found out by the worker. After five in an hour nothing more
    is written for it, and the answer stays the same. What is longer than an address is nobody's.
    """
    address = tidy_email(email)
    if len(address) > LONGEST_EMAIL:
        return
    with transaction.atomic():
        if _has_room(address, now=now, is_strangers=True):
            Mail.objects.create(
                kind=LinkKind.RESET, email=address, requested_at=now, next_attempt_at=now
            )


def request_link(*, user: User, by: User | None, now: dt.datetime) -> Mail:
    """Send the user a link: to activate, or, once they have, to choose another password.

    One that still waits to be sent is enough. Raises `TooManyMails`.
    """
    with transaction.atomic():
        lock_user(user)
        kind = LinkKind.ACTIVATION if user.is_waiting else LinkKind.RESET
        has_room = _has_room(user.email, now=now, is_strangers=by is None)
        waiting = user.mails.filter(kind=kind, state=Mail.State.QUEUED, email=user.email).first()
        if waiting is not None:
            return waiting
        if not has_room:
            raise TooManyMails
        mail = Mail.objects.create(
            kind=kind,
            email=user.email,
            user=user,
            requested_by=by,
            requested_at=now,
            next_attempt_at=now,
        )
        audit.record(audit.Event.MAIL_REQUESTED, by=by, subject=user, kind=kind)
    return mail


def _has_room(email: str, *, now: dt.datetime, is_strangers: bool) -> bool:
    """Whether the address may get one more. What strangers ask for counts apart: they must not be
    able to keep an administrator from sending.
    """
    with connection.cursor() as cursor:
        # Two requests at once count one after the other.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mail {email}"])
    recent = Mail.objects.filter(
        email=email, requested_at__gt=now - HOUR, requested_by__isnull=is_strangers
    )
    return recent.count() < MOST_AN_HOUR


# --- Delivering -----------------------------------------------------------------------------------
def deliver_due(*, sorting: Sorting) -> int:
    """Deliver what is due, the longest waiting first, until Notify takes no more; how many it took.

    One failure of Notify's, or of the database, ends the round: the others would only wait for the
    same silence. One email over which we break waits until its lease is over.
    """
    due = Mail.objects.filter(state=Mail.State.QUEUED, next_attempt_at__lte=sorting.clock())
    taken = 0
    for mail_id in list(
        due.order_by("next_attempt_at").values_list("pk", flat=True)[:MOST_A_ROUND]
    ):
        try:
            state = deliver(mail_id=mail_id, sorting=sorting)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("email %s waits: the fault is ours", mail_id)
            continue
        if state == Mail.State.QUEUED:
            break
        taken += state == Mail.State.SENT
    return taken


def deliver(*, mail_id: int, sorting: Sorting) -> Mail.State | None:
    """Try one email once. The state it was left in, or None where it wasn't ours to try.

    Called any number of times, for any id, it does no harm: only one call gets the claim.
    """
    claim = _claim(mail_id, now=sorting.clock())
    if not isinstance(claim, Claim):
        return claim
    try:
        notify_id = sorting.post.send_email(
            to=claim.mail.email,
            template_id=sorting.templates[claim.kind],
            personalisation={
                "link": sorting.address_of(claim.token),
                "hours": links.LASTS // HOUR,
                "name": claim.user.first_name,
            },
            reference=f"mail-{claim.mail.pk}",
        )
    except MailRefused as refusal:
        return _refused(claim, refusal, now=sorting.clock())
    except MailNotTaken as failure:
        return _wait(claim, failure, sorting=sorting)
    return _sent(claim, notify_id, now=sorting.clock())


def _claim(mail_id: int, *, now: dt.datetime) -> Claim | Mail.State | None:
    """Take a due email by one UPDATE and make its link; the transaction ends before the call.

    DROPPED where nobody may get it; None where it is not due, or somebody else's.
    """
    with transaction.atomic():
        mail = Mail.objects.select_related("user").get(pk=mail_id)
        user = mail.user or User.objects.with_email(mail.email).first()
        if user is not None:
            # First the user, then the email: the order in which `links.void_links` holds them.
            lock_user(user)
        due = Mail.objects.filter(pk=mail.pk, state=Mail.State.QUEUED, next_attempt_at__lte=now)
        if not due.update(attempts=F("attempts") + 1, next_attempt_at=now + LEASE):
            return None
        mail.refresh_from_db()
        if user is None or not _may_get(user, mail):
            return _settle(mail, Mail.State.DROPPED, reason=NOBODY, settled_at=now)
        mail.user = user
        return Claim(mail, user, links.make_link(user=user, now=now))


def _may_get(user: User, mail: Mail) -> bool:
    """Whether the email is still for this user, and still needed."""
    is_needed = mail.kind == LinkKind.RESET or user.is_waiting
    return user.is_active and user.email == mail.email and is_needed


def _sent(claim: Claim, notify_id: str, *, now: dt.datetime) -> Mail.State | None:
    with transaction.atomic():
        audit.record(audit.Event.MAIL_SENT, by=None, subject=claim.user, kind=claim.kind)
        return _settle(
            claim.mail,
            Mail.State.SENT,
            user=claim.user,
            notify_id=notify_id[:64],
            reason="",
            settled_at=now,
        )


def _refused(claim: Claim, refusal: MailRefused, *, now: dt.datetime) -> Mail.State | None:
    log.error("Notify refused email %s", claim.mail.pk)
    reason = str(refusal)[:500]
    with transaction.atomic():
        links.forget_link(claim.token)
        audit.record(audit.Event.MAIL_REFUSED, by=None, subject=claim.user, reason=reason)
        return _settle(
            claim.mail, Mail.State.REFUSED, user=claim.user, reason=reason, settled_at=now
        )


def _wait(claim: Claim, failure: MailNotTaken, *, sorting: Sorting) -> Mail.State | None:
    """Back in the queue, for ever: nothing is lost while Notify is away."""
    level = logging.ERROR if isinstance(failure, KeyRefused | NotConfigured) else logging.WARNING
    log.log(level, "email %s waits: %s", claim.mail.pk, failure)
    if not failure.may_have_left:
        links.forget_link(claim.token)
    pause = back_off(claim.mail.attempts, dice=sorting.dice)
    return _settle(
        claim.mail,
        Mail.State.QUEUED,
        user=claim.user,
        reason=str(failure)[:500],
        next_attempt_at=sorting.clock() + pause,
    )


def back_off(attempts: int, *, dice: random.Random) -> dt.timedelta:
    """The pause after so many tries: doubling to five minutes, and between half and all of it."""
    longest = min(FIRST_BACK_OFF_SECONDS * 2 ** min(attempts - 1, 10), LONGEST_BACK_OFF_SECONDS)
    return dt.timedelta(seconds=longest * dice.uniform(0.5, 1))


def _settle(mail: Mail, state: Mail.State, **changes: object) -> Mail.State | None:
    """Write what became of it, unless it was dropped, or another worker has it, since our claim."""
    ours = Mail.objects.filter(pk=mail.pk, state=Mail.State.QUEUED, attempts=mail.attempts)
    return state if ours.update(state=state, **changes) else None


def remove_old(*, now: dt.datetime) -> int:
    """Remove rows that nobody needs any more; how many."""
    dropped = Mail.objects.filter(state=Mail.State.DROPPED, settled_at__lt=now - KEEP_DROPPED)
    settled = Mail.objects.exclude(state=Mail.State.QUEUED).filter(
        settled_at__lt=now - KEEP_SETTLED
    )
    return dropped.delete()[0] + settled.delete()[0]
