"""The second step of signing in: the code of an authenticator app, its set-up, recovery codes.

Who has lost those too is helped by a colleague: `views.users`.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import browsers, half_way, lockout_rules
from accounts.forms.second_factor import CodeForm, RecoveryCodeForm
from accounts.models import User
from accounts.services import second_factor, sessions
from accounts.squares import path_of_square
from accounts.views.sign_in import destination_of

REFUSED = "The code is incorrect, or was used before. Wait for the next code and try again"
RECOVERY_REFUSED = "The recovery code is incorrect, or was used before. Check it or use another"
LOCKED = "You have tried too many codes. Try again in {wait}"


def for_somebody_half_way(
    view: Callable[[HttpRequest, User], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A page for somebody whose password was right. Others are sent to where they belong."""

    page = require_http_methods(["GET", "HEAD", "POST"])(view)

    @login_not_required
    @sensitive_post_parameters("code")
    @never_cache
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(destination_of(request))
        user = half_way.find_user(request, now=timezone.now())
        if user is None:
            return redirect(_address("login", request))
        return page(request, user)

    return answer


@for_somebody_half_way
def enter_code(request: HttpRequest, user: User) -> HttpResponse:
    """`/login/code`: the code that the authenticator app shows."""
    if not second_factor.has_app(user):
        return redirect(_address("login-set-up-code", request))
    form = CodeForm(request.POST or None)
    if form.is_valid() and _is_taken(request, user, form, refused=REFUSED):
        return _finish(request, user, redirect(destination_of(request)))
    context = {"form": form, "recovery": _address("login-recovery-code", request)}
    return _page(request, "accounts/code.html", context)


@for_somebody_half_way
def enter_recovery_code(request: HttpRequest, user: User) -> HttpResponse:
    """`/login/recovery-code`: for somebody without their phone."""
    form = RecoveryCodeForm(request.POST or None)
    if form.is_valid() and _is_taken(
        request, user, form, refused=RECOVERY_REFUSED, is_recovery=True
    ):
        left = user.recovery_codes.count()
        messages.info(request, f"You have used a recovery code. You have {left} left.")
        return _finish(request, user, redirect(destination_of(request)))
    context = {"form": form, "back": _address("login-code", request)}
    return _page(request, "accounts/code_recovery.html", context)


@for_somebody_half_way
def set_up_code(request: HttpRequest, user: User) -> HttpResponse:
    """`/login/set-up-code`: the app is set up at the first sign-in, and proves it by a code."""
    if second_factor.has_app(user):
        return redirect(_address("login-code", request))
    key = half_way.key_to_share(request)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            codes = second_factor.set_up(
                user=user, key=key, code=form.cleaned_data["code"], now=timezone.now()
            )
        except second_factor.CodeRefused:
            form.add_error("code", REFUSED)
        except second_factor.AlreadySetUp:
            return redirect(_address("login-code", request))
        else:
            return _finish(request, user, _codes_page(request, codes))
    square, size = path_of_square(second_factor.app_address(user=user, key=key))
    groups = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    context = {"form": form, "square": square, "size": size, "key": groups, "email": user.email}
    return _page(request, "accounts/code_set_up.html", context)


def _is_taken(
    request: HttpRequest,
    user: User,
    form: CodeForm | RecoveryCodeForm,
    *,
    refused: str,
    is_recovery: bool = False,
) -> bool:
    """Whether the code was good; else the form says why not."""
    try:
        sessions.check_code(
            user=user,
            code=form.cleaned_data["code"],
            origin=browsers.origin_of(request),
            now=timezone.now(),
            is_recovery=is_recovery,
        )
    except sessions.SignInLocked as locked:
        form.add_error("code", LOCKED.format(wait=lockout_rules.in_words(locked.wait)))
    except sessions.SignInRefused:
        form.add_error("code", refused)
    return not form.errors


def _finish(request: HttpRequest, user: User, response: HttpResponse) -> HttpResponse:
    """Everything was shown: the session begins."""
    try:
        half_way.complete(request, user, with_second_factor=True)
    except sessions.SignInRefused:
        return redirect(_address("login", request))
    browsers.remember_from_settings(request, response, user)
    return response


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    groups = [" ".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]
    context = {"codes": groups, "next": destination_of(request)}
    return render(request, "accounts/recovery_codes.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    return render(request, template, {"next": destination_of(request), **context})


def _address(name: str, request: HttpRequest) -> str:
    """Another page of the sign-in, with the way onward kept."""
    return reverse(name, query={REDIRECT_FIELD_NAME: destination_of(request)})
