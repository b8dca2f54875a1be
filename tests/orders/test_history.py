"""What an order's history says, and to whom it speaks."""

import datetime as dt

import pytest

import audit
from audit.models import Entry
from orders import history, rules
from orders.models import Order
from orders.services.deputies import add_deputy, change_deputy, remove_deputy
from orders.services.documents import remove_document
from orders.services.serving import (
    cancel_submission,
    hold_submission,
    retry_submission,
    return_submission,
)
from tests.orders.words import ANSWERS

# What the diary also tells of: people, files, reports and the service as a whole.
NEVER_OF_AN_ORDER = (
    *("USER_", "MAIL_", "SIGN_IN_", "SECOND_FACTOR_", "RECOVERY_CODE_", "SESSION_"),
    *("UPLOAD_", "REMOVAL_", "CASE_", "REPORT_", "SENDING_", "SWITCH_", "BREAKER_", "NOTICE_"),
)


def words(order):
    return [line.words for line in history.history_of(order)]


@pytest.mark.parametrize("event", audit.Event)
def test_every_event_of_an_order_has_words_of_its_own(event):
    if event not in history.UNTOLD and not event.name.startswith(NEVER_OF_AN_ORDER):
        assert event in history.WORDS
        assert history.WORDS[event]({})


def test_the_newest_comes_first_with_who_and_when(pending_order, sam, ada, now):
    order = pending_order()
    deputy = add_deputy(order_id=order.pk, answers=ANSWERS, by=ada, now=now)
    changed = {**ANSWERS, "town": "York", "county": "Yorkshire", "email": ""}
    change_deputy(order_id=order.pk, deputy_id=deputy.pk, answers=changed, by=ada, now=now)
    remove_deputy(order_id=order.pk, deputy_id=deputy.pk, by=sam, now=now)
    lines = history.history_of(order)
    assert [(line.by, line.words) for line in lines] == [
        ("Sam Staff", "Deputy removed"),
        ("Ada Admin", "Deputy changed: address, email address"),
        ("Ada Admin", "Lay deputy added"),
        ("Sam Staff", "Order added from the court's file"),
    ]
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)


def test_answers_and_documents_are_told_by_kind(ready_order, sam, now, store):
    order = ready_order()
    document = order.documents.get(document_type="COP3")
    remove_document(order_id=order.pk, document_id=document.pk, store=store, by=sam, now=now)
    assert words(order) == [
        "COP 3 removed",
        "COP 4 added",
        "COP 3 added",
        "COP 1A added",
        "Court order added",
        "Lay deputy added",
        "Order details saved: New application, sole, bond over £21,000",
        "Order added from the court's file",
    ]


def test_what_happened_on_the_way_to_opg_belongs_to_the_order(declared, worker, sirius, olive, now):
    submission = declared()
    sirius.faults({"kind": "500-after"})
    worker.deliver(submission)
    hold_submission(submission_id=submission.pk, reason="Look", by=olive, now=now)
    retry_submission(submission_id=submission.pk, reason="Again", by=olive, now=now)
    told = [(line.by, line.words) for line in history.history_of(submission.order)][:5]
    assert told == [
        ("Olive Operator", "Sending started again by OPG digital"),
        ("Olive Operator", "Sending stopped until OPG digital has looked at it"),
        (
            "Serve OPG",
            "Checking with OPG whether the order arrived: OPG's system gave no clear answer",
        ),
        ("Sam Staff", "Handed over to be sent to OPG"),
        ("Sam Staff", "COP 4 added"),
    ]


def test_another_orders_history_stays_away(declared, pending_order, olive, now):
    submission, other = declared(), pending_order()
    cancel_submission(submission_id=submission.pk, reason="Late", by=olive, now=now)
    assert words(other) == ["Order added from the court's file"]
    assert words(submission.order)[0] == "Withdrawn before anything was sent to OPG"


def test_no_name_address_or_free_text_of_the_diary_is_shown(declared, worker, olive, sirius, now):
    submission = declared()
    hold_submission(submission_id=submission.pk, reason="Joni called", by=olive, now=now)
    return_submission(submission_id=submission.pk, reason="Joni called", by=olive, now=now)
    said = " ".join(words(submission.order))
    for secret in ("Joni", "Mitchell", "Dana", "dana@", "High Street", "dc_doc_", "called"):
        assert secret not in said


@pytest.mark.parametrize(
    ("event", "facts", "said"),
    [
        ("ORDER_ANSWERED", {"order_subtype": "GONE"}, "Order details saved"),
        ("DOCUMENT_ATTACHED", {"document_type": "GONE"}, "Document added"),
        ("DEPUTY_CHANGED", {"changed": []}, "Deputy saved without a change"),
        ("DEPUTIES_COPIED", {"deputies": [1, 2]}, "2 deputies copied from another order"),
        (
            "SUBMISSION_HELD",
            {"reason": "GONE"},
            "Sending stopped until OPG digital has looked at it",
        ),
        ("A_LATER_RELEASE", {}, "A_LATER_RELEASE"),
    ],
)
def test_what_another_release_wrote_breaks_no_page(event, facts, said):
    moment = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    assert history.line_of(Entry(event=event, facts=facts, at=moment)).words == said


def test_every_reason_that_the_diary_may_carry_is_told_or_left_out_on_purpose():
    told_by_the_event = {
        *(rules.Reason.INVALID, rules.Reason.RETURNED, rules.Reason.WITHDRAWN),
        rules.Reason.CONFIRMED,
    }
    assert set(rules.Reason) - set(history.WHY) == told_by_the_event


def test_a_long_history_is_read_in_two_statements(ready_order, sam, now, django_assert_num_queries):
    order = Order.objects.get(pk=ready_order().pk)
    for _ in range(30):
        answers = {**ANSWERS, "first_name": "Another"}
        deputy = add_deputy(order_id=order.pk, answers=answers, by=sam, now=now)
        remove_deputy(order_id=order.pk, deputy_id=deputy.pk, by=sam, now=now)
    with django_assert_num_queries(2):
        assert len(history.history_of(order)) == 67
