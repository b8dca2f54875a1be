"""Two who serve or decide at the same moment: real threads against the real database."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from orders.models import Order, ServedByEmail, Submission
from orders.services import serving
from orders.services.by_email import record_served_by_email
from orders.services.errors import AlreadyBeingServed, MoveNotAllowed, SecondOperatorNeeded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meanwhile():
    """Begins something before the block's transaction ends: it waits for that, or is done."""

    def call(act):
        try:
            return act()
        finally:
            connection.close()

    @contextmanager
    def begin():
        with ThreadPoolExecutor(1) as pool, transaction.atomic():

            def start(act):
                begun = pool.submit(call, act)
                until_done_or_waiting(begun)
                return begun

            yield start

    return begin


def until_done_or_waiting(begun: Future) -> None:
    with connection.cursor() as cursor:
        while not begun.done():
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE datname = current_database() AND NOT granted"
            )
            if cursor.fetchone()[0]:
                return


def test_two_submissions_are_not_confirmed_with_one_id(declared, meanwhile, olive, ada, now):
    def confirm(submission, by):
        return serving.confirm_submission(
            submission_id=submission.pk, sirius_order_id=5, evidence="seen", by=by, now=now
        )

    first, second = declared(), declared()
    for submission in (first, second):
        serving.hold_submission(submission_id=submission.pk, reason="look", by=olive, now=now)
        with pytest.raises(SecondOperatorNeeded):
            confirm(submission, olive)
    with meanwhile() as begin:
        confirm(first, ada)
        other = begin(lambda: confirm(second, ada))
    with pytest.raises(MoveNotAllowed, match=f"5 is the order of submission {first.pk}"):
        other.result()
    assert list(Submission.objects.filter(sirius_order_id=5)) == [first]


@pytest.fixture
def two_orders(ready_order):
    """Of one case and type."""
    first = ready_order()
    return first, ready_order(case_number=first.case.case_number, order_number="another")


@pytest.fixture
def email(ada, now):
    answers = {"sent_date": now.date(), "evidence": "Pat of OPG rang", "reason": "Sirius was out"}
    return lambda order: record_served_by_email(order_id=order.pk, answers=answers, by=ada, now=now)


def test_an_order_is_not_recorded_as_emailed_while_another_of_its_kind_begins_to_be_sent(
    two_orders, email, meanwhile, sam, now
):
    first, second = two_orders
    with meanwhile() as begin:
        serving.serve_order(order_id=first.pk, by=sam, now=now)
        other = begin(lambda: email(second))
    with pytest.raises(AlreadyBeingServed):
        other.result()
    assert not ServedByEmail.objects.exists()


def test_an_order_that_is_served_while_another_of_its_kind_is_recorded_as_emailed_comes_after_it(
    two_orders, email, meanwhile, sam, now
):
    first, second = two_orders
    with meanwhile() as begin:
        email(first)
        other = begin(lambda: serving.serve_order(order_id=second.pk, by=sam, now=now))
        assert not other.done()
    assert other.result().state == "QUEUED"
    assert Order.objects.get(pk=first.pk).status == "SERVED"
