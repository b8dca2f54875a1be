"""The forms that take a code: six digits of an authenticator app, or a recovery code."""

import re

from django.core.exceptions import ValidationError

from accounts.services.second_factor import DIGITS
from govuk import forms


class CodeForm(forms.GovukForm):
    """The code that an authenticator app shows. Apps show it in two groups: spaces are forgiven."""

    code = forms.TextField(
        label=f"{DIGITS}-digit code",
        width=10,
        inputmode="numeric",
        autocomplete="one-time-code",
        spellcheck=False,
        missing="Enter the code from your authenticator app",
    )

    def clean_code(self) -> str:
        """Six digits. Raises ValidationError."""
        code = re.sub(r"[\s-]", "", self.cleaned_data["code"])
        if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", code):
            raise ValidationError(f"The code must be {DIGITS} digits, like 123456")
        return code


class RecoveryCodeForm(forms.GovukForm):
    """A recovery code, with or without the spaces it was shown with."""

    code = forms.TextField(
        label="Recovery code",
        hint="One of those you wrote down, for example ABCD EFGH JKMN PQRS",
        width=20,
        autocomplete="off",
        spellcheck=False,
        missing="Enter a recovery code",
    )

    def clean_code(self) -> str:
        """The code as it is stored: capitals without spaces."""
        return re.sub(r"[\s-]", "", self.cleaned_data["code"]).upper()
