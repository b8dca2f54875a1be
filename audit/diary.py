"""The one way into the diary. Reading it is the pages' and the admin's affair."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from audit.events import Event
from audit.trace import current_trace_id

Facts = dict[str, Any]


def record(event: Event, *, by: models.Model | None, subject: models.Model, **facts: Any) -> None:
    """Write one event about `subject`, inside the transaction that makes it true.

    `by` is the person, or None for the service itself. `facts` are values JSON can carry (moments
    and dates too), never a password, a token or a payload.
    Raises `TransactionManagementError` outside a transaction: an event alone would be a rumour.
    """
    record_many(event, by=by, subjects=[(subject, facts)])


def record_many(
    event: Event,
    *,
    by: models.Model | None,
    subjects: Iterable[tuple[models.Model, Facts]],
) -> None:
    """Write one event about each (subject, facts), in bulk. Raises as `record`."""
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"{event} must be written inside the change it tells of")
    entry = apps.get_model("audit", "Entry")
    # Said here and not left to the database, whose default makes bulks twice as slow.
    at = timezone.now()
    entry.objects.bulk_create(
        [
            entry(
                at=at,
                event=event,
                by_id=by.pk if by else None,
                by_name=str(by) if by else "",
                subject_kind=subject._meta.label_lower,
                subject_id=subject.pk,
                facts=facts,
                trace_id=current_trace_id(),
                release=release_from_settings(),
            )
            for subject, facts in subjects
        ],
        batch_size=1000,
    )


def release_from_settings() -> str:
    """The release that writes, as the environment names it."""
    release: str = settings.RELEASE
    return release
