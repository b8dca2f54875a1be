"""gunicorn's threaded worker, for clients that are slow, that break off, or that speak no HTTP.

A thread is held while a request comes in, and there are few. So a request has seconds to come: a
fixed number for its head, and for its body more with each byte that came, as a poor line needs;
what a client says that it will send buys it no time. What is no HTTP gets a
page of ours, which quotes nothing of it; and a line in the log, which doesn't either.
"""

import os
import socket
import threading
import time
import uuid
from http import HTTPStatus
from typing import Any

from csp.utils import build_policy
from django.conf import settings
from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidHeader,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import TConn, ThreadWorker

from audit.trace import traced

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serve_opg.settings")

HEAD_SECONDS = 10
# Of a body: 200 kilobits a second. A document of 20 MB may take a quarter of an hour, as long as it
# keeps coming.
LEAST_BYTES_A_SECOND = 25_000

STATUSES = {
    ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
}
UNREADABLE = "Your browser sent something that this service cannot read. Go back and try again."
SENTENCES = {
    HTTPStatus.REQUEST_URI_TOO_LONG: "The address of this page is too long. Go to the start of the "
    "service and try again.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "Your browser sent too much. Delete the cookies of "
    "this service and try again.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "There is a problem with this service. Try again later.",
}
PAGE = """\
<!DOCTYPE html>
<html lang="en-GB">
<head><title>{title} – Serve OPG</title></head>
<body><main><h1>{title}</h1><p>{sentence}</p><p>Reference: {reference}</p></main></body>
</html>
"""
HEADERS = {
    **settings.FIXED_HEADERS,
    "Content-Security-Policy": build_policy(),
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store, private",
    "Content-Type": "text/html; charset=utf-8",
    "Connection": "close",
}

_default_headers = wsgi.Response.default_headers


def _nameless_headers(response: wsgi.Response) -> list[str]:
    """Those that gunicorn begins each answer with, without the one that says what it is."""
    return [line for line in _default_headers(response) if not line.startswith("Server:")]


# gunicorn has no setting for it.
wsgi.Response.default_headers = _nameless_headers


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Patient with a slow line, not with one that holds a thread."""

    head_seconds = HEAD_SECONDS
    least_bytes_a_second = LEAST_BYTES_A_SECOND

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who is sending, and until when they may.
        self._senders: dict[TConn, float] = {}
        self._senders_lock = threading.Lock()

    def handle(self, conn: TConn) -> Any:
        """A connection that has something to say. In a thread of the pool."""
        self._await(conn, self.head_seconds)
        try:
            return super().handle(conn)
        finally:
            with self._senders_lock:
                self._senders.pop(conn, None)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """A request whose head is there. Raises `InvalidHeader` for one to no host (RFC 9112)."""
        headers = dict(req.headers)
        if req.version >= (1, 1) and "HOST" not in headers:
            raise InvalidHeader("HOST")
        self._await(conn, self.head_seconds)
        self._count(conn)
        return super().handle_request(req, conn)

    def _count(self, conn: TConn) -> None:
        """From now on each piece that comes gives the sender time for the next."""
        unreader = conn.parser.unreader
        if "chunk" in vars(unreader):
            # An earlier request on the same connection.
            return
        read = unreader.chunk

        def chunk(size_hint: int | None = None) -> bytes:
            came: bytes = read(size_hint)
            with self._senders_lock:
                if conn in self._senders:
                    self._senders[conn] += len(came) / self.least_bytes_a_second
            return came

        unreader.chunk = chunk

    def murder_pending(self) -> None:
        """What gunicorn asks for every second: hang up on whoever has taken too long."""
        super().murder_pending()
        now = time.monotonic()
        with self._senders_lock:
            late = [conn for conn, until in self._senders.items() if until < now]
            for conn in late:
                del self._senders[conn]
        for conn in late:
            # The thread that reads sees the end; one that is answering already goes on.
            try:
                conn.sock.shutdown(socket.SHUT_RD)
            except OSError:
                # They were faster.
                continue

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """An answer to what never reached Django: a page, and a line with its reference."""
        reference = uuid.uuid4().hex
        with traced(reference):
            if isinstance(exc, ParseException):
                status = STATUSES.get(type(exc), HTTPStatus.BAD_REQUEST)
                # Its words quote what was sent: a link by email, a cookie, a password.
                self.log.warning("A request that cannot be read: %s", type(exc).__name__)
            else:
                status = HTTPStatus.INTERNAL_SERVER_ERROR
                self.log.error("A request failed outside of Django", exc_info=exc)
        try:
            util.write(client, _answer(status, reference))
        except OSError:
            self.log.debug("Nobody waited for the answer.")

    def _await(self, conn: TConn, seconds: float) -> None:
        with self._senders_lock:
            self._senders[conn] = time.monotonic() + seconds


def _answer(status: HTTPStatus, reference: str) -> bytes:
    """The whole answer, as it goes out."""
    sentence = SENTENCES.get(status, UNREADABLE)
    page = PAGE.format(title=status.phrase, sentence=sentence, reference=reference).encode()
    headers = {**HEADERS, "X-Request-Id": reference, "Content-Length": str(len(page))}
    if settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = settings.HSTS
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + page
