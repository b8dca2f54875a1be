"""A worker's turn with a large file: claim, read, and import or leave for an answer.

Each step commits on its own, and a worker may die between any two: the row says where to go on.
Times of leases are the database's clock. Importing is one transaction under the row's lock, so a
file is imported once, however many workers believe that it is theirs.
"""

import datetime as dt
import hashlib
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from django.db import transaction

import audit
from audit.trace import traced
from csv_ingest.models import Upload, UploadState
from csv_ingest.parsing import FileRefused, ParsedFile, parse_file
from csv_ingest.services import claims
from csv_ingest.services.claims import Claim, ClaimLost
from csv_ingest.services.policy import ImportPolicy
from csv_ingest.services.receipts import (
    finish,
    new_orders,
    unpacked,
    write_counts,
    write_down,
    write_found,
)
from filestore import DocumentMissing, DocumentStore, StoreUnavailable
from orders.rules import NewOrder
from orders.services.orders import compare_orders, register_orders

log = logging.getLogger(__name__)

Clock = Callable[[], dt.datetime]

BYTES_LOST = "The file could not be read back from storage. Upload it again."
READ_OTHERWISE = "The file was not read the same way the second time. Upload it again."


class _CannotGoOn(Exception):
    """Another try would end the same way; `str(error)` is the sentence for staff."""


def work_on_upload(
    *, upload_id: int, worker: str, store: DocumentStore, policy: ImportPolicy, clock: Clock
) -> UploadState | None:
    """Take one upload as far as it goes without a person.

    Returns the state it was left in, or None where it was not ours to take. Called any number of
    times, for any id, it does no harm. With the storage away it is put back for the sweep.
    """
    claim = claims.claim_upload(upload_id=upload_id, worker=worker, policy=policy, clock=clock)
    if claim is None:
        return None
    with traced(claim.trace_id):
        try:
            state = _taken_to_an_end(claim, store=store, policy=policy, clock=clock)
        except ClaimLost:
            log.warning("upload %s was cancelled, or its worker was too slow", upload_id)
            return None
        except StoreUnavailable:
            log.warning("upload %s: the storage is away; it waits for the sweep", upload_id)
            return claims.put_back(claim)
        log.info("upload %s: %s", upload_id, state)
    remove_bytes_left(store=store)
    return state


def remove_bytes_left(*, store: DocumentStore) -> None:
    """Remove the bytes of finished uploads. What cannot be removed now, the next sweep finds."""
    for upload_id, key in Upload.objects.with_bytes_left().values_list("pk", "key"):
        try:
            store.delete(key)
        except StoreUnavailable:
            log.warning("the object %s could not be removed and waits for the sweep", key)
        else:
            Upload.objects.filter(pk=upload_id).update(has_bytes=False)


def _taken_to_an_end(
    claim: Claim, *, store: DocumentStore, policy: ImportPolicy, clock: Clock
) -> UploadState:
    try:
        return _go_on(claim, store=store, policy=policy, clock=clock)
    except _CannotGoOn as reason:
        return _end(claim, UploadState.FAILED, why=str(reason), clock=clock)


def _go_on(
    claim: Claim, *, store: DocumentStore, policy: ImportPolicy, clock: Clock
) -> UploadState:
    if not claim.key:
        return _import(claim, _rows_kept(claim), clock=clock)
    try:
        parsed = _parsed(claim, store=store, policy=policy)
    except FileRefused as refusal:
        if claim.was_read:
            raise _CannotGoOn(READ_OTHERWISE) from refusal
        return _end(claim, UploadState.REFUSED, why=f"{refusal}.", clock=clock)
    orders = new_orders(parsed.rows)
    if claim.was_read:
        _refuse_what_was_not_shown(claim, parsed)
    elif _note_found(claim, parsed, orders, policy=policy) == UploadState.AWAITING_ANSWER:
        return UploadState.AWAITING_ANSWER
    return _import(claim, orders, clock=clock)


def _parsed(claim: Claim, *, store: DocumentStore, policy: ImportPolicy) -> ParsedFile:
    """The file's rows, telling the row about it. Raises `FileRefused`, `ClaimLost`."""
    with _fetched(claim, store=store) as file:
        next_beat = time.monotonic()

        def tell(rows: int) -> None:
            nonlocal next_beat
            if time.monotonic() >= next_beat:
                next_beat = time.monotonic() + policy.beat
                percent = min(99, 100 * file.tell() // claim.size)
                claims.beat(claim, rows=rows, percent=percent, policy=policy)

        return parse_file(file, tell=tell)


@contextmanager
def _fetched(claim: Claim, *, store: DocumentStore) -> Iterator[BinaryIO]:
    """The bytes as they came, in a file of our own: readers of workbooks go to and fro."""
    with tempfile.TemporaryFile() as file:
        try:
            with store.open(claim.key) as stream:
                shutil.copyfileobj(stream, file)
        except DocumentMissing as missing:
            raise _CannotGoOn(BYTES_LOST) from missing
        file.seek(0)
        if hashlib.file_digest(file, "sha256").hexdigest() != claim.sha256:
            raise _CannotGoOn(BYTES_LOST)
        yield file


def _note_found(
    claim: Claim, parsed: ParsedFile, orders: list[NewOrder], *, policy: ImportPolicy
) -> UploadState:
    """Write down what the file holds; with problems, a person answers for it."""
    with transaction.atomic():
        upload = claims.locked(claim)
        write_found(upload, parsed)
        if parsed.problems:
            write_counts(upload, compare_orders(rows=orders))
            upload.state = UploadState.AWAITING_ANSWER
            upload.lease_owner, upload.lease_expires_at = "", None
            upload.crashes = 0
        else:
            # Which of them are known, importing will tell.
            upload.new = len(orders)
            upload.state = UploadState.IMPORTING
        upload.save()
        write_down(audit.Event.UPLOAD_READ, upload, by=None)
        if upload.state == UploadState.IMPORTING:
            claims.renew(claim, policy=policy)
    return UploadState(upload.state)


def _import(claim: Claim, orders: list[NewOrder], *, clock: Clock) -> UploadState:
    """All of it, in one transaction, in the name of who answered or else of who uploaded it."""
    with transaction.atomic():
        upload = claims.locked(claim)
        by = upload.finished_by or upload.uploaded_by
        write_counts(upload, register_orders(rows=orders, by=by, now=clock()))
        finish(upload, UploadState.IMPORTED, by=by, now=clock())
        upload.save()
        write_down(audit.Event.UPLOAD_IMPORTED, upload, by=by)
    return UploadState.IMPORTED


def _rows_kept(claim: Claim) -> list[NewOrder]:
    kept = Upload.objects.values_list("good_rows", flat=True).get(pk=claim.upload_id)
    return [unpacked(row) for row in kept]


def _refuse_what_was_not_shown(claim: Claim, parsed: ParsedFile) -> None:
    """What is imported is what was shown, also when a new release reads files otherwise."""
    shown = Upload.objects.values_list("rows_read", "repeated", "with_problems").get(
        pk=claim.upload_id
    )
    if shown != (parsed.rows_read, parsed.repeated, parsed.rows_with_problems):
        raise _CannotGoOn(READ_OTHERWISE)


def _end(claim: Claim, state: UploadState, *, why: str, clock: Clock) -> UploadState:
    with transaction.atomic():
        claims.give_up(claims.locked(claim), state, why=why, now=clock())
    return state
