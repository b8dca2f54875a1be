"""The form class of every page, and the place from which pages import their fields."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from govuk.boundfields import ErrorLink, error_links
from govuk.choices import CheckboxesField, CheckboxField, RadioField, SelectField
from govuk.dates import DateField, DateParts
from govuk.fields import FileField, MultipleFilesField, PlainField, TextareaField, TextField
from govuk.renderer import GovukRenderer

__all__ = [
    "CheckboxField",
    "CheckboxesField",
    "DateField",
    "DateParts",
    "FileField",
    "GovukForm",
    "GovukFormMixin",
    "KeptFields",
    "MultipleFilesField",
    "PlainField",
    "RadioField",
    "SelectField",
    "TextField",
    "TextareaField",
]

# Django's own widgets, and the component each looks like.
ONE_LINE = (
    forms.TextInput,
    forms.EmailInput,
    forms.NumberInput,
    forms.PasswordInput,
    forms.URLInput,
)
CLASSES: tuple[tuple[tuple[type[forms.Widget], ...], str], ...] = (
    (ONE_LINE, "govuk-input"),
    ((forms.FileInput,), "govuk-file-upload"),
    ((forms.Textarea,), "govuk-textarea"),
    ((forms.Select,), "govuk-select"),
)


class KeptFields(QueryDict):
    """What was typed before a session ended. Given to a form as its data, it is shown, not checked.

    The form is not bound: nothing is validated or saved until the person presses the button again.
    """


class GovukFormMixin(forms.BaseForm):
    """Makes any Django form (`ModelForm`, `AuthenticationForm`) a GOV.UK one. Put it first."""

    default_renderer = GovukRenderer
    # The browser's own bubbles are neither in our words nor beside the field.
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        given = [*args, *kwargs.values()]
        self.kept = next((one for one in given if isinstance(one, KeptFields)), None)
        unkept: list[Any] = [_unless_kept(one) for one in args]
        named: dict[str, Any] = {name: _unless_kept(one) for name, one in kwargs.items()}
        super().__init__(*unkept, **named)
        if self.kept is not None:
            # A form that asks other questions after some answers finds them where it looks.
            self.data = self.kept
        for field in self.fields.values():
            _dress(field.widget)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """What stands in an unbound field: what was typed, where that was kept."""
        if self.kept is None or field.disabled or not _may_be_kept(field):
            return super().get_initial_for_field(field, field_name)
        return field.widget.value_from_datadict(
            self.kept, MultiValueDict(), self.add_prefix(field_name)
        )

    @property
    def error_summary(self) -> list[ErrorLink]:
        """Every error in page order, each with a link to its input; empty for an unbound form."""
        return error_links(self)


class GovukForm(GovukFormMixin, forms.Form):
    """The form of a page: `{{ form }}` draws every field, `{{ form.name }}` one."""


def _unless_kept(argument: Any) -> Any:
    return None if isinstance(argument, KeptFields) else argument


def _may_be_kept(field: forms.Field) -> bool:
    """Files did not come along, and a password is never shown again."""
    return getattr(field, "keeps_value", True) and not isinstance(field, forms.FileField)


def _dress(widget: forms.Widget) -> None:
    """Give Django's own widgets the classes of the components; fields of ours draw themselves."""
    for kinds, name in CLASSES:
        if isinstance(widget, kinds):
            widget.attrs.setdefault("class", name)
            return
