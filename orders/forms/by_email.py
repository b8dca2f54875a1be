"""What an administrator says about an order that was served by email."""

from typing import Any, cast

from django.core.exceptions import ValidationError

from govuk.forms import CheckboxField, DateField, GovukForm, TextareaField
from orders.models import Order
from orders.rules import LONGEST_TEXT
from orders.services.by_email import EmailAnswers


class ServedByEmailForm(GovukForm):
    """Day, proof and reason; all are kept with the order for good."""

    sent_date = DateField(
        label="When was the email sent to OPG?",
        hint="For example, 19 11 2026",
        subject="The date of the email",
        limit="today_or_past",
        size="m",
        missing="Enter the date when the email was sent",
    )
    evidence = TextareaField(
        label="How do we know that OPG has it?",
        hint="For example, who at OPG confirmed it and when",
        rows=2,
        max_length=LONGEST_TEXT,
        size="m",
        missing="Enter how we know that OPG has it",
    )
    reason = TextareaField(
        label="Why was it not served here?",
        rows=3,
        max_length=LONGEST_TEXT,
        size="m",
        missing="Enter why it was not served here",
    )

    whole = CheckboxField(
        label="The email to OPG held what is missing here",
        missing="Confirm that the email to OPG held what is missing here",
    )

    def __init__(self, *args: Any, order: Order, missing: list[str], **options: Any) -> None:
        """`missing` is what the order would need to be served here; of none nobody is asked."""
        super().__init__(*args, **options)
        self.order = order
        if not missing:
            del self.fields["whole"]

    def clean_sent_date(self) -> Any:
        """Raises ValidationError for a day before the order was made."""
        sent = self.cleaned_data["sent_date"]
        if sent and sent < self.order.made_date:
            raise ValidationError(
                "The date of the email must be on or after the date the order was made"
            )
        return sent

    @property
    def answers(self) -> EmailAnswers:
        """The answers of a valid form."""
        asked = EmailAnswers.__required_keys__
        kept = {name: self.cleaned_data[name] for name in asked}
        return cast(EmailAnswers, kept)
