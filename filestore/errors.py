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


class NameHidesSomething(FileRejected):
    """A character nobody can see: null, control, zero width, or one that turns the direction."""

    code = "name_hides"
    sentence = (
        "The name of the selected file must not have invisible characters in it. "
        "Type a new name for the file"
    )


class NameIsPath(FileRejected):
    """Folders before the name, plainly or percent-encoded."""

    code = "name_path"
    sentence = "The name of the selected file must not have folders, slashes or a drive in it"


class NameIsReserved(FileRejected):
    """A name that Windows gives to a device: CON, NUL, COM1."""

    code = "name_reserved"
    sentence = "The name of the selected file must not be one that Windows keeps for a device"


class NameOfStream(FileRejected):
    """A second name behind a colon, as NTFS names a hidden stream: `order.pdf:tool.exe`."""

    code = "name_stream"
    sentence = "The name of the selected file must not have a colon after its file ending"


class NameLooksAlike(FileRejected):
    """A character that only looks like a full stop or a slash."""

    code = "name_looks_alike"
    sentence = (
        "The name of the selected file must not have characters that only look like a full stop "
        "or a slash. Type a new name for the file"
    )


class NameEndsBadly(FileRejected):
    """A space or full stop at the very end, which Windows drops: another ending may come out."""

    code = "name_ends_badly"
    sentence = "The name of the selected file must not end in a space or full stop"


class DoubleExtension(FileRejected):
    """A known file ending stands in the middle of the name: `order.pdf.exe`, `order.exe.pdf`.

    `inner` is always a known ending; `last` is "" where it is none, for nobody's text is repeated.
    """

    code = "double_extension"

    def __init__(self, inner: str, last: str) -> None:
        found = f"not .{inner} and .{last}" if last else f"not .{inner} and another"
        super().__init__(f"The name of the selected file must have one file ending, {found}")


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


class AnotherKind(TypeRefused):
    """By its content something else that can be named, such as a web page."""

    code = "another_kind"

    def __init__(self, found: str) -> None:
        super().__init__(
            f"The selected file is {found}. It must be a PDF, JPG, PNG, TIFF, DOC or DOCX"
        )


class TemplateRefused(TypeRefused):
    """A template of Word's, which may bring macros and toolbars along."""

    code = "template"
    sentence = "The selected file is a Word template. Save it as a Word document (DOCX) or a PDF"


class OldWord(TypeRefused):
    """A .doc of Word 95 or earlier, which keeps its text in another way."""

    code = "old_word"
    sentence = (
        "The selected file was made by Word 95 or earlier. Open it in Word, save it as a DOCX or "
        "a PDF and upload that"
    )


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


class ScriptInside(FileRejected):
    """A PDF with JavaScript, or a form that is itself a program (XFA)."""

    code = "script"
    sentence = "The selected file must not contain scripts. Print it to a new PDF and upload that"


class ActionInside(FileRejected):
    """A PDF that starts something, sends something, or opens another file."""

    code = "action"
    sentence = (
        "The selected file must not start programs, open other files or send anything when it is "
        "used. Print it to a new PDF and upload that"
    )


class MediaInside(FileRejected):
    """Sound, film, Flash or a 3D model in a PDF."""

    code = "media"
    sentence = (
        "The selected file must not have sound, film or 3D models in it. "
        "Print it to a new PDF and upload that"
    )


class FetchesFromOutside(FileRejected):
    """Something that is fetched from another place when the file is opened."""

    code = "external"
    sentence = (
        "The selected file must not fetch anything from another place, such as a linked picture "
        "or template. Save it as a PDF"
    )


class UnsafeLink(FetchesFromOutside):
    """A link that leads to a file, a network folder or a program instead of a page or address."""

    code = "unsafe_link"
    sentence = (
        "The selected file must not have links to files, network folders or programs. "
        "Remove those links, or save it as a PDF"
    )


