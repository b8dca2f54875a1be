"""Deputies under double clicks, two tabs, the back button and colleagues who were faster."""

import threading

import pytest
from django.db import connection

from audit.models import Entry
from orders.models import Deputy
from orders.services.deputies import add_deputy, change_deputy
from orders.services.errors import DeputyAlreadyThere
from tests.orders.reading import Reader
from tests.orders.test_views_deputies import TYPED, changing
from tests.orders.words import ANSWERS

CHANGED = (
    "Somebody changed this deputy after you opened this page. "
    "Your answers are below, and not saved. Check them and save again"
)
EDITED = {**TYPED, "deputy_type": "LAY"}


def events(order):
    return list(Entry.objects.about(order).values_list("event", flat=True))


def test_a_form_that_is_sent_twice_adds_one_deputy_and_leads_the_same_way(signed_in, ready_order):
    order = ready_order()
    adding = f"/order/{order.pk}/deputy/add?deputyType=LAY"
    first = signed_in.post(adding, {**TYPED, "then": "continue"})
    again = signed_in.post(adding, {**TYPED, "then": "continue"}, follow=True)
    assert again.redirect_chain[0][0] == first.url == f"/order/{order.pk}/summary"
    assert (
        "The same details were sent twice, so Dana O'Deputy is on this order once."
        in (Reader(again).banners[-1])
    )
    assert order.deputies.filter(last_name="O'Deputy").count() == 1
    assert events(order).count("DEPUTY_ADDED") == 2  # that of `ready_order`, and this one


def test_another_type_or_birth_is_another_deputy(signed_in, order, adding):
    signed_in.post(adding, TYPED)
    signed_in.post(adding, {**TYPED, "date_of_birth-year": "1984"})
    signed_in.post(adding.replace("LAY", "PROFESSIONAL"), TYPED)
    assert order.deputies.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_add_one_deputy(pending_order, sam, now):
    order = pending_order()
    ready, told = threading.Barrier(2), []

    def click():
        try:
            ready.wait()
            add_deputy(order_id=order.pk, answers=ANSWERS, by=sam, now=now)
            told.append("added")
        except DeputyAlreadyThere:
            told.append("there")
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert sorted(told) == ["added", "there"]
    assert order.deputies.count() == 1


def test_a_change_that_is_sent_twice_is_one_change(signed_in, deputy):
    seen = Reader(signed_in.get(changing(deputy))).hidden["seen"]
    for _ in range(2):
        response = signed_in.post(changing(deputy), {**EDITED, "seen": seen})
        assert response.url == f"/order/{deputy.order_id}/summary"
    assert events(deputy.order).count("DEPUTY_CHANGED") == 1


def test_a_colleagues_change_is_not_overwritten_unseen(signed_in, deputy, ada, now):
    seen = Reader(signed_in.get(changing(deputy))).hidden["seen"]
    theirs = {**ANSWERS, "town": "York"}
    change_deputy(order_id=deputy.order_id, deputy_id=deputy.pk, answers=theirs, by=ada, now=now)
    page = Reader(signed_in.post(changing(deputy), {**EDITED, "seen": seen}))
    assert page.errors == [CHANGED]
    assert page.row("Address") == ["1 High Street York LS1 1AA"]
    assert page.value("Last name") == "O'Deputy"
    deputy.refresh_from_db()
    assert (deputy.town, deputy.last_name) == ("York", "Deputy")
    # Having seen what stands there, one may say so again.
    response = signed_in.post(changing(deputy), {**EDITED, "seen": page.hidden["seen"]})
    assert response.url == f"/order/{deputy.order_id}/summary"
    deputy.refresh_from_db()
    assert (deputy.town, deputy.last_name) == ("Leeds", "O'Deputy")


def test_an_error_does_not_make_a_page_forget_what_it_saw(signed_in, deputy, ada, now):
    seen = Reader(signed_in.get(changing(deputy))).hidden["seen"]
    theirs = {**ANSWERS, "town": "York"}
    change_deputy(order_id=deputy.order_id, deputy_id=deputy.pk, answers=theirs, by=ada, now=now)
    wrong = {**EDITED, "first_name": "", "seen": seen}
    page = Reader(signed_in.post(changing(deputy), wrong))
    assert page.errors == ["Please enter the deputy's first name"]
    page = Reader(signed_in.post(changing(deputy), {**EDITED, "seen": page.hidden["seen"]}))
    assert page.errors == [CHANGED]


@pytest.mark.parametrize("what", ["edit", "delete"])
def test_a_deputy_that_was_removed_meanwhile_is_said_so(signed_in, deputy, what):
    deputy.delete()
    response = signed_in.get(f"/case/order/{deputy.order_id}/deputy/{what}/1234567")
    page = Reader(response)
    assert response.status_code == 404
    assert page.heading == "This deputy is not on this order"
    assert page.follow("Go to the order") == f"/order/{deputy.order_id}/summary"
    assert page.buttons == []


def test_what_was_typed_about_a_removed_deputy_can_be_added_again(signed_in, deputy):
    address, order = changing(deputy), deputy.order
    deputy.delete()
    typed = {**EDITED, "then": "continue"}
    response = signed_in.post(address, typed)
    page = Reader(response)
    assert response.status_code == 404
    assert "Your answers were not saved." in page.main
    assert page.buttons == ["Add this deputy again"]
    form = page.soup.select_one("main form")
    response = signed_in.post(form["action"], {**page.hidden, "then": "continue"})
    assert response.url == f"/order/{order.pk}/summary"
    added = order.deputies.get()
    assert (added.deputy_type, added.last_name, str(added.date_of_birth)) == (
        "LAY",
        "O'Deputy",
        "1980-02-29",
    )


def test_removing_twice_removes_one_and_says_so(signed_in, deputy):
    other = Deputy.objects.create(order=deputy.order, deputy_type="LAY", first_name="B")
    address = changing(deputy, "delete")
    assert signed_in.post(address).status_code == 302
    again = signed_in.post(address)
    assert again.status_code == 404
    assert Reader(again).heading == "This deputy is not on this order"
    assert Deputy.objects.get() == other


def test_what_was_typed_when_the_session_ended_is_still_there(signed_in, adding, order):
    response = signed_in.post(adding, {**TYPED, "only-keep": "1"}, follow=True)
    page = Reader(response)
    assert page.heading == "Add a deputy"
    assert (page.value("First name"), page.value("Year")) == ("Dana", "1980")
    assert not order.deputies.exists()


def test_a_kept_page_remembers_what_it_saw_of_a_deputy(signed_in, deputy, ada, now):
    seen = Reader(signed_in.get(changing(deputy))).hidden["seen"]
    theirs = {**ANSWERS, "town": "York"}
    change_deputy(order_id=deputy.order_id, deputy_id=deputy.pk, answers=theirs, by=ada, now=now)
    kept = {**EDITED, "deputy_type": "PROFESSIONAL", "seen": seen, "only-keep": "1"}
    page = Reader(signed_in.post(changing(deputy), kept, follow=True))
    assert page.chosen("Deputy type") == ["PROFESSIONAL"]
    assert page.value("Last name") == "O'Deputy"
    page = Reader(signed_in.post(changing(deputy), {**EDITED, "seen": page.hidden["seen"]}))
    assert page.errors == [CHANGED]
