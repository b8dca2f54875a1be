"""One GET on a fresh connection, bounded in time and size. Follows no redirect, knows no Places.

A read timeout begins anew with each byte, so a slow answer could hold a web process for as long as
it likes: here each read gets only what is left of the whole call's time.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import SplitResult

from requests.utils import DEFAULT_CA_BUNDLE_PATH

# A postcode's 100 addresses are about 150 KB.
BODY_LIMIT = 1024 * 1024
LINE_ERRORS = (OSError, http.client.HTTPException, ValueError)


class LineFailed(Exception):
    """No whole answer; the message is the name of what went wrong, and no more."""


@dataclass(frozen=True)
class Patience:
    """Seconds allowed for connecting, for each silence and for the whole call."""

    connect: float
    read: float
    total: float


@dataclass(frozen=True)
class Answer:
    """A status, and the whole body: at most `BODY_LIMIT` bytes."""

    status: int
    body: bytes


def get(url: SplitResult, path: str, headers: Mapping[str, str], patience: Patience) -> Answer:
    """Asks for `path` at the scheme, host and port of `url`. Raises LineFailed."""
    clock = _Clock(time.monotonic() + patience.total, patience.read)
    connection = _connection(url, min(patience.connect, patience.total))
    connection.response_class = cast(Any, clock.response)
    try:
        connection.connect()
        connection.sock.settimeout(clock.left())
        connection.request("GET", path, headers={**headers, "Connection": "close"})
        with connection.getresponse() as response:
            body = response.read(BODY_LIMIT + 1)
            if len(body) > BODY_LIMIT or response.length:
                raise LineFailed("The answer is too large, or broke off")
            return Answer(response.status, body)
    except LINE_ERRORS as error:
        # Not the error itself: it may quote the request line, and that has a postcode.
        raise LineFailed(type(error).__name__) from None
    finally:
        connection.close()


def _connection(url: SplitResult, timeout: float) -> http.client.HTTPConnection:
    host = url.hostname or ""
    if url.scheme == "https":
        trusted = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
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
