"""Sign-in sessions and their CSRF tokens, with expiry. In memory: a restart of Sirius ends them
all, as it would there.
"""

import secrets
import threading
import time
from dataclasses import dataclass

SESSION_COOKIE = "sirius"


@dataclass
class Session:
    """One sign-in. Moments are by time.monotonic()."""

    cookie: str
    token: str
    ends_at: float
    token_ends_at: float


class Sessions:
    """Every open session of one simulator."""

    def __init__(
        self, *, email: str, password: str, session_seconds: float, csrf_seconds: float
    ) -> None:
        self._email = email
        self._password = password
        self._session_seconds = session_seconds
        self._csrf_seconds = csrf_seconds
        self._lock = threading.Lock()
        self._open: dict[str, Session] = {}

    def sign_in(self, *, email: str, password: str) -> Session | None:
        """A new session, or None where the account or the password is another."""
        known = secrets.compare_digest(email.encode(), self._email.encode())
        if not known or not secrets.compare_digest(password.encode(), self._password.encode()):
            return None
        now = time.monotonic()
        session = Session(
            cookie=secrets.token_hex(16),
            # With characters that a cookie must carry URL-encoded.
            token=f"{secrets.token_hex(16)}=/+",
            ends_at=now + self._session_seconds,
            token_ends_at=now + self._csrf_seconds,
        )
        with self._lock:
            self._open[session.cookie] = session
        return session

    def refusal(self, *, cookie: str, token: str) -> int | None:
        """None where both hold; 401 for no session or an ended one, 403 for a wrong or ended CSRF
        token.
        """
        now = time.monotonic()
        with self._lock:
            session = self._open.get(cookie)
            if session is None or now >= session.ends_at:
                return 401
            same = secrets.compare_digest(token.encode(), session.token.encode())
            return None if same and now < session.token_ends_at else 403

    def end(self, cookie: str) -> None:
        """Ends one session; an unknown one is fine."""
        with self._lock:
            self._open.pop(cookie, None)

    def end_all(self) -> None:
        """Ends every session, as a restart would."""
        with self._lock:
            self._open.clear()

    def rotate_token(self, cookie: str) -> None:
        """Gives the session another CSRF token that nobody was told."""
        with self._lock:
            if cookie in self._open:
                self._open[cookie].token = secrets.token_hex(16)
