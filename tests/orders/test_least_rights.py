"""The main job under the rights of web, worker and beat: from an import to a served order.

The journeys do it too, with real processes; here each part that would be refused is named.
"""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from audit.models import Entry, Link
from orders.models import Order
from orders.rules import OrderStatus, State
from orders.services.deputies import remove_deputy
from orders.services.serving import cancel_submission, hold_submission
from serve_opg import health
from tests.factories import PASSWORD, UserFactory


@pytest.fixture(autouse=True)
def _application(db):
    """Until the test's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE serve_opg_app")


def test_an_order_is_imported_completed_served_and_delivered(declared, worker):
    submission = declared()
    assert worker.deliver(submission) is State.ACCEPTED
    order = Order.objects.get()
    assert order.status == OrderStatus.SERVED
    connection.check_constraints()
    assert Link.objects.filter(position=None).count() == 0
    assert sum(Link.objects.values_list("entries", flat=True)) == Entry.objects.count() > 5


def test_a_served_order_stays_as_it_is(declared, worker):
    worker.deliver(declared())
    for statement in ("UPDATE orders_order SET order_number = 'x'", "DELETE FROM orders_order"):
        with pytest.raises(DatabaseError, match="frozen|not deleted"), transaction.atomic():
            run(statement)


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_staff_and_operations_take_back_can_be_taken_back(declared, ready_order, sam, now):
    hold_submission(submission_id=declared().pk, reason="wait", by=sam, now=now)
    cancel_submission(submission_id=declared().pk, reason="not needed", by=sam, now=now)
    order = ready_order()
    [deputy] = order.deputies.all()
    remove_deputy(order_id=order.pk, deputy_id=deputy.pk, by=sam, now=now)


def test_somebody_signs_in_and_sees_the_orders():
    user = UserFactory()
    client = Client()
    answer = client.post(reverse("login"), {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get(reverse("case-list"), {"type": "pending"}).status_code == 200


def test_health_finds_the_database_well():
    health.note(health.WORKER)
    health.note(health.WORKER)
