"""Deputies copied from the case's other order: the service and its page."""

import datetime as dt
import threading

import pytest
from django.db import connection

from audit.images import without_images
from audit.models import Entry
from orders.models import Deputy, Order
from orders.rules import State
from orders.services.copying import Candidate, copy_deputies, orders_to_copy_from
from orders.services.deputies import add_deputy
from orders.services.errors import DeputiesChanged, OrderNotEditable
from tests.orders.reading import Reader
from tests.orders.words import ANSWERS, CASE_NUMBERS

CASE = CASE_NUMBERS[0]
PROFESSIONAL = {
    **ANSWERS,
    "deputy_type": "PROFESSIONAL",
    "first_name": "Перси",
    "last_name": "Ó Floinn",
    "date_of_birth": None,
}
CHANGED = "The deputies have changed since you opened this page. Check them and choose again"


@pytest.fixture
def order(pending_order):
    """The PFA order that needs deputies."""
    return pending_order(case_number=CASE, order_type="PF", order_number="A1")


@pytest.fixture
def source(pending_order, sam, now):
    """The HW order of the same case, with two deputies."""
    source = pending_order(case_number=CASE, order_type="HW", order_number="H7")
    for answers in (ANSWERS, PROFESSIONAL):
        add_deputy(order_id=source.pk, answers=answers, by=sam, now=now)
    return source


@pytest.fixture
def copying(order):
    return f"/order/{order.pk}/deputy/copy"


def marks(source):
    return [Candidate(deputy, False).mark for deputy in source.deputies.all()]


def ticked(page):
    return page.chosen("Select the deputies to add")


def events(order):
    return list(Entry.objects.about(order).values_list("event", flat=True))


# --- The service ---
def test_deputies_are_copied_with_every_answer_and_one_event(order, source, sam, now):
    added = copy_deputies(
        order_id=order.pk, source_id=source.pk, marks=marks(source), by=sam, now=now
    )
    assert [one.full_name for one in order.deputies.all()] == ["Dana Deputy", "Перси Ó Floinn"]
    for theirs, ours in zip(source.deputies.all(), order.deputies.all(), strict=True):
        assert all(getattr(ours, name) == getattr(theirs, name) for name in ANSWERS)
        assert ours.pk != theirs.pk
    event = Entry.objects.about(order).last()
    assert (event.event, event.by_name) == ("DEPUTIES_COPIED", "Sam Staff")
    assert without_images(event.facts) == {
        "source": source.pk,
        "deputies": [one.pk for one in added],
    }
    assert "DEPUTIES_COPIED" not in events(source)


def test_copying_twice_adds_nobody_twice(order, source, sam, now):
    for expected in (2, 0):
        added = copy_deputies(
            order_id=order.pk, source_id=source.pk, marks=marks(source) * 2, by=sam, now=now
        )
        assert len(added) == expected
    assert order.deputies.count() == 2
    assert events(order).count("DEPUTIES_COPIED") == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_copy_once(order, source, sam, now):
    ready, wanted = threading.Barrier(2), marks(source)

    def click():
        ready.wait()
        copy_deputies(order_id=order.pk, source_id=source.pk, marks=wanted, by=sam, now=now)
        connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert order.deputies.count() == 2


def test_one_that_changed_or_went_meanwhile_copies_nobody(order, source, sam, now):
    wanted = marks(source)
    first, second = source.deputies.all()
    first.town = "York"
    first.save()
    with pytest.raises(DeputiesChanged):
        copy_deputies(order_id=order.pk, source_id=source.pk, marks=wanted, by=sam, now=now)
    second.delete()
    with pytest.raises(DeputiesChanged):
        copy_deputies(
            order_id=order.pk,
            source_id=source.pk,
            marks=[*marks(source), wanted[1]],
            by=sam,
            now=now,
        )
    assert not order.deputies.exists()
    assert "DEPUTIES_COPIED" not in events(order)


