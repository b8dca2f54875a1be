"""The client against the stand-in over HTTP: addresses, refusals, time-outs; where the key is."""

import logging
import time
import traceback

import pytest

from places_client import (
    AnswerUnreadable,
    NotConfigured,
    PlacesBusy,
    PlacesClient,
    PlacesRefused,
    PlacesUnavailable,
    PostcodeInvalid,
)
from tests.places_client.conftest import KEY
from tests.sirius_client.running import Answering


@pytest.mark.parametrize("postcode", ["SW1H 9AJ", "sw1h9aj", "\u00a0SW1H  9AJ ", "S W 1 H 9 A J"])
def test_a_postcode_has_its_addresses_however_it_is_typed(places, postcode):
    assert [address.text for address in places.client().find_addresses(postcode)] == [
        "102 Petty France, London, SW1H 9AJ",
        "Flat 4, Deputy Court, 17 Petty France, London, SW1H 9AJ",
    ]


def test_flats_organisations_and_localities_stand_on_their_lines(places):
    found = places.client().find_addresses("ST4 2ZZ")

    assert [(address.line_1, address.line_2) for address in found] == [
        ("10 St Mary's Lane", "Mill-on-the-Hill"),
        ("12A St Mary's Lane", "Mill-on-the-Hill"),
        (
            "McDonald & O'Neil LLP, Deputyship Team, The Old Mill",
            "St Mary's Lane, Mill-on-the-Hill",
        ),
        ("Rose Cottage", "Upper Mill, Mill-on-the-Hill"),
    ]
    assert {(one.town, one.county, one.postcode) for one in found} == {
        ("Stoke-on-Trent", "", "ST4 2ZZ")
    }


def test_a_postcode_without_addresses_has_none(places):
    assert places.client().find_addresses("ZZ1 1ZZ") == []


@pytest.mark.parametrize(
    "postcode",
    ["", " ", "SW1H", "SW1H 9", "12345", "SW1H 9AJ 5", "SW1H9AJ\0", "ＳＷ１Ｈ ９ＡＪ", "ßW1H 9AJ"],
)
def test_what_is_no_whole_postcode_is_never_asked_for(places, postcode):
    with pytest.raises(PostcodeInvalid):
        places.client().find_addresses(postcode)
    assert places.received == []


def test_a_postcode_that_the_service_refuses_is_invalid(places):
    places.fault("400")
    with pytest.raises(PostcodeInvalid):
        places.client().find_addresses("SW1H 9AJ")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "500"}, PlacesUnavailable),
        ({"kind": "503"}, PlacesUnavailable),
        ({"kind": "401"}, PlacesRefused),
        ({"kind": "403"}, PlacesRefused),
        ({"kind": "429"}, PlacesBusy),
        ({"kind": "404"}, AnswerUnreadable),
        ({"kind": "garbage"}, AnswerUnreadable),
        ({"kind": "garbage", "body": ""}, AnswerUnreadable),
        ({"kind": "garbage", "body": "[" * 100_000}, AnswerUnreadable),
        ({"kind": "garbage", "body": "[]"}, AnswerUnreadable),
        ({"kind": "garbage", "body": "{}"}, AnswerUnreadable),
        ({"kind": "garbage", "body": '{"header": {}, "results": null}'}, AnswerUnreadable),
        ({"kind": "garbage", "body": '{"header": {}, "results": [1]}'}, AnswerUnreadable),
        ({"kind": "garbage", "body": '{"header": {}, "results": [{"LPI": {}}]}'}, AnswerUnreadable),
        ({"kind": "garbage", "body": '{"header": {}, "results": [{"DPA": {}}]}'}, AnswerUnreadable),
        ({"kind": "redirect", "to": "http://127.0.0.1:1/"}, AnswerUnreadable),
    ],
)
def test_whatever_else_comes_back_is_a_typed_error_after_one_call(places, fault, error):
    places.fault(**fault)
    with pytest.raises(error):
        places.client().find_addresses("SW1H 9AJ")
    assert len(places.received) == 1


def test_no_more_than_a_bounded_answer_is_read(places):
    places.fault("huge")
    with pytest.raises(PlacesUnavailable, match="too large"):
        places.client().find_addresses("SW1H 9AJ")


def test_an_answer_that_breaks_off_is_no_answer():
    promised = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + b'{"header": {}}'
    with Answering(promised, until=b"\r\n\r\n") as server:
        client = PlacesClient(server.url, key=KEY, allowed_hosts=["127.0.0.1"])
        with pytest.raises(PlacesUnavailable, match="broke off"):
            client.find_addresses("SW1H 9AJ")


@pytest.mark.parametrize("kind", ["slow", "trickle"])
def test_a_slow_answer_is_given_up_in_time(places, kind):
    places.fault(kind, seconds=5)
    impatient = places.client(read_seconds=0.3, total_seconds=0.6)
    begun = time.monotonic()
    with pytest.raises(PlacesUnavailable, match="TimeoutError"):
        impatient.find_addresses("SW1H 9AJ")
    assert time.monotonic() - begun < 3


def test_nobody_at_the_other_end_is_unavailable():
    client = PlacesClient("http://127.0.0.1:1", key=KEY, allowed_hosts=["127.0.0.1"])
    with pytest.raises(PlacesUnavailable, match="ConnectionRefusedError"):
        client.find_addresses("SW1H 9AJ")


@pytest.mark.parametrize(
    "changes",
    [
        {"url": ""},
        {"key": ""},
        {"allowed_hosts": []},
        {"allowed_hosts": ["api.os.uk"]},
        {"url": "http://another.localhost", "allowed_hosts": ["localhost"]},
        {"url": "ftp://127.0.0.1"},
        {"url": "http://127.0.0.1:port"},
        {"url": "http://127.0.0.1@elsewhere.example"},
        {"url": "http://name@127.0.0.1"},
    ],
)
def test_without_address_key_or_permitted_host_nothing_is_asked(places, changes):
    with pytest.raises(NotConfigured):
        places.client(**changes).find_addresses("SW1H 9AJ")
    assert places.received == []


def test_the_key_goes_in_a_header_and_never_in_the_address(places):
    # The file of a secret often ends with a line break.
    places.client(key=f"{KEY}\n").find_addresses("SW1H 9AJ")
    [received] = places.received
    assert received["headers"]["key"] == KEY
    assert received["query"] == ["dataset", "lr", "maxresults", "postcode"]


def test_neither_key_nor_postcode_is_in_an_error_or_a_log(places, caplog):
    caplog.set_level(logging.DEBUG)
    for kind in ("500", "401", "garbage"):
        places.fault(kind)
        with pytest.raises(PlacesUnavailable) as raised:
            places.client().find_addresses("SW1H 9AJ")
        told = "".join(traceback.format_exception(raised.value)) + caplog.text
        assert KEY not in told
        # The line of this very test is in the trace; the message itself must be without.
        assert "SW1H" not in str(raised.value) + caplog.text


def test_the_settings_describe_a_client(settings, places):
    settings.PLACES_URL, settings.PLACES_API_KEY = f"{places.url}/", KEY
    assert len(PlacesClient.from_settings().find_addresses("B2 5AA")) == 3


def test_the_settings_alone_say_which_hosts_get_the_key(settings, places):
    settings.PLACES_URL, settings.PLACES_API_KEY = places.url, KEY
    settings.PLACES_ALLOWED_HOSTS = []
    with pytest.raises(NotConfigured):
        PlacesClient.from_settings().find_addresses("B2 5AA")
    assert places.received == []
