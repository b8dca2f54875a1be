"""The service as it is behind TLS, and as a web server asks it, in the test's own process."""

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from http.cookies import SimpleCookie

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client, RequestFactory

from serve_opg.wsgi import application
from tests.orders.conftest import attach, pending_order, policy, ready_order, store, worker

__all__ = ["attach", "pending_order", "policy", "ready_order", "store", "worker"]


@pytest.fixture
def tls_client(over_tls) -> Client:
    """A browser that reaches us by our proxy, which ends TLS."""
    return Client(headers={"X-Forwarded-Proto": "https"})


@pytest.fixture
def open_connection() -> Iterator[None]:
    """The test's own connection stays open between requests, as with Django's test client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def wsgi_status(open_connection) -> Callable[..., int]:
    """The status that the whole WSGI application answers with, to the session of a test client.

    `came`: what reaches it of the body. `environ`: headers, as WSGI names them.
    """

    def ask(
        browser: Client,
        address: str,
        *,
        body: bytes | None = None,
        kind: str = "",
        came: bytes | None = None,
        **environ: str,
    ) -> int:
        method = "GET" if body is None else "POST"
        asked = RequestFactory().generic(method, address, body or b"", kind).environ
        asked["wsgi.input"] = io.BytesIO(body or b"" if came is None else came)
        cookies = SimpleCookie(browser.cookies)
        asked["HTTP_COOKIE"] = "; ".join(f"{name}={one.value}" for name, one in cookies.items())
        # The token of a form is another test's affair.
        asked["HTTP_X_CSRFTOKEN"] = "a" * 32
        asked["HTTP_COOKIE"] += f"; csrftoken={'a' * 32}"
        asked |= {"CONTENT_TYPE": kind, **environ}
        statuses: list[str] = []
        with closing(application(asked, lambda status, _headers: statuses.append(status))) as told:
            list(told)
        return int(statuses[0].split()[0])

    return ask
