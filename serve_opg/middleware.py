"""What every request passes: an id, and a line in the log."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audit.trace import traced
from serve_opg.logs import without_tokens

GetResponse = Callable[[HttpRequest], HttpResponse]
ACCEPTABLE_ID = re.compile(r"^[A-Za-z0-9._=:-]{8,64}$")

log = logging.getLogger("serve_opg.requests")


class RequestIdMiddleware:
    """Carries the balancer's `X-Request-Id`, or a new one, through logs, diary and answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if ACCEPTABLE_ID.match(given) else uuid.uuid4().hex
        request.META["request_id"] = request_id
        started = time.monotonic()
        with traced(request_id):
            response = self.get_response(request)
            _log_line(request, response, milliseconds=round((time.monotonic() - started) * 1000))
        response["X-Request-Id"] = request_id
        return response


def _log_line(request: HttpRequest, response: HttpResponse, *, milliseconds: int) -> None:
    """One line a request, whatever its path holds: an end of line too is written as an escape.

    The query is left out: it may hold a person's name.
    """
    path = without_tokens(request.path).encode("unicode_escape").decode("ascii")
    log.info(
        "%s %s %s",
        request.method,
        path,
        response.status_code,
        extra={
            "request": {
                "method": request.method,
                "path": path,
                "status": response.status_code,
                "ms": milliseconds,
            }
        },
    )
