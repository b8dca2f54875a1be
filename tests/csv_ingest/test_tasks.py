"""The Celery door of the post room: a message carries an id, and a lost one costs a sweep."""

import io
from contextlib import suppress

import pytest
from celery import current_app

from csv_ingest import services, tasks
from csv_ingest.models import Upload
from csv_ingest.services import ImportPolicy
from filestore import DocumentStore
from orders.models import Order
from tests.csv_ingest.files import ALSO_GOOD, GOOD, csv_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(infrastructure):
    """The imports' own queue on the real broker, empty at first."""
    with current_app.connection() as connection:
        queue = connection.SimpleQueue("imports")
        queue.clear()
        yield queue
        queue.clear()
        queue.close()


def received(inbox):
    messages = []
    with suppress(inbox.Empty):
        while message := inbox.get(block=False):
            messages.append((message.headers["task"], message.payload[0]))
            message.ack()
    return messages


@pytest.fixture
def take(sam, now):
    def upload(row: str) -> Upload:
        return services.take_upload(
            file=io.BytesIO(csv_of(row)),
            name="export.csv",
            policy=ImportPolicy(small=0, lease=60),
            store=DocumentStore.from_settings(),
            by=sam,
            now=now,
        )

    return upload


def test_ring_puts_the_id_on_the_queue_of_the_imports(inbox):
    tasks.ring(17)
    assert received(inbox) == [("csv_ingest.tasks.work_on", [17])]


def test_work_on_imports_the_upload_and_rings_for_the_next(take, inbox):
    first, second = take(GOOD), take(ALSO_GOOD)
    tasks.work_on(first.pk)
    first.refresh_from_db()
    assert first.is_imported
    assert Order.objects.count() == 1
    assert received(inbox) == [("csv_ingest.tasks.work_on", [second.pk])]


def test_work_on_no_upload_does_nothing(inbox):
    tasks.work_on(404)
    assert received(inbox) == []


def test_sweep_rings_for_the_upload_that_waits_longest(take, inbox):
    first, _second = take(GOOD), take(ALSO_GOOD)
    tasks.sweep_uploads()
    assert received(inbox) == [("csv_ingest.tasks.work_on", [first.pk])]


def test_sweep_removes_the_bytes_that_finished_uploads_left(take, inbox, sam, now):
    upload = take(GOOD)
    services.cancel_upload(upload_id=upload.pk, by=sam, now=now)
    tasks.sweep_uploads()
    assert received(inbox) == []
    assert not DocumentStore.from_settings().exists(upload.key)


def test_ring_with_the_broker_away_loses_nothing_and_says_so(infrastructure, caplog):
    tasks.ring(1)
    infrastructure.broker.stop()
    try:
        tasks.ring(2)
    finally:
        infrastructure.broker.start()
    assert "upload 2 waits for the sweep" in caplog.text
