"""The Celery door: emails that are due, and tidying. A lost message costs one sweep."""

import logging
import random

from celery import shared_task
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.services import links, lockout, mails, sessions
from notify_client import NotifyClient

log = logging.getLogger(__name__)


@shared_task
def deliver_mails() -> None:
    """Hand over the emails that are due. One task does all, so that a slow Notify holds one worker
    at most, and orders are served by the others.
    """
    mails.deliver_due(
        sorting=mails.Sorting(
            post=NotifyClient.from_settings(),
            templates=mails.templates_from_settings(),
            address_of=link_address_from_settings,
            clock=timezone.now,
            dice=random.SystemRandom(),
        )
    )


@shared_task
def tidy() -> None:
    """Forget what nobody needs any more: old links, emails, failed sign-ins and sessions."""
    now = timezone.now()
    links.remove_expired(now=now)
    mails.remove_old(now=now)
    lockout.sweep_old(now=now)
    sessions.sweep_ended()


def nudge() -> None:
    """Ring the bell for the emails. With the broker away, the sweep finds them."""
    try:
        deliver_mails.apply_async()
    except OperationalError:
        log.warning("the broker is away; emails wait for the sweep")


def link_address_from_settings(token: str) -> str:
    """Where a link leads: the address that people know, never one that a request brought."""
    return settings.SITE_URL.rstrip("/") + reverse("password-link", args=[token])
