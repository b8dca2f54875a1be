"""The contract file, the simulator and a second reader of OpenAPI must agree, both ways."""

import json

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.exceptions import OpenAPIError
from openapi_spec_validator import validate

from sirius_client import InvalidOrder
from sirius_client.simulator.contract import contract, payload_errors, reference_holds
from tests.sirius_client.payloads import BREAKAGES, broken, payloads, references
from tests.sirius_client.running import EMAIL, PASSWORD, body, payload

SECOND_OPINION = OpenAPI.from_dict(contract())


def as_request(url, sent):
    return requests.Request(
        "POST",
        f"{url}/api/public/v1/orders",
        data=sent,
        headers={"X-XSRF-TOKEN": "token", "Content-Type": "application/json"},
        cookies={"sirius": "session"},
    )


def second_opinion(sent):
    """Whether openapi-core, which shares no code with the simulator's messages, takes the body."""
    try:
        SECOND_OPINION.validate_request(RequestsOpenAPIRequest(as_request("http://x", sent)))
    except OpenAPIError:
        return False
    return True


def test_the_contract_file_is_valid_openapi():
    validate(contract())


@settings(max_examples=60, deadline=None)
@given(payloads())
def test_a_payload_that_keeps_the_contract_passes_both_readers(made):
    assert payload_errors(made, checksum=True) == {}
    assert second_opinion(json.dumps(made))


@settings(max_examples=12, deadline=None)
@given(payloads())
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_payload_that_keeps_the_contract_is_taken_over_http(running_sirius, ascii_only, made):
    running_sirius.control("POST", "reset")
    with running_sirius.client() as client:
        client.sign_in()
        client.post_order(json.dumps(made, ensure_ascii=ascii_only).encode(), request_id="r")

    (record,) = running_sirius.accepted
    assert record["payload"] == made


@pytest.mark.parametrize(("key", "breakage"), BREAKAGES)
def test_one_broken_property_is_refused_by_both_readers_and_named(key, breakage):
    for order_type, level in (("PF", "HIGH"), ("HW", None)):
        wrong = broken(payload(type=order_type, assetLevel=level), breakage)
        assert not second_opinion(json.dumps(wrong))
        errors = payload_errors(wrong, checksum=False)
        assert list(errors) == [key]
        assert all(errors[key])


@settings(max_examples=40, deadline=None)
@given(payloads(), st.sampled_from(BREAKAGES))
def test_one_broken_property_of_any_payload_is_refused_and_named(made, breaking):
    key, breakage = breaking
    wrong = broken(made, breakage)
    assert not second_opinion(json.dumps(wrong))
    assert key in payload_errors(wrong, checksum=False)


@pytest.mark.parametrize(("key", "breakage"), BREAKAGES[::9])
def test_one_broken_property_is_refused_over_http(sirius, client, key, breakage):
    with pytest.raises(InvalidOrder) as caught:
        client.post_order(json.dumps(broken(payload(), breakage)).encode(), request_id="r")
    assert list(caught.value.errors) == [key]
    assert sirius.accepted == []


def test_the_asset_level_belongs_to_property_orders_alone():
    assert list(payload_errors(payload(assetLevel=None), checksum=True)) == ["assetLevel"]
    assert list(payload_errors(payload(type="HW"), checksum=True)) == ["assetLevel"]
    assert payload_errors(payload(type="HW", assetLevel=None), checksum=True) == {}


def test_every_wrong_property_is_named_with_each_failed_rule():
    wrong = payload(courtReference="x", date="", client={}, documents=[{"type": 1}, {}])
    errors = payload_errors(wrong, checksum=True)

    assert set(errors) == {
        *("courtReference", "date", "client.firstName", "client.lastName", "documents.0.type"),
        *("documents.0.filename", "documents.1.type", "documents.1.filename"),
    }
    assert len(errors["courtReference"]) == 2
    assert len(errors["date"]) == 3


def test_no_message_repeats_a_value():
    wrong = payload(client={"firstName": "Zebedee" * 60, "lastName": ["Zebedee"], "Zebedee": 1})
    errors = payload_errors(wrong, checksum=True)

    assert errors
    assert "Zebedee" not in json.dumps(list(errors.values()))


@pytest.mark.parametrize("reference", ["93559316", "61429461", "33370455"])
def test_references_that_hold(reference):
    assert reference_holds(reference)
    assert payload_errors(payload(courtReference=reference), checksum=True) == {}


@pytest.mark.parametrize("reference", ["93559317", "50000001"])
def test_references_that_fail_the_check(reference):
    errors = payload_errors(payload(courtReference=reference), checksum=True)
    assert list(errors) == ["courtReference"]
    assert payload_errors(payload(courtReference=reference), checksum=False) == {}


@given(references)
def test_one_changed_check_character_never_holds(reference):
    others = [c for c in "0123456789T" if c != reference[7]]
    assert reference_holds(reference)
    assert not any(reference_holds(reference[:7] + other) for other in others)


@pytest.mark.parametrize(
    "sent", [b"", b"[]", b"text", b"{", b"\xff\xfe", b'{"type": "PF", "type": "HW"}', b"[" * 10**5]
)
def test_a_body_that_is_no_object_is_refused(client, sent):
    with pytest.raises(InvalidOrder) as caught:
        client.post_order(sent, request_id="r")
    assert list(caught.value.errors) == ["body"]


def signed_in(url):
    session = requests.Session()
    form = {"email": EMAIL, "password": PASSWORD}
    answer = session.post(f"{url}/old-login", data=form, timeout=5)
    session.headers["X-XSRF-TOKEN"] = answer.headers["X-XSRF-TOKEN"]
    return session, answer


def assert_kept(answer):
    """The answer is one that the contract file has for this call, in the form it says."""
    request = answer.request
    asked = requests.Request(
        request.method, request.url, data=request.body, headers=request.headers
    )
    SECOND_OPINION.validate_response(RequestsOpenAPIRequest(asked), RequestsOpenAPIResponse(answer))


def test_every_answer_of_the_simulator_is_the_contract_s(sirius):
    session, signing_in = signed_in(sirius.url)
    session.headers["Content-Type"] = "application/json"
    orders = f"{sirius.url}/api/public/v1/orders"

    answers = {
        "up": session.get(f"{sirius.url}/health-check/service-status", timeout=5),
        "signed in": signing_in,
        "created": session.post(orders, data=body(), timeout=5),
        "duplicate": session.post(orders, data=body(), timeout=5),
        "invalid": session.post(orders, data=body(date="", client={}), timeout=5),
        "unreadable": session.post(orders, data=b"{", timeout=5),
        "wrong token": session.post(orders, data=body(), headers={"X-XSRF-TOKEN": "x"}, timeout=5),
        "no session": requests.post(orders, data=body(), headers=session.headers, timeout=5),
        "signed out": session.get(f"{sirius.url}/auth/logout", timeout=5),
        "ended": session.post(orders, data=body(), timeout=5),
    }
    for answer in answers.values():
        assert_kept(answer)
    assert [answer.status_code for answer in answers.values()] == [
        *(200, 200, 201, 400, 400, 400, 403, 401, 401, 401)
    ]
