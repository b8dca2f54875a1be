"""The Celery door: a message carries an id, and a lost one costs a sweep."""

from contextlib import suppress

import pytest
from celery import current_app

from orders import tasks
from orders.models import Order
from orders.rules import State


@pytest.fixture
def inbox(infrastructure):
    """The queue on the real broker, empty at first."""
    with current_app.connection() as connection:
        queue = connection.SimpleQueue("serving")
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


def test_nudge_rings_with_the_id_and_nothing_else(inbox):
    tasks.nudge(17)
    assert received(inbox) == [("orders.tasks.deliver", [17])]


def test_sweep_rings_for_what_is_due_and_for_nothing_else(declared, inbox, now):
    due = declared(case_number="93559316")
    later = declared(case_number="61429461")
    later.next_attempt_at = now.replace(year=2126)
    later.save()
    tasks.sweep()
    assert received(inbox) == [("orders.tasks.deliver", [due.pk])]


def test_sweep_takes_back_what_a_lost_worker_left(declared, inbox, run_out):
    submission = declared()
    submission.state = State.PREPARING
    submission.lease_expires_at = submission.declared_at
    submission.save()
    run_out(submission)
    tasks.sweep()
    submission.refresh_from_db()
    assert submission.state == State.QUEUED
    assert received(inbox) == [("orders.tasks.deliver", [submission.pk])]


def test_deliver_serves_the_order(declared, sirius):
    submission = declared()
    tasks.deliver(submission.pk)
    assert Order.objects.get(pk=submission.order_id).status == "SERVED"
    assert len(sirius.accepted()) == 1


def test_deliver_of_no_submission_does_nothing(db, sirius):
    tasks.deliver(404)
    assert sirius.attempts() == []


def test_nudge_with_the_broker_away_loses_nothing_and_says_so(infrastructure, caplog):
    # A connection stands in the pool: its loss is another error than none at all.
    tasks.nudge(1)
    assert tasks.waiting_messages(current_app) > 0
    infrastructure.broker.stop()
    try:
        # Beat asks this first: an error here would end it.
        assert tasks.waiting_messages(current_app) == 0
        tasks.nudge(2)
        tasks.nudge(3)
        assert tasks.waiting_messages(current_app) == 0
    finally:
        infrastructure.broker.start()
    assert caplog.text.count("waits for the sweep") == 2
