"""Taking over what a file says otherwise: the rows, the diary, and what refuses in words."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from audit.images import without_images
from audit.models import Entry
from orders.models import Case, Order
from orders.services.differences import Standing, standings, take_over
from orders.services.orders import compare_orders, register_orders
from orders.services.serving import fingerprint, serve_order
from tests.orders.words import new_order

pytestmark = pytest.mark.django_db

UPLOAD = 7


@pytest.fixture
def differing():
    """The differences that a file would have; keywords are those of `NewOrder`."""

    def compare(**changes):
        return compare_orders(rows=[new_order(**changes)]).differences

    return compare


@pytest.fixture
def take(sam, now):
    def call(differences):
        done = take_over(differences=differences, by=sam, upload_id=UPLOAD, now=now)
        return [standing for _, standing in done.pairs]

    return call


def entries() -> list[Entry]:
    return list(Entry.objects.filter(event="ORDER_CORRECTED").order_by("pk"))


def test_dates_and_names_are_taken_over_and_the_diary_says_what_they_were(
    pending_order, differing, take, sam
):
    order = pending_order()
    found = differing(surname="MITCHELL-WALKER", issue_date=dt.date(2026, 5, 20))

    assert take(found) == [Standing.TAKEN_OVER, Standing.TAKEN_OVER]

    order.refresh_from_db()
    assert (order.issue_date, order.case.surname) == (dt.date(2026, 5, 20), "MITCHELL-WALKER")
    (entry,) = entries()
    assert (entry.subject_id, entry.by_id) == (order.pk, sam.pk)
    assert without_images(entry.facts) == {
        "upload": UPLOAD,
        "changes": {
            "surname": {"before": "Mitchell", "after": "MITCHELL-WALKER"},
            "issue_date": {"before": "2026-05-15", "after": "2026-05-20"},
        },
    }


def test_only_what_was_chosen_changes(pending_order, differing, take):
    order = pending_order()
    _, date = differing(surname="OTHER", issue_date=dt.date(2026, 5, 20))
    take([date])
    order.refresh_from_db()
    assert (order.issue_date, order.case.surname) == (dt.date(2026, 5, 20), "Mitchell")


def test_a_name_belongs_to_every_order_of_the_case_and_so_does_the_diary(
    pending_order, differing, take
):
    first = pending_order()
    second = pending_order(case_number=first.case.case_number, order_type="HW")
    take(differing(forename="Roberta"))
    assert Case.objects.get().forename == "Roberta"
    assert {entry.subject_id for entry in entries()} == {first.pk, second.pk}


def test_what_is_taken_over_twice_changes_once(pending_order, differing, take):
    pending_order()
    found = differing(issue_date=dt.date(2026, 5, 20))
    assert take(found) == take(found) == [Standing.TAKEN_OVER]
    assert len(entries()) == 1


def test_a_value_that_changed_since_is_left_alone(pending_order, differing, take):
    order = pending_order()
    found = differing(issue_date=dt.date(2026, 5, 20))
    take(differing(issue_date=dt.date(2026, 5, 18)))

    assert take(found) == [Standing.CHANGED_SINCE]

    order.refresh_from_db()
    assert order.issue_date == dt.date(2026, 5, 18)


def test_an_order_that_is_being_sent_or_was_served_stays(declared, differing, take, worker):
    submission = declared()
    found = differing(surname="OTHER", made_date=dt.date(2026, 5, 2))
    assert take(found) == [Standing.BEING_SENT, Standing.BEING_SENT]
    worker.deliver(submission)
    assert take(found) == [Standing.SERVED, Standing.SERVED]
    assert Case.objects.get().surname == "Mitchell"
    assert entries() == []


def test_a_name_stays_when_another_order_of_the_case_goes_or_went_out_with_it(
    declared, pending_order, differing, take, worker
):
    submission = declared()
    other = pending_order(case_number="93559316", order_type="HW")
    found = differing(order_type="HW", surname="OTHER", issue_date=dt.date(2026, 5, 20))
    assert take(found) == [Standing.CASE_BEING_SENT, Standing.TAKEN_OVER]
    worker.deliver(submission)
    assert take(found) == [Standing.CASE_SERVED, Standing.TAKEN_OVER]
    other.refresh_from_db()
    assert (other.case.surname, other.issue_date) == ("Mitchell", dt.date(2026, 5, 20))


def test_an_order_that_was_removed_is_gone(pending_order, differing, take):
    order = pending_order()
    found = differing(issue_date=dt.date(2026, 5, 20))
    order.delete()
    assert take(found) == [Standing.GONE]


def test_dates_that_would_cross_are_refused_alone_and_taken_together(
    pending_order, differing, take
):
    order = pending_order()
    made, issued = differing(made_date=dt.date(2026, 6, 1), issue_date=dt.date(2026, 6, 9))
    assert take([made]) == [Standing.DATES_CROSS]
    assert take([made, issued]) == [Standing.TAKEN_OVER, Standing.TAKEN_OVER]
    order.refresh_from_db()
    assert (order.made_date, order.issue_date) == (dt.date(2026, 6, 1), dt.date(2026, 6, 9))


def test_an_order_may_be_issued_on_the_day_it_was_made(pending_order, differing, take):
    assert take(differing(made_date=pending_order().issue_date)) == [Standing.TAKEN_OVER]


@pytest.mark.django_db(transaction=True)
def test_no_order_of_a_case_is_served_while_its_name_changes(
    pending_order, differing, take, in_another_connection
):
    other = pending_order(case_number=pending_order().case.case_number, order_number="A2")

    def begin_to_serve():
        with transaction.atomic():
            Order.objects.select_for_update(nowait=True).get(pk=other.pk)

    with transaction.atomic():
        assert take(differing(surname="OTHER")) == [Standing.TAKEN_OVER]
        with pytest.raises(OperationalError, match="could not obtain lock"):
            in_another_connection(begin_to_serve)


def test_a_name_is_taken_over_beside_dates_that_cross(pending_order, differing, take):
    pending_order()
    name, made = differing(surname="OTHER", made_date=dt.date(2026, 6, 1))[:2]
    assert take([name, made]) == [Standing.TAKEN_OVER, Standing.DATES_CROSS]
    assert Case.objects.get().surname == "OTHER"


def test_orders_without_a_number_are_told_apart_by_their_made_date(pending_order, differing, take):
    first = pending_order(order_number="")
    second = pending_order(
        case_number=first.case.case_number, order_number="", made_date=dt.date(2026, 5, 2)
    )
    take(differing(order_number="", made_date=second.made_date, issue_date=dt.date(2026, 7, 1)))
    assert Order.objects.get(pk=first.pk).issue_date == dt.date(2026, 5, 15)
    assert Order.objects.get(pk=second.pk).issue_date == dt.date(2026, 7, 1)


def test_one_refused_order_keeps_no_other_back(declared, pending_order, differing, take):
    declared()
    numbered = pending_order(case_number="61429461")
    found = [
        *differing(issue_date=dt.date(2026, 5, 20)),
        *differing(case_number="61429461", issue_date=dt.date(2026, 5, 20)),
    ]
    assert take(found) == [Standing.BEING_SENT, Standing.TAKEN_OVER]
    numbered.refresh_from_db()
    assert numbered.issue_date == dt.date(2026, 5, 20)


def test_standings_say_the_same_without_changing_anything(pending_order, differing):
    order = pending_order()
    found = differing(surname="OTHER", issue_date=dt.date(2026, 5, 20))
    gone = replace(found[0], case_number="33370455")
    standing = standings([*found, gone])
    assert [each for _, each in standing.pairs] == [Standing.OPEN, Standing.OPEN, Standing.GONE]
    order.refresh_from_db()
    assert order.case.surname == "Mitchell"


def test_standings_cost_the_same_however_many(sam, now, django_assert_num_queries):
    rows = [new_order(order_number=f"N{n}") for n in range(30)]
    register_orders(rows=rows, by=sam, now=now)
    later = [replace(row, issue_date=dt.date(2026, 7, 1)) for row in rows]
    found = compare_orders(rows=later).differences
    with django_assert_num_queries(1):
        standings(found[:3])
    with django_assert_num_queries(1):
        standings(found)


def test_a_declaration_page_that_shows_the_old_name_is_stale(
    ready_order, differing, take, sam, now
):
    order = ready_order()
    seen = fingerprint(order)
    take(differing(surname="OTHER"))
    with pytest.raises(Exception, match="changed or returned after you opened"):
        serve_order(order_id=order.pk, seen=seen, by=sam, now=now)


@pytest.fixture
def diary_refuses_corrections(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE audit_entry ADD CONSTRAINT no_corrections"
            " CHECK (event <> 'ORDER_CORRECTED') NOT VALID"
        )
        yield
        cursor.execute("ALTER TABLE audit_entry DROP CONSTRAINT no_corrections")


def test_a_failure_at_the_end_leaves_the_order_as_it_was(
    diary_refuses_corrections, pending_order, differing, take
):
    order = pending_order()
    found = differing(surname="OTHER", issue_date=dt.date(2026, 5, 20))
    with pytest.raises(IntegrityError, match="no_corrections"):
        take(found)
    fresh = Order.objects.get(pk=order.pk)
    assert (fresh.issue_date, fresh.case.surname) == (dt.date(2026, 5, 15), "Mitchell")
