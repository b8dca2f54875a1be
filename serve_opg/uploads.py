"""How files reach us: on disk, bounded, under their whole name. What they are, the rooms say."""

import contextlib
import logging
import os
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import (
    FileUploadHandler,
    SkipFile,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest

from csv_ingest.parsing.errors import LARGEST_FILE

log = logging.getLogger(__name__)

NO_ROOM = "The file could not be stored. Try again in a few minutes"
# Of all files of one request together: eight requests at once fill 2 GB of disk at most. A page's
# script sends each document in a request of its own, so only a form without one can come near it.
MOST_BYTES = 250 * 1024 * 1024
# Each file is an open one until the request ends.
MOST_FILES = 200


class UploadRefused(SuspiciousOperation):
    """More than one request may bring; `str(error)` is a sentence for the page (status 400)."""


def brought_a_file(request: HttpRequest) -> bool:
    """Whether at least one file had begun to come, also where the request could not be read on."""
    return any(getattr(each, "has_begun", False) for each in request.upload_handlers)


def close_files(request: HttpRequest) -> None:
    """Let go of what had come of a refused request: each file is open, and on disk."""
    for each in request.upload_handlers:
        if isinstance(each, UploadToDisk):
            each.close_all()


class WholeNameFile(TemporaryUploadedFile):
    """An uploaded file whose name is as long as it was sent, so that a page can refuse it."""

    # A plain attribute over Django's property, which cuts a name to 255 characters unasked.
    name: str | None = None


class UploadToDisk(TemporaryFileUploadHandler):
    """Writes each file to disk, and no more of it than shows that it is too large for any page.

    `size` is still that of the file as sent. Names come without folders and control characters
    from Django's parser. Of a request that brings too much nothing more is written, but all is
    read: a browser shows our answer only when it could send everything.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._files = 0
        self._opened: list[WholeNameFile] = []
        self._refusal = ""

    @property
    def has_begun(self) -> bool:
        """Whether a file has been met in the request so far."""
        return self._files > 0

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any
    ) -> None:
        """Look at the size that the browser gave for the whole; Django's parser reads on."""
        if content_length > MOST_BYTES:
            self._refusal = (
                f"The files you selected are larger than {MOST_BYTES // 1024**2}MB together."
                " Upload fewer of them at a time."
            )

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file. The one on disk takes nothing from the name: its ending may be too long."""
        self._files += 1
        if self._files > MOST_FILES:
            self._refusal = (
                f"You selected more than {MOST_FILES} files. Upload fewer of them at a time."
            )
        if self._refusal:
            raise SkipFile
        FileUploadHandler.new_file(self, *args, **kwargs)
        try:
            self.file = WholeNameFile(
                "", self.content_type, 0, self.charset, self.content_type_extra
            )
        except OSError as error:
            self._refuse_for_want_of_room(error)
            raise SkipFile from error
        self.file.name = self.file_name
        self._opened.append(self.file)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write the bytes that begin at `start` of the file, or let them go."""
        if start > LARGEST_FILE or self._refusal:
            return
        try:
            super().receive_data_chunk(raw_data, start)
            # What is still in memory may find no room either.
            self.file.flush()
        except OSError as error:
            self._refuse_for_want_of_room(error)
            self._let_go()

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        """The file, unless there was no room for it."""
        return None if self._refusal else super().file_complete(file_size)

    def _refuse_for_want_of_room(self, error: OSError) -> None:
        log.error("an upload could not be written: %s", error.strerror)
        self._refusal = NO_ROOM

    def _let_go(self) -> None:
        """Remove the half of a file that went in. Closing would try to write the rest first."""
        path = self.file.temporary_file_path()
        with contextlib.suppress(OSError):
            os.truncate(path, 0)
        with contextlib.suppress(OSError):
            self.file.close()
        with contextlib.suppress(OSError):
            os.unlink(path)

    def close_all(self) -> None:
        """Close and remove every file of the request; again, it does nothing."""
        for file in self._opened:
            # One that had no room cannot write the rest.
            with contextlib.suppress(OSError):
                file.close()

    def upload_complete(self) -> None:
        """Raises `UploadRefused`, now that everything was read."""
        if self._refusal:
            raise UploadRefused(self._refusal)
