"""The form class of every page, and the place from which pages import their fields."""

from typing import Any

from django import forms

from govuk.boundfields import ErrorLink, error_links
from govuk.choices import CheckboxesField, CheckboxField, RadioField, SelectField
from govuk.dates import DateField, DateParts
from govuk.fields import FileField, MultipleFilesField, TextareaField, TextField
from govuk.renderer import GovukRenderer

__all__ = [
    "CheckboxField",
    "CheckboxesField",
    "DateField",
    "DateParts",
    "FileField",
    "GovukForm",
    "GovukFormMixin",
    "MultipleFilesField",
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


class GovukFormMixin(forms.BaseForm):
    """Makes any Django form (`ModelForm`, `AuthenticationForm`) a GOV.UK one. Put it first."""

    default_renderer = GovukRenderer
    # The browser's own bubbles are neither in our words nor beside the field.
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _dress(field.widget)

    @property
    def error_summary(self) -> list[ErrorLink]:
        """Every error in page order, each with a link to its input; empty for an unbound form."""
        return error_links(self)


class GovukForm(GovukFormMixin, forms.Form):
    """The form of a page: `{{ form }}` draws every field, `{{ form.name }}` one."""


def _dress(widget: forms.Widget) -> None:
    """Give Django's own widgets the classes of the components; fields of ours draw themselves."""
    for kinds, name in CLASSES:
        if isinstance(widget, kinds):
            widget.attrs.setdefault("class", name)
            return
