"""A court order taken in: the rows, the diary and the bytes, also when something fails."""

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import User
from audit.images import without_images
from audit.models import Entry
from devstack.samples import sample_document
from filestore import FileRejected, ReadingFailed, ReadingFailure
from orders import tasks
from orders.models import CourtOrderReading, Document
from orders.services.court_orders import (
    KEPT_FOR,
    discard_held_court_order,
    keep_held_court_order,
    sweep_readings,
    upload_court_order,
)
from orders.services.errors import AnotherDocumentStands, CaseNumberDiffers, OrderNotEditable
from orders.services.orders import answer_order
from orders.services.removal import OrderName, find_named_orders, remove_orders
from tests.orders.court_orders import word_order


@pytest.fixture
def upload(sam, now, store):
    def make(order, content=None, name="order.docx", **options):
        content = word_order(**options.pop("words", {})) if content is None else content
        options = {"by": sam, "now": now, **options}
        return upload_court_order(
            order_id=order.pk, file=io.BytesIO(content), name=name, store=store, **options
        )

    return make


def facts_of(event):
    entries = Entry.objects.filter(event=event).order_by("id")
    return [without_images(entry.facts) for entry in entries]


def failing(failure):
    def read(_file):
        raise ReadingFailed(failure)

    return read


UNNUMBERED = {"number": ""}


def test_an_order_that_was_read_is_kept_with_its_reading(upload, order, sam, stored_keys):
    reading = upload(order)
    document = order.documents.get()
    assert reading.document == document
    assert not reading.is_held
    assert reading.findings["order_subtype"] == {
        "value": "NEW_APPLICATION",
        "words": ["ORDER APPOINTING A DEPUTY"],
    }
    assert reading.findings["bond_over_21000"]["value"] is False
    assert (document.document_type, document.uploaded_by) == ("COURT_ORDER", sam)
    assert stored_keys(order) == {document.key}
    found = ["case_number", "order_subtype", "appointment_type", "bond_over_21000"]
    assert facts_of("COURT_ORDER_READ") == [{"found": found, "failure": "", "held": False}]
    assert len(facts_of("DOCUMENT_ATTACHED")) == 1


def test_another_cases_order_leaves_no_trace(upload, order, stored_keys):
    with pytest.raises(CaseNumberDiffers, match="does not match the case number for this order"):
        upload(order, words={"number": "No. 61429461"})
    assert stored_keys(order) == set()
    assert not CourtOrderReading.objects.exists()
    assert facts_of("COURT_ORDER_READ") == []


def test_a_refused_file_is_refused_before_it_is_read(upload, order):
    def never(_file):
        raise AssertionError("read")

    with pytest.raises(FileRejected):
        upload(order, b"no such thing", read_words=never)


@pytest.mark.parametrize("failure", ReadingFailure)
def test_a_file_that_cannot_be_read_is_held(upload, order, stored_keys, failure):
    reading = upload(order, read_words=failing(failure))
    assert (reading.failure, reading.is_held, reading.findings) == (failure.value, True, {})
    assert stored_keys(order) == {reading.held_key}
    assert not order.documents.exists()
    assert facts_of("COURT_ORDER_READ") == [{"found": [], "failure": failure.value, "held": True}]


def test_a_held_file_becomes_the_court_order_when_staff_say_so(
    upload, order, ada, now, store, stored_keys
):
    reading = upload(order, words=UNNUMBERED)
    for _ in range(2):
        keep_held_court_order(
            order_id=order.pk, reading_id=reading.pk, store=store, by=ada, now=now
        )
    document = order.documents.get()
    assert stored_keys(order) == {document.key} == {reading.held_key}
    assert (document.name, document.uploaded_by) == ("order.docx", ada)
    assert document.sha256 == reading.held_file["sha256"]
    reading.refresh_from_db()
    assert (reading.document, reading.held_key, reading.held_file) == (document, "", {})
    assert len(facts_of("DOCUMENT_ATTACHED")) == 1


def test_a_held_file_replaces_only_what_staff_were_told_of(upload, order, store, sam, now):
    reading = upload(order, words=UNNUMBERED)
    told = {"order_id": order.pk, "reading_id": reading.pk, "store": store, "by": sam, "now": now}
    # Somebody adds another one by its own page.
    other = Document.objects.create(
        order=order, document_type="COURT_ORDER", key="other", name="other.pdf", size=1,
        content_type="application/pdf", sha256="0" * 64, scan_state="NOT_SCANNED",
        uploaded_by=sam, uploaded_at=now,
    )  # fmt: skip
    with pytest.raises(AnotherDocumentStands):
        keep_held_court_order(**told, instead_of=0)
    assert order.documents.get() == other
    keep_held_court_order(**told, instead_of=other.pk)
    assert order.documents.get().key == reading.held_key


def test_a_held_file_that_is_not_the_orders_goes(upload, order, sam, now, store, stored_keys):
    reading = upload(order, words=UNNUMBERED)
    discard_held_court_order(order_id=order.pk, reading_id=reading.pk, store=store, by=sam, now=now)
    assert stored_keys(order) == set()
    assert not CourtOrderReading.objects.exists()
    assert facts_of("COURT_ORDER_DISCARDED") == [{}]


