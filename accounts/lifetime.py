"""How long a session may last at most, however much it is used. Its 65 minutes are Django's own."""

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest

BEGAN_AT = "began_at"


def note_beginning(request: HttpRequest, **_signal: Any) -> None:
    """At each sign-in: the second, of the web server's clock, at which the session began."""
    request.session[BEGAN_AT] = int(time.time())


def is_over_from_settings(request: HttpRequest) -> bool:
    """Whether the session is older than `SESSION_LIFETIME_SECONDS`, or says no beginning.

    Source: OWASP ASVS 5.0, 7.3.2. A stolen session that is kept alive must not live for ever.
    """
    began_at = request.session.get(BEGAN_AT, 0)
    age: float = time.time() - began_at
    lifetime: int = settings.SESSION_LIFETIME_SECONDS
    return age > lifetime
