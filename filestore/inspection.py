"""What an uploaded file really is: size, SHA-256 and a type proved by content, or a refusal.

Source: behaviour, "Documents". Nothing of the file is rendered or run. The file itself, 20 MB at
most, is in memory once, and of what it unpacks to one part at a time. How each type is checked
lives beside this; ADR 0023.
"""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from filestore.errors import (
    AnotherKind,
    ContentDiffers,
    FileDamaged,
    FileEmpty,
    FileTooLarge,
    TwoKindsInOne,
    TypeRefused,
)
from filestore.foreign import name_kind
from filestore.jpeg import check_jpeg
from filestore.names import check_name, read_extension, tidy_name
from filestore.ole import check_doc
from filestore.pdf import check_pdf
from filestore.png import check_png
from filestore.tiff import check_tiff
from filestore.word import check_docx

MAX_SIZE = 20 * 1024 * 1024  # bytes
CHUNK = 64 * 1024
HEAD = 4096  # bytes in which viewers of PDF look for its heading, whatever stands before

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "tiff": "image/tiff",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

SIGNATURES = {
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "doc",
    b"PK\x03\x04": "docx",
}

CHECKS: dict[str, Callable[[BinaryIO, int], None]] = {
    "pdf": check_pdf,
    "jpg": check_jpeg,
    "png": check_png,
    "tiff": check_tiff,
    "doc": check_doc,
    "docx": check_docx,
}

# What readers of broken bytes raise: each of these means damaged, never a crash.
BROKEN = (
    struct.error,
    ValueError,
    LookupError,
    ArithmeticError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    NotImplementedError,
    ParseError,
)


@dataclass(frozen=True)
class Inspection:
    """A file that was taken for what it is.

    `extension` is one of pdf, jpg, png, tiff, doc and docx; `content_type` the fixed type to
    serve it by; `size` is in bytes; `sha256` in lower-case hex.
    """

    extension: str
    content_type: str
    size: int
    sha256: str


def inspect_document(file: BinaryIO, *, name: str) -> Inspection:
    """Inspect a seekable file by content and name, and leave it at its start.

    Raises a `FileRejected` for whatever is wrong, the same for the same bytes and name. It does
    not look for viruses: that is `scan`.
    """
    check_name(name)
    extension = read_extension(tidy_name(name))
    size, sha256 = _measure(file)
    content = _read_kind(file)
    _refuse_second_kind(file, content)
    try:
        # Before names are compared: a locked .docx is, outside, what a .doc is.
        CHECKS[content](file, size)
    except BROKEN as error:
        raise FileDamaged from error
    if content != extension:
        raise ContentDiffers(content, extension)
    file.seek(0)
    return Inspection(extension, CONTENT_TYPES[extension], size, sha256)


def _refuse_second_kind(file: BinaryIO, kind: str) -> None:
    """Raise `TwoKindsInOne` where a viewer of PDF would open a picture or a Word file as one."""
    file.seek(0)
    if kind != "pdf" and b"%PDF-" in file.read(HEAD):
        raise TwoKindsInOne("a PDF")


def _measure(file: BinaryIO) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > MAX_SIZE:
            raise FileTooLarge
        digest.update(chunk)
    if size == 0:
        raise FileEmpty
    return size, digest.hexdigest()


def _read_kind(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(1024)
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            return kind
    # White space and a byte order mark may come first; anything else would be a second nature.
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-"):
        return "pdf"
    found = name_kind(head)
    raise AnotherKind(found) if found else TypeRefused
