"""A forgotten password: whom to ask for another."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def password_reset_request(request: HttpRequest) -> HttpResponse:
    """`/user/password-reset/request`: whom to ask for a new password."""
    return render(request, "accounts/password_reset_request.html")
