"""Receives files of orders to remove: says what would go, removes exactly that, keeps a receipt."""

import datetime as dt
import logging
import os
from collections.abc import Sequence
from typing import BinaryIO

from django.db import transaction

import audit
from accounts.models import User
from csv_ingest.models import Removal, RemovalState
from csv_ingest.parsing.removal_rows import parse_removal
from csv_ingest.received import sha256_of, tidy_name
from csv_ingest.removal_fates import Fate, FatedRow, fates_after, fates_shown
from csv_ingest.scanning import refuse_infected_file
from filestore import DocumentStore, StoreUnavailable
from orders.services.removal import NamedOrder, OrderName, find_named_orders, remove_orders

log = logging.getLogger(__name__)

# What one sweep takes on: a worker has more to do.
REMOVALS_A_SWEEP = 10
DOCUMENTS_A_SWEEP = 1000


def receive_removal(*, file: BinaryIO, name: str, by: User, now: dt.datetime) -> Removal:
    """Read a file of orders to remove and keep what would become of each row, for an answer.

    A file of which no order would go is finished with that. Raises a
    `csv_ingest.parsing.FileRefused` when the file as a whole cannot be read or has a virus, and
    `ScannerUnavailable`: then nothing was written but, for a virus, the diary.
    """
    refuse_infected_file(file, by=by)
    parsed = parse_removal(file)
    names = [
        OrderName(
            case_number=row.case_number, order_number=row.order_number, made_date=row.made_date
        )
        for row in parsed.rows
    ]
    found = find_named_orders(names)
    rows = fates_shown(parsed.rows, found)
    removal = Removal(
        original_name=tidy_name(name),
        size=file.seek(0, os.SEEK_END),
        sha256=sha256_of(file),
        read_as=parsed.read_as[:255],
        uploaded_by=by,
        uploaded_at=now,
        state=RemovalState.AWAITING_ANSWER,
        rows_read=len(rows),
        cases=found.emptied_cases(going_of(rows)),
        notes=parsed.notes,
    )
    _keep(removal, rows)
    if not removal.orders:
        _finish(removal, RemovalState.REMOVED, by=by, now=now)
    with transaction.atomic():
        removal.save()
        _write_down(audit.Event.REMOVAL_RECEIVED, removal, by=by)
    return removal


def remove_shown_orders(*, removal_id: int, by: User, now: dt.datetime) -> Removal:
    """Remove the orders that the removal's page showed, all that are still as shown, or none.

    Their documents' keys are left in `keys_left`: call `delete_documents` after the commit. One
    that is finished already is returned as it stands: of two people who answer at once, the second
    sees what the first did. Raises `Removal.DoesNotExist`.
    """
    with transaction.atomic():
        removal = Removal.objects.select_for_update().get(pk=removal_id)
        if removal.is_waiting:
            shown = rows_of(removal)
            removed = remove_orders(orders=going_of(shown), by=by, now=now)
            removal.cases = removed.cases
            removal.keys_left = removed.keys
            _keep(removal, fates_after(shown, removed))
            _finish(removal, RemovalState.REMOVED, by=by, now=now)
            removal.save()
            _write_down(audit.Event.REMOVAL_CONFIRMED, removal, by=by)
    return removal


def cancel_removal(*, removal_id: int, by: User, now: dt.datetime) -> Removal:
    """Remove nothing. A finished removal is returned as it stands.

    Raises `Removal.DoesNotExist`.
    """
    with transaction.atomic():
        removal = Removal.objects.select_for_update().get(pk=removal_id)
        if removal.is_waiting:
            _finish(removal, RemovalState.CANCELLED, by=by, now=now)
            removal.save()
            _write_down(audit.Event.REMOVAL_CANCELLED, removal, by=by)
    return removal


def delete_documents(*, removal_id: int, store: DocumentStore, most: int) -> int:
    """Delete up to `most` of the documents of removed orders from storage; how many are left.

    Each may be deleted twice: with storage away, or the program ended in between, the next call
    goes on with what is left.
    """
    keys = list(Removal.objects.values_list("keys_left", flat=True).get(pk=removal_id))
    deleted = set()
    for key in keys[:most]:
        try:
            store.delete(key)
        except StoreUnavailable:
            log.warning("storage is away; documents of removal %s wait for the sweep", removal_id)
            break
        deleted.add(key)
    if not deleted:
        return len(keys)
    with transaction.atomic():
        removal = Removal.objects.only("keys_left").select_for_update().get(pk=removal_id)
        removal.keys_left = [key for key in removal.keys_left if key not in deleted]
        removal.save(update_fields=["keys_left"])
    return len(removal.keys_left)


def sweep_documents(*, store: DocumentStore) -> None:
    """Go on with the documents of removed orders that are still in storage, unless it is away."""
    if not store.is_up():
        return
    left = Removal.objects.with_documents_left().order_by("pk").values_list("pk", flat=True)
    for removal_id in left[:REMOVALS_A_SWEEP]:
        delete_documents(removal_id=removal_id, store=store, most=DOCUMENTS_A_SWEEP)


def rows_of(removal: Removal) -> list[FatedRow]:
    """Every row of the file, with what would become of it or what did."""
    return [FatedRow.unpacked(row) for row in removal.rows]


def going_of(rows: Sequence[FatedRow]) -> list[NamedOrder]:
    """The orders of the rows that go."""
    return [order for row in rows if row.fate == Fate.REMOVED for order in row.orders]


def _keep(removal: Removal, rows: Sequence[FatedRow]) -> None:
    removal.rows = [row.packed() for row in rows]
    removal.orders = len(going_of(rows))
    removal.rows_skipped = sum(row.fate != Fate.REMOVED for row in rows)


def _finish(removal: Removal, state: RemovalState, *, by: User, now: dt.datetime) -> None:
    removal.state = state
    removal.finished_by = by
    removal.finished_at = now


def _write_down(event: audit.Event, removal: Removal, *, by: User) -> None:
    """Counts and the file's fingerprint. Its name stays out: it may hold a person's."""
    audit.record(
        event,
        by=by,
        subject=removal,
        sha256=removal.sha256,
        rows_read=removal.rows_read,
        rows_skipped=removal.rows_skipped,
        orders=removal.orders,
        cases=removal.cases,
        documents=len(removal.keys_left),
        images=audit.after(removal),
    )
