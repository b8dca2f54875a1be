"""Removals: the row, the diary, the guard, and documents that leave the storage."""

import io

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Entry
from csv_ingest import removal as services
from csv_ingest import tasks
from csv_ingest.models import Removal
from csv_ingest.parsing import TooManyRows, removal_rows
from csv_ingest.removal_fates import FatedRow
from filestore import StoreUnavailable
from orders.models import Order
from orders.services.deputies import answers_of, change_deputy
from orders.services.removal import remove_orders
from tests.csv_ingest.test_removal_views import file_of, row_of

pytestmark = pytest.mark.django_db


class StoreThatFails:
    """A storage that goes away after some deletions."""

    def __init__(self, store, *, after: int) -> None:
        self.store, self.left = store, after

    def delete(self, key: str) -> None:
        if not self.left:
            raise StoreUnavailable(key)
        self.left -= 1
        self.store.delete(key)


@pytest.fixture
def receive(sam, now):
    def make(*rows: str) -> Removal:
        file = io.BytesIO(file_of(*rows))
        return services.receive_removal(file=file, name="x.csv", by=sam, now=now)

    return make


@pytest.fixture
def removed(receive, ready_order, sam, now) -> Removal:
    """A removal that was done, whose four documents are still in storage."""
    received = receive(row_of(ready_order()))
    return services.remove_shown_orders(removal_id=received.pk, by=sam, now=now)


def test_a_removal_says_what_it_is_and_who_sent_it(receive, pending_order, sam, now):
    removal = receive(row_of(pending_order()), row_of(pending_order()))
    assert (removal.rows_read, removal.rows_skipped, removal.orders, removal.cases) == (2, 0, 2, 2)
    assert (removal.uploaded_by, removal.uploaded_at, removal.is_waiting) == (sam, now, True)
    entry = Entry.objects.get(event="REMOVAL_RECEIVED")
    assert (entry.subject_id, entry.by_id) == (removal.pk, sam.pk)
    assert (entry.facts["orders"], entry.facts["rows_read"]) == (2, 2)


def test_the_answer_stands_in_the_diary_with_the_change(removed, sam):
    entry = Entry.objects.get(event="REMOVAL_CONFIRMED")
    assert (entry.subject_id, entry.by_id, entry.facts["documents"]) == (removed.pk, sam.pk, 4)


def test_a_failure_in_between_leaves_it_waiting(receive, pending_order, sam, now, monkeypatch):
    removal = receive(row_of(pending_order()))

    def refuse(*_args, **_kwargs):
        raise RuntimeError("no")

    monkeypatch.setattr("csv_ingest.removal._write_down", refuse)
    with pytest.raises(RuntimeError):
        services.remove_shown_orders(removal_id=removal.pk, by=sam, now=now)
    removal.refresh_from_db()
    assert removal.is_waiting
    assert Order.objects.exists()
    assert not Entry.objects.filter(event="ORDER_REMOVED").exists()


def test_an_order_that_was_corrected_since_the_list_was_shown_stays(receive, ready_order, sam, now):
    order = ready_order()
    removal = receive(row_of(order))
    deputy = order.deputies.get()
    answers = {**answers_of(deputy), "town": "York"}
    change_deputy(order_id=order.pk, deputy_id=deputy.pk, answers=answers, by=sam, now=now)
    removal = services.remove_shown_orders(removal_id=removal.pk, by=sam, now=now)
    assert [row["fate"] for row in removal.rows] == ["CHANGED"]
    assert Order.objects.exists()


def test_a_list_that_was_stored_before_orders_had_fingerprints_still_counts(
    receive, ready_order, sam, now
):
    [stored] = receive(row_of(ready_order())).rows
    del stored["orders"][0]["fingerprint"]
    going = services.going_of([FatedRow.unpacked(stored)])
    assert remove_orders(orders=going, by=sam, now=now).order_ids == {going[0].order_id}


def test_documents_wait_for_the_sweep_while_storage_is_away(removed, store):
    keys = list(removed.keys_left)
    failing = StoreThatFails(store, after=1)
    left = services.delete_documents(removal_id=removed.pk, store=failing, most=100)
    removed.refresh_from_db()
    assert left == len(removed.keys_left) == 3
    assert [store.exists(key) for key in keys].count(True) == 3
    tasks.sweep_removals()
    removed.refresh_from_db()
    assert removed.keys_left == []
    assert not any(map(store.exists, keys))


def test_only_so_many_documents_go_at_once(removed, store):
    assert services.delete_documents(removal_id=removed.pk, store=store, most=3) == 1
    assert services.delete_documents(removal_id=removed.pk, store=store, most=3) == 0
    assert services.delete_documents(removal_id=removed.pk, store=store, most=3) == 0


def refused(removal: Removal, **changes) -> bool:
    """Whether the database refuses them; afterwards nothing is changed either way."""
    try:
        with transaction.atomic():
            Removal.objects.filter(pk=removal.pk).update(**changes)
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


def test_what_was_shown_never_changes(receive, pending_order):
    removal = receive(row_of(pending_order()))
    assert refused(removal, original_name="other.csv")
    assert refused(removal, rows=[{}])
    assert refused(removal, rows=[])
    assert refused(removal, orders=5)


def test_a_finished_removal_never_changes_but_for_documents_left(removed, now):
    assert refused(removed, rows=[{}])
    assert refused(removed, state="CANCELLED")
    assert refused(removed, finished_at=None)
    assert refused(removed, keys_left=["x"] * 5)
    assert not refused(removed, keys_left=[])


def test_a_removal_is_never_deleted(removed):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM csv_ingest_removal")


def test_too_many_rows_are_refused(receive, pending_order, monkeypatch):
    row = row_of(pending_order())
    monkeypatch.setattr(removal_rows, "MOST_ORDERS", 2)
    receive(row, row)
    with pytest.raises(TooManyRows):
        receive(row, row, row)


def test_blank_lines_are_no_rows(receive, pending_order):
    assert receive(row_of(pending_order()), "", ",,,,").rows_read == 1
