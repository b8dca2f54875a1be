"""A date typed in three boxes, read and checked as GOV.UK's date pattern asks."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal, NamedTuple, Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from govuk.boundfields import PARTS, DateBoundField
from govuk.fields import FieldOptions, GovukField

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


class DateParts(NamedTuple):
    """What stands in the three boxes, as typed."""

    day: str
    month: str
    year: str


class DateBoxes(forms.Widget):
    """Reads the boxes `<name>-day`, `<name>-month` and `<name>-year`."""

    def value_from_datadict(
        self, data: Any, files: MultiValueDict[str, Any], name: str
    ) -> DateParts | None:
        """The three texts, or None where none of the boxes was sent."""
        if self.value_omitted_from_data(data, files, name):
            return None
        return DateParts(*((data.get(f"{name}-{part}") or "").strip() for part in PARTS))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the page did not carry this date at all."""
        return all(f"{name}-{part}" not in data for part in PARTS)


class DateField(GovukField):
    """A date in three boxes. Cleans to `datetime.date` or None. What was typed stays.

    `subject` begins the messages ("Date of birth must be a real date"); without it, the label does.
    `limit` is "past" or "today_or_past". Each message is about one or more boxes, and the error
    summary leads to the first of them. Code that adds an error of its own may name boxes too:
    `ValidationError("...", params={"parts": ["year"]})`.
    """

    bound_field_class = DateBoundField
    group_template_name = "govuk/date.html"
    widget = DateBoxes

    def __init__(
        self,
        *,
        label: str,
        subject: str = "",
        limit: Literal["past", "today_or_past"] | None = None,
        autocomplete: str = "",
        **options: Unpack[FieldOptions],
    ) -> None:
        self.subject = subject or label
        self.limit = limit
        self.autocomplete = autocomplete
        super().__init__(label=label, **options)

    def prepare_value(self, value: Any) -> Any:
        """A date as the three texts of its boxes."""
        if isinstance(value, date):
            return DateParts(str(value.day), str(value.month), str(value.year))
        return value

    def to_python(self, value: Any) -> date | None:
        """The date typed. Raises ValidationError, naming the boxes at fault."""
        if isinstance(value, date):
            return value
        if not value or not any(value):
            return None
        self._refuse_missing(value)
        day, month, year = _number(value.day, 2), _month(value.month), _number(value.year, 4)
        if year is not None and len(value.year) < 4:
            raise self._error("year_length", "Year must include 4 numbers", ["year"])
        wrong = [
            part
            for part, number, most in (("day", day, 31), ("month", month, 12), ("year", year, 9999))
            if number is None or not 1 <= number <= most
        ]
        try:
            return date(year or 0, month or 0, day or 0)
        except ValueError:
            raise self._error(
                "unreal", f"{self.subject} must be a real date", wrong or PARTS
            ) from None

    def validate(self, value: date | None) -> None:
        """Whether a date is there, and on the right side of today."""
        super().validate(value)
        today = timezone.localdate()
        if value is None or self.limit is None or value < today:
            return
        if self.limit == "past":
            raise self._error("limit", f"{self.subject} must be in the past", PARTS)
        if value > today:
            raise self._error("limit", f"{self.subject} must be today or in the past", PARTS)

    def _refuse_missing(self, typed: DateParts) -> None:
        missing = [part for part, text in zip(PARTS, typed, strict=True) if not text]
        if missing:
            message = f"{self.subject} must include a {' and '.join(missing)}"
            raise self._error("incomplete", message, missing)

    @staticmethod
    def _error(code: str, message: str, parts: Iterable[str]) -> ValidationError:
        return ValidationError(message, code=code, params={"parts": list(parts)})


def _number(text: str, digits: int) -> int | None:
    """A whole number of at most so many digits, or None."""
    return int(text) if re.fullmatch(rf"[0-9]{{1,{digits}}}", text) else None


def _month(text: str) -> int | None:
    """A month by number or by English name, short ("Aug", "Sept") or long, or None."""
    number = _number(text, 2)
    word = text.lower().rstrip(".")
    if number is None and len(word) >= 3:
        matches = [at for at, name in enumerate(MONTHS, start=1) if name.startswith(word)]
        number = matches[0] if matches else None
    return number
