"""Signing in and out. Who may come in is decided in `services`; sessions begin and end here."""

from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import browsers, half_way, kept, lockout_rules
from accounts.forms.sign_in import SignInForm
from accounts.models import User
from accounts.services import second_factor, sessions

# One sentence for an unknown address, a wrong password and a disabled user alike.
REFUSED = "The email address or password is incorrect"
LOCKED = "You have tried to sign in too many times. Try again in {wait}"
# What the sign-in page says first, by the word that came with the address.
ENDED = {
    "time": "You were signed out because you had not used Serve OPG for {minutes} minutes.",
    "unsaved": "You were signed out before this was done. Sign in and do it again.",
}
KEPT = "You were signed out. What you typed is kept: sign in to go on."


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """`/login`: to the page that was asked for, or to the orders; by way of the code, if needed."""
    destination = destination_of(request)
    if request.user.is_authenticated:
        return redirect(destination)
    form = SignInForm(request.POST or None)
    user = _checked_user(request, form)
    if user is not None:
        return _let_in(request, user, destination)
    context = {"form": form, "next": destination, "notices": _notices(request, destination)}
    return render(request, "accounts/sign_in.html", context)


def _checked_user(request: HttpRequest, form: SignInForm) -> User | None:
    """The user whose address and password were typed; else the form says why not."""
    if not form.is_valid():
        return None
    origin = browsers.origin_of(request)
    try:
        return sessions.check_sign_in(**form.cleaned_data, origin=origin, now=timezone.now())
    except sessions.SignInLocked as locked:
        form.add_error("email", LOCKED.format(wait=lockout_rules.in_words(locked.wait)))
    except sessions.SignInRefused:
        form.add_error("email", REFUSED)
    return None


def _let_in(request: HttpRequest, user: User, destination: str) -> HttpResponse:
    """To the page, or on to the code."""
    if second_factor.is_needed_from_settings(user):
        half_way.begin(request, user, now=timezone.now())
        page = "login-code" if second_factor.has_app(user) else "login-set-up-code"
        return redirect(reverse(page, query={REDIRECT_FIELD_NAME: destination}))
    half_way.complete(request, user, with_second_factor=False)
    response = redirect(destination)
    browsers.remember_from_settings(request, response, user)
    return response


def _notices(request: HttpRequest, destination: str) -> list[str]:
    """Why the person is here again, and what became of what they did."""
    said = ENDED.get(request.GET.get("ended", ""), "")
    is_kept = kept.is_kept_for(request, destination)
    if is_kept and request.GET.get("ended") == "unsaved":
        said = ""
    minutes = request.session.get_expiry_age() // 60
    return [words for words in (said.format(minutes=minutes), KEPT if is_kept else "") if words]


@login_not_required
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """`/logout`: a POST ends the user's sessions. A link that somebody was lured to only asks."""
    if not request.user.is_authenticated:
        if request.method == "POST":
            logout(request)
        return redirect("login")
    if request.method != "POST":
        response = render(request, "accounts/sign_out.html", status=405)
        response["Allow"] = "POST"
        return response
    sessions.sign_out(user=request.user)
    logout(request)
    response = redirect("login")
    # What the browser keeps of the pages goes too, for the next one at the desk.
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@login_not_required
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """`/admin/login/`: our own sign-in page. Somebody signed in who may not go on is told so."""
    destination = destination_of(request, default="admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(destination)
    if not request.user.is_staff:
        raise PermissionDenied("Only operations can use this part of the service.")
    return redirect(destination)


def admin_password_change(_request: HttpRequest) -> HttpResponse:
    """`/admin/password_change/`: Django's own form would write nothing to the diary."""
    return redirect("password-reset-request")


def destination_of(request: HttpRequest, *, default: str = "case-list") -> str:
    """Where `next` points, as long as that is the path of a page of ours.

    A path, since `redirect` takes a word for the name of a page.
    """
    asked: str = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if ours and asked.startswith("/") else resolve_url(default)
