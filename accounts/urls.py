"""Addresses of the front door."""

from django.urls import path

from accounts.views import passwords, sign_in

urlpatterns = [
    path("login", sign_in.sign_in, name="login"),
    path("logout", sign_in.sign_out, name="logout"),
    path(
        "user/password-reset/request",
        passwords.password_reset_request,
        name="password-reset-request",
    ),
]
