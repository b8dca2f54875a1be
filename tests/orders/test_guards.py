"""The database refuses what must never be, whoever asks: here by raw SQL and by the ORM."""

import itertools
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from orders import rules
from orders.models import Attempt, Case, Deputy, Document, Order, Submission
from orders.rules import State
from orders.services.deputies import add_deputy
from tests.orders.words import ANSWERS

guards = import_module("orders.migrations.0002_guards")


def run(sql, *values):
    """One statement; deferred checks too, as at a commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(words, sql, *values):
    with pytest.raises(IntegrityError, match=words):
        run(sql, *values)


def test_moves_of_the_database_are_those_of_the_rules():
    written = {(before, after) for before, afters in guards.LEGAL_MOVES.items() for after in afters}
    assert written == {
        (before.value, after.value)
        for before, afters in rules.LEGAL_MOVES.items()
        for after in afters
    }


# Everything a state needs besides its name, so that only the move itself can be refused.
NEEDS = {
    State.PREPARING: "lease_expires_at = now()",
    State.SENDING: "lease_expires_at = now()",
    State.UNKNOWN: "lease_expires_at = NULL, maybe_applied = true",
    State.ACCEPTED: "lease_expires_at = NULL, sirius_order_id = 1",
}


def move(submission, state):
    needs = NEEDS.get(state, "lease_expires_at = NULL")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE orders_submission SET state = %s, {needs} WHERE id = %s",
            [state, submission.pk],
        )


def let_the_order_agree(submission):
    """The check at the end of the transaction is another test's subject."""
    submission.refresh_from_db()
    order = Order.objects.filter(pk=submission.order_id)
    if submission.state == State.ACCEPTED:
        order.update(status="SERVED", served_at=timezone.now())
    elif not submission.is_live:
        order.update(status="PENDING")


# A way to each state from QUEUED.
WAYS = {
    State.QUEUED: [],
    State.PREPARING: [State.PREPARING],
    State.SENDING: [State.PREPARING, State.SENDING],
    State.UNKNOWN: [State.PREPARING, State.SENDING, State.UNKNOWN],
    State.HELD: [State.HELD],
    State.ACCEPTED: [State.ACCEPTED],
    State.REJECTED: [State.PREPARING, State.SENDING, State.REJECTED],
    State.CANCELLED: [State.CANCELLED],
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(State, State)))
def test_only_legal_moves_pass(declared, before, after):
    submission = declared()
    for step in WAYS[before]:
        move(submission, step)
    if before == after and before not in (State.ACCEPTED, State.REJECTED, State.CANCELLED):
        move(submission, after)
    elif after in rules.LEGAL_MOVES[before]:
        move(submission, after)
        submission.refresh_from_db()
        assert submission.state == after
    elif before == after:
        move(submission, after)  # nothing changes, so nothing is refused
    else:
        with pytest.raises(IntegrityError, match="no move|finished"), transaction.atomic():
            move(submission, after)
    let_the_order_agree(submission)


@pytest.mark.parametrize(
    "change",
    [
        "payload = '{}'",
        "payload_sha256 = 'x'",
        "manifest = '[]'",
        "court_reference = '61429461'",
        "order_type = 'HW'",
        "declared_at = now()",
        "trace_id = 'another'",
    ],
)
def test_what_was_declared_is_frozen(declared, change):
    refused(
        "what was declared is frozen",
        f"UPDATE orders_submission SET {change} WHERE id = %s",
        declared().pk,
    )


def test_maybe_applied_is_never_cleared(declared):
    submission = declared()
    run("UPDATE orders_submission SET maybe_applied = true WHERE id = %s", submission.pk)
    refused(
        "never cleared",
        "UPDATE orders_submission SET maybe_applied = false WHERE id = %s",
        submission.pk,
    )


def test_fence_only_rises(declared):
    submission = declared()
    run("UPDATE orders_submission SET fence = 5 WHERE id = %s", submission.pk)
    refused("only rises", "UPDATE orders_submission SET fence = 4 WHERE id = %s", submission.pk)


def test_submission_is_never_deleted(declared):
    submission = declared()
    refused("never deleted", "DELETE FROM orders_submission WHERE id = %s", submission.pk)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        submission.delete()


def test_submission_begins_queued(declared):
    submission = declared()
    submission.pk, submission.court_reference, submission.state = None, "61429461", State.HELD
    with pytest.raises(IntegrityError, match="begins queued"), transaction.atomic():
        submission.save()


def test_one_live_submission_a_key(declared):
    submission = declared()
    submission.pk = None
    with pytest.raises(IntegrityError, match="one_live_a_key"), transaction.atomic():
        submission.save()


