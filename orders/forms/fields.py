"""Fields that several forms share: lines with a length, and numbers."""

import re
from typing import Any

from django.core.exceptions import ValidationError

from govuk.forms import PlainField

# Behaviour, 6.
SHORTEST_NUMBER, LONGEST_NUMBER = 10, 20
NUMBER_CHARACTERS = re.compile(r"[0-9 +()-]*")


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
