"""Postcode look-up: the JSON for the script, and the buttons of the page without script."""

import json
import logging

import pytest
import requests
import time_machine

from orders.models import Deputy
from orders.views import postcodes
from tests.orders.reading import Reader
from tests.orders.test_views_deputies import TYPED, changing

UNREACHABLE = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def places(infrastructure):
    """The stand-in of the session, with no fault set."""

    def fault(*kinds):
        wanted = {"queue": [{"kind": kind} for kind in kinds]}
        url = f"{infrastructure.places.url}/control/faults"
        requests.post(url, json=wanted, timeout=5).raise_for_status()

    fault()
    return fault


# --- The JSON ---
def test_a_postcode_has_its_addresses_as_json(signed_in):
    response = signed_in.get("/postcode-lookup?postcode=st42zz")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert "no-store" in response["Cache-Control"]
    answer = response.json()
    assert answer["message"] == ""
    assert len(answer["addresses"]) == 4
    assert answer["addresses"][0] == {
        "text": "10 St Mary's Lane, Mill-on-the-Hill, Stoke-on-Trent, ST4 2ZZ",
        "address_line_1": "10 St Mary's Lane",
        "address_line_2": "Mill-on-the-Hill",
        "town": "Stoke-on-Trent",
        "county": "",
        "postcode": "ST4 2ZZ",
    }


@pytest.mark.parametrize("query", ["", "?postcode=", "?postcode=cat", "?postcode=SW1H", "?q=B25AA"])
def test_what_is_no_postcode_is_refused_in_a_sentence(signed_in, query):
    response = signed_in.get(f"/postcode-lookup{query}")
    assert (response.status_code, response.json()) == (
        400,
        {"addresses": [], "message": "Enter a full UK postcode, like SW1H 9AJ"},
    )


def test_a_postcode_without_addresses_is_no_error(signed_in):
    response = signed_in.get("/postcode-lookup?postcode=ZZ1 1ZZ")
    assert (response.status_code, response.json()) == (
        200,
        {"addresses": [], "message": postcodes.NOTHING_FOUND},
    )


@pytest.mark.parametrize("kind", ["500", "401", "429", "garbage", "huge"])
def test_a_service_that_fails_is_a_sentence_too(signed_in, places, kind):
    places(kind)
    response = signed_in.get("/postcode-lookup?postcode=SW1H 9AJ")
    assert (response.status_code, response.json()["message"]) == (503, postcodes.UNAVAILABLE)


@pytest.mark.parametrize("changes", [{"PLACES_URL": ""}, {"PLACES_URL": UNREACHABLE}])
def test_without_a_service_staff_are_told_to_type(signed_in, settings, changes):
    for name, value in changes.items():
        setattr(settings, name, value)
    response = signed_in.get("/postcode-lookup?postcode=SW1H 9AJ")
    assert (response.status_code, response.json()["message"]) == (503, postcodes.UNAVAILABLE)


def test_only_signed_in_people_look_up_and_only_by_get(client, signed_in):
    response = client.get("/postcode-lookup?postcode=SW1H 9AJ")
    assert (response.status_code, response.url.partition("?")[0]) == (302, "/login")
    assert signed_in.post("/postcode-lookup", {"postcode": "SW1H 9AJ"}).status_code == 405


def test_no_log_line_has_the_postcode(signed_in, places, caplog):
    caplog.set_level(logging.DEBUG)
    places("500")
    for _ in range(2):
        signed_in.get("/postcode-lookup?postcode=SW1H 9AJ")
    assert "Postcode look-up failed: PlacesUnavailable" in caplog.text
    assert "SW1H" not in caplog.text
    assert "9AJ" not in caplog.text


def test_look_ups_are_bounded_for_each_session_and_come_back(signed_in, client_of, ada, places):
    with time_machine.travel("2026-06-01T09:00:00Z", tick=False) as clock:
        for _ in range(postcodes.MOST_IN_A_WINDOW):
            assert signed_in.get("/postcode-lookup?postcode=B2 5AA").status_code == 200
        response = signed_in.get("/postcode-lookup?postcode=B2 5AA")
        assert (response.status_code, response.json()["message"]) == (429, postcodes.TOO_MANY)
        assert client_of(ada).get("/postcode-lookup?postcode=B2 5AA").status_code == 200
        clock.shift(postcodes.WINDOW_SECONDS)
        assert signed_in.get("/postcode-lookup?postcode=B2 5AA").status_code == 200


# --- The page without script ---
def finding(client, address, **typed):
    return Reader(client.post(address, {**TYPED, **typed, "then": "find_address"}))


def options(page):
    return [one.get_text() for one in page.labelled("Select an address").find_all("option")]


def results_are_shown(page):
    return not page.soup.select_one("[data-results]").has_attr("hidden")


def test_a_new_page_offers_no_addresses_yet(signed_in, adding):
    page = Reader(signed_in.get(adding))
    assert not results_are_shown(page)
    assert page.follow("Enter address manually") == "#id_address_line_1"
    assert page.soup.find(id="id_address_line_1")


def test_found_addresses_are_offered_and_nothing_typed_is_lost(signed_in, order, adding):
    wrong = {"first_name": "", "date_of_birth-month": "13", "email": "no address"}
    page = finding(signed_in, adding, **wrong, postcode="st4 2zz")
    assert page.errors == []
    assert results_are_shown(page)
    assert options(page)[:2] == [
        "4 addresses found",
        "10 St Mary's Lane, Mill-on-the-Hill, Stoke-on-Trent, ST4 2ZZ",
    ]
    for name, text in {**TYPED, **wrong, "postcode": "st4 2zz"}.items():
        assert page.soup.find(attrs={"name": name}).get("value", "") == text, name
    assert not order.deputies.exists()


