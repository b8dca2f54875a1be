"""Sends submissions: claim, prepare, mark, post, settle. The order of the commits is the design.

Serving, "the one hard problem". Each step commits on its own; a worker may die between any two, and
what it leaves says what is known. Times are the database's clock; the worker's own monotonic clock
only guards its lease. Settling is in `settling`.
"""

import datetime as dt
import logging
import random
import time
from dataclasses import dataclass
from typing import Literal, Protocol

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

import audit
from audit.trace import traced
from filestore import StoreError
from orders.models import Attempt, Submission
from orders.rules import WAITING_STATES, State
from orders.services import breaker, images, outcomes, settling
from orders.services.doors import Door, Proof
from orders.services.outcomes import Ending, SendingPaused
from orders.services.policy import DeliveryPolicy
from orders.services.scanning import refuse_unclean
from sirius_client import SessionEnded, SiriusError

log = logging.getLogger(__name__)


class Bucket(Protocol):
    """What delivery asks of Sirius' bucket; raises `StoreError`s."""

    def ensure(self, *, key: str, size: int, sha256: str) -> Literal["copied", "already_there"]:
        """Make the document stand there with this size and SHA-256."""


class LeaseLost(Exception):
    """The submission is no longer ours: its lease ran out and somebody else has it."""


@dataclass(frozen=True)
class Claim:
    """A submission in our hands, under a fencing number that nobody else ever had."""

    submission: Submission
    fence: int
    attempt: Attempt


def deliver(
    *,
    submission_id: int,
    worker: str,
    door: Door,
    bucket: Bucket,
    policy: DeliveryPolicy,
    dice: random.Random,
) -> State | None:
    """Try one submission once. Returns the state it was left in, or None if it wasn't ours to try.

    Called any number of times, for any id, it does no harm: only one call gets the claim.
    """
    claim = claim_submission(
        submission_id=submission_id, worker=worker, kind=door.kind, policy=policy
    )
    if claim is None:
        return None
    with traced(claim.submission.trace_id):
        ending = _attempt(claim, door=door, bucket=bucket, policy=policy)
        state = None
        if ending is not None:
            state = settling.settle_for_sure(claim.attempt, ending, policy=policy, dice=dice)
            _tell_breaker(ending, policy=policy)
        # After the settling: whatever signing out brings no longer matters.
        door.close()
        log.info("submission %s: %s", submission_id, state or "lease lost")
    return state


# --- Claim ---
def claim_submission(
    *, submission_id: int, worker: str, kind: Attempt.Kind, policy: DeliveryPolicy
) -> Claim | None:
    """Take a due submission with one UPDATE, and write its Attempt, in one transaction."""
    with transaction.atomic():
        due = Submission.objects.filter(
            pk=submission_id, state__in=WAITING_STATES, next_attempt_at__lte=Now()
        )
        if not due.exists() or not breaker.may_begin(trial_seconds=policy.breaker_trial):
            return None
        taken = due.update(
            state=State.PREPARING,
            fence=F("fence") + 1,
            documents_copied=0,
            lease_owner=worker,
            lease_expires_at=Now() + dt.timedelta(seconds=policy.lease),
        )
        if not taken:
            transaction.set_rollback(True)
            return None
        submission = Submission.objects.select_related("order").get(pk=submission_id)
        attempt = Attempt.objects.create(
            submission=submission,
            number=submission.fence,
            kind=kind,
            worker=worker,
            request_id=f"{submission.trace_id}.{submission.fence}",
        )
        _tell(
            audit.Event.SUBMISSION_CLAIMED,
            submission,
            audit.after(submission, "state", "fence") | images.opened(attempt),
        )
    return Claim(submission=submission, fence=submission.fence, attempt=attempt)


# --- One attempt ---
def _attempt(claim: Claim, *, door: Door, bucket: Bucket, policy: DeliveryPolicy) -> Ending | None:
    """How the attempt ended; None when the submission was taken from us on the way."""
    try:
        _copy_documents(claim, bucket=bucket, policy=policy)
        door.open()
        return outcomes.accepted(_send(claim, door=door, policy=policy))
    except LeaseLost:
        return None
    except SendingPaused:
        return outcomes.paused()
    except StoreError as error:
        return outcomes.read_store(error)
    except SiriusError as error:
        return outcomes.read_sirius(error)


def _copy_documents(claim: Claim, *, bucket: Bucket, policy: DeliveryPolicy) -> None:
    """No post before every document stands in Sirius' bucket, clean and byte for byte."""
    _refuse_unclean_documents(claim)
    for number, document in enumerate(claim.submission.manifest, start=1):
        bucket.ensure(key=document["key"], size=document["size"], sha256=document["sha256"])
        _renew(claim, State.PREPARING, policy=policy, documents_copied=number)


def _refuse_unclean_documents(claim: Claim) -> None:
    refuse_unclean(document["key"] for document in claim.submission.manifest)


def _send(claim: Claim, *, door: Door, policy: DeliveryPolicy) -> Proof:
    """Post; where the session had ended, sign in once and post again within the attempt."""
    try:
        return _mark_and_post(claim, State.PREPARING, door=door, policy=policy)
    except SessionEnded:
        door.open()
        return _mark_and_post(claim, State.SENDING, door=door, policy=policy)


def _mark_and_post(claim: Claim, standing: State, *, door: Door, policy: DeliveryPolicy) -> Proof:
    """Write down, in its own commit, that a post may have left; then post, and nothing between.

    The post must be over before the lease is: it may begin no later than `not_after`.
    """
    not_after = time.monotonic() + policy.lease - policy.post
    with transaction.atomic():
        if breaker.is_paused_for_sure():
            raise SendingPaused
        # Again: while they were copied, a scanner that has learned since may have found something.
        _refuse_unclean_documents(claim)
        _renew(claim, standing, policy=policy, state=State.SENDING)
        claim.submission.state = State.SENDING
        told = audit.after(claim.submission, "state")
        _tell(audit.Event.SUBMISSION_SENDING, claim.submission, told)
    return door.send(claim.submission, request_id=claim.attempt.request_id, not_after=not_after)


def _renew(claim: Claim, standing: State, *, policy: DeliveryPolicy, **changes: object) -> None:
    """Lengthen the lease and note progress, in one UPDATE. Raises `LeaseLost`."""
    changes["lease_expires_at"] = Now() + dt.timedelta(seconds=policy.lease)
    ours = Submission.objects.filter(pk=claim.submission.pk, fence=claim.fence, state=standing)
    if not ours.update(**changes):
        raise LeaseLost


def _tell(event: audit.Event, submission: Submission, told: audit.Images) -> None:
    audit.record(
        event,
        by=None,
        subject=submission,
        order=submission.order_id,
        attempt=submission.fence,
        images=told,
    )


def _tell_breaker(ending: Ending, *, policy: DeliveryPolicy) -> None:
    if ending.sirius_failed is True:
        breaker.note_failure(trial_seconds=policy.breaker_trial)
    elif ending.sirius_failed is False:
        breaker.note_answer()
