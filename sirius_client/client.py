"""The HTTP door to Sirius: sign in, post one order, sign out. Never repeats a call, never follows a
redirect.
"""

import time
from dataclasses import replace
from typing import Self
from urllib.parse import unquote

import requests
from django.conf import settings
from requests.cookies import RequestsCookieJar

from sirius_client.answers import read_post_answer, retry_after
from sirius_client.errors import (
    OutcomeUnknown,
    SessionEnded,
    SignInRefused,
    SiriusBusy,
    SiriusUnreachable,
)
from sirius_client.transport import Answer, Exchange, LineFailed, exchange
from sirius_client.types import Receipt

HEALTH = "health-check/service-status"
SIGN_IN = "old-login"
ORDERS = "api/public/v1/orders"
SIGN_OUT = "auth/logout"
TOKEN_HEADER = "X-XSRF-TOKEN"
TOKEN_COOKIE = "XSRF-TOKEN"
# No answer in 3 s is down (the contract's health call); nor does a sign-out deserve more.
SHORT_SECONDS = 3.0
# Shorter ones might be words, or the number that Sirius gives.
SECRET_LENGTH = 16


class SiriusClient:
    """One account's line to Sirius, with at most one session. For one thread."""

    def __init__(
        self,
        base_url: str,
        *,
        email: str,
        password: str,
        connect_seconds: float = 5,
        read_seconds: float = 30,
        total_seconds: float = 45,
        release: str = "development",
        ca_bundle: str = "",
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._email = email
        self._password = password
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._total_seconds = total_seconds
        self._user_agent = f"serve-opg/{release}"
        self._ca_bundle = ca_bundle
        self._cookies = RequestsCookieJar()
        self._token = ""

    @classmethod
    def from_settings(cls) -> Self:
        """The client that the settings SIRIUS_* describe."""
        return cls(
            settings.SIRIUS_URL,
            email=settings.SIRIUS_EMAIL,
            password=settings.SIRIUS_PASSWORD,
            connect_seconds=settings.SIRIUS_CONNECT_SECONDS,
            read_seconds=settings.SIRIUS_READ_SECONDS,
            total_seconds=settings.SIRIUS_TOTAL_SECONDS,
            release=settings.RELEASE,
            ca_bundle=settings.CA_BUNDLE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forgets the session. Connections never outlive their call."""
        self._forget_session()

    def is_up(self) -> bool:
        """Whether the health call answers 200 within 3 seconds. Never raises."""
        try:
            return self._exchange("GET", HEALTH, self._clock(SHORT_SECONDS)).status == 200
        except LineFailed:
            return False

    def sign_in(self) -> None:
        """Opens a session in place of any earlier one.

        Raises SiriusUnreachable, SiriusBusy (429) or SignInRefused.
        """
        self._forget_session()
        form = {"email": self._email, "password": self._password}
        try:
            answer = self._exchange("POST", SIGN_IN, self._clock(), form=form)
        except LineFailed as failure:
            if failure.sent:
                raise SignInRefused(f"No answer to the sign-in: {failure}") from None
            raise SiriusUnreachable(f"Sirius cannot be reached: {failure}") from None
        if answer.status == 429:
            wait = retry_after(answer.headers.get("Retry-After", ""))
            raise SiriusBusy("Sirius is busy", retry_after=wait, http_status=429)
        token = self._token_of(answer)
        if answer.status != 200 or not token or not self._has_session_cookie():
            self._forget_session()
            message = f"Sirius answered the sign-in with {answer.status} and no usable session"
            raise SignInRefused(message, http_status=answer.status)
        self._token = token

    def post_order(
        self, body: bytes, *, request_id: str, not_after: float | None = None
    ) -> Receipt:
        """Posts one order: `body` is the JSON payload, sent as it is, once.

        not_after: the time.monotonic() moment after which nothing may leave; checked when the line
        stands, as the last thing before the first byte. Raises every SiriusError but SignInRefused;
        after SessionEnded the caller may sign in and post again.
        """
        if not self._token:
            raise SessionEnded("Not signed in to Sirius")
        headers = {
            "Content-Type": "application/json",
            TOKEN_HEADER: self._token,
            "X-Request-Id": request_id,
        }
        clock = self._clock(not_after=not_after)
        try:
            answer = self._exchange("POST", ORDERS, clock, body=body, headers=headers)
        except LineFailed as failure:
            if failure.sent:
                raise OutcomeUnknown(f"No answer to the order: {failure}") from None
            raise SiriusUnreachable(f"Sirius cannot be reached: {failure}") from None
        try:
            told = replace(answer, body=self._without_session(answer.body))
            return read_post_answer(told, payload=body, base_url=self._base_url)
        except SessionEnded:
            self._forget_session()
            raise

    def sign_out(self) -> None:
        """Ends the session, if there is one. Whatever Sirius answers, and if it never does: no
        error.
        """
        if not self._token:
            return
        try:
            self._exchange("GET", SIGN_OUT, self._clock(SHORT_SECONDS))
        except LineFailed:
            return
        finally:
            self._forget_session()

    def _clock(self, total: float | None = None, *, not_after: float | None = None) -> Exchange:
        seconds = min(total or self._total_seconds, self._total_seconds)
        return Exchange(
            connect_seconds=self._connect_seconds,
            read_seconds=self._read_seconds,
            deadline=time.monotonic() + seconds,
            not_after=not_after,
        )

    def _exchange(
        self,
        method: str,
        path: str,
        clock: Exchange,
        *,
        body: bytes | None = None,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        try:
            request = requests.Request(
                method,
                f"{self._base_url}/{path}",
                data=body if form is None else form,
                cookies=self._cookies,
                headers={
                    "User-Agent": self._user_agent,
                    "Accept": "application/json",
                    # Neither a compressed body, which could be a bomb, nor a line that is kept: one
                    # that Sirius has closed meanwhile looks like a post without an answer.
                    "Accept-Encoding": "identity",
                    "Connection": "close",
                    **(headers or {}),
                },
            ).prepare()
        except (requests.RequestException, ValueError) as error:
            raise LineFailed(type(error).__name__, sent=False) from None
        return exchange(clock, request, self._cookies, ca_bundle=self._ca_bundle)

    def _token_of(self, answer: Answer) -> str:
        """The CSRF token: the header or, where that is missing, the cookie, decoded."""
        in_header = answer.headers.get(TOKEN_HEADER, "")
        in_cookie = [cookie.value or "" for cookie in self._cookies if cookie.name == TOKEN_COOKIE]
        return in_header or unquote(in_cookie[-1] if in_cookie else "")

    def _without_session(self, body: bytes) -> bytes:
        """An answer that quotes our own headers must not bring the session into what is stored."""
        for value in (self._token, *(cookie.value or "" for cookie in self._cookies)):
            if len(value) >= SECRET_LENGTH:
                body = body.replace(value.encode(), b"...")
        return body

    def _has_session_cookie(self) -> bool:
        return any(cookie.name != TOKEN_COOKIE for cookie in self._cookies)

    def _forget_session(self) -> None:
        self._cookies.clear()
        self._token = ""
