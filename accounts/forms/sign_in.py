"""The sign-in form: text into values. Whether the person may come in is the service's answer."""

from accounts.forms.fields import EmailField
from govuk import forms


class SignInForm(forms.GovukForm):
    """Email address and password, as typed."""

    email = EmailField(
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
