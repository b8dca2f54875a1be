"""The fields that offer items: radio buttons, checkboxes, a select. None is chosen beforehand."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Unpack

from django import forms

from govuk.boundfields import ChoiceBoundField
from govuk.fields import FieldOptions, GovukField

Choices = Iterable[tuple[Any, str]]


def _unchanged(value: str) -> Any:
    return value


class RadioField(GovukField, forms.TypedChoiceField):
    """One of a few answers. Cleans to `coerce(value)`, or None where none is chosen or required.

    `choices` are (value, label) pairs; `hints` gives an item's hint by its value.
    """

    bound_field_class = ChoiceBoundField
    group_template_name = "govuk/radios.html"
    widget = forms.RadioSelect
    missing_verb = "Select"

    def __init__(
        self,
        *,
        label: str,
        choices: Choices,
        hints: Mapping[Any, str] | None = None,
        inline: bool = False,
        small: bool = False,
        coerce: Callable[[str], Any] = _unchanged,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.item_hints = {str(value): hint for value, hint in (hints or {}).items()}
        self.inline = inline
        self.small = small
        super().__init__(
            label=label, choices=choices, coerce=coerce, empty_value=None, **_worded(options)
        )


class SelectField(GovukField, forms.TypedChoiceField):
    """One of many answers, in a drop-down. `nothing` is the label of the empty first option."""

    bound_field_class = ChoiceBoundField
    group_template_name = "govuk/select.html"
    widget = forms.Select
    missing_verb = "Select"

    def __init__(
        self,
        *,
        label: str,
        choices: Choices,
        nothing: str = "",
        coerce: Callable[[str], Any] = _unchanged,
        **options: Unpack[FieldOptions],
    ) -> None:
        listed = [("", nothing), *choices] if nothing else list(choices)
        super().__init__(
            label=label, choices=listed, coerce=coerce, empty_value=None, **_worded(options)
        )


class CheckboxesField(GovukField, forms.TypedMultipleChoiceField):
    """Any number of answers. Cleans to a list of `coerce(value)`."""

    bound_field_class = ChoiceBoundField
    group_template_name = "govuk/checkboxes.html"
    widget = forms.CheckboxSelectMultiple
    missing_verb = "Select"

    def __init__(
        self,
        *,
        label: str,
        choices: Choices,
        hints: Mapping[Any, str] | None = None,
        small: bool = False,
        coerce: Callable[[str], Any] = _unchanged,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.item_hints = {str(value): hint for value, hint in (hints or {}).items()}
        self.small = small
        super().__init__(label=label, choices=choices, coerce=coerce, **_worded(options))


class CheckboxField(GovukField, forms.BooleanField):
    """One box to tick. Cleans to a bool; where it is required, leaving it empty is an error."""

    group_template_name = "govuk/checkbox.html"
    widget = forms.CheckboxInput
    missing_verb = "Select"

    def __init__(self, *, label: str, **options: Unpack[FieldOptions]) -> None:
        super().__init__(label=label, **options)


def _worded(options: FieldOptions) -> FieldOptions:
    """The options with words of ours for an answer that was never offered (a stale page)."""
    options["error_messages"] = {
        "invalid_choice": "Select one of the answers",
        "invalid_list": "Select one of the answers",
        **options.get("error_messages", {}),
    }
    return options
