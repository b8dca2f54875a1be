"""The app's entry in INSTALLED_APPS."""

from django.apps import AppConfig


class GovukConfig(AppConfig):
    """Brings the static files and the template tags."""

    name = "govuk"
    verbose_name = "GOV.UK look"
