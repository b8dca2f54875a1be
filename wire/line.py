"""One HTTP call on a fresh connection, bounded in time and size. Follows no redirect.

A read timeout begins anew with each byte, so a slow answer could hold a process for as long as it
likes: here each read gets only what is left of the whole call's time.
"""

import http.client
import io
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import SplitResult

from wire.trust import tls_context

LINE_ERRORS = (OSError, http.client.HTTPException, ValueError)


class LineFailed(Exception):
    """No whole answer. The message is the name of what went wrong, and no more.

    `may_have_left`: whether the other side may have read the request.
    """

    def __init__(self, reason: str, *, may_have_left: bool) -> None:
        super().__init__(reason)
        self.may_have_left = may_have_left


@dataclass(frozen=True)
class Patience:
    """Seconds allowed for connecting, for each silence and for the whole call."""

    connect: float
    read: float
    total: float


@dataclass(frozen=True)
class Answer:
    """A status, and the whole body."""

    status: int
    body: bytes


def ask(
    url: SplitResult,
    *,
    method: str,
    path: str,
    headers: Mapping[str, str],
    patience: Patience,
    most_bytes: int,
    body: bytes | None = None,
    ca_bundle: str = "",
) -> Answer:
    """Asks once at the scheme, host and port of `url`; the answer's body has at most `most_bytes`.

    `ca_bundle`: the file of authorities for https, "" for the public ones. No proxy and no other
    setting of the environment is used. Raises `LineFailed`.
    """
    clock = _Clock(time.monotonic() + patience.total, patience.read)
    connection = _connection(url, min(patience.connect, patience.total), ca_bundle)
    connection.response_class = cast(Any, clock.response)
    is_connected = False
    try:
        connection.connect()
        connection.sock.settimeout(clock.left())
        is_connected = True
        connection.request(method, path, body, {**headers, "Connection": "close"})
        return _read(connection, most_bytes)
    except LINE_ERRORS as error:
        # Not the error itself: it may quote what was sent.
        raise LineFailed(type(error).__name__, may_have_left=is_connected) from None
    finally:
        connection.close()


def _read(connection: http.client.HTTPConnection, most_bytes: int) -> Answer:
    with connection.getresponse() as response:
        body = response.read(most_bytes + 1)
        if len(body) > most_bytes:
            raise LineFailed("The answer is too large", may_have_left=True)
        if response.length:
            raise LineFailed("The answer broke off", may_have_left=True)
        return Answer(response.status, body)


def _connection(url: SplitResult, timeout: float, ca_bundle: str) -> http.client.HTTPConnection:
    host = url.hostname or ""
    if url.scheme == "https":
        trusted = tls_context(ca_bundle)
        return http.client.HTTPSConnection(host, url.port, timeout=timeout, context=trusted)
    return http.client.HTTPConnection(host, url.port, timeout=timeout)


@dataclass(frozen=True)
class _Clock:
    """When the call must be over, by time.monotonic(), and the longest silence in seconds."""

    deadline: float
    silence: float

    def left(self) -> float:
        seconds = min(self.silence, self.deadline - time.monotonic())
        if seconds <= 0:
            raise TimeoutError("The total time is up")
        return seconds

    def response(self, sock: Any, *args: Any, **options: Any) -> http.client.HTTPResponse:
        """In place of http.client's own response class: reads by this clock."""
        response = http.client.HTTPResponse(sock, *args, **options)
        plain = response.fp
        response.fp = io.BufferedReader(_TimedReader(sock, self, plain))
        return response


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, clock: _Clock, plain: Any) -> None:
        self._sock, self._clock, self._plain = sock, clock, plain

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._clock.left())
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        self._plain.close()
        super().close()
