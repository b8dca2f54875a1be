"""Where nobody knows whether COMMIT was carried out, the bytes stay: their row may stand."""

import io

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, connections

from csv_ingest.models import Upload
from csv_ingest.services import ImportPolicy, take_upload
from devstack.samples import sample_document
from filestore import DocumentStore
from orders.models import CourtOrderReading, Document
from orders.rules import DocumentType
from orders.services.court_orders import upload_court_order
from orders.services.documents import attach_document
from tests.csv_ingest.files import GOOD, csv_of
from tests.orders.court_orders import word_order

pytestmark = pytest.mark.django_db(transaction=True)


class Noted(DocumentStore):
    """The bucket; from the first save on, each COMMIT ends as the test wants."""

    def save(self, key, file, *, content_type):
        super().save(key, file, content_type=content_type)
        self.key = key
        self.then()


@pytest.fixture
def ending(monkeypatch):
    """A store after whose save COMMIT is carried out, or not, and raises this."""

    def make(error, *, is_carried_out):
        line = connections["default"]
        carry_out = line.commit

        def commit():
            monkeypatch.undo()
            if is_carried_out:
                carry_out()
            raise error

        store = Noted.from_settings()
        store.then = lambda: monkeypatch.setattr(line, "commit", commit)
        return store

    return make


def attach(order, **options):
    file, kind = io.BytesIO(sample_document("pdf")), DocumentType.COP3
    attach_document(order_id=order.pk, document_type=kind, file=file, name="a.pdf", **options)


def keep(order, **options):
    file = io.BytesIO(word_order())
    upload_court_order(order_id=order.pk, file=file, name="a.docx", **options)


def hold(order, **options):
    file = io.BytesIO(word_order(number=""))
    upload_court_order(order_id=order.pk, file=file, name="a.docx", **options)


def take(_order, **options):
    file, policy = io.BytesIO(csv_of(GOOD)), ImportPolicy(small=0, lease=60, beat=0)
    take_upload(file=file, name="a.csv", policy=policy, **options)


EVERY_WAY = pytest.mark.parametrize("write", [attach, keep, hold, take])


def keys_in_rows():
    return {
        *Document.objects.values_list("key", flat=True),
        *CourtOrderReading.objects.exclude(held_key="").values_list("held_key", flat=True),
        *Upload.objects.values_list("key", flat=True),
    }


@EVERY_WAY
@pytest.mark.parametrize("error", [OperationalError, InterfaceError, SystemExit])
def test_a_lost_answer_to_commit_leaves_no_row_without_bytes(
    pending_order, sam, now, ending, write, error
):
    order, store = pending_order(), ending(error("lost"), is_carried_out=True)

    with pytest.raises(error, match="lost"):
        write(order, store=store, by=sam, now=now)

    assert keys_in_rows() == {store.key}
    assert store.exists(store.key)


@EVERY_WAY
def test_a_refused_commit_leaves_no_bytes(pending_order, sam, now, ending, write):
    order, store = pending_order(), ending(IntegrityError("refused"), is_carried_out=False)

    with pytest.raises(IntegrityError, match="refused"):
        write(order, store=store, by=sam, now=now)

    assert keys_in_rows() == set()
    assert not store.exists(store.key)
