"""The sign-in form: text into values. Whether the person may come in is the service's answer."""

from accounts.models import tidy_email
from govuk import forms


class SignInForm(forms.GovukForm):
    """Email address and password, as typed."""

    email = forms.TextField(
        label="Email address",
        type="email",
        autocomplete="username",
        spellcheck=False,
        max_length=254,
        missing="Enter your email address",
    )
    password = forms.TextField(
        label="Password",
        type="password",
        autocomplete="current-password",
        missing="Enter your password",
    )

    def clean_email(self) -> str:
        """The address in the form in which it is stored."""
        return tidy_email(self.cleaned_data["email"])
