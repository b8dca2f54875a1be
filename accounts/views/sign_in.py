"""Signing in and out. Who may come in is decided in `services`; sessions begin and end here."""

from django.contrib.auth import REDIRECT_FIELD_NAME, login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms.sign_in import SignInForm
from accounts.services import sessions

# One sentence for an unknown address, a wrong password and a disabled user alike.
REFUSED = "The email address or password is incorrect"


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """`/login`: to the page that was asked for, or to the orders."""
    destination = _destination(request)
    if request.user.is_authenticated:
        return redirect(destination)
    form = SignInForm(request.POST or None)
    if form.is_valid():
        try:
            user = sessions.check_sign_in(**form.cleaned_data)
        except sessions.SignInRefused:
            form.add_error("email", REFUSED)
        else:
            login(request, user)
            return redirect(destination)
    return render(request, "accounts/sign_in.html", {"form": form, "next": destination})


@login_not_required
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """`/logout`: a POST ends the user's sessions. A link that somebody was lured to only asks."""
    if not request.user.is_authenticated:
        return redirect("login")
    if request.method != "POST":
        response = render(request, "accounts/sign_out.html", status=405)
        response["Allow"] = "POST"
        return response
    sessions.sign_out(user=request.user)
    logout(request)
    return redirect("login")


@login_not_required
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """`/admin/login/`: our own sign-in page. Somebody signed in who may not go on is told so."""
    destination = _destination(request, default="admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(destination)
    if not request.user.is_staff:
        raise PermissionDenied("Only operations can use this part of the service.")
    return redirect(destination)


def admin_password_change(_request: HttpRequest) -> HttpResponse:
    """`/admin/password_change/`: Django's own form would write nothing to the diary."""
    return redirect("password-reset-request")


def _destination(request: HttpRequest, *, default: str = "case-list") -> str:
    """Where `next` points, as long as that is a page of ours."""
    asked: str = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if ours else resolve_url(default)
