"""Writes down how an attempt ended, and takes back what lost workers left."""

import datetime as dt
import logging
import random
import time

from django.db import DataError, InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

import audit
from orders import rules
from orders.models import Attempt, Submission
from orders.rules import Outcome, Reason, State
from orders.services import breaker, images
from orders.services.clock import database_now
from orders.services.outcomes import Ending
from orders.services.policy import DeliveryPolicy
from orders.services.serving import accept, reopen_order

log = logging.getLogger(__name__)

SECONDS_BETWEEN_TRIES = 0.5


# --- Settle ---
def settle_for_sure(
    attempt: Attempt, ending: Ending, *, policy: DeliveryPolicy, dice: random.Random
) -> State | None:
    """`settle`, through a restart of the database: the only copy of Sirius' answer is in our hands.

    Tried until one lease has gone by; then the error is raised, and the row, found SENDING, is
    treated as unknown. Repeating is safe: a closed attempt is not settled again. Words of Sirius
    that cannot be stored are left out: how it ended is worth more.
    """
    give_up_at = time.monotonic() + policy.lease
    while True:
        try:
            return settle(attempt, ending, policy=policy, dice=dice)
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > give_up_at:
                raise
            log.warning("attempt %s: the database is away, settling again", attempt.pk)
            time.sleep(SECONDS_BETWEEN_TRIES)
        except (DataError, UnicodeError):
            if ending == ending.without_words():
                raise
            log.error("attempt %s: the answer cannot be stored, settling without it", attempt.pk)
            ending = ending.without_words()


def settle(
    attempt: Attempt, ending: Ending, *, policy: DeliveryPolicy, dice: random.Random
) -> State | None:
    """Close the attempt and move its submission, in one transaction.

    An acceptance counts from whatever live state: Sirius has the order. Any other ending counts
    only while the submission is still under this attempt's claim.
    """
    with transaction.atomic():
        submission = Submission.objects.select_for_update(of=("self",)).get(
            pk=attempt.submission_id
        )
        closed = _close(attempt, ending)
        if ending.outcome == Outcome.ACCEPTED and submission.is_live:
            _accept(submission, ending, closed)
        elif ending.outcome != Outcome.ACCEPTED and _is_under(submission, attempt):
            _move(submission, ending, closed, policy=policy, dice=dice)
        else:
            _note_late(submission, attempt, ending, closed)
    return State(submission.state)


def _close(attempt: Attempt, ending: Ending) -> audit.Images:
    """Close the attempt, once; what the diary must be told of it."""
    closed = Attempt.objects.filter(pk=attempt.pk, ended_at__isnull=True).update(
        ended_at=Now(),
        outcome=ending.outcome,
        reason=ending.reason or "",
        http_status=ending.http_status,
        answer=ending.answer,
    )
    return images.closed([attempt.pk]) if closed else {}


def _is_under(submission: Submission, attempt: Attempt) -> bool:
    """Whether the submission is still in the hands of this attempt's worker."""
    return submission.state in rules.LEASED_STATES and submission.fence == attempt.number


def _note_late(
    submission: Submission, attempt: Attempt, ending: Ending, closed: audit.Images
) -> None:
    """What this attempt found changes nothing any more; that it ended is written down."""
    if ending.outcome != Outcome.ACCEPTED:
        log.warning("attempt %s ended %s after its lease", attempt.pk, ending.outcome)
    elif submission.state != State.ACCEPTED:
        # Two operators, or Sirius itself, said that this could not be.
        log.critical("submission %s was accepted after its end", submission.pk)
    if closed:
        audit.record(
            audit.Event.ATTEMPT_ENDED_LATE,
            by=None,
            subject=submission,
            order=submission.order_id,
            attempt=attempt.number,
            images=closed,
        )


def _accept(submission: Submission, ending: Ending, closed: audit.Images) -> None:
    proof = ending.proof
    assert proof is not None
    submission.event_id = proof.event_id
    submission.sirius_client_id = proof.client_id
    submission.sirius_answer = proof.answer
    told = accept(submission, sirius_order_id=proof.order_id, now=database_now())
    audit.record(
        audit.Event.ORDER_SERVED,
        by=None,
        subject=submission,
        order=submission.order_id,
        sirius_order_id=proof.order_id,
        event_id=proof.event_id,
        images=closed | told,
    )


