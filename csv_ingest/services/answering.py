"""Takes the answer for an upload: import its good rows, or nothing of it."""

import datetime as dt

from django.db import transaction

import audit
from accounts.models import User
from csv_ingest.models import Upload, UploadState
from csv_ingest.services.receipts import finish, unpacked, write_counts, write_down
from orders.services.orders import register_orders


def import_good_rows(
    *, upload_id: int, by: User | None, now: dt.datetime, at_once: bool = False
) -> Upload:
    """Import what the upload's page showed as good. Its rows with problems stay out.

    Those of a large file are left to a worker (`Upload.is_in_hand`), and also others while one
    imports, unless `at_once` says to wait for it.
    One that is no longer waiting is returned as it stands: of two people who answer at once, the
    second sees what the first did. Raises `Upload.DoesNotExist`.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        if not upload.is_waiting:
            return upload
        if upload.key or (not at_once and _is_another_importing()):
            upload.state = UploadState.IMPORTING
            upload.finished_by = by
            upload.rows_done = upload.percent_done = 0
            event = audit.Event.UPLOAD_ANSWERED
        else:
            orders = [unpacked(row) for row in upload.good_rows]
            write_counts(upload, register_orders(rows=orders, by=by, now=now))
            finish(upload, UploadState.IMPORTED, by=by, now=now)
            event = audit.Event.UPLOAD_IMPORTED
        upload.save()
        write_down(event, upload, by=by)
    return upload


def cancel_upload(*, upload_id: int, by: User | None, now: dt.datetime) -> Upload:
    """Import nothing of the upload, also while a worker still reads it.

    One that is being imported or is finished is returned as it stands.
    Raises `Upload.DoesNotExist`.
    """
    # Before the lock: a worker that imports holds it for as long as that takes.
    upload = Upload.objects.shown().get(pk=upload_id)
    if not upload.can_be_cancelled:
        return upload
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        if upload.can_be_cancelled:
            finish(upload, UploadState.CANCELLED, by=by, now=now)
            # The worker that reads it finds out at its next beat.
            upload.fence += 1
            upload.save()
            write_down(audit.Event.UPLOAD_CANCELLED, upload, by=by)
    return upload


def _is_another_importing() -> bool:
    return Upload.objects.filter(state=UploadState.IMPORTING).exists()
