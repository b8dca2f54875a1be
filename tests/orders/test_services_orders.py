"""The services behind the pages: the row, the diary, and neither when something fails between."""

import datetime as dt
import io
import threading

import pytest
from django.db import connection

from audit.models import Entry
from devstack.samples import sample_document
from filestore import FileRejected, StoreUnavailable
from orders import queries, rules
from orders.models import Case, Deputy, Document, Order
from orders.services.deputies import add_deputy, change_deputy, remove_deputy
from orders.services.documents import attach_document, keep_as_additional, remove_document
from orders.services.errors import (
    DocumentRequired,
    DocumentsWouldGo,
    OrderNotEditable,
    TooManyDocuments,
)
from orders.services.orders import answer_order, compare_orders, register_orders
from orders.services.serving import serve_order
from tests.orders.words import ANSWERS, new_order


def events(*subjects):
    return [entry.event for entry in Entry.objects.about(*subjects)]


# --- Registering ---
def test_register_orders_writes_case_order_and_diary(sam, now):
    registered = register_orders(rows=[new_order()], by=sam, now=now)
    order = Order.objects.get()
    assert (registered.new, registered.already_known, registered.differences) == (1, 0, [])
    assert (order.case.case_number, order.case.client_name) == ("93559316", "Joni Mitchell")
    assert (order.status, order.order_number) == ("PENDING", "A1")
    assert events(order) == ["ORDER_REGISTERED"]


def test_register_orders_again_changes_nothing(sam, now):
    rows = [new_order(), new_order(order_type="HW"), new_order(order_number="A2")]
    register_orders(rows=rows, by=sam, now=now)
    again = register_orders(rows=rows, by=sam, now=now)
    assert (again.new, again.already_known, again.differences) == (0, 3, [])
    assert Order.objects.count() == 3
    assert Case.objects.count() == 1
    assert Entry.objects.count() == 3


def test_compare_orders_answers_as_registering_would_and_writes_nothing(sam, now):
    register_orders(rows=[new_order()], by=sam, now=now)
    rows = [
        new_order(surname="Joplin"),
        new_order(order_number="A2"),
        new_order(order_number="A2", issue_date=dt.date(2026, 5, 30)),
        new_order(case_number="61429461", forename="Bob"),
        new_order(case_number="61429461", order_type="HW"),
    ]
    compared = compare_orders(rows=rows)
    assert (Order.objects.count(), Entry.objects.count()) == (1, 1)
    assert (compared.new, compared.already_known) == (3, 2)
    assert [(one.field, one.ours, one.theirs) for one in compared.differences] == [
        ("Surname", "Mitchell", "Joplin"),
        ("Issue Date", "2026-05-15", "2026-05-30"),
        ("Forename", "Bob", "Joni"),
    ]
    assert register_orders(rows=rows, by=sam, now=now) == compared


def test_order_without_number_is_known_by_its_made_date(sam, now):
    first = new_order(order_number="")
    other_day = new_order(order_number="", made_date=dt.date(2026, 5, 2))
    registered = register_orders(rows=[first, other_day, first], by=sam, now=now)
    assert (registered.new, registered.already_known) == (2, 1)


def test_known_order_that_differs_is_told_and_left(sam, now):
    register_orders(rows=[new_order()], by=sam, now=now)
    changed = new_order(surname="Joplin", issue_date=dt.date(2026, 5, 20))
    registered = register_orders(rows=[changed], by=sam, now=now)
    assert [(one.field, one.ours, one.theirs) for one in registered.differences] == [
        ("Surname", "Mitchell", "Joplin"),
        ("Issue Date", "2026-05-15", "2026-05-20"),
    ]
    assert Case.objects.get().surname == "Mitchell"


def test_new_order_of_a_case_known_by_another_name_is_told(sam, now):
    rows = [new_order(), new_order(order_number="A2", forename="Joan")]
    registered = register_orders(rows=rows, by=sam, now=now)
    assert registered.new == 2
    assert [(one.field, one.ours, one.theirs) for one in registered.differences] == [
        ("Forename", "Joni", "Joan")
    ]
    assert Case.objects.get().forename == "Joni"


def test_register_orders_is_all_or_nothing(sam, now):
    issued_before_made = new_order(order_number="B", issue_date=dt.date(2020, 1, 1))
    with pytest.raises(Exception, match="order_issued_after_made"):
        register_orders(rows=[new_order(), issued_before_made], by=sam, now=now)
    assert not Order.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_write_each_order_once(sam, now):
    rows = [new_order(order_number=f"N{number}") for number in range(200)]
    results, barrier = [], threading.Barrier(2)

    def register():
        barrier.wait()
        try:
            results.append(register_orders(rows=rows, by=sam, now=now))
        finally:
            connection.close()

    threads = [threading.Thread(target=register) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.new for result in results) == [0, 200]
    assert Order.objects.count() == 200


