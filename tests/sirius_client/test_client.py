"""The client against a real simulator process: every fault ends in exactly the right class."""

import json
import socket
import ssl
import subprocess
import time
from shutil import which

import pytest
import requests

from sirius_client import (
    DuplicateOrder,
    InvalidOrder,
    LeaseRanOut,
    OutcomeUnknown,
    RequestRefused,
    SessionEnded,
    SignInRefused,
    SiriusBusy,
    SiriusClient,
    SiriusError,
    SiriusUnreachable,
)
from tests.sirius_client.running import EMAIL, PASSWORD, Answering, body, impatient, payload

UNKNOWN_BEFORE = ["500-before", "502-before", "503-before", "504-before", "drop-before"]
UNKNOWN_BEFORE += ["reset-before", "hang-before", "close-before-reading", "201-html-before"]
UNKNOWN_AFTER = ["500-after", "502-after", "503-after", "504-after", "drop-after", "reset-after"]
UNKNOWN_AFTER += ["hang-after", "drip-headers", "drip-body", "truncated", "redirect-elsewhere"]
UNKNOWN_AFTER += ["200-html", "201-html", "201-without-id", "201-text-id", "201-empty"]
SESSION_ENDED = ["401", "403", "redirect-to-sign-in", "session-expired", "csrf-refused"]


def outcome(client, **more):
    with pytest.raises(SiriusError) as caught:
        client.post_order(body(), request_id="r-1", **more)
    return caught.value


def in_time_for(kind, client):
    """Only where no answer comes is a short patience right: elsewhere the machine may be busy."""
    return impatient(client) if kind.startswith(("hang", "drip", "apply-late")) else client


def test_an_order_is_posted_and_its_ids_come_back(sirius, client):
    receipt = client.post_order(body(), request_id="r-1")

    (record,) = sirius.accepted
    assert record["payload"] == payload()
    assert record["body"] == body().decode()
    assert record["request_id"] == "r-1"
    assert receipt.http_status == 201
    assert receipt.order_id == record["ids"]["id"]
    assert receipt.client_id == record["ids"]["client"]["id"]
    assert receipt.deputy_ids == [each["id"] for each in record["ids"]["deputies"]]
    assert receipt.document_ids == [each["id"] for each in record["ids"]["documents"]]


def test_one_session_serves_several_posts(sirius, client):
    client.post_order(body(), request_id="r-1")
    client.post_order(body(courtReference="61429461"), request_id="r-2")

    assert [record["request_id"] for record in sirius.accepted] == ["r-1", "r-2"]


def test_the_token_is_taken_from_the_cookie_where_the_header_is_missing(sirius):
    sirius.control("POST", "settings", {"csrf_in": "cookie"})
    with sirius.client() as client:
        client.sign_in()
        client.post_order(body(), request_id="r-1")

    assert len(sirius.accepted) == 1


@pytest.mark.parametrize("kind", UNKNOWN_BEFORE)
def test_what_may_have_arrived_is_unknown_though_it_was_not_applied(sirius, client, kind):
    sirius.fault(kind)

    assert type(outcome(in_time_for(kind, client))) is OutcomeUnknown
    assert sirius.accepted == []


@pytest.mark.parametrize("kind", UNKNOWN_AFTER)
def test_what_was_applied_without_a_good_answer_is_unknown(sirius, client, kind):
    sirius.fault(kind)

    assert type(outcome(in_time_for(kind, client))) is OutcomeUnknown
    assert sirius.wait_for_accepted(1)


def test_an_order_applied_after_the_read_timeout_is_unknown_first_and_a_duplicate_later(
    sirius, client
):
    sirius.fault("apply-late", seconds=1)
    patient = sirius.client()
    patient.sign_in()
    assert type(outcome(impatient(client))) is OutcomeUnknown
    assert sirius.accepted == []

    assert sirius.wait_for_accepted(1)
    assert type(outcome(patient)) is DuplicateOrder
    assert len(sirius.accepted) == 1


@pytest.mark.parametrize("kind", SESSION_ENDED)
def test_an_ended_session_is_not_applied_and_is_dropped(sirius, client, kind):
    sirius.fault(kind)
    assert type(outcome(client)) is SessionEnded
    assert len(sirius.attempts) == 1

    # The session is gone here too: nothing leaves before the next sign-in.
    assert type(outcome(client)) is SessionEnded
    assert len(sirius.attempts) == 1

    client.sign_in()
    client.post_order(body(), request_id="r-2")
    assert [record["request_id"] for record in sirius.accepted] == ["r-2"]


def test_a_session_that_sirius_forgot_is_ended(sirius, client):
    sirius.control("POST", "sessions")

    assert type(outcome(client)) is SessionEnded


def test_busy_says_how_long_to_wait(sirius, client):
    sirius.fault("429", retry_after="7")

    error = outcome(client)
    assert type(error) is SiriusBusy
    assert error.retry_after == 7
    assert error.http_status == 429


