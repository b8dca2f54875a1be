"""Real gunicorn with our worker: slow clients, those that break off, and what is no HTTP."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from gunicorn.workers.gthread import ThreadWorker

from devstack.servers.server import CHECKOUT
from serve_opg.web_worker import PatientWorker
from tests.web_policy import Answer, breaches

SECRETS = ("PERSONMARKER", "TOKENMARKER", "COOKIEMARKER", "PWMARKER")
UNREADABLE = {
    "a word that is no method": (b"get /TOKENMARKER HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a request line of letters beyond ASCII": (
        "GET /case?q=Zoë-PERSONMARKER HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
        400,
    ),
    "a body in the place of a head": (b"email=PERSONMARKER&password=PWMARKER\r\n\r\n", 400),
    "a header without a colon": (
        b"GET / HTTP/1.1\r\nHost: a\r\nCookie sessionid=COOKIEMARKER\r\n\r\n",
        400,
    ),
    "no host": (b"GET /TOKENMARKER HTTP/1.1\r\n\r\n", 400),
    "two lengths": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nPW",
        400,
    ),
    "a length and chunks": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        400,
    ),
    "a long address": (b"GET /" + b"TOKENMARKER" * 500 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "a long header": (
        b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + b"COOKIEMARKER" * 1000 + b"\r\n\r\n",
        431,
    ),
    "an expectation": (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: PERSONMARKER\r\n\r\n", 417),
    "another coding": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: PWMARKER\r\n\r\n",
        501,
    ),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Its port, and the file of what it logs."""
    log = tmp_path_factory.mktemp("server") / "log"
    # Who connects before it is up waits in the queue of the socket.
    with socket.create_server(("127.0.0.1", 0)) as door, log.open("wb") as lines:
        command = [
            *(sys.executable, "-m", "gunicorn", "tests.serve_opg.impatient_server:application"),
            *("--config", "python:tests.serve_opg.impatient_server", "--no-control-socket"),
            *("--bind", f"fd://{door.fileno()}", "--workers", "1", "--graceful-timeout", "1"),
        ]
        variables = {**os.environ, "LOG_FORMAT": "json"}
        how = {"cwd": CHECKOUT, "env": variables, "pass_fds": [door.fileno()]}
        with subprocess.Popen(command, stdout=lines, stderr=lines, **how) as process:
            yield door.getsockname()[1], log
            process.terminate()


def asked(port, method="GET", path="/", body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def begun(port, content):
    """A connection that has said this much."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(content)
    return connection


def answer_to(port, content):
    with begun(port, content) as connection:
        response = http.client.HTTPResponse(connection)
        response.begin()
        text = response.read().decode()
        return Answer(
            path="/", status=response.status, headers=dict(response.getheaders()), text=text
        )


def test_each_byte_buys_time_once_however_many_requests_the_connection_has_seen(monkeypatch):
    class Unreader:
        def chunk(self, _size=None):
            return b"a" * 25_000

    class Connection:
        parser = SimpleNamespace(unreader=Unreader())

    monkeypatch.setattr(ThreadWorker, "handle_request", lambda *_: None)
    worker, one = PatientWorker.__new__(PatientWorker), Connection()
    worker._senders, worker._senders_lock = {}, threading.Lock()
    for _ in range(2):
        worker.handle_request(SimpleNamespace(headers=[("HOST", "a")], version=(1, 1)), one)
    before = worker._senders[one]
    assert len(one.parser.unreader.chunk()) == 25_000
    assert worker._senders == {one: before + 1.0}


def test_no_answer_says_what_the_server_is(server):
    port, _log = server
    for content in (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"x\r\n\r\n"):
        assert "Server" not in answer_to(port, content).headers


def test_a_whole_request_is_answered(server):
    port, _log = server
    assert asked(port) == (200, "|/|0")
    assert asked(port, "POST", "/form", body="a" * 70_000) == (200, "|/form|70000")
    assert asked(port, "POST", "/form", body="a" * 9_000_000) == (200, "|/form|9000000")


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET /login HTTP/1.1\r\nHost: a\r\nX-A: ",
        b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nemail=",
        b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 250000000\r\n\r\nemail=",
        b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 400 + b"\r\n\r\n",
    ],
    ids=["in its head", "in its body", "in a body that is said to be large", "or beyond numbers"],
)
def test_who_stops_in_the_middle_is_hung_up_on_and_keeps_nobody_waiting(server, beginning):
    port, _log = server
    slow = [begun(port, beginning) for _ in range(6)]
    assert asked(port) == (200, "|/|0")
    for connection in slow:
        # Nothing, or the page of an error; then the end. A server that waits on would time out.
        while connection.recv(10_000):
            pass
        connection.close()


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET /login HTTP/1.1\r\nHost: a\r\nX-A: ",
        b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 250000000\r\n\r\n",
    ],
    ids=["a head", "a body"],
)
def test_who_drips_is_hung_up_on_too(server, beginning):
    port, _log = server
    with begun(port, beginning) as connection:
        connection.settimeout(0.2)
        for _ in range(100):
            try:
                connection.sendall(b"a")
                if connection.recv(10_000) == b"":
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
    pytest.fail("after 20 seconds it still listens")


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_request_gets_a_page_of_ours_that_quotes_nothing(server, name):
    port, _log = server
    content, status = UNREADABLE[name]
    answer = answer_to(port, content)
    assert answer.status == status
    assert breaches(answer) == []
    assert answer.header("X-Request-Id") in answer.text
    assert not any(secret in answer.text for secret in SECRETS)


def test_nobody_sets_the_prefix_of_our_addresses(server):
    port, _log = server
    assert asked(port, headers={"SCRIPT_NAME": "/evil"}) == (200, "|/|0")
    assert asked(port, headers={"Script-Name": "/evil"}) == (200, "|/|0")


def test_a_body_that_breaks_off_is_no_body(server):
    port, _log = server
    with begun(port, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf") as connection:
        connection.shutdown(socket.SHUT_WR)
        assert b"200 OK" not in connection.recv(10_000)


def test_what_it_logs_is_json_with_the_reference_and_nothing_that_was_sent(server):
    port, log = server
    answers = [answer_to(port, content) for content, _status in UNREADABLE.values()]
    answers.append(answer_to(port, b"GET /fails?q=TOKENMARKER HTTP/1.1\r\nHost: a\r\n\r\n"))
    assert answers[-1].status == 500
    text = log.read_text()
    traces = {json.loads(line)["trace_id"] for line in text.splitlines()}
    assert {answer.header("X-Request-Id") for answer in answers} <= traces
    assert "RuntimeError" in text
    assert [secret for secret in SECRETS if secret in text] == []
