"""Administrators' pages about users. Changes come by POST; doing one twice is harmless."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import queries
from accounts.access import administrators_only
from accounts.forms.users import UserForm, details_of, fingerprint
from accounts.kept import keeps_typed, typed_in
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.services import mails, second_factor, users
from accounts.tasks import nudge

TAKEN = "A user with this email address already exists"
STALE = (
    "Somebody else changed this user after you opened this page. It now says {now}. Check what you "
    "typed, and save again"
)
TOO_MANY = "This address has had several emails within an hour. Wait a while before sending another"


@administrators_only
@require_safe
def user_list(request: SignedInRequest) -> HttpResponse:
    """`/users?page=`: everybody who has an account."""
    page = queries.users_page(request.GET.get("page", "1"))
    return render(request, "accounts/users.html", {"page": page})


@administrators_only
@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def user_add(request: SignedInRequest) -> HttpResponse:
    """`/users/add`: a new account; the person gets a link to activate it."""
    form = UserForm(typed_in(request))
    if form.is_valid():
        typed = {name: value for name, value in form.cleaned_data.items() if name != "as_seen"}
        try:
            user = users.create_user(**typed, password=None, by=request.user, now=timezone.now())
        except users.EmailTaken:
            form.add_error("email", TAKEN)
        else:
            nudge()
            messages.success(request, f"{user.full_name} is added. We are emailing them a link.")
            return redirect("user", user.pk)
    return render(request, "accounts/user_add.html", {"form": form})


@administrators_only
@require_safe
def user(request: SignedInRequest, user_id: int) -> HttpResponse:
    """`/users/<id>/view`: details, emails in words, and what can be done."""
    try:
        shown = queries.get_user_page(user_id, by=request.user)
    except User.DoesNotExist:
        raise Http404 from None
    return render(request, "accounts/user.html", {"shown": shown, "person": shown.person})


@administrators_only
@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def user_edit(request: SignedInRequest, user_id: int) -> HttpResponse:
    """`/users/<id>/edit`: names, address and role."""
    person = _changeable(request, user_id)
    form = UserForm(typed_in(request), initial=details_of(person))
    if form.is_valid() and _is_fresh(form, person) and _save(request, form, person):
        return redirect("user", user_id)
    context = {"form": form, "person": _changeable(request, user_id)}
    return render(request, "accounts/user_edit.html", context)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def user_delete(request: SignedInRequest, user_id: int) -> HttpResponse:
    """`/users/<id>/delete`: asks, names the person, and removes."""
    person = _changeable(request, user_id)
    if request.method != "POST":
        return render(request, "accounts/user_delete.html", {"person": person})
    try:
        users.remove_user(user=person, by=request.user, now=timezone.now())
    except users.ChangeRefused as refusal:
        raise PermissionDenied(str(refusal)) from None
    messages.success(request, f"{person.full_name} is removed")
    return redirect("user-list")


@administrators_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def user_reset_second_factor(request: SignedInRequest, user_id: int) -> HttpResponse:
    """`/users/<id>/reset-second-factor`: for a colleague who has lost phone and recovery codes."""
    person = _changeable(request, user_id)
    if request.method != "POST":
        return render(request, "accounts/reset_second_factor.html", {"colleague": person})
    try:
        was_there = second_factor.reset(user=person, by=request.user)
    except users.ChangeRefused as refusal:
        raise PermissionDenied(str(refusal)) from None
    messages.success(
        request,
        f"{person.full_name} will set up their authenticator app when they next sign in"
        if was_there
        else f"{person.full_name} had no authenticator app set up",
    )
    return redirect("user", user_id)


@administrators_only
def user_resend_activation(request: SignedInRequest, user_id: int) -> HttpResponse:
    """`/users/<id>/resend-activation`: another link to activate the account."""
    return _act(request, user_id, _send_activation)


@administrators_only
def user_send_reset(request: SignedInRequest, user_id: int) -> HttpResponse:
    """`/users/<id>/send-password-reset`: a link to choose another password."""
    return _act(request, user_id, _send_reset)


@administrators_only
def user_disable(request: SignedInRequest, user_id: int) -> HttpResponse:
    """`/users/<id>/disable`: in no more, at once."""
    return _act(request, user_id, _disable)


@administrators_only
def user_enable(request: SignedInRequest, user_id: int) -> HttpResponse:
    """`/users/<id>/enable`: in again."""
    return _act(request, user_id, _enable)


Action = Callable[[SignedInRequest, User], None]


def _act(request: SignedInRequest, user_id: int, action: Action) -> HttpResponse:
    """A button of the user's page. A link that leads here changes nothing, and goes to the page."""
    try:
        person = queries.get_user(user_id)
    except User.DoesNotExist:
        raise Http404 from None
    if request.method == "POST":
        try:
            action(request, person)
        except users.ChangeRefused as refusal:
            raise PermissionDenied(str(refusal)) from None
    return redirect("user", user_id)


