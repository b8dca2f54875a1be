"""What the lists and pages read."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import models, queries
from orders.models import Order
from orders.services.orders import register_orders
from tests.orders.words import new_order


def numbers(order_list):
    return [row.order.order_number for row in order_list.rows]


@pytest.fixture
def three_orders(sam, now):
    days = {"B": 20, "A": 10, "C": 15}
    rows = [
        new_order(order_number=number, issue_date=dt.date(2026, 5, day))
        for number, day in days.items()
    ]
    register_orders(rows=rows, by=sam, now=now)


def test_to_do_shows_the_oldest_issued_first(three_orders):
    found = queries.orders_to_do(words="", page=1)
    assert numbers(found) == ["A", "C", "B"]
    assert (str(found.to_do), str(found.served)) == ("3", "0")


def test_orders_in_hand_come_first_in_to_do(pending_order, declared):
    pending_order(order_number="old", issue_date=dt.date(2026, 5, 2))
    declared(order_number="sending", issue_date=dt.date(2026, 5, 30))
    found = queries.orders_to_do(words="", page=1)
    assert numbers(found) == ["sending", "old"]
    assert [row.tag for row in found.rows] == ["SENDING", "TO DO"]


def test_served_tab_shows_the_newest_first_with_documents(declared, worker):
    first, second = declared(order_number="1"), declared(order_number="2")
    worker.deliver(first)
    worker.deliver(second)
    found = queries.orders_served(words="", page=1)
    assert numbers(found) == ["2", "1"]
    assert [row.order.documents.count() for row in found.rows] == [4, 4]
    assert (str(found.to_do), str(found.served)) == ("0", "2")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("93559316", ["one"]),
        (" 9355 9316 ", ["one"]),
        ("1234567t", ["two"]),
        ("9355931", []),
        ("mitch", ["one"]),
        ("JONI MIT", ["one"]),
        ("joni  mitchell", ["one"]),
        ("özil", ["two"]),
        ("OZIL", ["two"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("joni' OR '1'='1", []),
        ("joni%' --", []),
    ],
)
def test_search_by_exact_case_number_or_part_of_the_name(sam, now, words, found):
    register_orders(
        rows=[
            new_order(order_number="one"),
            new_order(case_number="1234567T", order_number="two", forename="Mesut", surname="Özil"),
        ],
        by=sam,
        now=now,
    )
    assert numbers(queries.orders_to_do(words=words, page=1)) == found


def test_pages_hold_fifty_rows(sam, now):
    rows = [new_order(order_number=f"N{number:03}") for number in range(120)]
    register_orders(rows=rows, by=sam, now=now)
    sizes = [len(queries.orders_to_do(words="", page=page).rows) for page in (1, 2, 3)]
    assert sizes == [50, 50, 20]
    assert len(queries.orders_to_do(words="", page="nonsense").rows) == 50
    assert len(queries.orders_to_do(words="", page=99).rows) == 20


def test_list_asks_the_database_as_often_for_fifty_rows_as_for_one(
    sam, now, django_assert_num_queries
):
    rows = [new_order(order_number=f"N{number:03}") for number in range(60)]
    register_orders(rows=rows, by=sam, now=now)
    with django_assert_num_queries(6):
        queries.orders_to_do(words="", page=1)


# --- A million orders: by which index, never in what time ----------------------------------------
@pytest.fixture
def plans(db):
    """The plans of everything that a function asks, where a scan of a whole table is dear."""

    def explain(ask):
        with CaptureQueriesContext(connection) as asked:
            ask()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            for query in asked.captured_queries:
                cursor.execute("EXPLAIN " + query["sql"])
                yield query["sql"], "\n".join(line for (line,) in cursor.fetchall())

    return explain


@pytest.mark.parametrize("words", ["mitchell", "mit"])
def test_names_are_found_by_the_trigram_index(plans, three_orders, words):
    asked = plans(lambda: queries.orders_to_do(words=words, page=1))
    [plan] = [plan for sql, plan in asked if "LIKE" in sql]
    assert "case_search" in plan


@pytest.mark.parametrize(
    ("find", "index"),
    [(queries.orders_to_do, "order_to_do"), (queries.orders_served, "order_served")],
)
def test_each_tab_is_read_in_the_order_of_its_index(
    plans, three_orders, declared, worker, find, index
):
    worker.deliver(declared(case_number="61429461"))
    asked = plans(lambda: find(words="", page=1))
    [plan] = [plan for sql, plan in asked if "LIMIT" in sql and "latest_state" not in sql]
    assert index in plan
    assert "Sort" not in plan


def test_the_search_text_is_the_same_in_the_column_and_in_the_question(sam, now):
    rows = [new_order(forename="  Siân ", surname="O’HANLON-Šé  Ünal")]
    register_orders(rows=rows, by=sam, now=now)
    for words in ("siân o'hanlon", "SIAN O‘HANLON", "hanlon-se  unal"):
        assert numbers(queries.orders_to_do(words=words, page=1)) == ["A1"]


def test_a_case_number_finds_its_case_and_nothing_else(sam, now):
    rows = [
        new_order(case_number="12345678", order_number="by number"),
        new_order(case_number="93559316", order_number="by name", surname="12345678"),
    ]
    register_orders(rows=rows, by=sam, now=now)
    assert numbers(queries.orders_to_do(words="1234 5678", page=1)) == ["by number"]
    assert queries.orders_served(words="12345678", page=1).rows == []


@pytest.fixture
def sixty_joni(sam, now):
    rows = [new_order(case_number=f"{number:08}") for number in range(60)]
    register_orders(rows=[*rows, new_order(forename="Joan")], by=sam, now=now)


@pytest.mark.parametrize("few", [2000, 60, 59, 0])
def test_a_search_finds_the_same_whether_few_or_many_are_called_so(sixty_joni, monkeypatch, few):
    monkeypatch.setattr(models, "FEW_CASES", few)
    found = queries.orders_to_do(words="joni mitchell", page=2)
    assert (len(found.rows), str(found.to_do), str(found.served)) == (10, "60", "0")


def test_a_search_is_counted_up_to_a_bound_and_pages_end_there(sixty_joni, monkeypatch):
    monkeypatch.setattr(queries, "MOST_COUNTED", 55)
    found = queries.orders_to_do(words="joni", page=99)
    assert (len(found.rows), str(found.to_do)) == (5, "55+")
    assert str(queries.orders_to_do(words="", page=1).to_do) == "61"


def test_order_page_tells_what_is_missing(pending_order, now):
    page = queries.get_order_page(pending_order().pk, today=now.date())
    assert not page.is_ready
    assert "Add at least one deputy" in page.missing
    assert [slot.document_type for slot in page.slots] == [
        "COURT_ORDER",
        "COP1A",
        "COP3",
        "COP4",
        "OTHER",
    ]


def test_order_page_of_a_ready_order(ready_order, now):
    page = queries.get_order_page(ready_order().pk, today=now.date())
    assert page.is_ready
    assert page.tag == "READY TO SERVE"
    assert page.missing == []


def test_another_order_of_the_type_already_served_is_warned_about(
    declared, worker, pending_order, now
):
    worker.deliver(declared())
    again = pending_order(case_number="93559316", order_number="A9")
    page = queries.get_order_page(again.pk, today=now.date())
    assert any("already served" in warning for warning in page.warnings)


def test_get_order_of_no_order_raises(db):
    with pytest.raises(Order.DoesNotExist):
        queries.get_order(404)
