"""How Django knows this room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The app `audit`."""

    name = "audit"
    verbose_name = "Diary"