def _move(
    submission: Submission,
    ending: Ending,
    closed: audit.Images,
    *,
    policy: DeliveryPolicy,
    dice: random.Random,
) -> None:
    verdict = rules.verdict(ending.outcome, maybe_applied=submission.maybe_applied)
    submission.maybe_applied |= ending.outcome == Outcome.UNKNOWN
    submission.crashes = 0
    if ending.errors:
        submission.sirius_answer = {"validation_errors": ending.errors}
    _place(submission, verdict, otherwise=ending.reason)
    if submission.state in rules.WAITING_STATES:
        _wait(submission, ending, policy=policy, dice=dice)
    submission.save()
    told = closed | images.moved(submission)
    if submission.state == State.REJECTED:
        told |= reopen_order(submission)
    _tell(submission, told)


def _place(
    submission: Submission, verdict: rules.Verdict, *, otherwise: Reason | None = None
) -> None:
    submission.state = verdict.state
    submission.reason = verdict.reason or otherwise or ""
    submission.lease_expires_at, submission.lease_owner = None, ""
    if verdict.state == State.REJECTED:
        submission.settled_at = database_now()


def _wait(
    submission: Submission, ending: Ending, *, policy: DeliveryPolicy, dice: random.Random
) -> None:
    """Say when it is due again; 48 hours of waiting used up hold it. An open breaker costs none."""
    is_free = not ending.costs or (ending.sirius_failed is True and breaker.is_open())
    seconds = 0.0 if is_free else _back_off(submission, ending, policy=policy, dice=dice)
    if submission.state == State.UNKNOWN:
        seconds = max(seconds, policy.settle)
    if not is_free:
        submission.retry_seconds_used += seconds
    # Also of one that is held now: an operator's retry keeps the settle time.
    submission.next_attempt_at = database_now() + dt.timedelta(seconds=seconds)
    if submission.retry_seconds_used > rules.RETRY_BUDGET_SECONDS:
        _place(submission, rules.Verdict(State.HELD, Reason.EXHAUSTED))


def _back_off(
    submission: Submission, ending: Ending, *, policy: DeliveryPolicy, dice: random.Random
) -> float:
    submission.attempts_made += 1
    own = rules.back_off_seconds(submission.attempts_made, first=policy.first_back_off, dice=dice)
    return rules.obeyed_retry_after(ending.retry_after, otherwise=own)


_EVENTS = {
    State.QUEUED: audit.Event.SUBMISSION_DELAYED,
    State.UNKNOWN: audit.Event.SUBMISSION_UNCERTAIN,
    State.HELD: audit.Event.SUBMISSION_HELD,
    State.REJECTED: audit.Event.SUBMISSION_REJECTED,
}


def _tell(submission: Submission, told: audit.Images) -> None:
    """Write the diary; and for what needs a person, the line that alarms operations."""
    if submission.state == State.HELD:
        log.error("submission %s is held: %s", submission.pk, submission.reason)
    audit.record(
        _EVENTS[State(submission.state)],
        by=None,
        subject=submission,
        order=submission.order_id,
        reason=submission.reason,
        attempt=submission.fence,
        images=told,
    )


# --- Recover ---
def recover_lost(*, policy: DeliveryPolicy) -> int:
    """Take back every submission whose lease ran out; returns how many.

    Each in its own transaction, and a row that somebody is settling right now is left alone.
    """
    recovered = 0
    for pk in Submission.objects.lease_lost().values_list("pk", flat=True):
        recovered += _recover(pk, policy=policy)
    return recovered


def _recover(pk: int, *, policy: DeliveryPolicy) -> bool:
    with transaction.atomic():
        submission = (
            Submission.objects.lease_lost()
            .select_for_update(of=("self",), skip_locked=True)
            .filter(pk=pk)
            .first()
        )
        if submission is None:
            return False
        was = State(submission.state)
        lost = Attempt.objects.filter(submission=submission, ended_at__isnull=True)
        lost_ids = list(lost.values_list("pk", flat=True))
        lost.update(ended_at=Now(), outcome=Outcome.LEASE_LOST, reason=Reason.WORKER_LOST)
        submission.crashes += 1
        submission.maybe_applied |= was == State.SENDING
        _place(
            submission,
            rules.after_lost_lease(
                was, maybe_applied=submission.maybe_applied, crashes=submission.crashes
            ),
        )
        wait = policy.settle if was == State.SENDING else 0
        submission.next_attempt_at = database_now() + dt.timedelta(seconds=wait)
        submission.save()
        told = images.closed(lost_ids) | images.moved(submission)
        audit.record(
            audit.Event.SUBMISSION_LEASE_LOST,
            by=None,
            subject=submission,
            order=submission.order_id,
            was=was,
            crashes=submission.crashes,
            images=told,
        )
        if submission.state == State.HELD:
            _tell(submission, told)
    return True
