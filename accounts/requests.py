"""What a view behind the sign-in rule gets: a request whose user is somebody, never nobody."""

from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    """An annotation for views: `LoginRequiredMiddleware` let the request through."""

    user: User
