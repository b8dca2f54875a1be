"""How an answer is read, without a network: the table of the serving rules, line by line."""

import json
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from sirius_client import (
    DuplicateOrder,
    InvalidOrder,
    NotApplied,
    OrderRefused,
    OutcomeUnknown,
    RequestRefused,
    SessionEnded,
    SiriusBusy,
    SiriusError,
)
from sirius_client.answers import read_post_answer, retry_after
from sirius_client.redaction import Redaction
from sirius_client.transport import Answer
from tests.fuzzing import longest_seconds
from tests.sirius_client.running import body

URL = "https://sirius.example/sub"


def read(status, content=b"", *, whole=True, **headers):
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    headers = CaseInsensitiveDict({k.replace("_", "-"): v for k, v in headers.items()})
    answer = Answer(status, headers, content, whole)
    return read_post_answer(answer, payload=body(), base_url=URL)


def error_of(*args, **more):
    with pytest.raises(SiriusError) as caught:
        read(*args, **more)
    return caught.value


def refusal(errors, **more):
    return error_of(
        400, {"status": 400, "title": "Bad Request", "validation_errors": errors, **more}
    )


@pytest.mark.parametrize("status", [200, 201])
def test_an_integer_id_is_a_receipt_whatever_else_is_missing(status):
    receipt = read(status, {"id": 12})
    assert (receipt.order_id, receipt.client_id, receipt.http_status) == (12, None, status)
    assert receipt.deputy_ids == receipt.document_ids == []

    receipt = read(
        status, {"id": 12, "client": "x", "deputies": [{"id": 3}, {}, 4], "documents": 1}
    )
    assert receipt.deputy_ids == [3]


@pytest.mark.parametrize("order_id", [None, "12", 12.0, True, 0, -1, 2**63, [12], {"id": 12}])
def test_no_usable_id_is_unknown(order_id):
    assert type(error_of(201, {"id": order_id})) is OutcomeUnknown


@pytest.mark.parametrize(
    "content", [b"", b"12", b"[]", b"null", b"<html>", b"\xff", b'{"id": NaN}']
)
def test_a_success_that_is_no_object_with_an_id_is_unknown(content):
    assert type(error_of(200, content)) is OutcomeUnknown


def test_a_success_that_is_cut_off_is_unknown_though_an_id_can_be_seen():
    assert type(error_of(201, b'{"id": 12}', whole=False)) is OutcomeUnknown


@pytest.mark.parametrize(
    "status", [100, 202, 203, 204, 206, 300, 304, 500, 502, 503, 504, 599, 999]
)
def test_every_other_status_is_unknown(status):
    assert type(error_of(status, {"id": 12})) is OutcomeUnknown


@pytest.mark.parametrize("status", [402, 404, 405, 408, 409, 413, 415, 422, 451])
def test_every_other_4xx_is_a_refused_request(status):
    assert type(error_of(status, {"id": 12})) is RequestRefused


