"""What the diary is told of submissions and attempts as they move (`audit.images`)."""

from collections.abc import Iterable

import audit
from orders.models import Attempt, Submission

# All that may change after the declaration, but for leases and progress: no move can forget one.
MOVING = (
    *("state", "reason", "maybe_applied", "attempts_made", "crashes", "retry_seconds_used"),
    *("next_attempt_at", "fence", "sirius_order_id", "sirius_client_id", "event_id"),
    *("sirius_answer", "settled_at", "proposed_move", "proposed_by_id", "proposed_evidence"),
)


def declared(submission: Submission) -> audit.Images:
    """A submission that was just written; reads when it is due, which the database chose."""
    submission.refresh_from_db(fields=["next_attempt_at"])
    return audit.whole(submission)


def moved(submission: Submission) -> audit.Images:
    """A submission that was just saved."""
    return audit.after(submission, *MOVING)


def opened(attempt: Attempt) -> audit.Images:
    """An attempt that was just written; reads when it began, which the database chose."""
    attempt.refresh_from_db(fields=["started_at"])
    return audit.whole(attempt)


def closed(attempt_ids: Iterable[int]) -> audit.Images:
    """Attempts that were just closed."""
    images: audit.Images = {}
    for attempt in Attempt.objects.filter(pk__in=attempt_ids):
        images |= audit.after(attempt, "ended_at", "outcome", "reason", "http_status")
    return images
