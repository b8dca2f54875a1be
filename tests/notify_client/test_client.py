"""The client against the stand-in over HTTP, and against servers that answer badly."""

import json
import socket
import time

import jwt
import pytest

from notify_client import (
    ApiKey,
    KeyRefused,
    KeyUnreadable,
    MailNotTaken,
    MailRefused,
    NotConfigured,
    NotifyBusy,
    NotifyClient,
)
from tests.notify_client.conftest import KEY, SECRET, SERVICE_ID, client_of
from tests.sirius_client.running import Answering

TEMPLATE = "11111111-2222-3333-4444-555555555555"
LINK = "https://serve.example/user/password-reset/change/the-token"
MAIL = {
    "to": "sam@example.com",
    "template_id": TEMPLATE,
    "personalisation": {"link": LINK, "hours": 48, "name": "Sam"},
    "reference": "mail-7",
}
TAKEN = {"id": "740e5834-3a29-46b4-9a6f-16142fde533a", "reference": "mail-7"}


def http(status, body=b"", *headers):
    lines = [f"HTTP/1.1 {status} Words", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def answered(first, endless=b""):
    return Answering(first, endless, until=b'"mail-7"}')


def test_a_mail_is_taken_and_its_id_returned(client, received):
    message_id = client.send_email(**MAIL)

    (message,) = received()
    assert message["id"] == message_id
    assert message["email_address"] == "sam@example.com"
    assert message["template_id"] == TEMPLATE
    assert message["personalisation"] == MAIL["personalisation"]
    assert message["reference"] == "mail-7"


def test_the_call_is_the_documented_one():
    with answered(http(201, json.dumps(TAKEN).encode())) as server:
        assert client_of(server.url, release="1.2").send_email(**MAIL) == TAKEN["id"]

    head, _, body = server.heard[0].decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert first == "POST /v2/notifications/email HTTP/1.1"
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"] == "serve-opg/1.2"
    assert json.loads(body) == {
        "email_address": "sam@example.com",
        "template_id": TEMPLATE,
        "personalisation": MAIL["personalisation"],
        "reference": "mail-7",
    }
    token = headers["Authorization"].removeprefix("Bearer ")
    assert jwt.get_unverified_header(token) == {"typ": "JWT", "alg": "HS256"}
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert claims == {"iss": SERVICE_ID, "iat": pytest.approx(time.time(), abs=30)}


@pytest.mark.parametrize(
    ("kind", "error", "may_have_left"),
    [
        ("down", MailNotTaken, True),
        ("unavailable", MailNotTaken, True),
        ("busy", NotifyBusy, False),
        ("late", MailNotTaken, True),
    ],
)
def test_a_notify_in_trouble_means_try_again(client, fault, kind, error, may_have_left):
    fault(kind)

    with pytest.raises(MailNotTaken) as refusal:
        client.send_email(**MAIL)

    assert type(refusal.value) is error
    assert refusal.value.may_have_left == may_have_left
    assert_nothing_is_told(refusal.value)


def test_a_notify_that_hangs_is_given_up(notify, fault):
    fault("hang")
    began = time.monotonic()

    with pytest.raises(MailNotTaken) as refusal:
        client_of(notify, read_seconds=0.2).send_email(**MAIL)

    assert refusal.value.may_have_left
    assert time.monotonic() - began < 5


def test_an_answer_that_drips_is_given_up():
    with answered(b"HTTP/1.1 201 Created\r\n", b"X-Slow: 1\r\n") as server:
        impatient = client_of(server.url, read_seconds=5, total_seconds=0.3)
        with pytest.raises(MailNotTaken):
            impatient.send_email(**MAIL)


def test_nobody_at_the_address_means_that_nothing_left():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(MailNotTaken, match="ConnectionRefusedError") as refusal:
        client_of(f"http://127.0.0.1:{port}").send_email(**MAIL)

    assert not refusal.value.may_have_left


def test_a_refusal_carries_the_words_of_notify(client, fault):
    fault("team_only")

    with pytest.raises(MailRefused) as refusal:
        client.send_email(**MAIL)

    assert refusal.value.messages == [
        "Can't send to this recipient using a team-only API key",
    ]


def test_every_fault_of_a_mail_is_said(client):
    with pytest.raises(MailRefused) as refusal:
        client.send_email(**{**MAIL, "to": "sam", "template_id": "7"})

    assert len(refusal.value.messages) == 2


def test_a_key_that_notify_does_not_know_is_no_fault_of_the_mail(notify):
    stranger = client_of(notify, key=KEY.replace("2", "3"))

    with pytest.raises(KeyRefused, match="API key not found") as refusal:
        stranger.send_email(**MAIL)

    assert_nothing_is_told(refusal.value)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(302, b"", "Location: http://127.0.0.1:1/"), MailNotTaken),
        (http(201, b"<html>"), MailNotTaken),
        (http(201, b'{"id": 7}'), MailNotTaken),
        (http(201, b"[]"), MailNotTaken),
        (http(200, json.dumps(TAKEN).encode()), MailNotTaken),
        (http(408), MailNotTaken),
        (http(400, b"<html>"), MailRefused),
        (http(400, b'{"errors": ["x", {}]}'), MailRefused),
        (http(413, b"{}"), MailRefused),
        (http(201, b"x" * 300_000), MailNotTaken),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{}", MailNotTaken),
        (b"nonsense\r\n\r\n", MailNotTaken),
    ],
)
def test_any_other_answer_is_read_for_what_it_is(answer, error):
    with (
        answered(answer) as server,
        pytest.raises(error) as refusal,
    ):
        client_of(server.url, read_seconds=1).send_email(**MAIL)

    assert len(server.heard) == 1
    assert str(refusal.value)