def test_the_chosen_address_fills_the_fields_and_is_not_saved_yet(signed_in, order, adding):
    page = finding(signed_in, adding, postcode="ST4 2ZZ", county="Elsewhere")
    chosen = page.labelled("Select an address").find_all("option")[2]["value"]
    again = {**TYPED, "county": "Elsewhere", "found_address": chosen, "then": "use_address"}
    page = Reader(signed_in.post(adding, again))
    assert page.errors == []
    assert "The address was filled in. Check it before you save." in page.main
    labels = ("Building and street", "Building and street line 2", "Town or city", "County")
    assert [page.value(label) for label in (*labels, "Postcode")] == [
        "12A St Mary's Lane",
        "Mill-on-the-Hill",
        "Stoke-on-Trent",
        "",
        "ST4 2ZZ",
    ]
    assert page.value("First name") == "Dana"
    assert not results_are_shown(page)
    assert not order.deputies.exists()


def option_with(line: str) -> str:
    rest = dict.fromkeys(("address_line_2", "town", "county", "postcode"), "")
    return json.dumps({"address_line_1": line, **rest})


NO_OPTIONS = (
    *("", "nonsense", "[]", '{"town": "Leeds"}', "[" * 100_000),
    *map(option_with, ("\ud800", "\u202eteertS", "x" * 256)),
)


@pytest.mark.parametrize("option", NO_OPTIONS)
def test_using_no_address_asks_for_one(signed_in, adding, option):
    typed = {**TYPED, "postcode": "B2 5AA", "found_address": option, "then": "use_address"}
    page = Reader(signed_in.post(adding, typed))
    assert page.errors == ["Select an address"]
    assert options(page)[0] == "3 addresses found"
    assert page.value("Building and street") == "1 High Street"


def test_an_option_from_elsewhere_is_checked_like_anything_typed(signed_in, order, adding):
    forged = dict.fromkeys(("address_line_1", "address_line_2", "town", "county"), "<b>x</b>")
    option = json.dumps({**forged, "postcode": "X" * 200})
    typed = {**TYPED, "found_address": option, "then": "use_address"}
    page = Reader(signed_in.post(adding, typed))
    assert page.value("Building and street") == "<b>x</b>"
    page = Reader(signed_in.post(adding, {**TYPED, "postcode": page.value("Postcode")}))
    assert page.errors == ["Postcode is too long. It must be between 2 and 10 characters"]
    assert not order.deputies.exists()


def test_what_is_no_postcode_is_an_error_beside_it(signed_in, adding):
    page = finding(signed_in, adding, postcode="LS1")
    assert page.errors == ["Enter a full UK postcode, like SW1H 9AJ"]
    assert page.title.startswith("Error: ")
    assert page.labelled("Postcode")["aria-describedby"] == "id_postcode-error"
    assert page.value("Postcode") == "LS1"


def test_nothing_found_and_no_service_are_sentences(signed_in, adding, places):
    page = finding(signed_in, adding, postcode="ZZ1 1ZZ")
    assert postcodes.NOTHING_FOUND in page.main
    assert not results_are_shown(page)
    places("500")
    page = finding(signed_in, adding, postcode="SW1H 9AJ")
    assert postcodes.UNAVAILABLE in page.main
    assert page.value("First name") == "Dana"


def test_while_the_service_is_down_an_address_is_typed_and_saved(signed_in, order, adding, places):
    places("500")
    finding(signed_in, adding)
    signed_in.post(adding, {**TYPED, "found_address": "left over", "then": "continue"})
    assert order.deputies.get().address_line_1 == "1 High Street"


def test_a_deputy_that_is_changed_finds_an_address_too(signed_in, deputy):
    seen = Reader(signed_in.get(changing(deputy))).hidden["seen"]
    typed = {"deputy_type": "PROFESSIONAL", "postcode": "B2 5AA", "seen": seen}
    page = finding(signed_in, changing(deputy), **typed)
    assert results_are_shown(page)
    assert page.chosen("Deputy type") == ["PROFESSIONAL"]
    assert page.hidden["seen"] == seen
    deputy.refresh_from_db()
    assert (deputy.deputy_type, deputy.postcode) == ("LAY", "LS1 1AA")


@pytest.mark.parametrize(
    ("typed", "is_saved"),
    [
        ({"postcode": "SW1H 9AJ"}, False),
        ({"postcode": "SW1H 9AJ", "town": "London"}, True),
        ({}, True),
    ],
)
def test_enter_finds_the_address_of_a_postcode_that_stands_alone_and_else_saves(
    signed_in, adding, typed, is_saved
):
    names = {"first_name": "Ada", "last_name": "Byron"}
    response = signed_in.post(adding, {**names, **typed, "then": "enter"})

    assert Deputy.objects.exists() is is_saved
    assert (response.status_code == 302) is is_saved
    if not is_saved:
        assert "Use this address" in Reader(response).main


def test_a_button_that_saves_is_the_first_of_the_form(signed_in, adding):
    """Enter presses it."""
    page = Reader(signed_in.get(adding))
    first = page.soup.select_one("main form [type=submit]")
    assert (first["name"], first["value"]) == ("then", "enter")
    # It is for the key alone: nobody meets it by eye, by tab or by ear.
    assert (first["tabindex"], first["aria-hidden"]) == ("-1", "true")
