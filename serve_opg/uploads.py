"""How files reach us: on disk, bounded, under their whole name. What they are, the rooms say."""

from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

from csv_ingest.parsing.errors import LARGEST_FILE


class WholeNameFile(TemporaryUploadedFile):
    """An uploaded file whose name is as long as it was sent, so that a page can refuse it."""

    # A plain attribute over Django's property, which cuts a name to 255 characters unasked.
    name: str | None = None


class UploadToDisk(TemporaryFileUploadHandler):
    """Writes each file to disk, and no more of it than shows that it is too large for any page.

    `size` is still that of the file as sent. Names come without folders and control characters
    from Django's parser.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file. The one on disk takes nothing from the name: its ending may be too long."""
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = WholeNameFile("", self.content_type, 0, self.charset, self.content_type_extra)
        self.file.name = self.file_name

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write the bytes that begin at `start` of the file, or let them go."""
        if start <= LARGEST_FILE:
            super().receive_data_chunk(raw_data, start)
