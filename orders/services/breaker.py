"""The switch that stops sending: the operators' pause, and the breaker for Sirius' own failures.

Serving, "Deadlines": opens after 5 failures of Sirius itself in a row, tries one submission a
minute, costs no attempts. It is advice and kept apart from the vital transactions.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

import audit
from orders import rules
from orders.models import SendingSwitch


def may_begin(*, trial_seconds: float) -> bool:
    """Whether a delivery may begin now: not paused, and closed, or the trial of this minute.

    Called inside the claim's transaction: a trial taken by a claim that fails is given back.
    """
    switch = SendingSwitch.objects.filter(pk=1).first()
    if switch is None or switch.opened_at is None:
        return switch is None or not switch.paused
    if switch.paused:
        return False
    taken = SendingSwitch.objects.filter(
        pk=1, opened_at__isnull=False, next_trial_at__lte=Now()
    ).update(next_trial_at=Now() + dt.timedelta(seconds=trial_seconds))
    return taken == 1


def is_paused_for_sure() -> bool:
    """Whether sending is paused; until the transaction ends, nobody can pause it after a no."""
    switch = SendingSwitch.objects.raw("SELECT * FROM orders_sendingswitch WHERE id = 1 FOR SHARE")
    return any(row.paused for row in switch)


def ensure_switch() -> None:
    """There is a switch from now on."""
    with transaction.atomic():
        switch, is_new = SendingSwitch.objects.get_or_create(pk=1)
        if is_new:
            audit.record(
                audit.Event.SWITCH_MADE, by=None, subject=switch, images=audit.whole(switch)
            )


def note_failure(*, trial_seconds: float) -> None:
    """Sirius itself failed once more; the fifth in a row opens the breaker."""
    ensure_switch()
    SendingSwitch.objects.filter(pk=1).update(failures=F("failures") + 1)
    with transaction.atomic():
        opened = SendingSwitch.objects.filter(
            pk=1, opened_at__isnull=True, failures__gte=rules.BREAKER_OPENS_AFTER
        ).update(opened_at=Now(), next_trial_at=Now() + dt.timedelta(seconds=trial_seconds))
        if opened:
            audit.record(audit.Event.BREAKER_OPENED, by=None, subject=SendingSwitch(pk=1))


def note_answer() -> None:
    """Sirius answered: what it said does not matter here."""
    with transaction.atomic():
        closed = SendingSwitch.objects.filter(pk=1, opened_at__isnull=False).update(
            opened_at=None, next_trial_at=None, failures=0
        )
        if closed:
            audit.record(audit.Event.BREAKER_CLOSED, by=None, subject=SendingSwitch(pk=1))
            return
    SendingSwitch.objects.filter(pk=1, failures__gt=0).update(failures=0)


def is_open() -> bool:
    """Whether Sirius is taken to be down."""
    return SendingSwitch.objects.filter(pk=1, opened_at__isnull=False).exists()
