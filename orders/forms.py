"""The forms of the orders' pages: text becomes a value. Nothing here saves or asks the database."""

import re
import unicodedata
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from govuk.forms import (
    DateField,
    FileField,
    GovukForm,
    MultipleFilesField,
    RadioField,
    TextField,
)
from orders.models import Deputy, Order
from orders.rules import (
    LONGEST_TEXT,
    AppointmentType,
    DeputyType,
    DocumentType,
    OrderSubtype,
    OrderType,
)
from orders.services.deputies import DeputyAnswers

# Behaviour, 6 and 9.
LONGEST_EMAIL = 60
SHORTEST_NUMBER, LONGEST_NUMBER = 10, 20
SHORTEST_POSTCODE, LONGEST_POSTCODE = 2, 10
NUMBER_CHARACTERS = re.compile(r"[0-9 +()-]*")
ACCEPTED_FILES = ".pdf,.jpg,.jpeg,.png,.tif,.tiff,.doc,.docx"
# What a paste brings along that nobody sees: zero-width spaces and byte order marks.
UNSEEN = "\u200b\u200e\u200f\u2060\ufeff"
YES_OR_NO = (("yes", "Yes"), ("no", "No"))


class PlainField(TextField):
    """One line of text as people type or paste it: single spaces, nothing unseen at the ends."""

    def to_python(self, value: Any) -> str:
        """The line. Raises ValidationError for null and other control characters."""
        text = re.sub(r"\s+", " ", str(value or "")).strip(f" {UNSEEN}")
        if any(unicodedata.category(character) == "Cc" for character in text):
            raise ValidationError(f"{self.label} includes a character that cannot be used")
        return text


class SizedField(PlainField):
    """An optional line with a shortest and a longest length, each refused in the spec's words."""

    def __init__(self, *, label: str, shortest: int, longest: int, **options: Any) -> None:
        self.shortest, self.longest = shortest, longest
        super().__init__(label=label, required=False, **options)

    def validate(self, value: str) -> None:
        """Raises ValidationError for a line that is too short or too long."""
        super().validate(value)
        allowed = f"It must be between {self.shortest} and {self.longest} characters"
        if value and len(value) < self.shortest:
            raise ValidationError(f"{self.label} is too short. {allowed}", code="too_short")
        if len(value) > self.longest:
            raise ValidationError(f"{self.label} is too long. {allowed}", code="too_long")


class NumberField(SizedField):
    """A phone number, kept as it was typed."""

    def __init__(self, *, label: str) -> None:
        super().__init__(
            label=label,
            shortest=SHORTEST_NUMBER,
            longest=LONGEST_NUMBER,
            type="tel",
            width=20,
            spellcheck=False,
        )

    def validate(self, value: str) -> None:
        """Raises ValidationError for anything but digits, spaces, + ( ) and -."""
        super().validate(value)
        if not NUMBER_CHARACTERS.fullmatch(value):
            raise ValidationError(
                f"{self.label} must only include digits, spaces, plus signs, brackets and hyphens",
                code="characters",
            )


class Search(GovukForm):
    """The search box of the case list. The words of an unusable search are ""."""

    q = PlainField(
        label="Search by case number or client name",
        type="search",
        max_length=LONGEST_TEXT,
        required=False,
        spellcheck=False,
    )

    @property
    def words(self) -> str:
        """What to search for."""
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""


class OrderDetails(GovukForm):
    """The questions about an order; the bond is asked for property and affairs alone."""

    bond_over_21000 = RadioField(
        label="Is the bond over £21,000?",
        choices=YES_OR_NO,
        inline=True,
        size="m",
        coerce=lambda value: value == "yes",
        missing="Select yes if the bond is over £21,000",
    )
    order_subtype = RadioField(
        label="Order subtype",
        choices=OrderSubtype.choices,
        size="m",
        coerce=OrderSubtype,
        missing="Select the order subtype",
    )
    appointment_type = RadioField(
        label="Appointment type",
        choices=AppointmentType.choices,
        size="m",
        coerce=AppointmentType,
        missing="Select the appointment type",
    )

    def __init__(self, *args: Any, order_type: str, **options: Any) -> None:
        super().__init__(*args, **options)
        if order_type != OrderType.PF:
            del self.fields["bond_over_21000"]

    def clean(self) -> dict[str, Any]:
        """The answers; where the bond is not asked, None."""
        return {"bond_over_21000": None, **(super().clean() or {})}


