"""One HTTP exchange on a fresh connection, which knows whether a byte has left and when to give up.
Knows no Sirius.

requests alone cannot tell a connection that failed from a request that may have arrived, and its
read timeout begins anew with each byte. So the connection itself keeps watch: before each write and
each read.
"""

import http.client
import io
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import requests
import urllib3.connection
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar

from sirius_client.errors import LeaseRanOut
from wire.trust import OLDEST_TLS, ca_file

BODY_LIMIT = 1024 * 1024
WRITE_CHUNK = 16 * 1024
# Whatever the layers below let through; anything else is a mistake of ours.
LINE_ERRORS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)


class LineFailed(Exception):
    """No status line came. `sent`: whether a byte of the request may have left."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


@dataclass(frozen=True)
class Answer:
    """What came back. `whole` is False where the body broke off, was too long or too slow."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool


@dataclass
class Exchange:
    """The clock of one exchange. Moments are by time.monotonic(), durations in seconds."""

    connect_seconds: float
    read_seconds: float
    deadline: float
    not_after: float | None = None
    sent: bool = False
    # What the answer is read from; closed at the end, for urllib3 forgets it on some bad headers.
    reader: io.BufferedReader | None = None

    def patience(self) -> float:
        """How long the next read or write may take; raises TimeoutError where the time is up."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("The total time is up")
        return min(self.read_seconds, left)

    def about_to_send(self) -> None:
        """The last gate before the first byte; raises TimeoutError or LeaseRanOut."""
        if self.sent:
            return
        self.patience()
        if self.not_after is not None and time.monotonic() >= self.not_after:
            raise LeaseRanOut("The time to send this had passed")
        self.sent = True


def exchange(
    clock: Exchange,
    request: requests.PreparedRequest,
    cookies: RequestsCookieJar,
    *,
    ca_bundle: str = "",
) -> Answer:
    """Sends one request and reads its answer. New cookies go into the jar. Redirects are answers
    like any other.

    `ca_bundle`: the file of authorities for https, "" for the public ones.
    Raises LineFailed, or LeaseRanOut when `clock.not_after` had passed. No proxy, no .netrc and no
    other setting of the environment is used: all of that is a matter of a requests session, and
    there is none.
    """
    adapter = _WatchedAdapter(clock)
    try:
        response = adapter.send(
            request,
            stream=True,
            timeout=(min(clock.connect_seconds, clock.patience()), clock.read_seconds),
            verify=ca_file(ca_bundle),
        )
        cookies.update(response.cookies)
        body, whole = _read_body(response)
        return Answer(response.status_code, response.headers, body, whole)
    except LINE_ERRORS as error:
        # Not the error itself: it carries the request, and with it names and the password.
        raise LineFailed(_innermost(error), sent=clock.sent) from None
    finally:
        if clock.reader is not None:
            clock.reader.close()
        adapter.close()


def _read_body(response: requests.Response) -> tuple[bytes, bool]:
    """The body as far as it came, at most the limit, and whether that is all of it."""
    body = b""
    try:
        for chunk in response.raw.stream(64 * 1024, decode_content=False):
            body += chunk
            if len(body) > BODY_LIMIT:
                return body[:BODY_LIMIT], False
    except LINE_ERRORS:
        return body, False
    finally:
        response.close()
    return body, True


def _innermost(error: BaseException) -> str:
    """The name of what went wrong at the bottom, for instance ConnectionRefusedError."""
    while (deeper := error.__cause__ or error.__context__) is not None:
        error = deeper
    return type(error).__name__


class _WatchedAdapter(HTTPAdapter):
    """An adapter for one exchange: no retries, and connections that watch its clock."""

    def __init__(self, clock: Exchange) -> None:
        super().__init__(max_retries=0)
        self._clock = clock

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_minimum_version=OLDEST_TLS)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        watched = _WatchedHTTPS if pool.scheme == "https" else _WatchedHTTP
        pool.ConnectionCls = partial(watched, clock=self._clock)
        return pool


class _Watched:
    """What both kinds of connection add to urllib3's own."""

    response_class: Any

    def __init__(self, *args: Any, clock: Exchange, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock
        self.response_class = partial(_WatchedResponse, clock=clock)

    # The name `data` is http.client's.
    def send(self: Any, data: Any) -> None:
        """Writes in pieces, each within what is left of the time."""
        if self.sock is None:
            self.connect()
        self._clock.about_to_send()
        for start in range(0, len(data), WRITE_CHUNK):
            self.sock.settimeout(self._clock.patience())
            self.sock.sendall(data[start : start + WRITE_CHUNK])


class _WatchedHTTP(_Watched, urllib3.connection.HTTPConnection):
    pass


class _WatchedHTTPS(_Watched, urllib3.connection.HTTPSConnection):
    pass


class _WatchedResponse(http.client.HTTPResponse):
    """An answer whose every read, of headers and body, is within what is left of the time."""

    def __init__(self, sock: Any, *args: Any, clock: Exchange, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        raw = self.fp.detach()
        self.fp = clock.reader = io.BufferedReader(_WatchedReader(raw, sock, clock))


class _WatchedReader(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, sock: Any, clock: Exchange) -> None:
        self._raw = raw
        self._sock = sock
        self._clock = clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._clock.patience())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
