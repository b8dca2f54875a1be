"""Receives the court's files: reads, imports or waits for an answer, and leaves a receipt."""

import datetime as dt
import os
from dataclasses import asdict
from typing import Any, BinaryIO

from django.db import transaction

import audit
from accounts.models import User
from csv_ingest.models import Upload, UploadState
from csv_ingest.parsing import CourtRow, ParsedFile, parse_file
from csv_ingest.received import sha256_of, tidy_name
from orders.rules import NewOrder
from orders.services.orders import Registered, compare_orders, register_orders


def receive_upload(*, file: BinaryIO, name: str, by: User | None, now: dt.datetime) -> Upload:
    """Read a file and import it, all of it or none; with problems, keep it for an answer.

    Raises a `csv_ingest.parsing.FileRefused` when the file as a whole cannot be read: then nothing
    was written.
    """
    parsed = parse_file(file)
    upload = _receipt(parsed, file=file, name=name, by=by, now=now)
    orders = [_new_order(row) for row in parsed.rows]
    with transaction.atomic():
        if parsed.problems:
            _count(upload, compare_orders(rows=orders))
            upload.good_rows = [_packed(order) for order in orders]
        else:
            _count(upload, register_orders(rows=orders, by=by, now=now))
            _finish(upload, UploadState.IMPORTED, by=by, now=now)
        upload.save()
        _write_down(audit.Event.UPLOAD_RECEIVED, upload, by=by)
        if upload.is_imported:
            _write_down(audit.Event.UPLOAD_IMPORTED, upload, by=by)
    return upload


def import_good_rows(*, upload_id: int, by: User | None, now: dt.datetime) -> Upload:
    """Import what the upload's page showed as good. Its rows with problems stay out.

    One that is finished already is returned as it stands: of two people who answer at once, the
    second sees what the first did. Raises `Upload.DoesNotExist`.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        if upload.is_waiting:
            orders = [_unpacked(row) for row in upload.good_rows]
            _count(upload, register_orders(rows=orders, by=by, now=now))
            _finish(upload, UploadState.IMPORTED, by=by, now=now)
            upload.save()
            _write_down(audit.Event.UPLOAD_IMPORTED, upload, by=by)
    return upload


def cancel_upload(*, upload_id: int, by: User | None, now: dt.datetime) -> Upload:
    """Import nothing of the upload. A finished one is returned as it stands.

    Raises `Upload.DoesNotExist`.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        if upload.is_waiting:
            _finish(upload, UploadState.CANCELLED, by=by, now=now)
            upload.save()
            _write_down(audit.Event.UPLOAD_CANCELLED, upload, by=by)
    return upload


def _receipt(
    parsed: ParsedFile, *, file: BinaryIO, name: str, by: User | None, now: dt.datetime
) -> Upload:
    """The upload as it stands before anything was compared with what is known."""
    return Upload(
        original_name=tidy_name(name),
        size=file.seek(0, os.SEEK_END),
        sha256=sha256_of(file),
        read_as=parsed.read_as[:255],
        uploaded_by=by,
        uploaded_at=now,
        state=UploadState.AWAITING_ANSWER,
        rows_read=parsed.rows_read,
        repeated=parsed.repeated,
        with_problems=parsed.rows_with_problems,
        problems=[asdict(finding) for finding in parsed.problems],
        warnings=[asdict(finding) for finding in parsed.warnings],
        notes=parsed.notes,
    )


def _count(upload: Upload, registered: Registered) -> None:
    upload.new = registered.new
    upload.already_known = registered.already_known
    upload.differences = [asdict(difference) for difference in registered.differences]


def _finish(upload: Upload, state: UploadState, *, by: User | None, now: dt.datetime) -> None:
    upload.state = state
    upload.finished_by = by
    upload.finished_at = now
    upload.good_rows = []


def _write_down(event: audit.Event, upload: Upload, *, by: User | None) -> None:
    """Counts and the file's fingerprint. Its name stays out: it may hold a person's."""
    audit.record(
        event,
        by=by,
        subject=upload,
        sha256=upload.sha256,
        rows_read=upload.rows_read,
        new=upload.new,
        already_known=upload.already_known,
        repeated=upload.repeated,
        with_problems=upload.with_problems,
        differences=len(upload.differences),
    )


def _new_order(row: CourtRow) -> NewOrder:
    return NewOrder(
        case_number=row.case_number,
        order_type=row.order_type,
        order_number=row.order_number,
        forename=row.forename,
        surname=row.surname,
        made_date=row.made_date,
        issue_date=row.issue_date,
    )


def _packed(order: NewOrder) -> dict[str, str]:
    """An order as JSON can carry it."""
    return {name: str(value) for name, value in asdict(order).items()}


def _unpacked(row: dict[str, Any]) -> NewOrder:
    dates = {name: dt.date.fromisoformat(row[name]) for name in ("made_date", "issue_date")}
    return NewOrder(**{**row, **dates})
