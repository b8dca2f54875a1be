"""How Django knows this room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from accounts.permissions import follow_release


class AccountsConfig(AppConfig):
    """The app `accounts`."""

    name = "accounts"
    label = "accounts"
    verbose_name = "Users"

    def ready(self) -> None:
        """Keep the group of operations in line with the release: every app's permissions count."""
        post_migrate.connect(follow_release, dispatch_uid="accounts.follow_release")
