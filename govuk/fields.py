"""What all form fields share, and those of one input: text, text area, files. Fields never save.

Every field takes a label and the keywords of `FieldOptions`; docs/pages.md shows them in use.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import (
    EmailValidator,
    MaxLengthValidator,
    MinLengthValidator,
    ProhibitNullCharactersValidator,
)

from govuk.boundfields import GovukBoundField
from govuk.letters import has_unseen

Size = Literal["s", "m", "l", "xl"]
InputType = Literal["text", "email", "tel", "password", "search"]
Width = Literal[
    2, 3, 4, 5, 10, 20, 30, "full", "three-quarters", "two-thirds", "one-half", "one-third"
]


# What a paste brings along at the ends of a line: zero-width spaces, joiners, byte order marks.
UNSEEN_AT_ENDS = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


class FieldOptions(TypedDict, total=False):
    """The keywords that every field takes besides its label."""

    hint: str
    # The size of the label or legend; none is the ordinary text size.
    size: Size
    # The label or legend is the page's h1. The page then leaves its own heading out.
    is_heading: bool
    required: bool
    # The message where nothing was answered. Without it: "Enter ..." or "Select ..." and the label.
    missing: str
    initial: Any
    validators: Sequence[Any]
    error_messages: Mapping[str, str]
    disabled: bool


def lower_first(label: str) -> str:
    """A label within a sentence: "Date of birth" to "date of birth", but "COP 3" as it stands."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


class GovukField(forms.Field):
    """The base of all fields here. `missing_verb` begins the message for an empty answer."""

    bound_field_class = GovukBoundField
    group_template_name = ""
    missing_verb = "Enter"

    def __init__(
        self,
        *,
        label: str,
        hint: str = "",
        size: Size | None = None,
        is_heading: bool = False,
        missing: str = "",
        **options: Any,
    ) -> None:
        self.size = size
        self.is_heading = is_heading
        messages = {"required": missing or self._unanswered(label)}
        messages.update(options.pop("error_messages", None) or {})
        super().__init__(
            label=label,
            help_text=hint,
            error_messages=messages,
            template_name=self.group_template_name,
            **options,
        )

    def _unanswered(self, label: str) -> str:
        """ "Enter email address"; a label that is a question is no part of a sentence."""
        what = "an answer" if label.endswith("?") else lower_first(label)
        return f"{self.missing_verb} {what}"


