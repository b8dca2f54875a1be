"""Uploads and removals of the gallery, one for each state; made by the services."""

import csv
import datetime as dt
import io
from collections.abc import Iterable

from django.utils import timezone

from accounts.models import User
from csv_ingest.removal import receive_removal, remove_shown_orders
from csv_ingest.services import (
    ImportPolicy,
    cancel_upload,
    receive_upload,
    take_upload,
    work_on_upload,
)
from devstack.court_export import court_export
from filestore import DocumentStore
from orders.models import Order

EVERYTHING_IS_LARGE = ImportPolicy(small=0, lease=60)
REMOVAL_COLUMNS = (
    *("Case number", "Court order", "Client Name"),
    *("Order Made Date", "Order Issue Date"),
)


def make_uploads(*, by: User, now: dt.datetime) -> dict[str, int]:
    """Every state, by name: the id of an upload that stands in it."""

    def receive(rows: int, problems: int = 0, seed: int = 1) -> int:
        file = io.BytesIO(court_export(rows, seed=seed, problems=problems))
        return receive_upload(file=file, name="court-export.csv", by=by, now=now).pk

    made = {
        "imported": receive(60),
        "waiting": receive(40, problems=6, seed=2),
        "cancelled": receive(10, problems=2, seed=3),
        "differing": _with_differences(by=by, now=now),
        "refused": _refused_by_the_worker(by=by, now=now),
        "queued": _take(court_export(300, seed=5), by=by, now=now),
    }
    cancel_upload(upload_id=made["cancelled"], by=by, now=now)
    return made


def _with_differences(*, by: User, now: dt.datetime) -> int:
    """The first people again, married meanwhile."""
    known = list(csv.DictReader(io.StringIO(court_export(60, seed=1).decode(), newline="")))
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, known[0])
    rows.writeheader()
    rows.writerows({**row, "Surname": f"{row['Surname']}-Jones"} for row in known[:4])
    file = io.BytesIO(text.getvalue().encode())
    return receive_upload(file=file, name="court-export-again.csv", by=by, now=now).pk


def _take(content: bytes, *, by: User, now: dt.datetime) -> int:
    return take_upload(
        file=io.BytesIO(content),
        name="large-export.csv",
        policy=EVERYTHING_IS_LARGE,
        store=DocumentStore.from_settings(),
        by=by,
        now=now,
    ).pk


def _refused_by_the_worker(*, by: User, now: dt.datetime) -> int:
    upload_id = _take(b"Name,Town\nAda,Leeds\n", by=by, now=now)
    work_on_upload(
        upload_id=upload_id,
        worker="gallery",
        store=DocumentStore.from_settings(),
        policy=EVERYTHING_IS_LARGE,
        clock=timezone.now,
    )
    return upload_id


def make_removals(orders: dict[str, int], *, by: User, now: dt.datetime) -> dict[str, int]:
    """A removal that waits for an answer, with a row for each fate, and one that was done."""
    names = ("untouched", "ready", "sending", "served")
    waiting = receive_removal(
        file=_removal_file([orders[name] for name in names]),
        name="orders-to-remove.csv",
        by=by,
        now=now,
    )
    doomed = Order.objects.filter(case__surname="Quayle").values_list("pk", flat=True)[:1]
    done = receive_removal(file=_removal_file(doomed), name="one-order.csv", by=by, now=now)
    remove_shown_orders(removal_id=done.pk, by=by, now=now)
    return {"removal_waiting": waiting.pk, "removal_done": done.pk}


def _removal_file(order_ids: Iterable[int]) -> io.BytesIO:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(REMOVAL_COLUMNS)
    for order in Order.objects.filter(pk__in=order_ids).select_related("case"):
        dates = (order.made_date.isoformat(), order.issue_date.isoformat())
        rows.writerow((order.case.case_number, order.order_number, order.case.client_name, *dates))
    rows.writerow(("1234567T", "none", "Nobody Known", "2024-01-01", "2024-01-02"))
    return io.BytesIO(text.getvalue().encode())
