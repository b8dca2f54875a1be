"""How Django knows this room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The app `accounts`."""

    name = "accounts"
    label = "accounts"
    verbose_name = "Users"