class TextField(GovukField, forms.CharField):
    """One line of text. Cleans to a stripped string; a password stays as typed, and is never shown.

    `width` is the number of characters the box shows room for, or a share of the column.
    """

    group_template_name = "govuk/text.html"

    def __init__(
        self,
        *,
        label: str,
        type: InputType = "text",
        width: Width | None = None,
        autocomplete: str = "",
        inputmode: str = "",
        spellcheck: bool | None = None,
        prefix: str = "",
        suffix: str = "",
        min_length: int | None = None,
        max_length: int | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.type = type
        self.keeps_value = type != "password"
        self.width = width
        self.autocomplete = autocomplete
        self.inputmode = inputmode
        # Nobody wants red lines under an address.
        self.spellcheck = False if spellcheck is None and type == "email" else spellcheck
        self.prefix = prefix
        self.suffix = suffix
        # Lengths are checked by validators of our own: no `maxlength` cuts off what is pasted.
        super().__init__(label=label, strip=self.keeps_value, **options)
        _say_in_our_words(self, label)
        self.validators += _length_validators(label, min_length, max_length)
        if type == "email":
            self.validators.append(EmailValidator(_email_message(label)))

    @property
    def width_class(self) -> str:
        """The class that sets the width of the box."""
        if self.width is None:
            return ""
        if isinstance(self.width, int):
            return f"govuk-input--width-{self.width}"
        return f"govuk-!-width-{self.width}"


class PlainField(TextField):
    """One line of text as people type or paste it: single spaces, nothing unseen."""

    def to_python(self, value: Any) -> str:
        """The line. Raises ValidationError for letters that nobody sees, but at its ends."""
        text = re.sub(r"\s+", " ", str(value or "")).strip(f" {UNSEEN_AT_ENDS}")
        if has_unseen(text):
            raise ValidationError(
                f"{self.label} must not have an invisible character in it. Type it, do not paste it"
            )
        return text


class TextareaField(GovukField, forms.CharField):
    """Several lines of text. Cleans to a stripped string."""

    group_template_name = "govuk/textarea.html"

    def __init__(
        self,
        *,
        label: str,
        rows: int = 5,
        max_length: int | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.rows = rows
        super().__init__(label=label, **options)
        _say_in_our_words(self, label)
        self.validators += _length_validators(label, None, max_length)


class FileField(GovukField, forms.FileField):
    """One file. Cleans to the `UploadedFile`; what the file really is, is for `filestore` to say.

    `accept` is a hint to the browser's file chooser (".csv,.xlsx"), never a check.
    """

    group_template_name = "govuk/file.html"
    widget = forms.FileInput
    missing_verb = "Select"
    is_multiple = False

    def __init__(
        self,
        *,
        label: str,
        accept: str = "",
        drop_zone: bool = False,
        allow_empty_file: bool = False,
        max_length: int | None = 255,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.accept = accept
        self.drop_zone = drop_zone
        options["missing"] = options.get("missing") or "Select a file"
        options["error_messages"] = {
            "empty": "The selected file is empty",
            "max_length": "The name of the selected file must be %(max)d characters or less",
            "invalid": "The selected file could not be uploaded – try again",
            **options.get("error_messages", {}),
        }
        super().__init__(
            label=label, allow_empty_file=allow_empty_file, max_length=max_length, **options
        )


class SeveralFilesInput(forms.FileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class MultipleFilesField(FileField):
    """Several files at once. Cleans to a list of `UploadedFile`, which may be empty if optional."""

    widget = SeveralFilesInput
    is_multiple = True

    def __init__(
        self,
        *,
        label: str,
        max_files: int = 100,
        accept: str = "",
        drop_zone: bool = False,
        allow_empty_file: bool = False,
        max_length: int | None = 255,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.max_files = max_files
        super().__init__(
            label=label,
            accept=accept,
            drop_zone=drop_zone,
            allow_empty_file=allow_empty_file,
            max_length=max_length,
            **options,
        )

    def clean(self, value: Any, initial: Any = None) -> list[UploadedFile]:
        """Every file by the rules of a single one; each message names the file it is about."""
        files = value if isinstance(value, list) else [value] if value else []
        if not files:
            super().clean(None, initial)
        if len(files) > self.max_files:
            raise ValidationError(f"You can only select up to {self.max_files} files at once")
        cleaned, errors = [], []
        for file in files:
            try:
                cleaned.append(super().clean(file, initial))
            except ValidationError as error:
                errors += [f"{file.name}: {lower_first(message)}" for message in error.messages]
        if errors:
            raise ValidationError(errors)
        return cleaned


def _say_in_our_words(field: forms.CharField, label: str) -> None:
    """Django refuses a null character in words that nobody who types would understand."""
    what = "Your answer" if label.endswith("?") else label
    refusal = ProhibitNullCharactersValidator(
        f"{what} must not have an invisible character in it. Type it, do not paste it"
    )
    field.validators = [
        refusal if isinstance(one, ProhibitNullCharactersValidator) else one
        for one in field.validators
    ]


def _length_validators(label: str, shortest: int | None, longest: int | None) -> list[Any]:
    """The two length rules in GOV.UK's words; a limit of None is no limit."""
    validators: list[Any] = []
    if shortest is not None:
        validators.append(
            MinLengthValidator(shortest, f"{label} must be {shortest} characters or more")
        )
    if longest is not None:
        validators.append(
            MaxLengthValidator(longest, f"{label} must be {longest} characters or less")
        )
    return validators


def _email_message(label: str) -> str:
    return f"Enter {_with_article(lower_first(label))} in the correct format, like name@example.com"


def _with_article(words: str) -> str:
    return f"{'an' if words[:1] in 'aeiou' else 'a'} {words}"
