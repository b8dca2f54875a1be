"""Writes down that a report was taken out of the service: it holds people's names."""

import datetime as dt

from django.db import transaction

import audit
from accounts.models import User


def record_download(
    *,
    report: str,
    first: dt.date | None,
    last: dt.date | None,
    rows: int,
    by: User,
    now: dt.datetime,
) -> None:
    """Write the diary's event about `by`: which report, of which days (None: open), how many rows.

    `now` is when; the diary stamps the event itself.
    """
    with transaction.atomic():
        audit.record(
            audit.Event.REPORT_DOWNLOADED,
            by=by,
            subject=by,
            report=report,
            first=first,
            last=last,
            rows=rows,
        )