def answers_of(order: Order) -> dict[str, str]:
    """An order's answers as `OrderDetails` shows them; what is unanswered is left out."""
    bond: dict[bool | None, str] = {True: "yes", False: "no", None: ""}
    answers = {
        "order_subtype": order.order_subtype,
        "appointment_type": order.appointment_type,
        "bond_over_21000": bond[order.bond_over_21000],
    }
    return {name: answer for name, answer in answers.items() if answer}


class DeputyKind(GovukForm):
    """What type of deputy is to be added. The page's address goes on with `deputyType=`."""

    deputyType = RadioField(
        label="What type of deputy?",
        choices=DeputyType.choices,
        size="l",
        is_heading=True,
        coerce=DeputyType,
        missing="Please select a deputy type",
    )


class DeputyDetails(GovukForm):
    """A deputy (behaviour, 6). Only a lay deputy is asked for the date of birth."""

    deputy_type = RadioField(
        label="Deputy type",
        choices=DeputyType.choices,
        coerce=DeputyType,
        missing="Please select a deputy type",
    )
    first_name = PlainField(
        label="First name",
        max_length=LONGEST_TEXT,
        spellcheck=False,
        missing="Please enter the deputy's first name",
    )
    last_name = PlainField(
        label="Last name",
        max_length=LONGEST_TEXT,
        spellcheck=False,
        missing="Please enter the deputy's surname",
    )
    date_of_birth = DateField(
        label="Date of birth", hint="For example, 31 3 1980", limit="past", required=False
    )
    email = PlainField(
        label="Email address", type="email", max_length=LONGEST_EMAIL, required=False
    )
    daytime_number = NumberField(label="Daytime number")
    evening_number = NumberField(label="Evening number")
    mobile_number = NumberField(label="Mobile number")
    address_line_1 = PlainField(
        label="Building and street", max_length=LONGEST_TEXT, required=False
    )
    address_line_2 = PlainField(
        label="Building and street line 2", max_length=LONGEST_TEXT, required=False
    )
    town = PlainField(
        label="Town or city", max_length=LONGEST_TEXT, width="two-thirds", required=False
    )
    county = PlainField(label="County", max_length=LONGEST_TEXT, width="two-thirds", required=False)
    postcode = SizedField(
        label="Postcode",
        shortest=SHORTEST_POSTCODE,
        longest=LONGEST_POSTCODE,
        width=10,
        spellcheck=False,
    )

    def __init__(
        self, *args: Any, deputy_type: str, may_change_type: bool = False, **options: Any
    ) -> None:
        """`deputy_type` is the one chosen or stored; what is typed on the page wins over it."""
        super().__init__(*args, **options)
        if may_change_type:
            deputy_type = self.data.get("deputy_type") or deputy_type
        else:
            del self.fields["deputy_type"]
        self.chosen_type = deputy_type
        if deputy_type != DeputyType.LAY:
            del self.fields["date_of_birth"]

    def clean(self) -> dict[str, Any]:
        """Every answer of `DeputyAnswers`, also those that this deputy was not asked."""
        unasked = {"deputy_type": self.chosen_type, "date_of_birth": None}
        return {**unasked, **(super().clean() or {})}

    @property
    def answers(self) -> DeputyAnswers:
        """The answers of a valid form."""
        return cast(DeputyAnswers, self.cleaned_data)


def details_of(deputy: Deputy) -> dict[str, Any]:
    """A deputy's answers as `DeputyDetails` shows them."""
    return {name: getattr(deputy, name) for name in DeputyDetails.base_fields}


class Upload(GovukForm):
    """One file. What it really is, is for `filestore` to say, in its own words."""

    file = FileField(
        label="Select a file",
        hint="PDF, JPG, PNG, TIFF, DOC or DOCX, up to 20MB",
        accept=ACCEPTED_FILES,
        drop_zone=True,
        allow_empty_file=True,
        max_length=None,
    )

    @property
    def chosen(self) -> list[UploadedFile]:
        """The files of a valid form."""
        return [self.cleaned_data["file"]]


class UploadOfSeveral(Upload):
    """Several files at once, each with a result of its own."""

    file = MultipleFilesField(
        label="Select files",
        hint="PDF, JPG, PNG, TIFF, DOC or DOCX, up to 20MB each",
        accept=ACCEPTED_FILES,
        drop_zone=True,
        allow_empty_file=True,
        max_length=None,
    )

    @property
    def chosen(self) -> list[UploadedFile]:
        """The files of a valid form."""
        return list(self.cleaned_data["file"])


def upload_form(kind: DocumentType, data: Any, files: Any) -> Upload:
    """The form for documents of a type: only additional ones may be several."""
    form = UploadOfSeveral if kind == DocumentType.OTHER else Upload
    return form(data, files)


class Declaration(GovukForm):
    """Nothing is asked; the form carries what was shown, and what the service refuses."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
