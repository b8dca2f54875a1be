"""The simulator's HTTP server: reads a request, asks `app` or `control`, and sends what they say.
Decides nothing.
"""

import sys
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from sirius_client.simulator import bus, control
from sirius_client.simulator.app import Call, Simulator
from sirius_client.simulator.sessions import SESSION_COOKIE
from sirius_client.simulator.wire import Answer, Manner, send

# Room for an order with hundreds of deputies and documents.
BODY_LIMIT = 10 * 1024 * 1024

CALLS = {
    ("GET", "/health-check/service-status"): "health",
    ("POST", "/old-login"): "sign-in",
    ("POST", "/api/public/v1/orders"): "orders",
    ("GET", "/auth/logout"): "sign-out",
}


class SimulatorServer(ThreadingHTTPServer):
    """A thread a connection, on loopback."""

    daemon_threads = True
    # A hanging answer must not hold up the stop.
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, simulator: Simulator) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.simulator = simulator


class _Connection(BaseHTTPRequestHandler):
    """One connection. The base class reads the request lines and headers."""

    protocol_version = "HTTP/1.1"
    server: SimulatorServer
    # A client that says nothing for this long is forgotten.
    timeout = 300

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: a line a request would bury the other processes' logs."""

    def _answer(self, method: str) -> None:
        simulator = self.server.simulator
        path = urlsplit(self.path).path
        name = self._call_name(method, path)
        if name and self._close_unread(name):
            return
        body = self._read_body()
        if body is None:
            self._send(Answer(413), Manner())
            self.close_connection = True
        elif path.startswith(control.PREFIX):
            self._send(control.answer(simulator, method, path, body), Manner())
        elif name:
            self._send(*simulator.answer(self._call(name, body)))
        else:
            self._send(Answer(404), Manner())

    def _call_name(self, method: str, path: str) -> str | None:
        if self.headers.get("X-Amz-Target") == bus.TARGET and path == "/":
            return "bus"
        return CALLS.get((method, path))

    def _close_unread(self, name: str) -> bool:
        simulator = self.server.simulator
        fault = simulator.faults.strike_unread(name)
        if fault is None:
            return False
        simulator.note_unread(self._call(name, b""), fault)
        self._send(Answer(500), Manner(fault.what.style))
        return True

    def _call(self, name: str, body: bytes) -> Call:
        return Call(
            name=name,
            body=body,
            cookie=self._cookie(),
            token=self.headers.get("X-XSRF-TOKEN", ""),
            request_id=self.headers.get("X-Request-Id", ""),
        )

    def _cookie(self) -> str:
        try:
            cookies = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError:
            return ""
        return cookies[SESSION_COOKIE].value if SESSION_COOKIE in cookies else ""

    def _read_body(self) -> bytes | None:
        """The whole body, or None where it is too large or its length is not said."""
        length = self.headers.get("Content-Length", "0")
        if (
            not length.isdecimal()
            or int(length) > BODY_LIMIT
            or "Transfer-Encoding" in self.headers
        ):
            return None
        return self.rfile.read(int(length))

    def _send(self, answer: Answer, manner: Manner) -> None:
        if not send(self.connection, answer, manner):
            self.close_connection = True


def announce(server: SimulatorServer) -> None:
    """Says on standard output where the server listens: with port 0 nobody else knows."""
    sys.stdout.write(f"Sirius simulator on http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