def test_one_that_is_kept_is_not_discarded(upload, order, sam, now, store, stored_keys):
    reading = upload(order)
    discard_held_court_order(order_id=order.pk, reading_id=reading.pk, store=store, by=sam, now=now)
    assert CourtOrderReading.objects.get() == reading
    assert len(stored_keys(order)) == 1


@pytest.mark.parametrize("first", [{}, UNNUMBERED], ids=["kept", "held"])
@pytest.mark.parametrize("second", [{}, UNNUMBERED], ids=["then kept", "then held"])
def test_another_upload_takes_the_place_of_an_earlier_one(
    upload, order, stored_keys, first, second
):
    upload(order, words=first)
    last = upload(order, words={**second, "bond": "£1"}, name="last.docx")
    assert CourtOrderReading.objects.get() == last
    held = {last.held_key} - {""}
    assert stored_keys(order) == {document.key for document in order.documents.all()} | held
    # A held one takes no document's place before staff say so.
    assert order.documents.count() == (0 if first and second else 1)


@pytest.mark.parametrize("words", [{}, UNNUMBERED], ids=["kept", "held"])
def test_a_failure_at_the_end_leaves_neither_row_nor_diary_nor_bytes(
    upload, order, stored_keys, words
):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fall() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'fall'; END $$;"
            "CREATE TRIGGER fall BEFORE INSERT ON orders_courtorderreading"
            " FOR EACH ROW EXECUTE FUNCTION fall()"
        )
    with pytest.raises(Exception, match="fall"):
        upload(order, words=words)
    assert stored_keys(order) == set()
    assert not order.documents.exists()
    assert facts_of("COURT_ORDER_READ") + facts_of("DOCUMENT_ATTACHED") == []


def test_answers_end_the_reading_of_a_document_and_not_of_a_held_file(
    upload, pending_order, sam, now, store
):
    kept, held = pending_order(), pending_order()
    upload(kept)
    upload(held, words=UNNUMBERED)
    for order in (kept, held):
        answer_order(
            order_id=order.pk,
            order_subtype="NEW_APPLICATION",
            appointment_type="SOLE",
            bond_over_21000=False,
            store=store,
            by=sam,
            now=now,
        )
    assert CourtOrderReading.objects.get().order == held


def test_a_reading_goes_with_its_document(upload, order):
    upload(order).document.delete()
    assert not CourtOrderReading.objects.exists()


def test_a_removed_order_takes_a_held_file_along(upload, order, sam, now):
    key = upload(order, words=UNNUMBERED).held_key
    name = OrderName(case_number="93559316", order_number="A1", made_date=None)
    [[named]] = find_named_orders([name]).named
    assert remove_orders(orders=[named], by=sam, now=now).keys == [key]
    assert not CourtOrderReading.objects.exists()


def test_what_nobody_came_back_to_is_swept(upload, pending_order, store, now, stored_keys):
    old, older, fresh = pending_order(), pending_order(), pending_order()
    upload(old, words={"number": ""}, now=now - KEPT_FOR - dt.timedelta(seconds=1))
    kept = upload(older, sample_document("pdf"), "order.pdf", now=now - KEPT_FOR * 2)
    last = upload(fresh, words=UNNUMBERED, now=now - KEPT_FOR)
    assert sweep_readings(store=store, now=now) == 2
    assert CourtOrderReading.objects.get() == last
    assert stored_keys(old) == set()
    assert stored_keys(older) == {kept.document.key}
    assert stored_keys(fresh) == {last.held_key}
    [entry] = Entry.objects.filter(event="COURT_ORDER_DISCARDED")
    assert (entry.by_id, entry.subject_id) == (None, old.pk)


def test_the_worker_sweeps(upload, order, now):
    upload(order, words=UNNUMBERED, now=now - dt.timedelta(days=1000))
    tasks.sweep_readings()
    assert not CourtOrderReading.objects.exists()


def test_an_order_on_its_way_is_not_touched(upload, declared, store, sam, now):
    order = declared().order
    with pytest.raises(OrderNotEditable):
        upload(order)
    assert order.documents.get(document_type="COURT_ORDER").name == "Court order.pdf"


@pytest.mark.django_db(transaction=True)
def test_uploads_at_the_same_time_leave_one_and_no_orphan(upload, order, stored_keys):
    def once(number):
        try:
            # A browser's own process has its own user object.
            words = {"bond": f"£{number}"} if number % 2 else {**UNNUMBERED, "bond": f"£{number}"}
            upload(order, words=words, by=User.objects.get(email="sam@example.com"))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        list(people.map(once, range(1, 9)))
    reading = CourtOrderReading.objects.get()
    keys = set(Document.objects.filter(order=order).values_list("key", flat=True))
    assert len(keys) == 1
    assert stored_keys(order) == keys | ({reading.held_key} - {""})