@pytest.mark.parametrize(
    "where",
    ["/auth/login", "/login?next=%2Fapi", "https://sirius.example/auth/login/", "old-login"]
    + ["//sirius.example/sign-in", "HTTPS://SIRIUS.EXAMPLE:443/Login"],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_the_sign_in_page_is_an_ended_session(status, where):
    assert type(error_of(status, Location=where.replace("old-login", "/old-login"))) is SessionEnded


@pytest.mark.parametrize(
    "where",
    [
        "",
        "/",
        "/orders/12",
        "https://elsewhere.example/auth/login",
        "/login/done",
        "http://[broken",
    ],
)
def test_a_redirect_to_anywhere_else_is_unknown(where):
    assert type(error_of(302, Location=where)) is OutcomeUnknown


@pytest.mark.parametrize(
    "errors",
    [
        {"courtReference": ["An order with this court reference and type already exists"]},
        {"courtReference": "This value is already used."},
        {"courtReference": {"unique": "The value is not valid"}},
        {"courtReference": {"orderExists": "Refused"}},
        {"courtReference": ["The court reference must be unique for this type"]},
        {"type": ["Duplicate"], "date": ["This value is wrong"]},
        {"order": {"courtReference": ["The case number is taken"]}},
        {"": ["courtReference is already in use"]},
        ["An order with this case number exists"],
    ],
)
def test_a_taken_reference_is_a_duplicate(errors):
    assert type(refusal(errors)) is DuplicateOrder


def test_a_taken_reference_may_stand_in_the_detail_alone():
    assert type(refusal({}, detail="An order with this court reference already exists")) is (
        DuplicateOrder
    )


@pytest.mark.parametrize(
    "errors",
    [
        {"courtReference": ["The court reference does not exist"]},
        {"courtReference": ["The check character is wrong (modulus 11)"]},
        {"deputies.0.email": ["This address is already in use"]},
        {"deputies": [{"email": {"unique": "Already known"}}]},
        {"documents.0.filename": ["No such document exists in the bucket, or not unique"]},
        {"date": ["This value is in the future"]},
    ],
)
def test_other_errors_are_not_a_duplicate(errors):
    assert type(refusal(errors)) is InvalidOrder


@pytest.mark.parametrize(
    ("errors", "found"),
    [
        ({"date": ["a", "b"]}, {"date": ["a", "b"]}),
        ({"date": "a"}, {"date": ["a"]}),
        ({"date": {"isDate": "a", "isPast": "b"}}, {"date": ["a", "b"]}),
        ({"client.firstName": ["a"]}, {"client.firstName": ["a"]}),
        ({"client": {"firstName": ["a"]}}, {"client.firstName": ["a"]}),
        ({"client": {"firstName": {"isEmpty": "a"}}}, {"client.firstName": ["a"]}),
        ({"deputies": [{}, {"dob": ["a"]}]}, {"deputies.1.dob": ["a"]}),
        ({"deputies": {"1": {"dob": ["a"]}}}, {"deputies.1.dob": ["a"]}),
    ],
)
def test_errors_are_read_by_property_in_every_form(errors, found):
    assert refusal(errors).errors == found


@pytest.mark.parametrize(
    "content", [b"", b"<html>Bad Request</html>", b"[]", b"12", {}, {"a": "b"}]
)
def test_an_unreadable_400_is_a_refused_request(content):
    assert type(error_of(400, content)) is RequestRefused


def test_a_400_that_is_cut_off_is_a_refused_request():
    assert type(error_of(400, b'{"validation_errors":', whole=False)) is RequestRefused


def test_our_values_are_in_no_error():
    echo = "'Byron-King' at 12  petty france, percy@example.com, SW1H 9AJ, born 1980-02-03, Percy"
    error = refusal({"client.lastName": [echo]}, detail=echo, payload={"client": "Byron-King"})

    seen = error.body + str(error) + json.dumps(error.errors)
    for word in ("Byron", "petty", "percy", "SW1H", "1980", "Percy"):
        assert word not in seen
    assert "[hidden]" in error.errors["client.lastName"][0]
    # A word of the contract is no secret, nor is the name of a property.
    assert "SOLE" in refusal({"date": ["not for SOLE"]}).body


def test_our_values_are_in_no_long_message_either():
    """Where it is cut off before it is searched, the beginning of a value would be left."""
    road = "Long Road " * 24 + "End"
    redaction = Redaction(json.dumps({"addressLine1": road}).encode())
    for before in range(0, len(road), 7):
        kept = redaction.text("." * before + f" {road}" * 40)
        assert "[hidden]" in kept
        assert "Long" not in kept


@pytest.mark.trust
def test_a_message_as_long_as_an_answer_is_soon_read():
    """Beginnings that differ keep `re` from finding what all values have in common."""
    streets = [f"{chr(97 + n % 26)}{n} Street" for n in range(3000)]
    redaction = Redaction(json.dumps({"deputies": streets}).encode())
    for text in (" ", "First ", "a.", "a1 "):
        before = time.process_time()
        redaction.text(text * (1_000_000 // len(text)))
        assert time.process_time() - before < longest_seconds()


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 201])
def test_a_body_of_unknown_shape_is_not_kept(status):
    for content in (b"<p>Byron-King</p>", b"Percy", b'["Percy"]', b'{"trace": "Percy"}'):
        assert "Percy" not in error_of(status, content).body
        assert "Byron" not in error_of(status, content).body


def test_a_stored_body_has_its_limit():
    many = {f"deputies.{n}.dob": ["x" * 400] for n in range(1000)}
    error = refusal(many)
    assert len(error.body) <= 2000
    assert len(error.errors) <= 200
    assert len(refusal({"date": ["x"] * 1000}).errors["date"]) == 200


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), (" 120 ", 120), ("1.5", 1.5), ("", None), ("soon", None), ("-3", None)]
    + [("inf", None), ("nan", None), ("9" * 400, None), ("0", 0)],
)
def test_retry_after_in_seconds(header, seconds):
    assert retry_after(header) == seconds
    error = error_of(429, Retry_After=header)
    assert type(error) is SiriusBusy
    assert error.retry_after == seconds


def test_retry_after_as_a_date():
    soon = datetime.now(UTC) + timedelta(seconds=90)
    assert 80 < retry_after(format_datetime(soon, usegmt=True)) <= 90
    assert retry_after(format_datetime(soon - timedelta(days=1), usegmt=True)) == 0


@settings(deadline=None)
@given(status=st.integers(100, 599), content=st.binary(max_size=200), whole=st.booleans())
def test_any_answer_ends_in_a_receipt_or_one_of_the_three(status, content, whole):
    try:
        read(status, content, whole=whole)
    except SiriusError as error:
        kinds = [isinstance(error, k) for k in (NotApplied, OrderRefused, OutcomeUnknown)]
        assert kinds.count(True) == 1
    else:
        assert status in (200, 201)
    if status >= 500:
        assert type(error_of(status, content)) is OutcomeUnknown


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=10,
)


@settings(deadline=None)
@given(errors=json_values)
def test_no_form_of_errors_breaks_the_reading(errors):
    assert isinstance(refusal(errors), OrderRefused)