@pytest.mark.parametrize(
    ("kind", "error", "status"),
    [
        ("400-duplicate", DuplicateOrder, 400),
        ("400-invalid", InvalidOrder, 400),
        ("400-unreadable", RequestRefused, 400),
        ("404", RequestRefused, 404),
        ("413", RequestRefused, 413),
    ],
)
def test_a_refusal_has_its_class_and_status(sirius, client, kind, error, status):
    sirius.fault(kind)

    found = outcome(client)
    assert type(found) is error
    assert found.http_status == status
    assert sirius.accepted == []


def test_a_second_order_with_the_same_key_is_a_duplicate(sirius, client):
    client.post_order(body(), request_id="r-1")

    assert type(outcome(client)) is DuplicateOrder
    client.post_order(body(type="HW", assetLevel=None), request_id="r-3")
    assert len(sirius.accepted) == 2


def test_an_invalid_order_names_each_wrong_property(sirius, client):
    wrong = body(date="2018-02-30", appointmentType=None, client={"firstName": "Ada"})
    with pytest.raises(InvalidOrder) as caught:
        client.post_order(wrong, request_id="r-1")

    assert set(caught.value.errors) == {"date", "appointmentType", "client.lastName"}
    assert "Ada" not in caught.value.body


def test_nothing_leaves_after_the_last_moment(sirius, client):
    assert type(outcome(client, not_after=time.monotonic())) is LeaseRanOut
    assert sirius.attempts == []

    client.post_order(body(), request_id="r-2", not_after=time.monotonic() + 5)
    assert len(sirius.accepted) == 1


def test_a_refused_connection_is_not_applied(client):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        client._base_url = closed
        assert type(outcome(client)) is SiriusUnreachable
        stranger = SiriusClient(closed, email=EMAIL, password=PASSWORD)
        with pytest.raises(SiriusUnreachable):
            stranger.sign_in()
        assert not stranger.is_up()
        stranger.sign_out()


def test_a_line_without_tls_is_not_applied(sirius, client):
    client._base_url = sirius.url.replace("http:", "https:")

    assert type(outcome(client)) is SiriusUnreachable
    assert sirius.attempts == []


@pytest.mark.parametrize("url", ["", "nonsense", "http://", "http://[broken", "ftp://127.0.0.1"])
def test_an_address_that_is_none_is_not_applied(url):
    client = SiriusClient(url, email=EMAIL, password=PASSWORD)

    with pytest.raises(SiriusUnreachable):
        client.sign_in()
    assert not client.is_up()


@pytest.mark.parametrize(
    "kind",
    ["401", "403", "500-before", "hang-before", "drop-before", "redirect-to-sign-in", "404"]
    + ["sign-in-without-token", "sign-in-without-cookie", "drip-headers"],
)
def test_a_sign_in_without_a_usable_session_is_refused(sirius, kind):
    sirius.fault(kind, call="sign-in")
    with in_time_for(kind, sirius.client()) as client:
        with pytest.raises(SignInRefused):
            client.sign_in()
        assert type(outcome(client)) is SessionEnded
    assert sirius.attempts == []


def test_a_wrong_password_is_refused_and_repeated_nowhere(sirius):
    client = SiriusClient(sirius.url, email=EMAIL, password="another secret")

    with pytest.raises(SignInRefused) as caught:
        client.sign_in()
    assert caught.value.http_status == 401
    assert "another secret" not in repr(caught.value) + caught.value.body


def test_a_busy_sign_in_says_how_long_to_wait(sirius):
    sirius.fault("429", call="sign-in", retry_after="3")

    with sirius.client() as client, pytest.raises(SiriusBusy) as caught:
        client.sign_in()
    assert caught.value.retry_after == 3


def test_a_sign_in_that_fails_leaves_no_earlier_session(sirius, client):
    sirius.fault("429", call="sign-in")

    with pytest.raises(SiriusBusy):
        client.sign_in()
    assert type(outcome(client)) is SessionEnded
    assert sirius.attempts == []


def test_up_is_a_200_and_nothing_else(sirius):
    with sirius.client() as client:
        assert client.is_up()
        for kind in ("500-before", "redirect-to-sign-in", "404", "drop-before", "hang-before"):
            sirius.fault(kind, call="health")
            assert not in_time_for(kind, client).is_up()


@pytest.mark.parametrize("kind", [None, "500-before", "hang-before", "drop-before"])
def test_signing_out_never_fails_and_always_ends_the_session(sirius, client, kind):
    if kind:
        sirius.fault(kind, call="sign-out")
        in_time_for(kind, client)
    client.sign_out()

    assert type(outcome(client)) is SessionEnded
    client.sign_out()


@pytest.mark.parametrize("kind", ["drip-headers", "drip-body"])
def test_the_total_time_holds_against_a_slow_drip(sirius, client, kind):
    sirius.fault(kind, seconds=0.1)
    impatient(client)
    started = time.monotonic()
    outcome(client)

    # Each byte came within the read timeout; all of them would take 15 s.
    assert 0.5 < time.monotonic() - started < 5


