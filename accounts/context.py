"""What every page knows of the session: its times, for the dialog that warns before its end."""

from django.conf import settings
from django.http import HttpRequest


def session_times_from_settings(_request: HttpRequest) -> dict[str, int]:
    """Seconds without use until the session ends, and how long before that the page asks."""
    return {
        "session_seconds": settings.SESSION_COOKIE_AGE,
        "session_warning_seconds": settings.SESSION_WARNING_SECONDS,
    }
