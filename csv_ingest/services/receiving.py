"""Receives the court's files: small ones are read at once, large ones stored for a worker."""

import datetime as dt
import os
import secrets
from typing import BinaryIO

from django.db import transaction

import audit
from accounts.models import User
from audit.trace import current_trace_id
from csv_ingest.models import Upload, UploadState
from csv_ingest.parsing import parse_file, size_to_read
from csv_ingest.received import sha256_of, tidy_name
from csv_ingest.scanning import refuse_infected_file
from csv_ingest.services.policy import ImportPolicy
from csv_ingest.services.receipts import (
    finish,
    new_orders,
    packed,
    write_counts,
    write_down,
    write_found,
)
from filestore import DocumentStore
from orders.services.documents import bytes_go_without_row
from orders.services.orders import compare_orders, register_orders


def take_upload(
    *,
    file: BinaryIO,
    name: str,
    policy: ImportPolicy,
    store: DocumentStore,
    by: User,
    now: dt.datetime,
) -> Upload:
    """Receive a small file at once; store a large one for a worker (`Upload.is_in_hand`). A
    workbook is as large as what it unpacks to.

    A small one is stored too while a worker imports: orders are added by one import at a time, and
    nobody should watch a blank page until a large one is through.
    Raises a `csv_ingest.parsing.FileRefused`, also for a virus, `ScannerUnavailable`, and
    `StoreUnavailable`: then nothing was written but, for a virus, the diary.
    """
    is_small = size_to_read(file) <= policy.small
    if is_small and not Upload.objects.filter(state=UploadState.IMPORTING).exists():
        return receive_upload(file=file, name=name, by=by, now=now)
    return _queue(file=file, name=name, store=store, by=by, now=now)


def receive_upload(*, file: BinaryIO, name: str, by: User | None, now: dt.datetime) -> Upload:
    """Read a file and import it, all of it or none; with problems, keep it for an answer.

    Raises a `csv_ingest.parsing.FileRefused` when the file as a whole cannot be read or has a
    virus, and `ScannerUnavailable`: then nothing was written but, for a virus, the diary.
    """
    refuse_infected_file(file, by=by)
    parsed = parse_file(file)
    upload = _received(file, name=name, state=UploadState.AWAITING_ANSWER, by=by, now=now)
    write_found(upload, parsed)
    orders = new_orders(parsed.rows)
    with transaction.atomic():
        if parsed.problems:
            write_counts(upload, compare_orders(rows=orders))
            upload.good_rows = [packed(order) for order in orders]
        else:
            write_counts(upload, register_orders(rows=orders, by=by, now=now))
            finish(upload, UploadState.IMPORTED, by=by, now=now)
        upload.save()
        write_down(audit.Event.UPLOAD_RECEIVED, upload, by=by)
        if upload.is_imported:
            write_down(audit.Event.UPLOAD_IMPORTED, upload, by=by)
    return upload


def _queue(
    *, file: BinaryIO, name: str, store: DocumentStore, by: User, now: dt.datetime
) -> Upload:
    """Store the bytes and write the row that a worker will find.

    Bytes come first, see `bytes_go_without_row`: a row without bytes never exists.
    """
    refuse_infected_file(file, by=by)
    upload = _received(file, name=name, state=UploadState.QUEUED, by=by, now=now)
    upload.key = f"upload_{secrets.randbelow(10**18):018d}"
    upload.has_bytes = True
    store.save(upload.key, file, content_type="application/octet-stream")
    with bytes_go_without_row(upload.key, store=store), transaction.atomic():
        upload.save()
        write_down(audit.Event.UPLOAD_RECEIVED, upload, by=by)
    return upload


def _received(
    file: BinaryIO, *, name: str, state: UploadState, by: User | None, now: dt.datetime
) -> Upload:
    """The upload before anything was read in it."""
    return Upload(
        original_name=tidy_name(name),
        size=file.seek(0, os.SEEK_END),
        sha256=sha256_of(file),
        uploaded_by=by,
        uploaded_at=now,
        state=state,
        rows_read=0,
        new=0,
        already_known=0,
        repeated=0,
        with_problems=0,
        trace_id=current_trace_id(),
    )
