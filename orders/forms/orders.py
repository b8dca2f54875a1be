"""The questions about an order."""

from typing import Any

from django import forms

from govuk.forms import GovukForm, RadioField
from orders.models import Order
from orders.rules import AppointmentType, OrderSubtype, OrderType

YES_OR_NO = (("yes", "Yes"), ("no", "No"))


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


class SeenOrderDetails(OrderDetails):
    """The same, knowing which answers the person was shown (`Order.answers`)."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)

    def clean_seen(self) -> str | None:
        """None where the page did not say, as from a script."""
        return self.cleaned_data["seen"] or None

    def show(self, seen: str) -> None:
        """Carry `seen` from now on instead of what was posted."""
        self.data = {**{name: self.data[name] for name in self.data}, "seen": seen}


def answers_of(order: Order) -> dict[str, str]:
    """An order's answers as `OrderDetails` shows them; what is unanswered is left out."""
    bond: dict[bool | None, str] = {True: "yes", False: "no", None: ""}
    answers = {
        "order_subtype": order.order_subtype,
        "appointment_type": order.appointment_type,
        "bond_over_21000": bond[order.bond_over_21000],
    }
    return {name: answer for name, answer in answers.items() if answer}
