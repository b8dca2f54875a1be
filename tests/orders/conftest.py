"""Orders in every stage, made by the services that staff's pages call."""

import io
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from django.db import connection

from devstack.samples import sample_document
from filestore import DocumentStore, SiriusBucket
from filestore.s3 import client_for
from orders import queries, rules
from orders.models import Order, Submission
from orders.services.delivery import deliver
from orders.services.deputies import add_deputy
from orders.services.documents import attach_document
from orders.services.doors import door_from_settings
from orders.services.orders import answer_order, register_orders
from orders.services.policy import DeliveryPolicy
from orders.services.serving import serve_order
from tests.orders.words import ANSWERS, CASE_NUMBERS, new_order


@pytest.fixture
def store() -> DocumentStore:
    """The documents bucket."""
    return DocumentStore.from_settings()


@pytest.fixture
def policy() -> DeliveryPolicy:
    """Real figures but for the waits, so that a test need not sleep."""
    return DeliveryPolicy(lease=120, post=45, settle=0, first_back_off=0, breaker_trial=60)


@pytest.fixture
def pending_order(sam, now) -> Callable[..., Order]:
    """Registers one order; keywords are those of `NewOrder`."""
    numbers = iter(CASE_NUMBERS)

    def make(**changes) -> Order:
        row = new_order(**{"case_number": next(numbers), **changes})
        register_orders(rows=[row], by=sam, now=now)
        return Order.objects.select_related("case").get(
            case__case_number=row.case_number,
            order_type=row.order_type,
            order_number=row.order_number,
            made_date=row.made_date,
        )

    return make


@pytest.fixture
def attach(sam, now, store) -> Callable[..., object]:
    """Attaches one sample document."""

    def make(order: Order, kind: rules.DocumentType, *, words: str = "words", extension="pdf"):
        return attach_document(
            order_id=order.pk,
            document_type=kind,
            file=io.BytesIO(sample_document(extension, words=words)),
            name=f"{kind.label}.{extension}",
            store=store,
            by=sam,
            now=now,
        )

    return make


@pytest.fixture
def ready_order(pending_order, attach, sam, now, store) -> Callable[..., Order]:
    """An order with answers, a lay deputy and every required document."""

    def make(**changes) -> Order:
        order = pending_order(**changes)
        answer_order(
            order_id=order.pk,
            order_subtype=rules.OrderSubtype.NEW_APPLICATION,
            appointment_type=rules.AppointmentType.SOLE,
            bond_over_21000=True if order.order_type == "PF" else None,
            store=store,
            by=sam,
            now=now,
        )
        add_deputy(order_id=order.pk, answers=ANSWERS, by=sam, now=now)
        for kind in rules.required_for(queries.facts_of(queries.get_order(order.pk))):
            attach(order, kind)
        return queries.get_order(order.pk)

    return make


@pytest.fixture
def declared(ready_order, sam, now) -> Callable[..., Submission]:
    """A served order's submission, due at once by the database's clock."""

    def make(**changes) -> Submission:
        return serve_order(order_id=ready_order(**changes).pk, by=sam, now=now)

    return make


@dataclass
class Worker:
    """Delivers in this process as a worker would, with the real client, bucket and database."""

    policy: DeliveryPolicy

    def deliver(self, submission: Submission, *, door=None, bucket=None, policy=None):
        state = deliver(
            submission_id=submission.pk,
            worker="worker-of-the-tests",
            door=door or door_from_settings(),
            bucket=bucket or SiriusBucket.from_settings(),
            policy=policy or self.policy,
            dice=random.Random(1),
        )
        submission.refresh_from_db()
        return state


@pytest.fixture
def worker(policy, sirius) -> Worker:
    """It waits as long as the service does: a busy machine is no fault of Sirius."""
    return Worker(policy)


@pytest.fixture
def impatient(settings) -> None:
    """Short time-outs: a fault that hangs must not hold up the suite."""
    settings.SIRIUS_CONNECT_SECONDS, settings.SIRIUS_READ_SECONDS = 1, 1
    settings.SIRIUS_TOTAL_SECONDS = 2


@pytest.fixture
def run_out() -> Callable[[Submission], None]:
    """Ends a submission's lease, as the passing of time would."""

    def make(submission: Submission) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE orders_submission SET lease_expires_at = now() - interval '1 second'"
                " WHERE id = %s",
                [submission.pk],
            )
        submission.refresh_from_db()

    return make


# --- What many views are tried with ---
@pytest.fixture
def order(pending_order):
    return pending_order()


@pytest.fixture
def adding(order):
    """The page that adds a lay deputy to `order`."""
    return f"/order/{order.pk}/deputy/add?deputyType=LAY"


@pytest.fixture
def deputy(ready_order):
    """The one deputy of an order of its own."""
    return ready_order().deputies.get()


@pytest.fixture
def stored_keys(settings):
    """The keys of everything of an order that came into storage since the test began.

    Keys tell an order's number, and an order of another database may have had it before.
    """
    s3 = client_for(settings.S3_ENDPOINT, settings.AWS_REGION)

    def stored(prefix):
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=settings.DOCUMENTS_BUCKET, Prefix=prefix
        )
        return {one["Key"] for page in pages for one in page.get("Contents", [])}

    before = stored("dc_doc_")
    return lambda order: stored(f"dc_doc_{order.pk}_") - before


@pytest.fixture
def in_another_connection() -> Iterator[Callable[[Callable[[], object]], object]]:
    """Calls something as another process would, with a connection of its own."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda call: pool.submit(call).result()
        pool.submit(lambda: connection.close()).result()