# --- Answers ---
def answer(order, store, sam, now, **changes):
    answers = {
        "order_subtype": "NEW_APPLICATION",
        "appointment_type": "SOLE",
        "bond_over_21000": True,
        **changes,
    }
    return answer_order(order_id=order.pk, store=store, by=sam, now=now, **answers)


def test_answer_order_stores_answers_and_diary(pending_order, store, sam, now):
    order = answer(pending_order(), store, sam, now)
    order.refresh_from_db()
    assert (order.order_subtype, order.appointment_type) == ("NEW_APPLICATION", "SOLE")
    assert order.bond_over_21000 is True
    assert events(order)[-1] == "ORDER_ANSWERED"


def test_bond_is_not_stored_for_health_and_welfare(pending_order, store, sam, now):
    order = answer(pending_order(order_type="HW"), store, sam, now)
    order.refresh_from_db()
    assert order.bond_over_21000 is None


def test_change_to_interim_asks_before_documents_go(pending_order, attach, store, sam, now):
    order = answer(pending_order(), store, sam, now)
    for kind in ("COURT_ORDER", "COP3", "OTHER"):
        attach(order, rules.DocumentType(kind))
    with pytest.raises(DocumentsWouldGo) as refusal:
        answer(order, store, sam, now, order_subtype="INTERIM_ORDER")
    (going,) = refusal.value.documents
    assert going.document_type == "COP3"
    assert Order.objects.get(pk=order.pk).order_subtype == "NEW_APPLICATION"

    asked = {"order_subtype": "INTERIM_ORDER", "remove_documents": [going.pk]}
    answer(order, store, sam, now, **asked)
    kept = Document.objects.filter(order=order).values_list("document_type", flat=True)
    assert sorted(kept) == ["COURT_ORDER", "OTHER"]
    assert not store.exists(going.key)
    assert events(order)[-2:] == ["DOCUMENT_REMOVED", "ORDER_ANSWERED"]


# --- Deputies ---
def test_deputy_is_added_changed_and_removed_with_diary(pending_order, sam, now):
    order = pending_order()
    deputy = add_deputy(order_id=order.pk, answers=ANSWERS, by=sam, now=now)
    changed = {**ANSWERS, "town": "York"}
    change_deputy(order_id=order.pk, deputy_id=deputy.pk, answers=changed, by=sam, now=now)
    assert Deputy.objects.get().town == "York"
    remove_deputy(order_id=order.pk, deputy_id=deputy.pk, by=sam, now=now)
    assert not Deputy.objects.exists()
    assert events(order)[1:] == ["DEPUTY_ADDED", "DEPUTY_CHANGED", "DEPUTY_REMOVED"]
    assert Entry.objects.get(event="DEPUTY_CHANGED").facts["changed"] == ["town"]


def test_only_a_lay_deputy_keeps_a_date_of_birth(pending_order, sam, now):
    answers = {**ANSWERS, "deputy_type": "PUBLIC_AUTHORITY"}
    add_deputy(order_id=pending_order().pk, answers=answers, by=sam, now=now)
    assert Deputy.objects.get().date_of_birth is None


def test_deputy_of_another_order_is_not_found(pending_order, sam, now):
    mine, other = pending_order(), pending_order()
    deputy = add_deputy(order_id=other.pk, answers=ANSWERS, by=sam, now=now)
    with pytest.raises(Deputy.DoesNotExist):
        remove_deputy(order_id=mine.pk, deputy_id=deputy.pk, by=sam, now=now)
    with pytest.raises(Deputy.DoesNotExist):
        change_deputy(order_id=mine.pk, deputy_id=deputy.pk, answers=ANSWERS, by=sam, now=now)


# --- Documents ---
def test_attach_document_stores_bytes_row_and_diary(pending_order, attach, store, now, sam):
    order = pending_order()
    document = attach(order, rules.DocumentType.COURT_ORDER, extension="docx")
    assert store.open(document.key).read() == sample_document("docx", words="words")
    assert document.key.startswith(f"dc_doc_{order.pk}_")
    assert document.key.endswith(".docx")
    assert (document.uploaded_by, document.uploaded_at) == (sam, now)
    assert document.scan_state == rules.ScanState.CLEAN
    assert events(order)[-1] == "DOCUMENT_ATTACHED"


def test_second_document_of_a_type_replaces_the_first(pending_order, attach, store):
    order = pending_order()
    first = attach(order, rules.DocumentType.COP3, words="one")
    second = attach(order, rules.DocumentType.COP3, words="two")
    assert list(order.documents.all()) == [second]
    assert not store.exists(first.key)
    assert events(order)[-2:] == ["DOCUMENT_REMOVED", "DOCUMENT_ATTACHED"]