def test_attempt_is_closed_once_and_then_frozen(declared):
    attempt = Attempt.objects.create(
        submission=declared(), number=1, kind="http", worker="w", request_id="r"
    )
    refused("only be closed", "UPDATE orders_attempt SET worker = 'x' WHERE id = %s", attempt.pk)
    close = "UPDATE orders_attempt SET ended_at = now(), outcome = 'unknown' WHERE id = %s"
    run(close, attempt.pk)
    refused("closed attempt is frozen", close, attempt.pk)
    refused("never deleted", "DELETE FROM orders_attempt WHERE id = %s", attempt.pk)


def test_attempt_is_written_before_its_call(declared):
    with pytest.raises(IntegrityError, match="before its call"), transaction.atomic():
        Attempt.objects.create(
            submission=declared(),
            number=1,
            kind="http",
            worker="w",
            request_id="r",
            ended_at=timezone.now(),
            outcome="accepted",
        )


@pytest.fixture
def served(declared, worker) -> Order:
    submission = declared()
    worker.deliver(submission)
    return Order.objects.get(pk=submission.order_id)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE orders_order SET order_number = 'x' WHERE id = %s",
        "UPDATE orders_order SET status = 'PENDING', served_at = NULL WHERE id = %s",
        "DELETE FROM orders_order WHERE id = %s",
        "UPDATE orders_deputy SET last_name = 'x' WHERE order_id = %s",
        "DELETE FROM orders_deputy WHERE order_id = %s",
        "UPDATE orders_document SET name = 'x' WHERE order_id = %s",
        "DELETE FROM orders_document WHERE order_id = %s",
        "UPDATE orders_case SET surname = 'x' WHERE %s IN (SELECT id FROM orders_order)",
        "UPDATE orders_submission SET reason = 'x' WHERE order_id = %s",
    ],
)
def test_served_order_and_its_parts_are_frozen(served, sql):
    refused("frozen|not deleted", sql, served.pk)


def test_served_order_takes_no_new_part(served):
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Deputy.objects.create(order=served, **ANSWERS)
    document = Document.objects.filter(order=served).first()
    document.pk, document.key, document.document_type = None, "another", "OTHER"
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        document.save()


def test_order_that_is_being_served_is_frozen(declared):
    submission = declared()
    refused(
        "frozen", "UPDATE orders_order SET order_number = 'x' WHERE id = %s", submission.order_id
    )
    refused(
        "frozen", "UPDATE orders_deputy SET town = 'x' WHERE order_id = %s", submission.order_id
    )


def test_order_is_served_only_with_an_accepted_submission(declared):
    submission = declared()
    refused(
        "tell|stands SERVED",
        "UPDATE orders_order SET status = 'SERVED', served_at = now() WHERE id = %s",
        submission.order_id,
    )


def test_submission_is_accepted_only_with_its_order_served(declared):
    refused(
        "stands SERVING",
        "UPDATE orders_submission SET state = 'ACCEPTED', sirius_order_id = 1 WHERE id = %s",
        declared().pk,
    )


def test_order_goes_back_only_without_a_live_submission(declared):
    refused(
        "stands PENDING",
        "UPDATE orders_order SET status = 'PENDING' WHERE id = %s",
        declared().order_id,
    )


def test_order_begins_pending(pending_order):
    order = pending_order()
    order.pk, order.order_number, order.status = None, "B2", "SERVING"
    with pytest.raises(IntegrityError, match="begins pending"), transaction.atomic():
        order.save()


def test_part_keeps_its_order(pending_order, sam, now):
    one, two = pending_order(), pending_order()
    add_deputy(order_id=one.pk, answers=ANSWERS, by=sam, now=now)
    refused(
        "keeps its order",
        "UPDATE orders_deputy SET order_id = %s WHERE order_id = %s",
        two.pk,
        one.pk,
    )


def test_pending_order_may_be_changed_and_removed(pending_order):
    order = pending_order()
    run("UPDATE orders_order SET order_number = 'changed' WHERE id = %s", order.pk)
    order.delete()
    Case.objects.get(pk=order.case_id).delete()
    assert not Order.objects.exists()


@pytest.mark.parametrize("number", ["1234567", "ABCDEFGH", "1234567X", "123456789"])
def test_case_number_has_its_form(db, number):
    with pytest.raises(Exception, match="case_number_form|too long"), transaction.atomic():
        Case.objects.create(case_number=number, forename="A", surname="B")


def test_emptying_is_refused_outside_a_test_database(declared):
    """The same function as in production, under a database name of production."""
    declared()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('orders_no_truncate'::regproc)")
        assert "current_database() NOT LIKE 'test\\_%'" in cursor.fetchone()[0]
    assert Submission.objects.exists()
