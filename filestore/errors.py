"""Everything that can be wrong with a file or with the place it is kept; each says what is true.

`FileRejected` and below are for staff: `str(error)` is a sentence for the page and `code` a word
for logs. `StoreError` and below are for services and operations, and name the object's key only.
"""


class FileRejected(Exception):
    """A file that is not taken. `str(error)` is the sentence for staff, `code` one word for us."""

    code = "rejected"
    sentence = "The selected file cannot be used"

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or self.sentence)


class NameMissing(FileRejected):
    """Nothing is left of the name once path and invisible characters are gone."""

    code = "no_name"
    sentence = "The selected file must have a name"


class NameTooLong(FileRejected):
    """The name is longer than 255 characters."""

    code = "name_too_long"
    sentence = "The name of the selected file must be 255 characters or less"


class DoubleExtension(FileRejected):
    """A known file ending stands in the middle of the name: `order.pdf.exe`, `order.exe.pdf`."""

    code = "double_extension"

    def __init__(self, inner: str, last: str) -> None:
        super().__init__(
            f"The name of the selected file must have one file ending, not .{inner} and .{last}"
        )


class FileEmpty(FileRejected):
    """No bytes at all."""

    code = "empty"
    sentence = "The selected file is empty"


class FileTooLarge(FileRejected):
    """More than 20 MB."""

    code = "too_large"
    sentence = "The selected file must be smaller than 20MB"


class TypeRefused(FileRejected):
    """By its name or by its content, not one of the six types."""

    code = "wrong_type"
    sentence = "The selected file must be a PDF, JPG, PNG, TIFF, DOC or DOCX"


class ContentDiffers(FileRejected):
    """One of the six types, under the name of another."""

    code = "content_differs"

    def __init__(self, content: str, extension: str) -> None:
        super().__init__(
            "The selected file must be what its name says: "
            f"its content is {content.upper()} but its name ends in .{extension}"
        )


class MacrosInside(FileRejected):
    """A Word file that carries macros, under whatever name."""

    code = "macros"
    sentence = "The selected file must not contain macros. Save it without them, or as a PDF"


class ProgramEmbedded(FileRejected):
    """Another file, object or program is packed inside."""

    code = "embedded"
    sentence = (
        "The selected file must not have other files or programs embedded in it. Save it as a PDF"
    )


class FileEncrypted(FileRejected):
    """Protected by a password or by rights, so that it cannot be checked."""

    code = "encrypted"
    sentence = "The selected file must not be password protected. Save it without a password"


class FileIsBomb(FileRejected):
    """Small on disk, far too large once opened."""

    code = "bomb"
    sentence = "The selected file unpacks to far more than can be checked. Save it as a PDF"


class FileDamaged(FileRejected):
    """It begins as one of the six types but does not hold together."""

    code = "damaged"
    sentence = "The selected file is damaged and cannot be opened. Save or scan it again"


class VirusFound(FileRejected):
    """The scanner named a virus. Raised by whoever asked for the scan."""

    code = "virus"
    sentence = "The selected file contains a virus, so it was not kept. Upload a clean copy"


class ScannerUnavailable(Exception):
    """No clear word from the virus scanner: nothing is known about the file, so it is not taken.

    `sentence` is for staff; `str(error)` is for logs and says how the scanner failed.
    """

    sentence = (
        "The file could not be checked for viruses, so it was not kept. Try again in a few minutes"
    )


class StoreError(Exception):
    """Something about a stored object; the message carries its key and nothing personal."""


class DocumentMissing(StoreError):
    """No object under this key in our own bucket."""


class DocumentAltered(StoreError):
    """Our own copy is not, in size or SHA-256, what was recorded at upload."""


class DocumentInfected(StoreError):
    """The scanner found a virus in our own copy after it was stored."""


class StoreUnavailable(StoreError):
    """Storage did not do what was asked; nothing is known to be wrong with the document."""