def test_no_error_repeats_the_address_or_the_link():
    echo = {"errors": [{"error": "BadRequestError", "message": f"no {MAIL['to']} at {LINK}"}]}
    with (
        answered(http(400, json.dumps(echo).encode())) as server,
        pytest.raises(MailRefused) as refusal,
    ):
        client_of(server.url).send_email(**MAIL)

    assert_nothing_is_told(refusal.value)
    assert "[hidden]" in str(refusal.value)


# A null character and half of a pair, which no database holds; and what is kept of them.
ODD, KEPT = "a\0b \ud800", "a\ufffdb \ufffd"


def test_the_words_of_a_refusal_can_be_stored():
    said = json.dumps({"errors": [{"message": ODD}]}).encode()
    with answered(http(400, said)) as server, pytest.raises(MailRefused) as refusal:
        client_of(server.url).send_email(**MAIL)

    assert refusal.value.messages == [KEPT]


def test_the_id_of_a_message_can_be_stored():
    with answered(http(201, json.dumps({"id": ODD}).encode())) as server:
        assert client_of(server.url).send_email(**MAIL) == KEPT


@pytest.mark.parametrize(
    "changed",
    [
        {"base_url": ""},
        {"key": ""},
        {"key": "a-word"},
        {"allowed_hosts": ["elsewhere.example"]},
        {"base_url": "http://127.0.0.1@elsewhere.example"},
    ],
)
def test_a_half_set_up_client_says_so_before_anything_leaves(notify, received, changed):
    client = client_of(changed.pop("base_url", notify), **changed)

    with pytest.raises(NotConfigured) as refusal:
        client.send_email(**MAIL)

    assert received() == []
    assert "a-word" not in str(refusal.value)


def test_a_mail_without_a_template_is_not_sent(client):
    with pytest.raises(NotConfigured):
        client.send_email(**{**MAIL, "template_id": ""})


def test_the_settings_make_a_client(settings, notify):
    settings.NOTIFY_URL, settings.NOTIFY_API_KEY = notify, KEY

    assert NotifyClient.from_settings().send_email(**MAIL)


def test_the_settings_alone_say_which_hosts_get_an_address(settings, notify, received):
    settings.NOTIFY_URL, settings.NOTIFY_API_KEY = notify, KEY
    settings.NOTIFY_ALLOWED_HOSTS = []

    with pytest.raises(NotConfigured):
        NotifyClient.from_settings().send_email(**MAIL)
    assert received() == []


@pytest.mark.parametrize("name", ["", "a-", "our-key-"])
def test_a_key_is_read_whatever_its_name(name):
    key = ApiKey.read(f" {name}{SERVICE_ID}-{SECRET}\n")

    assert (key.service_id, key.secret) == (SERVICE_ID, SECRET)
    assert SECRET not in repr(key)


@pytest.mark.parametrize(
    "text", ["", "word", f"{SERVICE_ID}", f"{KEY}x", f"x{KEY}"[: -len(SECRET)]]
)
def test_a_key_of_another_form_is_refused(text):
    with pytest.raises(KeyUnreadable):
        ApiKey.read(text)


def assert_nothing_is_told(error):
    for secret in (MAIL["to"], LINK, "the-token", SECRET, KEY):
        assert secret not in str(error)
        assert secret not in repr(error.args)
    assert error.__suppress_context__ or error.__context__ is None
