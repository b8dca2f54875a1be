"""The one way into the diary. Reading it is the pages' and the admin's affair."""

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from audit.events import Event
from audit.trace import current_trace_id

Facts = dict[str, Any]

# The database numbers, digests and chains what it is given (migration 0004).
APPEND = "SELECT public.audit_append(%s, %s, %s, %s, %s, %s, %s::jsonb)"
# One batch, one link of the chain; bounded, so that a long import stays small in memory.
ENTRIES_AT_A_TIME = 5000


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
    # Said here and not left to the database: all of one call carry one moment.
    scalars = [
        timezone.now(),
        event.value,
        by.pk if by else None,
        str(by) if by else "",
        current_trace_id(),
        release_from_settings(),
    ]
    told = ([subject._meta.label_lower, subject.pk, facts] for subject, facts in subjects)
    with connection.cursor() as cursor:
        while some := list(islice(told, ENTRIES_AT_A_TIME)):
            cursor.execute(APPEND, [*scalars, json.dumps(some, cls=DjangoJSONEncoder)])


def release_from_settings() -> str:
    """The release that writes, as the environment names it."""
    release: str = settings.RELEASE
    return release
