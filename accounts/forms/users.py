"""The form of a user's details. Who may be changed, and to what, `services` say."""

from django.core.signing import Signer
from django.forms import CharField, HiddenInput

from accounts.forms.fields import EmailField
from accounts.models import LONGEST_EMAIL, Role, User
from accounts.services.users import refuse_address_of_removed
from govuk import forms

NAMES = ("first_name", "last_name", "email", "role")


class UserForm(forms.GovukForm):
    """Names, address and role, and what stood there when the page was made."""

    first_name = forms.PlainField(label="First name", autocomplete="off", max_length=255)
    last_name = forms.PlainField(label="Last name", autocomplete="off", max_length=255)
    email = EmailField(
        label="Email address",
        type="email",
        autocomplete="off",
        max_length=LONGEST_EMAIL,
        validators=[refuse_address_of_removed],
    )
    role = forms.RadioField(
        label="Role",
        choices=Role.choices,
        hints={
            Role.CASE_MANAGER: "Uploads, completes and serves orders",
            Role.ADMINISTRATOR: "The same, and manages users",
        },
        coerce=Role,
    )
    as_seen = CharField(required=False, widget=HiddenInput)


def details_of(user: User) -> dict[str, str]:
    """What the form shows of a user."""
    details = {name: str(getattr(user, name)) for name in NAMES}
    return {**details, "as_seen": fingerprint(user)}


def fingerprint(user: User) -> str:
    """Tells details that have changed since the page was made; says nothing about them."""
    return Signer(salt="accounts.user").signature("\0".join(str(getattr(user, n)) for n in NAMES))
