"""Narrowings of the submissions that pages, sweeps and workers share."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Now

from orders import rules

if TYPE_CHECKING:
    # Named in quotes below; the model imports this module, not the other way round.
    from orders.models import Submission  # noqa: F401


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Narrowings of the submissions."""

    def due(self) -> "SubmissionQuerySet":
        """Those a worker may claim now, by the database's clock; the longest waiting first."""
        return self.filter(state__in=rules.WAITING_STATES, next_attempt_at__lte=Now()).order_by(
            "next_attempt_at", "pk"
        )

    def lease_lost(self) -> "SubmissionQuerySet":
        """Those whose worker had its time, by the database's clock."""
        return self.filter(state__in=rules.LEASED_STATES, lease_expires_at__lt=Now())
