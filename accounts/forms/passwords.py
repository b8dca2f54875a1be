"""Forms for a new password: asking for a link, and choosing. The rules live in `services`."""

from accounts.forms.fields import EmailField, PasswordField
from govuk import forms

RULES = (
    "At least 12 characters. It must not be a common password, or like your name or email address. "
    "Any characters will do, spaces too."
)


class ResetRequestForm(forms.GovukForm):
    """The address to send a link to."""

    email = EmailField(
        label="Email address",
        type="email",
        hint="The one you sign in with",
        autocomplete="username",
        max_length=254,
        missing="Enter your email address",
    )


class NewPasswordForm(forms.GovukForm):
    """The password that somebody chooses."""

    password = PasswordField(
        label="New password",
        hint=RULES,
        autocomplete="new-password",
        max_length=1000,
        missing="Enter a password",
    )
