"""A forgotten password, and where the links by email lead: to the choice of a new one."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.passwords import NewPasswordForm, ResetRequestForm
from accounts.models import LinkKind
from accounts.services import links, mails, passwords
from accounts.tasks import nudge

# The session carries the hash, never the token: whoever reads sessions can open nothing with it.
SESSION_KEY = "password_link"
CHANGED = "Your password is changed. Sign in with it."
ACTIVATED = "Your account is ready. Sign in with your new password."


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_reset_request(request: HttpRequest) -> HttpResponse:
    """`/user/password-reset/request`: the same answer and the same work for every address."""
    form = ResetRequestForm(request.POST or None)
    if form.is_valid():
        mails.request_reset(email=form.cleaned_data["email"], now=timezone.now())
        nudge()
        return redirect("password-reset-sent")
    return render(request, "accounts/password_reset_request.html", {"form": form})


@login_not_required
@require_safe
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    """`/user/password-reset/sent`: where to look, and what if nothing comes."""
    return render(
        request, "accounts/password_reset_sent.html", {"hours": links.LASTS // mails.HOUR}
    )


@login_not_required
@never_cache
@require_safe
def password_link(request: HttpRequest, token: str) -> HttpResponse:
    """`/user/password-reset/change/<token>`: opens the page below, and uses nothing up.

    The token leaves the address at once: nothing is shown here that could send it on as a referrer.
    """
    token_hash = links.hash_token(token)
    if links.find_link(token_hash=token_hash, now=timezone.now()):
        # Another key: whoever planted the old one in this browser must not share the link.
        request.session.cycle_key()
        request.session[SESSION_KEY] = token_hash
    elif SESSION_KEY in request.session:
        del request.session[SESSION_KEY]
    response = redirect("password-change")
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: HttpRequest) -> HttpResponse:
    """`/user/password-reset/change/set`: a new password, for whoever opened a link that is good."""
    token_hash = request.session.get(SESSION_KEY, "")
    link = links.find_link(token_hash=token_hash, now=timezone.now())
    if link is None:
        return _dead(request)
    form = NewPasswordForm(request.POST or None)
    is_first = link.kind == LinkKind.ACTIVATION
    if form.is_valid():
        try:
            passwords.set_password_by_link(
                token_hash=token_hash,
                password=form.cleaned_data["password"],
                now=timezone.now(),
            )
        except passwords.PasswordRefused as refusal:
            form.add_error("password", refusal.messages)
        except links.LinkDead:
            return _dead(request)
        else:
            # Whoever was signed in here: from now on it is the person with the new password.
            logout(request)
            messages.success(request, ACTIVATED if is_first else CHANGED)
            return redirect("login")
    context = {"form": form, "is_first": is_first, "person": link.user}
    return render(request, "accounts/password_change.html", context)


def _dead(request: HttpRequest) -> HttpResponse:
    """Used, replaced, too old or never made: in the same words, status 410."""
    return render(request, "accounts/password_link_dead.html", status=410)
