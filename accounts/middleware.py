"""What a session must have to count, what keeps it alive, and what is kept when it has ended."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import browsers, kept
from accounts.half_way import has_second_factor
from accounts.lifetime import is_over_from_settings
from accounts.services.second_factor import is_needed_from_settings

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]

USED_AT = "used_at"


class SecondFactorMiddleware:
    """Nobody is signed in whose session lacks the second factor it needs, or is too old."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        # Lazy as before: a page that asks for nobody reads no session. Django puts such an object
        # there too; its stubs know the user behind it only.
        request.user = SimpleLazyObject(lambda: _who_counts(request, user))  # type: ignore[assignment]
        return self.get_response(request)


def _who_counts(request: HttpRequest, user: Any) -> Any:
    if not user.is_authenticated:
        return user
    is_half_way = is_needed_from_settings(user) and not has_second_factor(request)
    return AnonymousUser() if is_half_way or is_over_from_settings(request) else user


class SessionUseMiddleware:
    """A person's request starts the 65 minutes anew; what a script asks by itself does not.

    Scripts that ask in the background say so by the header `X-Background: 1`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and "X-Background" not in request.headers:
            _note_use(request)
        return response


def _note_use(request: HttpRequest) -> None:
    """Saving a session lengthens it. One that a view has ended is nobody's, and stays ended."""
    if request.user.is_authenticated:
        request.session[USED_AT] = int(time.time())


class KeptFormsMiddleware:
    """A form that is sent after the session has ended is kept, and the person asked to sign in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """None lets the request go on: to the view, or to Django's own sign-in rule."""
        if request.method != "POST" or not getattr(view, "login_required", True):
            return None
        only_keep = kept.ONLY_KEEP in request.POST
        if request.user.is_authenticated and not only_keep:
            return None
        user_id = request.user.pk or browsers.last_user_id(request)
        if user_id is None:
            return None
        takes_part = getattr(view, "keeps_typed", False)
        if takes_part:
            kept.keep(request, user_id=user_id)
        page = request.get_full_path() if takes_part else _page_before(request)
        if request.user.is_authenticated:
            return redirect(page)
        return _to_sign_in(page, ended="time" if only_keep else "unsaved")


def _to_sign_in(page: str, *, ended: str) -> HttpResponse:
    return redirect(f"{reverse('login')}?{urlencode({'next': page, 'ended': ended})}")


def _page_before(request: HttpRequest) -> str:
    """The page whose button was pressed: what it posts to may not be a page at all."""
    before = request.headers.get("Referer", "")
    parts = urlsplit(before) if _is_ours(before, request.get_host()) else urlsplit("")
    page = f"{parts.path}?{parts.query}" if parts.query else parts.path
    # By itself it must lead to this host too: "//elsewhere" does not.
    return page if page.startswith("/") and _is_ours(page) else reverse("front-door")


def _is_ours(address: str, *hosts: str) -> bool:
    return url_has_allowed_host_and_scheme(address, allowed_hosts=set(hosts))