def _send_activation(request: SignedInRequest, person: User) -> None:
    if person.is_waiting:
        _send(request, person)
    else:
        messages.info(request, f"{person.full_name} has activated the account already")


def _send_reset(request: SignedInRequest, person: User) -> None:
    _send(request, person)


def _send(request: SignedInRequest, person: User) -> None:
    """Somebody disabled gets none: the page does not offer it, and a stale one is told."""
    _refuse_for_operations(request, person)
    if not person.is_active:
        messages.info(request, f"{person.full_name} is disabled. Let them sign in again first")
        return
    try:
        mails.request_link(user=person, by=request.user, now=timezone.now())
    except mails.TooManyMails:
        messages.info(request, TOO_MANY)
        return
    nudge()
    messages.success(request, f"We are emailing {person.full_name} a link")


def _disable(request: SignedInRequest, person: User) -> None:
    users.disable_user(user=person, by=request.user)
    messages.success(request, f"{person.full_name} cannot sign in any more")


def _enable(request: SignedInRequest, person: User) -> None:
    users.enable_user(user=person, by=request.user)
    messages.success(request, f"{person.full_name} can sign in again")


def _changeable(request: SignedInRequest, user_id: int) -> User:
    """Raises `Http404`, and `PermissionDenied` for an account that is not the asker's to change."""
    try:
        person = queries.get_user(user_id)
    except User.DoesNotExist:
        raise Http404 from None
    _refuse_for_operations(request, person)
    return person


def _refuse_for_operations(request: SignedInRequest, person: User) -> None:
    try:
        users.refuse_for_operations(person, by=request.user)
    except users.ChangeRefused as refusal:
        raise PermissionDenied(str(refusal)) from None


def _is_fresh(form: UserForm, person: User) -> bool:
    """Whether the user is still as the page showed them; else the form says how they are now."""
    now = fingerprint(person)
    if form.cleaned_data["as_seen"] in ("", now):
        return True
    form.data = {**{name: form.data.get(name) for name in form.data}, "as_seen": now}
    details = f"{person.full_name}, {person.email}, {person.get_role_display().lower()}"
    form.add_error(None, STALE.format(now=details))
    return False


def _save(request: SignedInRequest, form: UserForm, person: User) -> bool:
    """Whether it could be saved; else the form says why not."""
    typed = {name: value for name, value in form.cleaned_data.items() if name != "as_seen"}
    old_email = person.email
    try:
        users.change_user(user=person, **typed, by=request.user, now=timezone.now())
    except users.EmailTaken:
        form.add_error("email", TAKEN)
        return False
    except users.ChangeRefused as refusal:
        form.add_error("role", str(refusal).removesuffix("."))
        return False
    if person.email != old_email:
        nudge()
        if person.pk == request.user.pk:
            # Every other session under the old address ends; this one knows of the change.
            update_session_auth_hash(request, person)
    messages.success(request, f"The details of {person.full_name} are saved")
    return True
