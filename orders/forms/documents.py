"""The forms that take files."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from govuk.forms import FileField, GovukForm, MultipleFilesField
from orders.rules import DocumentType

ACCEPTED_FILES = ".pdf,.jpg,.jpeg,.png,.tif,.tiff,.doc,.docx"  # behaviour, 9


class Upload(GovukForm):
    """One file. What it really is, is for `filestore` to say, in its own words."""

    file = FileField(
        label="Select a file",
        hint="PDF, JPG, PNG, TIFF, DOC or DOCX, up to 20MB",
        accept=ACCEPTED_FILES,
        drop_zone=True,
        allow_empty_file=True,
        max_length=None,
    )

    @property
    def chosen(self) -> list[UploadedFile]:
        """The files of a valid form."""
        return [self.cleaned_data["file"]]


class UploadOfSeveral(Upload):
    """Several files at once, each with a result of its own."""

    file = MultipleFilesField(
        label="Select files",
        hint="PDF, JPG, PNG, TIFF, DOC or DOCX, up to 20MB each",
        accept=ACCEPTED_FILES,
        drop_zone=True,
        allow_empty_file=True,
        max_length=None,
    )

    @property
    def chosen(self) -> list[UploadedFile]:
        """The files of a valid form."""
        return list(self.cleaned_data["file"])


def upload_form(kind: DocumentType, data: Any, files: Any) -> Upload:
    """The form for documents of a type: only additional ones may be several."""
    form = UploadOfSeveral if kind == DocumentType.OTHER else Upload
    return form(data, files)
