"""Addresses of the front door."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("login", views.sign_in, name="login"),
    path("logout", views.sign_out, name="logout"),
    path(
        "user/password-reset/request", views.password_reset_request, name="password-reset-request"
    ),
]