def test_nobody_is_copied_from_another_case_or_the_order_itself(order, pending_order, sam, now):
    stranger = pending_order(case_number=CASE_NUMBERS[1])
    for there in (stranger, order):
        add_deputy(order_id=there.pk, answers=ANSWERS, by=sam, now=now)
        with pytest.raises(DeputiesChanged):
            copy_deputies(
                order_id=order.pk, source_id=there.pk, marks=marks(there), by=sam, now=now
            )
    assert orders_to_copy_from(order) == []


def test_an_order_on_its_way_gets_no_deputies(declared, sam, now):
    order = declared().order
    with pytest.raises(OrderNotEditable):
        copy_deputies(order_id=order.pk, source_id=1, marks=[], by=sam, now=now)


def test_a_failure_in_between_leaves_neither_deputies_nor_diary(
    order, source, sam, now, monkeypatch
):
    def fail(*_args, **_facts):
        raise RuntimeError("the diary is full")

    monkeypatch.setattr("audit.record", fail)
    with pytest.raises(RuntimeError):
        copy_deputies(order_id=order.pk, source_id=source.pk, marks=marks(source), by=sam, now=now)
    assert not order.deputies.exists()


# --- The page ---
def test_the_page_offers_every_deputy_ticked(signed_in, source, copying):
    page = Reader(signed_in.get(copying))
    assert page.heading == "Use the deputies from the HW order"
    assert "HW order H7, made on 1 May 2026" in page.main
    assert page.answers("Select the deputies to add") == ["Dana Deputy", "Перси Ó Floinn"]
    assert ticked(page) == marks(source)
    assert "Lay deputy; born 29 February 1980; 1 High Street, Leeds, LS1 1AA" in page.main
    assert page.buttons == ["Add the deputies"]


def test_all_ticked_deputies_are_added(signed_in, order, source, copying):
    page = Reader(signed_in.get(copying))
    response = signed_in.post(copying, {"deputies": ticked(page)})
    assert response.url == f"/order/{order.pk}/summary"
    page = Reader(signed_in.get(copying))
    assert page.banners == ["2 deputies added"]
    assert order.deputies.count() == 2
    # Those that are there are said so, and not ticked.
    assert ticked(page) == []
    assert page.main.count("already on this order") == 2


def test_one_of_them_can_be_added_alone(signed_in, order, source, copying):
    signed_in.post(copying, {"deputies": marks(source)[1:]})
    assert order.deputies.get().last_name == "Ó Floinn"
    page = Reader(signed_in.get(copying))
    assert page.banners == ["Deputy added"]
    assert ticked(page) == marks(source)[:1]


def test_a_second_click_adds_nobody_and_says_so(signed_in, order, source, copying):
    signed_in.post(copying, {"deputies": marks(source)})
    response = signed_in.post(copying, {"deputies": marks(source)})
    assert response.url == f"/order/{order.pk}/summary"
    banners = Reader(signed_in.get(copying)).banners
    assert banners[-1] == "Those deputies are on this order already. Nobody was added."
    assert order.deputies.count() == 2


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"town": "York", "email": ""}, True),
        ({"first_name": "DANA"}, True),
        ({"date_of_birth": None}, True),
        ({"date_of_birth": dt.date(1950, 1, 1)}, False),
        ({"deputy_type": "PROFESSIONAL"}, False),
        ({"first_name": "Dan"}, False),
    ],
)
def test_a_deputy_of_the_same_name_type_and_birth_is_there_already(
    signed_in, order, source, copying, sam, now, changes, expected
):
    add_deputy(order_id=order.pk, answers={**ANSWERS, **changes}, by=sam, now=now)
    is_ticked = marks(source)[0] in ticked(Reader(signed_in.get(copying)))
    assert is_ticked is not expected


def test_none_chosen_asks_for_one(signed_in, order, source, copying):
    page = Reader(signed_in.post(copying))
    assert page.errors == ["Select the deputies to add"]
    assert ticked(page) == []
    assert not order.deputies.exists()


