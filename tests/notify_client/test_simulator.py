"""Notify's stand-in over HTTP: it takes a message as Notify does, and lists what it took."""

import time

import jwt
import pytest
import requests

from tests.notify_client.conftest import SECRET, SERVICE_ID
from tests.sirius_client.running import start

MESSAGE = {
    "email_address": "sam@example.com",
    "template_id": "11111111-2222-3333-4444-555555555555",
    "personalisation": {"link": "https://serve.example/x"},
    "reference": "r-1",
}


def signed(secret=SECRET, **changed):
    claims = {"iss": SERVICE_ID, "iat": int(time.time()), **changed}
    token = jwt.encode({name: value for name, value in claims.items() if value}, secret)
    return {"Authorization": f"Bearer {token}"}


def send(notify, message, headers=None):
    headers = signed() if headers is None else headers
    return requests.post(
        f"{notify}/v2/notifications/email", json=message, headers=headers, timeout=5
    )


def test_a_message_is_taken_and_listed(notify, received):
    answer = send(notify, MESSAGE)

    assert answer.status_code == 201
    (message,) = received()
    assert message["id"] == answer.json()["id"]
    assert answer.json()["reference"] == "r-1"
    assert answer.json()["template"]["id"] == MESSAGE["template_id"]
    assert {key: message[key] for key in MESSAGE} == MESSAGE


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic a.b.c"}])
def test_a_call_without_a_token_is_refused(notify, received, headers):
    answer = send(notify, MESSAGE, headers)

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["error"] == "AuthError"
    assert received() == []


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Authorization": "Bearer x"}, "API key not found"),
        (signed(iat=None), "API key not found"),
        (signed(iss="another service"), "API key not found"),
        (signed(secret=SECRET.replace("2", "3")), "API key not found"),
        (signed(iat=int(time.time()) - 1000), "system clock"),
    ],
)
def test_a_token_that_is_not_ours_or_not_of_now_is_refused(notify, received, headers, said):
    answer = send(notify, MESSAGE, headers)

    assert answer.status_code == 403
    assert said in answer.json()["errors"][0]["message"]
    assert received() == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"email_address": "sam"}, "email_address"),
        ({"template_id": "7"}, "template_id"),
        ({"personalisation": []}, "personalisation"),
    ],
)
def test_a_wrong_message_is_refused_as_notify_does(notify, received, change, wrong):
    answer = send(notify, {**MESSAGE, **change})

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["error"] == "ValidationError"
    assert wrong in error["message"]
    assert received() == []


def test_what_is_missing_is_named(notify):
    assert len(send(notify, {}).json()["errors"]) == 2
    assert send(notify, []).status_code == 400


@pytest.mark.parametrize(
    ("kind", "status"), [("down", 500), ("unavailable", 503), ("busy", 429), ("team_only", 400)]
)
def test_a_fault_lasts_as_long_as_it_was_set_for(notify, fault, received, kind, status):
    fault(kind, 1)

    assert [send(notify, MESSAGE).status_code for _ in range(2)] == [status, 201]
    assert len(received()) == 1


def test_an_unknown_fault_is_refused(notify):
    answer = requests.post(f"{notify}/control/fault", json={"kind": "sulk"}, timeout=5)
    assert answer.status_code == 400


def test_without_a_key_any_signature_will_do():
    process, url = start("notify_client.simulator", NOTIFY_API_KEY="")
    try:
        assert send(url, MESSAGE, signed(secret="x" * 36)).status_code == 201
        assert send(url, MESSAGE, {}).status_code == 401
    finally:
        process.terminate()
        process.wait(timeout=5)
        process.stdout.close()


def test_it_is_up_and_knows_no_other_path(notify):
    assert requests.get(f"{notify}/control/health", timeout=5).status_code == 200
    assert requests.get(f"{notify}/nonsense", timeout=5).status_code == 404
    assert requests.post(f"{notify}/v2/notifications/sms", timeout=5).status_code == 404
