"""The questions about a deputy (behaviour, 6)."""

from typing import Any, cast

from govuk.forms import DateField, GovukForm, RadioField
from orders.forms.fields import NumberField, PlainField, SizedField
from orders.models import Deputy
from orders.rules import LONGEST_TEXT, DeputyType
from orders.services.deputies import DeputyAnswers

LONGEST_EMAIL = 60
SHORTEST_POSTCODE, LONGEST_POSTCODE = 2, 10


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
