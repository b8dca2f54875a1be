"""How Django knows this room."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate

from accounts.lifetime import note_beginning
from accounts.permissions import follow_release


class AccountsConfig(AppConfig):
    """The app `accounts`."""

    name = "accounts"
    label = "accounts"
    verbose_name = "Users"

    def ready(self) -> None:
        """Keep the group of operations in line with the release: every app's permissions count.

        And note when each session begins.
        """
        user_logged_in.connect(note_beginning, dispatch_uid="accounts.note_beginning")
        post_migrate.connect(follow_release, dispatch_uid="accounts.follow_release")
