"""The field for a password that can be shown: GOV.UK's "password input"."""

from typing import Any

from govuk import forms


class PasswordField(forms.TextField):
    """A password as typed, never shown again by the page. Without JavaScript it stays hidden."""

    group_template_name = "accounts/password_field.html"

    def __init__(self, *, label: str, autocomplete: str, **options: Any) -> None:
        super().__init__(
            label=label, type="password", autocomplete=autocomplete, spellcheck=False, **options
        )
