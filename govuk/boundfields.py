"""A field with what was typed into it, as templates/govuk/ read it: ids, values, items, boxes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

PARTS = ("day", "month", "year")


@dataclass(frozen=True)
class ErrorLink:
    """One line of an error summary; `href` is empty for an error of the form as a whole."""

    text: str
    href: str


@dataclass(frozen=True)
class Item:
    """One radio button, checkbox or option."""

    id: str
    value: str
    label: str
    hint: str
    is_chosen: bool


@dataclass(frozen=True)
class DateBox:
    """One of the three boxes of a date."""

    id: str
    name: str
    label: str
    value: str
    width: int
    has_error: bool
    autocomplete: str


class GovukBoundField(BoundField):
    """A field of one input. `{{ form.name }}` draws the group: label, hint, error and input."""

    def __str__(self) -> SafeString:
        return self.as_field_group()

    __html__ = __str__

    @property
    def hint_id(self) -> str:
        """The id of the hint, empty where there is none."""
        return f"{self.auto_id}-hint" if self.help_text else ""

    @property
    def error_id(self) -> str:
        """The id of the error message, empty where there is none."""
        return f"{self.auto_id}-error" if self.errors else ""

    @property
    def described_by(self) -> str:
        """The value of `aria-describedby`, empty where nothing describes the input."""
        return " ".join(filter(None, (self.hint_id, self.error_id)))

    @property
    def target_id(self) -> str:
        """The id of the input that a link in the error summary leads to."""
        return self.auto_id

    @property
    def messages(self) -> list[str]:
        """The field's error messages."""
        return [str(message) for message in self.errors]

    @property
    def shown_value(self) -> str:
        """What stands in the input, as text."""
        if not getattr(self.field, "keeps_value", True):
            return ""
        return _text(self.field.widget.format_value(self.value()))


class ChoiceBoundField(GovukBoundField):
    """A field that offers items. The first one carries the field's own id, as GOV.UK has it."""

    @property
    def items(self) -> list[Item]:
        """Every item in order, with what was chosen marked."""
        chosen = self._chosen()
        hints: dict[str, str] = getattr(self.field, "item_hints", {})
        return [
            Item(
                id=self.auto_id if number == 1 else f"{self.auto_id}-{number}",
                value=_text(value),
                label=str(label),
                hint=hints.get(_text(value), ""),
                is_chosen=_text(value) in chosen,
            )
            for number, (value, label) in enumerate(self._choices(), start=1)
        ]

    def _choices(self) -> Iterable[tuple[Any, Any]]:
        assert isinstance(self.field, forms.ChoiceField)
        return self.field.choices  # type: ignore[return-value]  # groups of options are not offered

    def _chosen(self) -> set[str]:
        value = self.value()
        if isinstance(value, list | tuple | set):
            return {_text(one) for one in value}
        # Nothing is chosen beforehand, also where one of the items has an empty value.
        return set() if value is None else {_text(value)}


class DateBoundField(GovukBoundField):
    """A date in three boxes."""

    @property
    def parts_in_error(self) -> Sequence[str]:
        """The boxes at fault. An error that names none is about the whole date."""
        found: set[str] = set()
        for error in self.errors.as_data():
            params = error.params if isinstance(error.params, dict) else {}
            found.update(params.get("parts", PARTS))
        return [part for part in PARTS if part in found]

    @property
    def boxes(self) -> list[DateBox]:
        """Day, month and year, each with what was typed."""
        values = self.value() or ("", "", "")
        at_fault = self.parts_in_error
        autocomplete: str = getattr(self.field, "autocomplete", "")
        return [
            DateBox(
                id=f"{self.auto_id}-{part}",
                name=f"{self.html_name}-{part}",
                label=part.capitalize(),
                value=value,
                width=4 if part == "year" else 2,
                has_error=part in at_fault,
                autocomplete=f"{autocomplete}-{part}" if autocomplete else "",
            )
            for part, value in zip(PARTS, values, strict=True)
        ]

    @property
    def target_id(self) -> str:
        """The first box at fault, or the first box."""
        return f"{self.auto_id}-{next(iter(self.parts_in_error), PARTS[0])}"


def _text(value: object) -> str:
    """A value as it stands in the page."""
    return "" if value is None else str(value)


def target_of(field: BoundField) -> str:
    """The id that a summary link leads to, for our own fields and for plain Django ones."""
    if isinstance(field, GovukBoundField):
        return field.target_id
    return field.id_for_label or field.auto_id


def error_links(form: forms.BaseForm) -> list[ErrorLink]:
    """Every error of a form, for its summary: those of the whole form, then field by field."""
    links = [ErrorLink(text=str(message), href="") for message in form.non_field_errors()]
    for field in form:
        href = f"#{target_of(field)}"
        links += [ErrorLink(text=str(message), href=href) for message in field.errors]
    return links
