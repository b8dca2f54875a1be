"""Addresses of the front door."""

from django.urls import path

from accounts.views import passwords, second_factor, sessions, sign_in, users

USER = "users/<int:user_id>"

urlpatterns = [
    path("login", sign_in.sign_in, name="login"),
    path("login/code", second_factor.enter_code, name="login-code"),
    path("login/set-up-code", second_factor.set_up_code, name="login-set-up-code"),
    path("login/recovery-code", second_factor.enter_recovery_code, name="login-recovery-code"),
    path("logout", sign_in.sign_out, name="logout"),
    path("session-keep-alive", sessions.keep_alive, name="session-keep-alive"),
    path(
        "user/password-reset/request",
        passwords.password_reset_request,
        name="password-reset-request",
    ),
    path(
        "user/password-reset/sent",
        passwords.password_reset_sent,
        name="password-reset-sent",
    ),
    path(
        "user/password-reset/change/set",
        passwords.password_change,
        name="password-change",
    ),
    path(
        "user/password-reset/change/<str:token>",
        passwords.password_link,
        name="password-link",
    ),
    path("users", users.user_list, name="user-list"),
    path("users/add", users.user_add, name="user-add"),
    path(f"{USER}/view", users.user, name="user"),
    path(f"{USER}/edit", users.user_edit, name="user-edit"),
    path(f"{USER}/delete", users.user_delete, name="user-delete"),
    path(f"{USER}/disable", users.user_disable, name="user-disable"),
    path(f"{USER}/enable", users.user_enable, name="user-enable"),
    path(
        f"{USER}/resend-activation",
        users.user_resend_activation,
        name="user-resend-activation",
    ),
    path(
        f"{USER}/reset-second-factor",
        users.user_reset_second_factor,
        name="user-reset-second-factor",
    ),
    path(f"{USER}/send-password-reset", users.user_send_reset, name="user-send-reset"),
]
