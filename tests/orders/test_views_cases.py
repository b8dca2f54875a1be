"""The case list: tabs, search, paging, where each line leads."""

import datetime as dt

import pytest

from orders import queries
from orders.services.orders import register_orders
from orders.services.serving import cancel_submission
from tests.orders.reading import Reader
from tests.orders.words import new_order

PENDING = [
    "Case number",
    "Order type",
    "Order number",
    "Client name",
    "Order made",
    "Order issued",
    "Status",
]
SERVED = [*PENDING[:-1], "Order served", "Documents"]


def test_the_list_shows_what_is_to_do_the_oldest_issued_first(signed_in, pending_order):
    late = pending_order(issue_date=dt.date(2026, 5, 20), order_type="HW", surname="Late")
    early = pending_order(issue_date=dt.date(2026, 5, 2), order_number="", surname="Early")
    page = Reader(signed_in.get("/case"))
    assert page.heading == "Orders"
    assert page.columns == PENDING
    assert page.rows == [
        [early.case.case_number, "PFA", "", "Joni Early", "1 May 2026", "2 May 2026", "TO DO"],
        [late.case.case_number, "HW", "A1", "Joni Late", "1 May 2026", "20 May 2026", "TO DO"],
    ]
    assert page.follow(late.case.case_number) == f"/order/{late.pk}/summary"


def test_the_served_tab_shows_when_and_how_many_documents(signed_in, declared, worker, sirius):
    submission = declared()
    worker.deliver(submission)
    page = Reader(signed_in.get("/case?type=served"))
    [row] = page.rows
    assert page.columns == SERVED
    assert row[:4] == ["93559316", "PFA", "A1", "Joni Mitchell"]
    assert row[-1] == "4"
    assert page.follow("93559316") == f"/order/{submission.order_id}/summary-served"


def test_the_tabs_count_and_keep_the_search(signed_in, pending_order, declared, worker, sirius):
    pending_order(surname="O'Dell")
    worker.deliver(declared(surname="O'Dell"))
    pending_order(surname="Other")
    page = Reader(signed_in.get("/case", {"q": "o'dell"}))
    assert page.follow("To do (1)") == "/case?type=pending&q=o%27dell"
    assert page.follow("Served (1)") == "/case?type=served&q=o%27dell"
    assert page.value("Search by case number or client name") == "o'dell"
    assert "To do (2)" in Reader(signed_in.get("/case")).links


@pytest.mark.parametrize("words", ["93559316", "9355 9316", "mitch", "Joni Mit", " MITCHELL "])
def test_search_finds_by_case_number_or_part_of_the_name(signed_in, pending_order, words):
    pending_order(case_number="93559316")
    pending_order(case_number="3342748T", surname="Someone")
    assert [row[0] for row in Reader(signed_in.get("/case", {"q": words})).rows] == ["93559316"]


@pytest.mark.parametrize("words", ["9355931", "nobody", "%", "_"])
def test_a_search_that_finds_nothing_says_so(signed_in, pending_order, words):
    pending_order()
    page = Reader(signed_in.get("/case", {"q": words}))
    assert "No orders found" in page.main
    assert page.rows == []


def test_an_empty_service_says_how_to_begin(signed_in, pending_order):
    page = Reader(signed_in.get("/case?type=served"))
    assert "No orders found" in page.main
    assert page.follow("Upload the court's file to begin") == "/upload-csv"
    pending_order()
    assert "to begin" not in Reader(signed_in.get("/case?type=served")).main


def test_what_a_search_finds_on_the_other_tab_is_one_click_away(signed_in, pending_order):
    order = pending_order()
    page = Reader(signed_in.get("/case", {"type": "served", "q": "joni"}))
    assert "No orders found" in page.main
    page = Reader(signed_in.get(page.follow("See what was found on the other tab")))
    assert page.follow(order.case.case_number)
    page = Reader(signed_in.get("/case", {"q": "nobody"}))
    assert "on the other tab" not in page.main
    assert "Check the spelling" in page.main


def test_what_is_shown_is_counted_in_words(signed_in, sam, now, monkeypatch):
    rows = [new_order(case_number=f"{number:08}") for number in range(70)]
    register_orders(rows=rows, by=sam, now=now)
    assert "Showing 51 to 70 of 70 orders." in Reader(signed_in.get("/case?page=2")).main
    assert "Showing 1 to 1 of 1 order." in Reader(signed_in.get("/case?q=00000007")).main
    monkeypatch.setattr(queries, "MOST_COUNTED", 60)
    page = Reader(signed_in.get("/case?q=joni&page=2"))
    assert "Showing 51 to 60 of more than 60 orders. The rest cannot be shown" in page.main
    assert "To do (60+)" in page.links


def test_words_that_cannot_be_searched_for_are_refused_beside_the_box(signed_in):
    page = Reader(signed_in.get("/case", {"q": "a\0b"}))
    assert page.errors == [
        (
            "Search by case number or client name must not have an invisible character in it."
            " Type it, do not paste it"
        )
    ]


def test_orders_on_their_way_stand_first(signed_in, pending_order, declared, sam, now):
    pending_order(issue_date=dt.date(2026, 5, 2))
    sent = declared(issue_date=dt.date(2026, 5, 30))
    page = Reader(signed_in.get("/case"))
    assert [row[-1] for row in page.rows] == ["SENDING", "TO DO"]
    assert page.follow(sent.court_reference) == f"/order/{sent.order_id}/progress"
    cancel_submission(submission_id=sent.pk, reason="test", by=sam, now=now)
    page = Reader(signed_in.get("/case"))
    assert [row[-1] for row in page.rows] == ["TO DO", "READY TO SERVE"]
    assert page.follow(sent.court_reference) == f"/order/{sent.order_id}/summary"


def test_the_list_comes_in_pages_of_fifty(signed_in, sam, now):
    rows = [new_order(case_number=f"{number:08}") for number in range(120)]
    register_orders(rows=rows, by=sam, now=now)
    first = Reader(signed_in.get("/case?q=joni"))
    assert len(first.rows) == 50
    assert first.follow("Next page") == "?q=joni&page=2"
    seen = [
        row[0]
        for number in (1, 2, 3)
        for row in Reader(signed_in.get("/case", {"page": number})).rows
    ]
    assert seen == [row.case_number for row in rows]


@pytest.mark.parametrize(("page", "shown"), [("99", 20), ("0", 20), ("x", 50), ("", 50)])
def test_a_page_that_is_not_there_shows_one_that_is(signed_in, sam, now, page, shown):
    rows = [new_order(case_number=f"{number:08}") for number in range(70)]
    register_orders(rows=rows, by=sam, now=now)
    assert len(Reader(signed_in.get("/case", {"page": page})).rows) == shown


def test_a_full_list_asks_the_database_no_more_than_a_short_one(
    signed_in, sam, now, django_assert_max_num_queries
):
    rows = [new_order(case_number=f"{number:08}") for number in range(60)]
    register_orders(rows=rows, by=sam, now=now)
    with django_assert_max_num_queries(12):
        signed_in.get("/case")


def test_the_front_door_leads_to_the_list(signed_in):
    assert signed_in.get("/", follow=True).request["PATH_INFO"] == "/case"


def test_the_list_is_read_only(signed_in):
    assert signed_in.post("/case").status_code == 405