class FieldFetches(FetchesFromOutside):
    """A field of Word's that runs or fetches: DDE, LINK, INCLUDETEXT and their like."""

    code = "field"
    sentence = (
        "The selected file must not have fields that run or fetch something, such as DDE, LINK "
        "or INCLUDETEXT. Save it as a PDF"
    )


class ProgramEmbedded(FileRejected):
    """Another file, object or program is packed inside."""

    code = "embedded"
    sentence = (
        "The selected file must not have other files or programs embedded in it. Save it as a PDF"
    )


class PdfInside(ProgramEmbedded):
    """A picture of a Word file that is a PDF, as Word for Mac keeps what is pasted into it."""

    code = "pdf_inside"
    sentence = (
        "The selected file has a picture in it that is itself a PDF. Save the file as a PDF "
        "and upload that"
    )


class ProgramHidden(ProgramEmbedded):
    """The bytes of a program or of an archive in a place where none belongs."""

    code = "program_hidden"

    def __init__(self, found: str) -> None:
        super().__init__(
            f"The selected file has {found} hidden in it. Ask whoever sent it for a clean copy"
        )


class SomethingAppended(FileRejected):
    """More after the end of the document than padding."""

    code = "appended"
    sentence = (
        "The selected file has something added after its end. "
        "Open it, save it again and upload the new file"
    )


class TwoKindsInOne(FileRejected):
    """A file that is one of the six types and something else at the same time."""

    code = "two_kinds"

    def __init__(self, other: str) -> None:
        super().__init__(
            f"The selected file is also {other}. Open it, save it again and upload the new file"
        )


class FileEncrypted(FileRejected):
    """Protected by a password or by rights, so that it cannot be checked."""

    code = "encrypted"
    sentence = "The selected file must not be password protected. Save it without a password"


class FileIsBomb(FileRejected):
    """Small on disk, far too large once opened."""

    code = "bomb"
    sentence = "The selected file unpacks to far more than can be checked. Save it as a PDF"


class TooManyPixels(FileIsBomb):
    """A picture that no viewer could hold."""

    code = "pixels"
    sentence = "The selected picture is too large to be opened. Scan it at a lower resolution"


class TooManyPages(FileIsBomb):
    """More pages than a scan has, or the same page over and over."""

    code = "pages"
    sentence = "The selected file has too many pages to be checked. Split it and upload each part"


class PdfUnpacksToFar(FileIsBomb):
    """A stream of a PDF that unpacks to far more than its page could show."""

    code = "pdf_bomb"
    sentence = (
        "The selected PDF unpacks to far more than can be checked. "
        "Print it to a new PDF and upload that"
    )


class CannotBeChecked(FileRejected):
    """Built so that its contents cannot be looked at within bounds."""

    code = "cannot_be_checked"
    sentence = (
        "The selected file is built in a way that cannot be checked. "
        "Print it to a new PDF and upload that"
    )


class DefinesEntities(FileRejected):
    """A part of a Word file with a DTD: entities fetch files and make bombs; Word writes none."""

    code = "entities"
    sentence = (
        "The selected file has definitions in it that Word does not write. "
        "Open it in Word, save it again and upload the new file"
    )


class PathsInside(FileRejected):
    """A part of a package with a name that leads out of it, or that stands there twice."""

    code = "paths_inside"
    sentence = (
        "The selected file has parts with names that Word does not write. "
        "Open it in Word, save it again and upload the new file"
    )


class FileDamaged(FileRejected):
    """It begins as one of the six types but does not hold together."""

    code = "damaged"
    sentence = "The selected file is damaged and cannot be opened. Save or scan it again"


class FileCutShort(FileDamaged):
    """It begins well and breaks off."""

    code = "cut_short"
    sentence = "The selected file is not complete. Save or scan it again, then upload it"


class RunsInCircles(FileDamaged):
    """Its parts lead back to each other, so that reading it never ends."""

    code = "circles"
    sentence = (
        "The selected file is damaged: its parts lead back to each other. Save or scan it again"
    )


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


class DocumentNotScanned(StoreUnavailable):
    """No scanner has looked at our own copy yet; a later try may find it clean."""
