"""The fields of the front door: an address as it is stored, a password that can be shown."""

from typing import Any

from accounts.models import tidy_email
from govuk import forms


class EmailField(forms.PlainField):
    """An email address in the form in which it is stored: that is what the validators judge.

    Lower case can be longer, and of other letters, than what was typed.
    """

    def to_python(self, value: Any) -> str:
        """Raises ValidationError, as `PlainField`."""
        return tidy_email(super().to_python(value))


class PasswordField(forms.TextField):
    """A password as typed, never shown again by the page. Without JavaScript it stays hidden.

    It is GOV.UK's "password input".
    """

    group_template_name = "accounts/password_field.html"

    def __init__(self, *, label: str, autocomplete: str, **options: Any) -> None:
        super().__init__(
            label=label, type="password", autocomplete=autocomplete, spellcheck=False, **options
        )
