"""What may go wrong between us and Sirius, sorted by the one question that matters: was it created?

The source of every class is the table "Reading an answer" of the serving rules.
"""


class SiriusError(Exception):
    """No receipt. `http_status` is None where no status line came.

    `body` is what may be stored of the answer: keys and messages, at most 2,000 characters, never a
    value that we sent.
    """

    def __init__(self, message: str, *, http_status: int | None = None, body: str = "") -> None:
        super().__init__(message)
        self.http_status = http_status
        self.body = body


class NotApplied(SiriusError):
    """Nothing was created; it is safe to send again."""


class SiriusUnreachable(NotApplied):
    """The name was not found, the connection was refused or timed out, or TLS failed."""


class SignInRefused(NotApplied):
    """The sign-in did not end in a usable session, for whatever reason after the connection."""


class SiriusBusy(NotApplied):
    """429. `retry_after` is in seconds, None where Sirius did not say."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        http_status: int | None = None,
        body: str = "",
    ) -> None:
        super().__init__(message, http_status=http_status, body=body)
        self.retry_after = retry_after


class SessionEnded(NotApplied):
    """401, 403, a refused CSRF token or a redirect to the sign-in page: sign in and send again."""


class LeaseRanOut(NotApplied):
    """The caller's last moment had passed before the first byte of the post could leave."""


class OrderRefused(SiriusError):
    """Nothing was created, and the same payload will be refused again."""


class DuplicateOrder(OrderRefused):
    """An order with this court reference and type is there. Not a proof that it is ours."""


class InvalidOrder(OrderRefused):
    """Sirius refused the content. `errors` has a list of messages for each wrong property."""

    def __init__(
        self,
        message: str,
        *,
        errors: dict[str, list[str]],
        http_status: int | None = None,
        body: str = "",
    ) -> None:
        super().__init__(message, http_status=http_status, body=body)
        self.errors = errors


class RequestRefused(OrderRefused):
    """Another 4xx, or a 400 that cannot be read: the fault is in the set-up, not in the order."""


class OutcomeUnknown(SiriusError):
    """It may have been created, or may yet be: neither "served" nor "failed" is true."""