def test_deputies_that_changed_meanwhile_are_asked_about_again(signed_in, order, source, copying):
    stale = marks(source)
    source.deputies.filter(last_name="Deputy").update(last_name="Deputy-Jones")
    page = Reader(signed_in.post(copying, {"deputies": stale}))
    assert page.errors == [CHANGED]
    assert "Dana Deputy-Jones" in page.answers("Select the deputies to add")
    assert not order.deputies.exists()


def test_a_source_that_lost_its_deputies_is_said_so(signed_in, source, copying):
    stale = marks(source)
    source.deputies.all().delete()
    for response in (signed_in.get(copying), signed_in.post(copying, {"deputies": stale})):
        page = Reader(response)
        assert page.heading == "No deputies to use"
        assert "No other order of this case has deputies." in page.main


def test_a_source_that_was_removed_is_said_so(signed_in, source, copying):
    stale, address = marks(source), f"{copying}?from={source.pk}"
    source.delete()
    page = Reader(signed_in.post(address, {"deputies": stale}))
    assert page.heading == "No deputies to use"


def test_with_several_other_orders_one_is_chosen(
    signed_in, order, source, copying, pending_order, sam, now
):
    older = pending_order(
        case_number=CASE, order_number="A0", made_date=dt.date(2025, 1, 2), order_type="PF"
    )
    add_deputy(order_id=older.pk, answers={**ANSWERS, "first_name": "Olu"}, by=sam, now=now)
    page = Reader(signed_in.get(copying))
    assert page.heading == "Which order has the deputies?"
    assert page.answers(page.heading) == [
        "HW order H7, made on 1 May 2026",
        "PFA order A0, made on 2 January 2025",
    ]
    assert page.chosen(page.heading) == []
    assert "Dana Deputy, Перси Ó Floinn" in page.main
    page = Reader(signed_in.get(f"{copying}?from={older.pk}"))
    assert page.heading == "Use the deputies from the PFA order"
    assert page.answers("Select the deputies to add") == ["Olu Deputy"]
    signed_in.post(f"{copying}?from={older.pk}", {"deputies": ticked(page)})
    assert order.deputies.get().first_name == "Olu"
    for wrong in ("", "1234567", "cat", str(order.pk)):
        page = Reader(signed_in.get(f"{copying}?from={wrong}"))
        assert page.heading == "Which order has the deputies?"
        assert len(page.errors) == 1


def test_deputies_of_a_served_order_can_be_used(signed_in, copying, declared, worker):
    submission = declared(case_number=CASE, order_type="HW", order_number="H8")
    assert worker.deliver(submission) == State.ACCEPTED
    assert ticked(Reader(signed_in.get(copying))) == marks(submission.order)


# --- Where the page is linked ---
def test_the_order_and_the_deputy_pages_lead_there(signed_in, order, source, copying):
    Order.objects.filter(pk=order.pk).update(order_subtype="NEW_APPLICATION")
    link = "Use the deputies from the HW order"
    for address in (f"/order/{order.pk}/summary", f"/order/{order.pk}/deputy/add/deputy-type"):
        assert Reader(signed_in.get(address)).follow(link) == copying


def test_without_deputies_elsewhere_there_is_no_link(signed_in, order, pending_order):
    pending_order(case_number=CASE, order_type="HW", order_number="H7")
    page = Reader(signed_in.get(f"/order/{order.pk}/deputy/add/deputy-type"))
    assert not [text for text in page.links if text.startswith("Use the deputies")]


def test_an_order_that_may_not_be_edited_says_why(signed_in, declared):
    order = declared().order
    response = signed_in.get(f"/order/{order.pk}/deputy/copy")
    assert response.status_code == 403
    assert "cannot be changed" in Reader(response).main


def test_an_unknown_order_is_a_page_not_found(signed_in):
    assert signed_in.get("/order/1234567/deputy/copy").status_code == 404
    assert not Deputy.objects.exists()
