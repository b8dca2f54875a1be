"""The frame's own tasks: the heartbeat, by which worker and beat leave a sign of life, and the
signing of the diary.
"""

import logging
from typing import Any

from celery import shared_task
from celery.signals import beat_init, before_task_publish, worker_ready
from django.db import close_old_connections
from django.utils import timezone

from audit.signing import keys_from_settings, sign_heads
from filestore import StoreUnavailable, WriteOnceBucket
from serve_opg import health

log = logging.getLogger(__name__)

PULSE = "serve_opg.tasks.pulse"


@shared_task(name=PULSE)
def pulse() -> None:
    """A worker is at work: it says so, and asks the systems outside how they are."""
    health.note(health.WORKER)
    health.ask_dependencies()


@shared_task
def sign_diary() -> None:
    """Sign what was written since the last time, and lay it down outside the database."""
    store = WriteOnceBucket.audit_from_settings()
    try:
        sign_heads(store=store, keys=keys_from_settings(), now=timezone.now())
    except StoreUnavailable:
        log.warning("the storage is away; the diary is signed a minute later")


@worker_ready.connect
def _worker_is_there(**_signal: Any) -> None:
    _note(health.WORKER)


@beat_init.connect
def _beat_is_there(**_signal: Any) -> None:
    _note(health.BEAT)


@before_task_publish.connect(sender=PULSE)
def _beat_is_at_work(**_signal: Any) -> None:
    """Only beat sends this task; the sign is left also while the broker is away."""
    _note(health.BEAT)


def _note(name: str) -> None:
    """Outside a task nobody else looks after the connection."""
    close_old_connections()
    health.note(name)
