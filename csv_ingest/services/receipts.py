"""What is written on an upload, and how its orders are kept until they are imported."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import audit
from accounts.models import User
from csv_ingest.models import Upload, UploadState
from csv_ingest.parsing import CourtRow, ParsedFile
from orders.rules import NewOrder
from orders.services.orders import Registered


def write_found(upload: Upload, parsed: ParsedFile) -> None:
    """What is in the file, before anything was compared with what is known."""
    upload.read_as = parsed.read_as[:255]
    upload.rows_read = parsed.rows_read
    upload.repeated = parsed.repeated
    upload.with_problems = parsed.rows_with_problems
    upload.problems = [asdict(finding) for finding in parsed.problems]
    upload.warnings = [asdict(finding) for finding in parsed.warnings]
    upload.notes = parsed.notes


def write_counts(upload: Upload, registered: Registered) -> None:
    """What importing did, or would do."""
    upload.new = registered.new
    upload.already_known = registered.already_known
    upload.differences = [asdict(difference) for difference in registered.differences]


def finish(upload: Upload, state: UploadState, *, by: User | None, now: dt.datetime) -> None:
    """Bring the upload to its end; the caller saves it."""
    upload.state = state
    upload.finished_by = by
    upload.finished_at = now
    upload.good_rows = []
    upload.lease_owner, upload.lease_expires_at = "", None


def write_down(event: audit.Event, upload: Upload, *, by: User | None) -> None:
    """Counts and the fingerprint of a file whose row was saved. Its name may hold a person's, and
    stays out.
    """
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
        images=audit.after(upload),
    )


def new_orders(rows: Sequence[CourtRow]) -> list[NewOrder]:
    """The rows as `orders` takes them."""
    return [
        NewOrder(
            case_number=row.case_number,
            order_type=row.order_type,
            order_number=row.order_number,
            forename=row.forename,
            surname=row.surname,
            made_date=row.made_date,
            issue_date=row.issue_date,
        )
        for row in rows
    ]


def packed(order: NewOrder) -> dict[str, str]:
    """An order as JSON can carry it."""
    return {name: str(value) for name, value in asdict(order).items()}


def unpacked(row: dict[str, Any]) -> NewOrder:
    """The order that `packed` made into this."""
    dates = {name: dt.date.fromisoformat(row[name]) for name in ("made_date", "issue_date")}
    return NewOrder(**{**row, **dates})
