"""Orders that reached OPG by email: recorded by an administrator, then served for ever."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import Entry
from orders.models import Order, ServedByEmail, Submission
from orders.services.by_email import record_served_by_email
from orders.services.deputies import add_deputy
from orders.services.errors import AlreadyBeingServed, OrderNotEditable
from orders.services.serving import serve_order
from tests.orders.reading import Reader
from tests.orders.words import ANSWERS

SENT = dt.date(2026, 5, 29)
EMAILED = {"sent_date": SENT, "evidence": "Pat of OPG rang", "reason": "Sirius was out"}


@pytest.fixture
def emailed(pending_order, ada, now):
    order = pending_order()
    record_served_by_email(order_id=order.pk, answers=EMAILED, by=ada, now=now)
    return Order.objects.get(pk=order.pk)


def test_order_is_served_on_the_day_of_the_email_with_who_and_why(emailed, ada, now):
    assert emailed.status == "SERVED"
    assert emailed.served_at.date() == SENT
    record = emailed.served_by_email
    assert (record.recorded_by, record.recorded_at, record.reason) == (ada, now, "Sirius was out")
    entry = Entry.objects.about(emailed).get(event="ORDER_SERVED_BY_EMAIL")
    assert (entry.by_id, entry.facts["sent_date"]) == (ada.pk, "2026-05-29")


def test_order_of_today_is_not_served_in_the_future(pending_order, ada, now):
    order = pending_order()
    answers = {**EMAILED, "sent_date": now.date()}
    record_served_by_email(order_id=order.pk, answers=answers, by=ada, now=now)
    order.refresh_from_db()
    assert order.served_at == now


def test_order_is_never_sent_and_never_changed(emailed, sam, now):
    with pytest.raises(OrderNotEditable):
        serve_order(order_id=emailed.pk, by=sam, now=now)
    with pytest.raises(OrderNotEditable):
        add_deputy(order_id=emailed.pk, answers=ANSWERS, by=sam, now=now)
    assert not Submission.objects.filter(order=emailed).exists()


def test_order_is_not_recorded_twice(emailed, ada, now):
    with pytest.raises(OrderNotEditable):
        record_served_by_email(order_id=emailed.pk, answers=EMAILED, by=ada, now=now)
    assert ServedByEmail.objects.count() == 1


def test_order_that_is_being_sent_is_not_recorded(declared, ada, now):
    submission = declared()
    with pytest.raises(OrderNotEditable, match="being sent"):
        record_served_by_email(order_id=submission.order_id, answers=EMAILED, by=ada, now=now)
    assert not ServedByEmail.objects.exists()


def test_order_is_not_recorded_while_another_of_its_kind_is_being_sent(
    ready_order, pending_order, sam, ada, now
):
    first = ready_order()
    serve_order(order_id=first.pk, by=sam, now=now)
    second = pending_order(case_number=first.case.case_number, order_number="another")
    with pytest.raises(AlreadyBeingServed):
        record_served_by_email(order_id=second.pk, answers=EMAILED, by=ada, now=now)
    second.refresh_from_db()
    assert second.status == "PENDING"


def test_another_order_of_the_kind_is_warned_about(emailed, pending_order, signed_in):
    other = pending_order(case_number=emailed.case.case_number, order_number="another")
    other.order_subtype = "NEW_APPLICATION"
    other.save()
    page = Reader(signed_in.get(f"/order/{other.pk}/summary"))
    assert "Another order of this type was already served" in page.main


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE orders_servedbyemail SET reason = 'x' WHERE order_id = %s",
        "DELETE FROM orders_servedbyemail WHERE order_id = %s",
    ],
)
def test_what_was_recorded_is_never_changed(emailed, sql):
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [emailed.pk])


def test_an_order_is_not_served_without_a_record_nor_recorded_without_being_served(
    pending_order, ada, now
):
    order = pending_order()
    with pytest.raises(DatabaseError, match="stands SERVED"), transaction.atomic():
        serve_without_record(order, now)
    with pytest.raises(DatabaseError, match="stands PENDING"), transaction.atomic():
        record_without_serving(order, ada, now)


def serve_without_record(order, now):
    Order.objects.filter(pk=order.pk).update(status="SERVED", served_at=now)
    check_now()


def record_without_serving(order, ada, now):
    ServedByEmail.objects.create(order=order, recorded_by=ada, recorded_at=now, **EMAILED)
    check_now()


def check_now():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# --- The page -------------------------------------------------------------------------------------
TYPED = {
    "sent_date-day": "29",
    "sent_date-month": "5",
    "sent_date-year": "2026",
    "evidence": "Pat of OPG rang",
    "reason": "Sirius was out",
    "whole": "on",
}


def test_an_order_that_lacks_something_is_recorded_only_when_somebody_says_the_email_had_it(
    pending_order, ready_order, ada, client_of
):
    order, browser = pending_order(), client_of(ada)
    page = Reader(browser.get(f"/order/{order.pk}/served-by-email"))
    assert "Add at least one deputy" in page.main
    answers = {name: text for name, text in TYPED.items() if name != "whole"}
    page = Reader(browser.post(f"/order/{order.pk}/served-by-email", answers))
    assert page.errors == ["Confirm that the email to OPG held what is missing here"]
    assert not ServedByEmail.objects.exists()

    whole = ready_order()
    assert "not complete" not in Reader(browser.get(f"/order/{whole.pk}/served-by-email")).main
    assert browser.post(f"/order/{whole.pk}/served-by-email", answers).status_code == 302


def test_an_administrator_records_it_on_a_page(pending_order, ada, client_of):
    order, browser = pending_order(), client_of(ada)
    summary = Reader(browser.get(f"/order/{order.pk}/edit"))
    assert "Record that this order was served by email" in summary.main
    answer = browser.post(f"/order/{order.pk}/served-by-email", TYPED, follow=True)
    page = Reader(answer)
    assert answer.redirect_chain[-1][0] == f"/order/{order.pk}/summary-served"
    for words in ("By email on 29 May 2026", "Pat of OPG rang", "Sirius was out", "Ada Admin"):
        assert words in page.main


def test_bad_answers_are_named_and_kept(pending_order, ada, client_of):
    order = pending_order()
    typed = {**TYPED, "sent_date-year": "2999", "reason": ""}
    page = Reader(client_of(ada).post(f"/order/{order.pk}/served-by-email", typed))
    assert "The date of the email must be today or in the past" in page.main
    assert "Enter why it was not served here" in page.main
    assert "Pat of OPG rang" in page.main
    early = {**TYPED, "sent_date-year": "2001"}
    page = Reader(client_of(ada).post(f"/order/{order.pk}/served-by-email", early))
    assert "on or after the date the order was made" in page.main


def test_only_administrators_reach_the_page(pending_order, signed_in):
    order = pending_order()
    assert signed_in.get(f"/order/{order.pk}/served-by-email").status_code == 403
    assert signed_in.post(f"/order/{order.pk}/served-by-email", TYPED).status_code == 403
    page = Reader(signed_in.get(f"/order/{order.pk}/edit"))
    assert "served by email" not in page.main
    assert not ServedByEmail.objects.exists()
