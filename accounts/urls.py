"""Addresses of the front door."""

from django.urls import path

from accounts.views import passwords, second_factor, sessions, sign_in

urlpatterns = [
    path("login", sign_in.sign_in, name="login"),
    path("login/code", second_factor.enter_code, name="login-code"),
    path("login/set-up-code", second_factor.set_up_code, name="login-set-up-code"),
    path("login/recovery-code", second_factor.enter_recovery_code, name="login-recovery-code"),
    path("logout", sign_in.sign_out, name="logout"),
    path("session-keep-alive", sessions.keep_alive, name="session-keep-alive"),
    path(
        "users/<int:user_id>/reset-second-factor",
        second_factor.reset_second_factor,
        name="user-reset-second-factor",
    ),
    path(
        "user/password-reset/request",
        passwords.password_reset_request,
        name="password-reset-request",
    ),
]
