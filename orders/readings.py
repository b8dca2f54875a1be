"""What was read from a court order beside what staff answered: what is known, and what to ask."""

from dataclasses import dataclass, field
from typing import Any

from orders.models import CourtOrderReading, Order
from orders.rules import AppointmentType, OrderSubtype, OrderType

YES, NO = "yes", "no"
BOND = {True: YES, False: NO}
LABELS: dict[str, dict[str, str]] = {
    "bond_over_21000": {YES: "Yes", NO: "No"},
    "order_subtype": dict(OrderSubtype.choices),
    "appointment_type": dict(AppointmentType.choices),
}
KEYS = {
    "bond_over_21000": "Bond over £21,000",
    "order_subtype": "Order subtype",
    "appointment_type": "Appointment type",
}


@dataclass(frozen=True)
class Question:
    """One question about an order. Answers are as the form has them: a code, yes, no, or "".

    `answered` is what staff answered before, `read` what the court order says, `words` the words
    in it: those that say so, or those that could not be understood. `was_sought`: it was looked
    for, in a document that could be read.
    """

    name: str
    answered: str = ""
    read: str = ""
    words: list[str] = field(default_factory=list)
    was_sought: bool = False

    @property
    def key(self) -> str:
        """What it asks, as on the order's summary."""
        return KEYS[self.name]

    @property
    def differs(self) -> bool:
        """Whether staff answered something else than the document says."""
        return bool(self.answered and self.read and self.answered != self.read)

    @property
    def known(self) -> str:
        """The answer that nobody needs to be asked for, or ""."""
        return "" if self.differs else self.answered or self.read

    @property
    def answered_label(self) -> str:
        """What staff answered before, in words."""
        return self._label(self.answered)

    @property
    def read_label(self) -> str:
        """What the court order says, in words."""
        return self._label(self.read)

    @property
    def known_label(self) -> str:
        """The answer that nobody needs to be asked for, in words."""
        return self._label(self.known)

    def _label(self, answer: str) -> str:
        return LABELS[self.name].get(answer, "")


def find_reading(order: Order) -> CourtOrderReading | None:
    """What was read from the order's court order and not confirmed yet."""
    return CourtOrderReading.objects.filter(order=order).select_related("document").first()


def questions_of(order: Order, reading: CourtOrderReading) -> list[Question]:
    """The questions about this order, in page order."""
    names = [name for name in KEYS if name != "bond_over_21000" or order.order_type == OrderType.PF]
    return [_question(name, order, reading.findings.get(name, {})) for name in names]


def _question(name: str, order: Order, finding: dict[str, Any]) -> Question:
    return Question(
        name,
        answered=as_code(getattr(order, name)),
        read=as_code(finding.get("value")),
        words=list(finding.get("words", [])),
        was_sought=bool(finding),
    )


def as_code(value: str | bool | None) -> str:
    """An answer as a form has it; "" for none."""
    return BOND[value] if isinstance(value, bool) else str(value or "")
