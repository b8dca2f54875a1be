"""The forms that take documents. What a file really is, is for `filestore` to say."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from filestore import MAX_SIZE
from filestore.errors import FileEmpty, FileTooLarge, TypeRefused
from govuk.forms import FileField, GovukForm, MultipleFilesField
from orders.models import Order
from orders.rules import DocumentType

ACCEPTED_FILES = ".pdf,.jpg,.jpeg,.png,.tif,.tiff,.doc,.docx"  # behaviour, 9
HINT = "PDF, JPG, PNG, TIFF, DOC or DOCX, up to 20MB"


@dataclass(frozen=True)
class ChosenFile:
    """One file of a form: beside which field it stands, and as what it is uploaded.

    `instead_of` is the document that the page said would be replaced: 0 for none, None for a page
    that says nothing.
    """

    field: str
    kind: DocumentType
    file: "UploadedFile[bytes]"
    instead_of: int | None


class DocumentsForm(GovukForm):
    """A file field for each type of document; several files are for additional ones alone."""

    nothing_selected = "Select at least one file"
    introduction = ""

    def __init__(self, data: Any, files: Any, *, order: Order) -> None:
        super().__init__(data, files)
        self.order = order

    def add_field(self, name: str, kind: DocumentType, **options: Any) -> None:
        """Add the field, and say where a script sends each of its files by itself."""
        several = kind == DocumentType.OTHER
        self.fields[name] = (MultipleFilesField if several else FileField)(
            accept=ACCEPTED_FILES,
            drop_zone=True,
            allow_empty_file=True,
            max_length=None,
            **options,
        )
        self.fields[name].widget.attrs |= {
            "data-send-to": reverse("document-add", args=[self.order.pk, kind.value]),
            # What can be told before a file is sent, in the words in which the server would.
            "data-most-bytes": str(MAX_SIZE),
            "data-words-empty": FileEmpty.sentence,
            "data-words-large": FileTooLarge.sentence,
            "data-words-type": TypeRefused.sentence,
        }

    def kind_of(self, name: str) -> DocumentType:
        """The type of document that a field takes; each page's form says."""
        raise NotImplementedError

    def leave_out(self, names: Iterable[str]) -> None:
        """Ask no longer for what there may be one of, and is there now."""
        for name in names:
            if self.kind_of(name) != DocumentType.OTHER:
                self.fields.pop(name, None)

    @property
    def chosen(self) -> list[ChosenFile]:
        """The files of a valid form, in page order."""
        return [
            ChosenFile(name, self.kind_of(name), file, _number(self.data.get(f"{name}-instead-of")))
            for name in self.fields
            for file in _as_list(self.cleaned_data.get(name))
        ]


class Upload(DocumentsForm):
    """The page of one type."""

    def __init__(self, data: Any, files: Any, *, order: Order, kind: DocumentType) -> None:
        super().__init__(data, files, order=order)
        self._kind = kind
        several = kind == DocumentType.OTHER
        if not several:
            self.nothing_selected = "Select a file"
        self.add_field(
            "file",
            kind,
            missing=self.nothing_selected,
            label="Select files" if several else "Select a file",
            hint=f"{HINT} each" if several else HINT,
        )

    def kind_of(self, name: str) -> DocumentType:
        """The page's type."""
        return self._kind


class MissingDocuments(DocumentsForm):
    """A field for each of these types and one for additional documents; any of them may be left."""

    introduction = (
        "Each file can be a PDF, JPG, PNG, TIFF, DOC or DOCX, up to 20MB."
        " You can add some now and the rest later."
    )

    def __init__(
        self, data: Any, files: Any, *, order: Order, kinds: Iterable[DocumentType]
    ) -> None:
        super().__init__(data, files, order=order)
        for kind in kinds:
            self.add_field(kind.value, kind, label=str(kind.label), required=False)
        self.add_field(
            DocumentType.OTHER.value,
            DocumentType.OTHER,
            label="Additional documents",
            hint="You can select several files",
            required=False,
        )

    def kind_of(self, name: str) -> DocumentType:
        """Fields are named as their types."""
        return DocumentType(name)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError, beside the first field, where no file was selected at all."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.values()):
            self.add_error(next(iter(self.fields)), self.nothing_selected)
        return cleaned


def _as_list(files: Any) -> list["UploadedFile[bytes]"]:
    return files if isinstance(files, list) else [files] if files else []


def _number(text: str | None) -> int | None:
    """A document's id in a hidden field; anything but a number is "none"."""
    if text is None:
        return None
    return int(text) if text.isdecimal() and len(text) < 19 else 0
