"""Removing orders: what goes, what stays, and what the diary says."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

import audit
from audit.models import Entry
from orders import rules
from orders.models import Attempt, Case, Deputy, Document, Order
from orders.services.deputies import add_deputy, change_deputy
from orders.services.documents import keep_as_additional, remove_document
from orders.services.orders import answer_order, register_orders
from orders.services.removal import NamedOrder, OrderName, find_named_orders, remove_orders
from orders.services.serving import serve_order
from tests.orders.words import ANSWERS, new_order

pytestmark = pytest.mark.django_db


def name_of(order: Order, **changes) -> OrderName:
    values = {
        "case_number": order.case.case_number,
        "order_number": order.order_number,
        "made_date": order.made_date,
    }
    return OrderName(**{**values, **changes})


def shown(*orders: Order) -> list[NamedOrder]:
    found = find_named_orders([name_of(order) for order in orders])
    return [one for named in found.named for one in named]


def events_about(kind: str, row_id: int) -> list[str]:
    entries = Entry.objects.filter(subject_kind=kind, subject_id=row_id).order_by("pk")
    return list(entries.values_list("event", flat=True))


def test_an_order_is_found_by_case_and_number_whatever_its_type(pending_order):
    pfa = pending_order(case_number="93559316", order_type="PF", order_number="A1")
    health = pending_order(case_number="93559316", order_type="HW", order_number="A1")
    pending_order(case_number="93559316", order_number="A2")
    [found] = find_named_orders([name_of(pfa)]).named
    assert [one.order_id for one in found] == [pfa.pk, health.pk]


def test_no_such_case_and_no_such_number_are_told_apart(pending_order):
    order = pending_order()
    other_case = name_of(order, case_number="61429461")
    other_number = name_of(order, order_number="A")
    assert find_named_orders([other_case, other_number]).named == [None, []]


def test_an_order_without_a_number_is_found_by_its_made_date(pending_order):
    order = pending_order(order_number="")
    other_day = name_of(order, made_date=order.made_date + dt.timedelta(days=1))
    no_day = name_of(order, made_date=None)
    numbered = name_of(order, order_number="A1")
    found = find_named_orders([name_of(order), other_day, no_day, numbered]).named
    assert [len(one) for one in found] == [1, 0, 0, 0]


def test_what_an_order_holds_is_shown(ready_order):
    order = ready_order()
    [found] = shown(order)
    assert (found.tag, found.deputies, found.documents) == ("READY TO SERVE", 1, 4)
    assert found.client_name == "Joni Mitchell"
    assert found.is_pending


def test_cases_that_would_be_empty_are_counted(pending_order):
    pfa = pending_order(case_number="93559316", order_type="PF")
    health = pending_order(case_number="93559316", order_type="HW", order_number="B1")
    alone = pending_order(case_number="61429461")
    found = find_named_orders([name_of(pfa), name_of(health), name_of(alone)])
    one, two, three = (named[0] for named in found.named)
    assert found.emptied_cases([one]) == 0
    assert found.emptied_cases([one, two, three]) == 2


def test_a_removed_order_takes_its_parts_and_its_case_with_it(ready_order, sam, now):
    order = ready_order()
    keys = set(order.documents.values_list("key", flat=True))
    removed = remove_orders(orders=shown(order), by=sam, now=now)
    assert removed.order_ids == {order.pk}
    assert (removed.cases, removed.stayed, set(removed.keys)) == (1, {}, keys)
    for model in (Order, Case, Deputy, Document):
        assert not model.objects.exists()


def test_a_case_with_another_order_stays(pending_order, sam, now):
    going = pending_order(case_number="93559316", order_number="A1")
    staying = pending_order(case_number="93559316", order_number="A2")
    removed = remove_orders(orders=shown(going), by=sam, now=now)
    assert removed.cases == 0
    assert list(Order.objects.all()) == [staying]
    assert Case.objects.get().case_number == "93559316"


def test_the_diary_keeps_what_was_removed_and_by_whom(ready_order, sam, now):
    order = ready_order()
    case_id = order.case_id
    remove_orders(orders=shown(order), by=sam, now=now)
    history = events_about("orders.order", order.pk)
    assert history[0] == "ORDER_REGISTERED"
    assert history[-5:] == [*["DOCUMENT_REMOVED"] * 4, "ORDER_REMOVED"]
    entry = Entry.objects.get(event=audit.Event.ORDER_REMOVED)
    assert entry.by_id == sam.pk
    assert entry.facts["case_number"] == "93559316"
    assert entry.facts["order_number"] == "A1"
    assert (entry.facts["deputies"], entry.facts["documents"]) == (1, 4)
    assert events_about("orders.case", case_id)[-1] == "CASE_REMOVED"


def test_a_returned_submission_stays_without_its_order(declared, worker, sirius, sam, now):
    submission = declared()
    sirius.faults({"kind": "400-invalid"})
    assert worker.deliver(submission) == rules.State.REJECTED
    order = Order.objects.get()
    [found] = shown(order)
    assert found.tag == "RETURNED"
    assert remove_orders(orders=[found], by=sam, now=now).order_ids == {order.pk}
    submission.refresh_from_db()
    assert submission.order_id is None
    assert submission.court_reference == "93559316"
    assert Attempt.objects.filter(submission=submission).exists()


def test_an_order_that_is_being_sent_stays(declared, sam, now):
    order = declared().order
    [found] = shown(order)
    assert not found.is_pending
    removed = remove_orders(orders=[found], by=sam, now=now)
    assert removed.order_ids == set()
    assert removed.stayed[order.pk].status == rules.OrderStatus.SERVING


def test_a_served_order_stays(declared, worker, sam, now):
    submission = declared()
    assert worker.deliver(submission) == rules.State.ACCEPTED
    removed = remove_orders(orders=shown(submission.order), by=sam, now=now)
    assert removed.order_ids == set()
    assert Order.objects.get().status == rules.OrderStatus.SERVED


def test_an_order_served_after_it_was_shown_stays(ready_order, sam, now):
    order = ready_order()
    before = shown(order)
    serve_order(order_id=order.pk, by=sam, now=now)
    removed = remove_orders(orders=before, by=sam, now=now)
    assert removed.order_ids == set()
    assert removed.stayed[order.pk].status == rules.OrderStatus.SERVING
    assert not Entry.objects.filter(event=audit.Event.ORDER_REMOVED).exists()


def test_an_order_that_holds_more_than_was_shown_stays(pending_order, sam, now):
    order = pending_order()
    before = shown(order)
    add_deputy(order_id=order.pk, answers=ANSWERS, by=sam, now=now)
    removed = remove_orders(orders=before, by=sam, now=now)
    assert removed.order_ids == set()
    assert removed.stayed[order.pk].deputies == 1


@pytest.fixture
def work(attach, store, sam, now):
    """What staff can do to an order without a change of its tag or of how much it holds."""
    by = {"by": sam, "now": now}

    def correct_deputy(order):
        changed = {**ANSWERS, "town": "York"}
        change_deputy(order_id=order.pk, deputy_id=Deputy.objects.get().pk, answers=changed, **by)

    def answer_again(order):
        answers = {"order_subtype": order.order_subtype, "appointment_type": "JOINT"}
        answer_order(order_id=order.pk, **answers, bond_over_21000=True, store=store, **by)

    def replace_document(order):
        old = Document.objects.get(document_type="COP4")
        remove_document(order_id=order.pk, document_id=old.pk, store=store, **by)
        attach(order, rules.DocumentType.COP4, words="other")

    return {"deputy": correct_deputy, "answer": answer_again, "document": replace_document}


@pytest.mark.parametrize("part", ["deputy", "answer", "document"])
def test_an_order_that_was_worked_on_since_stays(ready_order, work, sam, now, part):
    order = ready_order()
    before = shown(order)
    work[part](order)
    removed = remove_orders(orders=before, by=sam, now=now)
    assert removed.order_ids == set()
    standing = removed.stayed[order.pk]
    assert (standing.tag, standing.deputies, standing.documents) == ("READY TO SERVE", 1, 4)


def test_an_order_whose_document_became_an_additional_one_stays(ready_order, sam, now):
    order = ready_order()
    answers = {**ANSWERS, "deputy_type": "PUBLIC_AUTHORITY"}
    add_deputy(order_id=order.pk, answers=answers, by=sam, now=now)
    before = shown(order)
    document = Document.objects.get(document_type="COP4")
    keep_as_additional(order_id=order.pk, document_id=document.pk, by=sam, now=now)
    assert remove_orders(orders=before, by=sam, now=now).order_ids == set()


def test_an_order_that_is_gone_already_is_said_to_be(pending_order, sam, now):
    order = pending_order()
    before = shown(order)
    remove_orders(orders=before, by=sam, now=now)
    assert remove_orders(orders=before, by=sam, now=now).stayed == {order.pk: None}


def test_a_failure_in_between_leaves_everything(ready_order, sam, now, monkeypatch):
    order = ready_order()
    before = shown(order)
    events = Entry.objects.count()

    def refuse(*_args, **_kwargs):
        raise RuntimeError("no")

    monkeypatch.setattr("orders.services.removal._remove_empty_cases", refuse)
    with pytest.raises(RuntimeError):
        remove_orders(orders=before, by=sam, now=now)
    assert order.documents.count() == 4
    assert Entry.objects.count() == events


@pytest.mark.django_db(transaction=True)
def test_a_case_does_not_go_while_an_import_adds_an_order_to_it(pending_order, sam, now):
    going = shown(pending_order(order_number="A1"))
    outcomes = []

    def remove():
        try:
            outcomes.append(remove_orders(orders=going, by=sam, now=now))
        finally:
            connection.close()

    with transaction.atomic():
        register_orders(rows=[new_order(order_number="A2")], by=sam, now=now)
        other = threading.Thread(target=remove)
        other.start()
        _until_it_waits_for_registering(other)
    other.join(timeout=10)
    assert outcomes[0].cases == 0
    assert Order.objects.get().order_number == "A2"


def _until_it_waits_for_registering(other: threading.Thread) -> None:
    with connection.cursor() as cursor:
        while other.is_alive():
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype='advisory' AND NOT granted"
            )
            if cursor.fetchone()[0]:
                return


def test_many_orders_cost_no_more_statements_than_few(
    pending_order, sam, now, django_assert_max_num_queries
):
    rows = [new_order(case_number=f"{n:08d}", order_number=f"N{n}") for n in range(300)]
    register_orders(rows=rows, by=sam, now=now)
    names = [
        OrderName(case_number=row.case_number, order_number=row.order_number, made_date=None)
        for row in rows
    ]
    with django_assert_max_num_queries(6):
        found = find_named_orders(names)
    with django_assert_max_num_queries(40):
        removed = remove_orders(
            orders=[one for named in found.named for one in named], by=sam, now=now
        )
    assert (len(removed.order_ids), removed.cases) == (300, 300)