def test_a_slow_reader_is_given_up_too(sirius):
    """A server that takes the connection and reads nothing: the body does not fit its buffers."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with sirius.client() as client:
            client.sign_in()
            impatient(client)._base_url = url
            started = time.monotonic()
            with pytest.raises(OutcomeUnknown):
                client.post_order(b" " * 20_000_000, request_id="r-1")
            assert time.monotonic() - started < 5


def test_an_answer_without_end_is_cut_off(client):
    started = time.monotonic()
    with Answering(b"HTTP/1.1 201 Created\r\n\r\n", b"{" * 65536) as server:
        client._base_url = server.url
        assert "1048576 bytes, cut off" in outcome(client).body
    # By its size, long before the total time.
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\r\n\r\n", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 banana\r\n\r\n", b"\x00" * 200]
    + [b"HTTP/1.1 200 OK\r\nContent-Length: 5, 7\r\n\r\nhello"]
    + [b"HTTP/1.1 201 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"]
    + [b"HTTP/1.1 201 OK\r\n" + b"X: y\r\n" * 300 + b"\r\n"]
    + [b"HTTP/1.1 302 Found\r\nLocation: http://[broken\r\n\r\n"]
    + [b"HTTP/1.1 201 OK\r\n\r\n" + b"[" * 100_000]
    + [b'HTTP/1.1 201 OK\r\n\r\n{"id": ' + b"1" * 6000 + b"}"],
)
def test_garbage_is_unknown(client, garbage):
    with Answering(garbage) as server:
        client._base_url = server.url
        assert type(outcome(client)) is OutcomeUnknown


def test_redirects_are_not_followed(sirius, client):
    with Answering(
        f"HTTP/1.1 307 Go\r\nLocation: {sirius.url}/health-check/\r\n\r\n".encode()
    ) as server:
        client._base_url = server.url
        assert type(outcome(client)) is OutcomeUnknown
    assert sirius.attempts == []


def test_the_environment_s_proxies_and_logins_are_not_used(sirius, client, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login x password y\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    client.post_order(body(), request_id="r-1")


def test_what_is_sent_names_us_and_the_request(client):
    with Answering(b"HTTP/1.1 500 No\r\n\r\n") as server:
        client._base_url = server.url
        outcome(client)
    head = server.heard[0].decode()
    assert head.startswith("POST /api/public/v1/orders HTTP/1.1\r\n")
    assert "User-Agent: serve-opg/development\r\n" in head
    assert "X-Request-Id: r-1\r\n" in head
    assert "Content-Type: application/json\r\n" in head
    # One that is kept looks like a post without an answer when Sirius has closed it meanwhile.
    assert "Connection: close\r\n" in head


def test_an_answer_that_quotes_the_session_is_kept_without_it(client):
    secrets = {client._token, *(cookie.value for cookie in client._cookies)}
    assert len(secrets) > 1
    told = json.dumps({"detail": f"not for {' '.join(secrets)}"}).encode()
    with Answering(b"HTTP/1.1 404 No\r\n\r\n" + told) as server:
        client._base_url = server.url
        kept = outcome(client).body
    assert "not for" in kept
    assert not [secret for secret in secrets if secret in kept]


def test_no_log_line_carries_a_name_or_the_password(sirius, client, caplog):
    caplog.set_level("DEBUG")
    for kind in ("500-after", "hang-after", "drop-after", "400-invalid"):
        sirius.fault(kind)
        outcome(in_time_for(kind, client))
        client._read_seconds, client._total_seconds = 30, 45

    for word in ("Byron", "Percy", "93559316", PASSWORD, "percy@example.com"):
        assert word not in caplog.text


def test_the_settings_make_a_client(sirius, settings):
    settings.SIRIUS_URL = sirius.url + "/"
    settings.SIRIUS_EMAIL = EMAIL
    settings.SIRIUS_PASSWORD = PASSWORD
    with SiriusClient.from_settings() as client:
        assert client.is_up()
        client.sign_in()
        client.post_order(body(), request_id="r-1")


@pytest.mark.skipif(which("openssl") is None, reason="openssl makes this test's certificate")
def test_tls_is_verified_and_watched(client, monkeypatch, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {certificate}"
    extension = "subjectAltName=IP:127.0.0.1"
    subprocess.run(
        [*command.split(), "-subj", "/CN=127.0.0.1", "-addext", extension],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    with Answering(
        b"HTTP/1.1 201 OK\r\n\r\n" + json.dumps({"id": 7}).encode(), context=context
    ) as server:
        client._base_url = server.url.replace("http:", "https:")
        assert type(outcome(client)) is SiriusUnreachable
    with Answering(
        b"HTTP/1.1 201 OK\r\n\r\n" + json.dumps({"id": 7}).encode(), context=context
    ) as server:
        client._base_url = server.url.replace("http:", "https:")
        client._ca_bundle = str(certificate)
        assert client.post_order(body(), request_id="r-1").order_id == 7
        assert type(outcome(client, not_after=time.monotonic())) is LeaseRanOut


def test_the_simulator_is_strict_about_the_session(sirius):
    answer = requests.post(f"{sirius.url}/api/public/v1/orders", data=body(), timeout=5)

    assert answer.status_code == 401
