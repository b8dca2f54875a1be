"""Sessions in the database, as Django keeps them: the settings name this module as their engine."""

import re

from django.contrib.sessions.backends import db

# As Django makes them. PostgreSQL would fail on a null character that a cookie brought.
_KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(db.SessionStore):
    """Django's. A cookie with anything but a key of its making is no session."""

    def _validate_session_key(self, key: str | None) -> bool:
        return _KEY.fullmatch(key or "") is not None
