"""The questions about a deputy (behaviour, 6), and the choice of deputies to copy."""

from collections.abc import Sequence
from typing import Any, cast

from govuk.forms import (
    CheckboxesField,
    DateField,
    GovukForm,
    PlainField,
    RadioField,
    SelectField,
)
from orders.forms.fields import NumberField, SizedField
from orders.models import Deputy, Order
from orders.rules import LONGEST_TEXT, DeputyType
from orders.services.copying import Candidate
from orders.services.deputies import DeputyAnswers, answers_of

LONGEST_EMAIL = 60
SHORTEST_POSTCODE, LONGEST_POSTCODE = 2, 10
DEPUTIES_CHANGED = (
    "The deputies have changed since you opened this page. Check them and choose again"
)


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


class DeputyTypeField(RadioField):
    """The type of a deputy, with the form's date of birth below "Lay": nobody else has one."""

    group_template_name = "orders/deputy_type_radios.html"


class FoundAddressField(SelectField):
    """The addresses of a postcode. They are no answer: one that is used fills the fields."""

    def valid_value(self, value: Any) -> bool:
        """Whatever the page offered: the form does not know what was found."""
        return True


class DeputyDetails(GovukForm):
    """A deputy (behaviour, 6). Only a lay deputy is asked for the date of birth."""

    deputy_type = DeputyTypeField(
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
    postcode = SizedField(
        label="Postcode",
        shortest=SHORTEST_POSTCODE,
        longest=LONGEST_POSTCODE,
        width=10,
        spellcheck=False,
    )
    found_address = FoundAddressField(label="Select an address", choices=[], required=False)
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

    def __init__(
        self, *args: Any, deputy_type: str, may_change_type: bool = False, **options: Any
    ) -> None:
        """`deputy_type` is the one chosen or stored; what is typed on the page wins over it."""
        super().__init__(*args, **options)
        self.chosen_type = deputy_type
        if may_change_type:
            self.chosen_type = self.data.get("deputy_type") or deputy_type
            self.order_fields(["deputy_type", "date_of_birth"])
        else:
            del self.fields["deputy_type"]
            if deputy_type != DeputyType.LAY:
                del self.fields["date_of_birth"]

    def clean(self) -> dict[str, Any]:
        """Every answer of `DeputyAnswers`, also those that this deputy was not asked."""
        answers = {"deputy_type": self.chosen_type, **(super().clean() or {})}
        if self.chosen_type != DeputyType.LAY:
            # The boxes may be on the page, hidden by "Professional" or left from "Lay".
            self.errors.pop("date_of_birth", None)
            answers["date_of_birth"] = None
        return answers

    @property
    def answers(self) -> DeputyAnswers:
        """The answers of a valid form."""
        named = {name: self.cleaned_data[name] for name in DeputyAnswers.__annotations__}
        return cast(DeputyAnswers, named)


def details_of(deputy: Deputy) -> dict[str, Any]:
    """A deputy's answers as `DeputyDetails` shows them."""
    return dict(answers_of(deputy))


class OrderToCopyFrom(GovukForm):
    """Which of several orders of the case has the deputies; the page's address goes on with it."""

    def __init__(self, *args: Any, sources: Sequence[Order], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["from"] = RadioField(
            label="Which order has the deputies?",
            choices=[(str(source.pk), words_for(source)) for source in sources],
            hints={source.pk: _names_of(source) for source in sources},
            size="l",
            is_heading=True,
            missing="Select the order that has the deputies",
            error_messages={"invalid_choice": "Select one of these orders"},
        )


def words_for(order: Order) -> str:
    """An order among others of its case: "HW order A1, made on 1 May 2026"."""
    made = f"{order.made_date.day} {order.made_date:%B %Y}"
    named = f"{order.get_order_type_display()} order {order.order_number}".strip()
    return f"{named}, made on {made}"


def _names_of(order: Order) -> str:
    return ", ".join(deputy.full_name for deputy in order.deputies.all())


class DeputiesToCopy(GovukForm):
    """Which deputies of the other order are to be added: all that are not there yet, at first."""

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["deputies"] = CheckboxesField(
            label="Select the deputies to add",
            choices=[(one.mark, one.deputy.full_name) for one in candidates],
            hints={one.mark: _hint_for(one) for one in candidates},
            initial=[one.mark for one in candidates if not one.is_there],
            size="m",
            missing="Select the deputies to add",
            error_messages={"invalid_choice": DEPUTIES_CHANGED},
        )


def _hint_for(candidate: Candidate) -> str:
    """What tells two deputies of one name apart, and whether such a one is there already."""
    deputy = candidate.deputy
    born = deputy.date_of_birth
    facts = [
        f"{deputy.get_deputy_type_display()} deputy",
        f"born {born.day} {born:%B %Y}" if born else "",
        ", ".join(deputy.address_lines),
        "already on this order" if candidate.is_there else "",
    ]
    return "; ".join(fact for fact in facts if fact)