def test_additional_documents_may_be_several_up_to_a_hundred(pending_order, attach, monkeypatch):
    monkeypatch.setattr(rules, "MOST_DOCUMENTS", 3)
    order = pending_order()
    for number in range(3):
        attach(order, rules.DocumentType.OTHER, words=f"Letter {number}")
    with pytest.raises(TooManyDocuments, match="up to 3 documents"):
        attach(order, rules.DocumentType.OTHER)
    assert order.documents.count() == 3


def test_refused_file_leaves_nothing(pending_order, store, sam, now):
    order = pending_order()
    with pytest.raises(FileRejected):
        attach_document(
            order_id=order.pk,
            document_type=rules.DocumentType.COP3,
            file=io.BytesIO(b"MZ a program"),
            name="cop3.pdf",
            store=store,
            by=sam,
            now=now,
        )
    assert not Document.objects.exists()
    assert events(order) == ["ORDER_REGISTERED"]


class Forgetful:
    """A store that takes bytes and, meanwhile, sees somebody serve the order."""

    def __init__(self, store, meanwhile):
        self._store, self._meanwhile, self.keys = store, meanwhile, []

    def save(self, key, file, **options):
        self._store.save(key, file, **options)
        self.keys.append(key)
        self._meanwhile()

    def delete(self, key):
        self._store.delete(key)


def test_bytes_go_when_the_row_cannot_be_written(ready_order, store, sam, now):
    order = ready_order()

    forgetful = Forgetful(store, lambda: serve_order(order_id=order.pk, by=sam, now=now))
    with pytest.raises(OrderNotEditable):
        attach_document(
            order_id=order.pk,
            document_type=rules.DocumentType.OTHER,
            file=io.BytesIO(sample_document("pdf")),
            name="more.pdf",
            store=forgetful,
            by=sam,
            now=now,
        )
    assert forgetful.keys
    assert not store.exists(forgetful.keys[0])


class Away:
    """A store that answers nothing."""

    def save(self, *_args, **_options):
        raise StoreUnavailable("away")

    def delete(self, _key):
        raise StoreUnavailable("away")


def test_storage_away_leaves_no_row(pending_order, sam, now):
    order = pending_order()
    with pytest.raises(StoreUnavailable):
        attach_document(
            order_id=order.pk,
            document_type=rules.DocumentType.OTHER,
            file=io.BytesIO(sample_document("pdf")),
            name="more.pdf",
            store=Away(),
            by=sam,
            now=now,
        )
    assert not Document.objects.exists()


def test_remove_document_removes_row_then_bytes(pending_order, attach, store, sam, now):
    order = pending_order()
    document = attach(order, rules.DocumentType.COP3)
    remove_document(order_id=order.pk, document_id=document.pk, store=store, by=sam, now=now)
    assert not Document.objects.exists()
    assert not store.exists(document.key)
    assert events(order)[-1] == "DOCUMENT_REMOVED"


def test_remove_document_with_storage_away_still_removes_the_row(
    pending_order, attach, sam, now, caplog
):
    order = pending_order()
    document = attach(order, rules.DocumentType.COP3)
    remove_document(order_id=order.pk, document_id=document.pk, store=Away(), by=sam, now=now)
    assert not Document.objects.exists()
    assert "left behind" in caplog.text


def test_document_that_stopped_being_required_can_be_kept(pending_order, attach, store, sam, now):
    order = answer(pending_order(), store, sam, now)
    document = attach(order, rules.DocumentType.COP4)
    with pytest.raises(DocumentRequired, match="COP 4"):
        keep_as_additional(order_id=order.pk, document_id=document.pk, by=sam, now=now)
    authority = {**ANSWERS, "deputy_type": "PUBLIC_AUTHORITY"}
    add_deputy(order_id=order.pk, answers=authority, by=sam, now=now)
    (slot,) = [
        slot
        for slot in queries.document_slots(queries.get_order(order.pk))
        if slot.no_longer_required
    ]
    assert slot.documents == [document]
    keep_as_additional(order_id=order.pk, document_id=document.pk, by=sam, now=now)
    document.refresh_from_db()
    assert document.document_type == "OTHER"


def test_nothing_of_an_order_being_served_can_be_changed(declared, store, attach, sam, now):
    order = declared().order
    deputy, document = order.deputies.get(), order.documents.first()
    changes = [
        lambda: answer(order, store, sam, now),
        lambda: add_deputy(order_id=order.pk, answers=ANSWERS, by=sam, now=now),
        lambda: remove_deputy(order_id=order.pk, deputy_id=deputy.pk, by=sam, now=now),
        lambda: attach(order, rules.DocumentType.OTHER),
        lambda: remove_document(
            order_id=order.pk, document_id=document.pk, store=store, by=sam, now=now
        ),
        lambda: keep_as_additional(order_id=order.pk, document_id=document.pk, by=sam, now=now),
    ]
    for change in changes:
        with pytest.raises(OrderNotEditable, match="being sent to OPG"):
            change()
