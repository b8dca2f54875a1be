"""The pages of deputies: the type, the form, the removal."""

import datetime as dt

import pytest

from orders.models import Deputy
from tests.orders.reading import Reader

TYPED = {
    "first_name": "Dana",
    "last_name": "O'Deputy",
    "date_of_birth-day": "29",
    "date_of_birth-month": "2",
    "date_of_birth-year": "1980",
    "email": "dana@example.com",
    "daytime_number": "020 7946 0000",
    "evening_number": "",
    "mobile_number": "",
    "address_line_1": "1 High Street",
    "address_line_2": "Headingley",
    "town": "Leeds",
    "county": "West Yorkshire",
    "postcode": "LS1 1AA",
}
LABELS = {
    "First name": "first_name",
    "Last name": "last_name",
    "Day": "date_of_birth-day",
    "Month": "date_of_birth-month",
    "Year": "date_of_birth-year",
    "Email address": "email",
    "Daytime number": "daytime_number",
    "Evening number": "evening_number",
    "Mobile number": "mobile_number",
    "Building and street": "address_line_1",
    "Building and street line 2": "address_line_2",
    "Town or city": "town",
    "County": "county",
    "Postcode": "postcode",
}
# "Use this address" shows when addresses were found.
BUTTONS = ["Find address", "Use this address", "Save and continue", "Save and add another"]


def changing(deputy, what="edit", order_id=None):
    return f"/case/order/{order_id or deputy.order_id}/deputy/{what}/{deputy.pk}"


def test_the_type_is_asked_first_and_none_is_chosen(signed_in, order):
    address = f"/order/{order.pk}/deputy/add/deputy-type"
    page = Reader(signed_in.get(address))
    assert page.heading == "What type of deputy?"
    assert page.answers("What type of deputy?") == ["Lay", "Public authority", "Professional"]
    assert page.chosen("What type of deputy?") == []
    assert page.buttons == ["Continue"]
    page = Reader(signed_in.post(address))
    assert page.errors == ["Please select a deputy type"]
    response = signed_in.post(address, {"deputyType": "PROFESSIONAL"})
    assert response.url == f"/order/{order.pk}/deputy/add?deputyType=PROFESSIONAL"


@pytest.mark.parametrize("query", ["", "?deputyType=", "?deputyType=CAT"])
def test_without_a_type_it_is_asked(signed_in, order, query):
    for ask in (signed_in.get, signed_in.post):
        response = ask(f"/order/{order.pk}/deputy/add{query}")
        assert response.url == f"/order/{order.pk}/deputy/add/deputy-type"


def test_a_lay_deputys_page_has_every_field_by_its_label(signed_in, adding):
    page = Reader(signed_in.get(adding))
    assert page.heading == "Add a deputy"
    assert {label: page.labelled(label)["name"] for label in LABELS} == LABELS
    assert page.group("Date of birth")
    assert page.buttons == BUTTONS


@pytest.mark.parametrize("kind", ["PUBLIC_AUTHORITY", "PROFESSIONAL"])
def test_another_deputy_is_not_asked_for_the_date_of_birth(signed_in, order, kind):
    address = f"/order/{order.pk}/deputy/add?deputyType={kind}"
    assert "Date of birth" not in Reader(signed_in.get(address)).main
    signed_in.post(address, TYPED)
    deputy = order.deputies.get()
    assert (deputy.deputy_type, deputy.date_of_birth) == (kind, None)


def test_a_deputy_is_added_and_shown(signed_in, order, adding):
    response = signed_in.post(adding, {**TYPED, "then": "continue"})
    assert response.url == f"/order/{order.pk}/summary"
    deputy = order.deputies.get()
    assert deputy.date_of_birth == dt.date(1980, 2, 29)
    assert (deputy.full_name, deputy.county) == ("Dana O'Deputy", "West Yorkshire")


def test_save_and_add_another_goes_on_with_the_next(signed_in, order, adding):
    buttons = Reader(signed_in.get(adding)).soup.main.find_all("button")
    [another] = [one for one in buttons if one.get_text() == "Save and add another"]
    response = signed_in.post(adding, {**TYPED, another["name"]: another["value"]})
    assert response.url == f"/order/{order.pk}/deputy/add/deputy-type"
    assert order.deputies.count() == 1


def test_what_was_typed_stays_beside_what_is_wrong(signed_in, order, adding):
    wrong = {**TYPED, "first_name": "", "date_of_birth-month": "13", "postcode": "L"}
    page = Reader(signed_in.post(adding, wrong))
    assert page.errors == [
        "Please enter the deputy's first name",
        "Date of birth must be a real date",
        "Postcode is too short. It must be between 2 and 10 characters",
    ]
    assert page.title.startswith("Error: Add a deputy")
    assert {label: page.value(label) for label in LABELS} == {
        label: wrong[name] for label, name in LABELS.items()
    }
    assert order.deputies.count() == 0


def test_a_deputy_is_changed_type_and_all(signed_in, deputy):
    page = Reader(signed_in.get(changing(deputy)))
    assert page.heading == "Change deputy"
    assert page.chosen("Deputy type") == ["LAY"]
    assert page.value("First name") == "Dana"
    assert (page.value("Day"), page.value("Month"), page.value("Year")) == ("29", "2", "1980")
    assert page.buttons == BUTTONS
    response = signed_in.post(changing(deputy), {**TYPED, "deputy_type": "PROFESSIONAL"})
    assert response.url == f"/order/{deputy.order_id}/summary"
    deputy.refresh_from_db()
    assert (deputy.deputy_type, deputy.last_name) == ("PROFESSIONAL", "O'Deputy")
    assert deputy.date_of_birth is None


def test_a_changed_deputy_keeps_what_was_typed_when_refused(signed_in, deputy):
    page = Reader(signed_in.post(changing(deputy), {**TYPED, "last_name": "", "town": "York"}))
    assert page.errors == ["Please select a deputy type", "Please enter the deputy's surname"]
    assert page.value("Town or city") == "York"
    deputy.refresh_from_db()
    assert deputy.town == "Leeds"


def test_a_deputy_is_removed_after_asking(signed_in, deputy):
    page = Reader(signed_in.get(changing(deputy, "delete")))
    assert page.heading == "Remove deputy?"
    assert "Dana Deputy" in page.main
    assert page.buttons == ["Remove deputy"]
    assert Deputy.objects.filter(pk=deputy.pk).exists()
    page = Reader(signed_in.post(changing(deputy, "delete"), follow=True))
    assert page.banners == ["Deputy removed"]
    assert not Deputy.objects.filter(pk=deputy.pk).exists()
    assert signed_in.post(changing(deputy, "delete")).status_code == 404


@pytest.mark.parametrize("what", ["edit", "delete"])
def test_a_deputy_of_another_order_is_a_page_not_found(signed_in, deputy, pending_order, what):
    other = pending_order()
    for ask in (signed_in.get, signed_in.post):
        response = ask(changing(deputy, what, order_id=other.pk), {**TYPED, "deputy_type": "LAY"})
        assert response.status_code == 404
    deputy.refresh_from_db()
    assert deputy.last_name == "Deputy"


@pytest.mark.parametrize("what", ["edit", "delete"])
def test_a_deputy_of_an_order_on_its_way_stays(signed_in, declared, what):
    deputy = declared().order.deputies.get()
    for ask in (signed_in.get, signed_in.post):
        assert ask(changing(deputy, what), {**TYPED, "deputy_type": "LAY"}).status_code == 403
    assert Deputy.objects.get(pk=deputy.pk).last_name == "Deputy"
