"""A worker's claim on an upload: take it, keep it, put it back, lose it."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

import audit
from csv_ingest.models import Upload, UploadState
from csv_ingest.services.policy import MOST_CRASHES, ImportPolicy
from csv_ingest.services.receipts import finish, write_down

log = logging.getLogger(__name__)

ALWAYS_CRASHES = (
    "The file could not be read or imported, although it was tried several times. "
    "Split the file into smaller ones and upload those."
)


class ClaimLost(Exception):
    """The upload is no longer ours: it was cancelled, or its lease ran out and another has it."""


@dataclass(frozen=True)
class Claim:
    """An upload in our hands, under a fencing number that nobody else ever had."""

    upload_id: int
    fence: int
    key: str
    size: int  # bytes
    sha256: str
    trace_id: str
    was_read: bool  # what is in it was written down before


def claim_upload(
    *, upload_id: int, worker: str, policy: ImportPolicy, clock: Callable[[], dt.datetime]
) -> Claim | None:
    """Take an upload that waits, or that a lost worker left; None where it is not to be had.

    One at a time: a second import would only wait for the first, in the place of a delivery.
    """
    with transaction.atomic():
        # One whose row is locked is being imported or claimed at this moment.
        free = Upload.objects.in_hand().select_for_update(of=("self",), skip_locked=True)
        found = {upload.pk: upload for upload in free}
        locked_by_others = Upload.objects.in_hand().exclude(pk__in=found)
        leased = Upload.objects.in_hand().filter(lease_expires_at__gt=Now())
        if upload_id not in found or locked_by_others.exists() or leased.exists():
            return None
        upload = found[upload_id]
        if upload.lease_expires_at and _is_hopeless(upload, now=clock()):
            return None
        return _taken(upload, worker=worker, policy=policy)


def beat(claim: Claim, *, rows: int, percent: int, policy: ImportPolicy) -> None:
    """Tell how far the reading is, and keep the claim. Raises `ClaimLost`."""
    held = Upload.objects.filter(pk=claim.upload_id, fence=claim.fence)
    if not held.update(rows_done=rows, percent_done=percent, lease_expires_at=_until(policy)):
        raise ClaimLost


def renew(claim: Claim, *, policy: ImportPolicy) -> None:
    """Keep the claim for a whole lease from now."""
    Upload.objects.filter(pk=claim.upload_id).update(lease_expires_at=_until(policy))


def locked(claim: Claim) -> Upload:
    """The upload, locked until the end of the transaction. Raises `ClaimLost`."""
    ours = Upload.objects.select_for_update(of=("self",)).filter(fence=claim.fence)
    upload = ours.select_related("uploaded_by", "finished_by").filter(pk=claim.upload_id).first()
    if upload is None:
        raise ClaimLost
    return upload


def put_back(claim: Claim) -> UploadState | None:
    """Let the next worker begin again; None where it is no longer ours."""
    state = UploadState.IMPORTING if claim.was_read else UploadState.QUEUED
    with transaction.atomic():
        held = Upload.objects.filter(pk=claim.upload_id, fence=claim.fence)
        if not held.update(state=state, lease_owner="", lease_expires_at=None, rows_done=0):
            return None
        upload = Upload(pk=claim.upload_id, state=state)
        told = audit.after(upload, "state")
        audit.record(audit.Event.UPLOAD_PUT_BACK, by=None, subject=upload, images=told)
    return state


def give_up(upload: Upload, state: UploadState, *, why: str, now: dt.datetime) -> None:
    """Refused or failed, with the sentence for staff; in the caller's transaction."""
    finish(upload, state, by=None, now=now)
    upload.why = why
    upload.save()
    events = {
        UploadState.REFUSED: audit.Event.UPLOAD_REFUSED,
        UploadState.FAILED: audit.Event.UPLOAD_FAILED,
    }
    write_down(events[state], upload, by=None)


def _is_hopeless(upload: Upload, *, now: dt.datetime) -> bool:
    """Count the lost worker; after too many, end the upload."""
    upload.crashes += 1
    log.warning("upload %s was left by a lost worker (%s)", upload.pk, upload.crashes)
    if upload.crashes < MOST_CRASHES:
        return False
    give_up(upload, UploadState.FAILED, why=ALWAYS_CRASHES, now=now)
    log.error("upload %s failed: %s workers were lost over it", upload.pk, upload.crashes)
    return True


def _taken(upload: Upload, *, worker: str, policy: ImportPolicy) -> Claim:
    was_read = upload.state == UploadState.IMPORTING
    upload.state = UploadState.IMPORTING if was_read else UploadState.READING
    upload.fence += 1
    Upload.objects.filter(pk=upload.pk).update(
        state=upload.state,
        fence=upload.fence,
        crashes=upload.crashes,
        rows_done=0,
        percent_done=0,
        lease_owner=worker[:100],
        lease_expires_at=_until(policy),
    )
    told = audit.after(upload, "state", "fence", "crashes")
    audit.record(audit.Event.UPLOAD_CLAIMED, by=None, subject=upload, images=told)
    return Claim(
        upload_id=upload.pk,
        fence=upload.fence,
        key=upload.key,
        size=upload.size,
        sha256=upload.sha256,
        trace_id=upload.trace_id,
        was_read=was_read,
    )


def _until(policy: ImportPolicy) -> CombinedExpression:
    """When a lease that begins now ends, by the database's clock."""
    return Now() + dt.timedelta(seconds=policy.lease)
