"""Notify's stand-in over HTTP: it takes a message as Notify does, and lists what it took."""

import base64
import json
from collections.abc import Iterator

import pytest
import requests

from tests.sirius_client.running import start

MESSAGE = {
    "email_address": "sam@example.com",
    "template_id": "11111111-2222-3333-4444-555555555555",
    "personalisation": {"link": "https://serve.example/x"},
    "reference": "r-1",
}


def token(claims):
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256"}, claims, "signature")]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


SIGNED = {"Authorization": f"Bearer {token({'iss': 'service', 'iat': 1})}"}


@pytest.fixture(scope="module")
def notify() -> Iterator[str]:
    process, url = start("notify_client.simulator")
    yield url
    process.terminate()
    assert process.wait(timeout=5) == 0
    process.stdout.close()


@pytest.fixture(autouse=True)
def _empty(notify):
    assert requests.post(f"{notify}/control/reset", timeout=5).status_code == 200


def send(notify, message, headers=SIGNED):
    return requests.post(
        f"{notify}/v2/notifications/email", json=message, headers=headers, timeout=5
    )


def received(notify):
    return requests.get(f"{notify}/control/received", timeout=5).json()["received"]


def test_a_message_is_taken_and_listed(notify):
    answer = send(notify, MESSAGE)

    assert answer.status_code == 201
    (message,) = received(notify)
    assert message["id"] == answer.json()["id"]
    assert answer.json()["reference"] == "r-1"
    assert answer.json()["template"]["id"] == MESSAGE["template_id"]
    assert {key: message[key] for key in MESSAGE} == MESSAGE


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {token({'iss': 'x'})}"}]
    + [{"Authorization": f"Bearer {token([])}"}, {"Authorization": "Basic a.b.c"}],
)
def test_a_call_without_a_token_is_refused(notify, headers):
    answer = send(notify, MESSAGE, headers)

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["error"] == "AuthError"
    assert received(notify) == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"email_address": "sam"}, "email_address"),
        ({"template_id": "7"}, "template_id"),
        ({"personalisation": []}, "personalisation"),
    ],
)
def test_a_wrong_message_is_refused_as_notify_does(notify, change, wrong):
    answer = send(notify, {**MESSAGE, **change})

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["error"] == "ValidationError"
    assert wrong in error["message"]
    assert received(notify) == []


def test_what_is_missing_is_named(notify):
    assert len(send(notify, {}).json()["errors"]) == 2
    assert send(notify, []).status_code == 400


def test_it_is_up_and_knows_no_other_path(notify):
    assert requests.get(f"{notify}/control/health", timeout=5).status_code == 200
    assert requests.get(f"{notify}/nonsense", timeout=5).status_code == 404
    assert requests.post(f"{notify}/v2/notifications/sms", timeout=5).status_code == 404
