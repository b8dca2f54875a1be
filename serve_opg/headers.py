"""What every answer tells the browser: what it may load, run, frame, and keep.

These stand outermost, so that files and refusals that never reach Django's own middleware say it
too.
"""

from collections.abc import Callable

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from whitenoise.middleware import WhiteNoiseFileResponse

GetResponse = Callable[[HttpRequest], HttpResponseBase]

ADMIN = "/admin/"


class FixedHeadersMiddleware:
    """Headers that are the same everywhere; and no cache keeps an answer made for one person."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in settings.FIXED_HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure() and settings.SECURE_HSTS_SECONDS:
            response.headers.setdefault("Strict-Transport-Security", settings.HSTS)
        # Only our own scripts, styles and pictures are the same for everybody.
        is_file = isinstance(response, WhiteNoiseFileResponse) and response.status_code < 400
        if not is_file:
            patch_cache_control(response, no_store=True, private=True)
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """The content security policy; for downloads one that lets nothing in them run."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """The parts of the header, as django-csp asks for them."""
        if report_only:
            return super().get_policy_parts(request, response, report_only)
        if response.get("Content-Disposition", "").startswith("attachment"):
            return PolicyParts(config=settings.DOWNLOAD_POLICY)
        if request.path_info.startswith(ADMIN):
            # Django's admin brings jQuery, which writes HTML from strings. Its scripts are files
            # of ours like all others.
            return PolicyParts(replace=dict.fromkeys(settings.TRUSTED_TYPES))
        return super().get_policy_parts(request, response)


class MessagesInCookie(CookieStorage):
    """Django's, under a name that browsers take for this host alone."""

    # Django's stubs know a plain attribute; this one is what the settings say when it is used.
    @property
    def cookie_name(self) -> str:  # type: ignore[override]
        return str(settings.MESSAGES_COOKIE)


class Messages(FallbackStorage):
    """Django's, with our cookie; what is too long for it goes into the session."""

    storage_classes = (MessagesInCookie, SessionStorage)
