"""Whether a .docx holds together and carries no macros, no programs and no bomb.

A .docx is a zip of parts named in `[Content_Types].xml` (ECMA-376 part 2). Reading the text
of a court order lives in `orders`.
"""

import struct
import zipfile
from typing import BinaryIO
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from filestore.errors import (
    FileDamaged,
    FileEncrypted,
    FileIsBomb,
    MacrosInside,
    ProgramEmbedded,
    TypeRefused,
)

MAX_UNPACKED = 200 * 1024 * 1024  # bytes, all parts together
MAX_RATIO = 100  # how much smaller packed than unpacked the file and each part may be ...
RATIO_FROM = 20 * 1024 * 1024  # ... once all parts together are more than this ...
PART_RATIO_FROM = 10 * 1024 * 1024  # ... or the one part is more than this
MAX_PARTS = 5_000
MAX_DIRECTORY = 1024 * 1024
MAX_CONTENT_TYPES = 1024 * 1024
CHUNK = 64 * 1024

_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_WORD_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED_FLAG = 0x1
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def check_docx(file: BinaryIO, size: int) -> None:
    """Raise the `FileRejected` there is reason for: `TypeRefused` for a zip that is not Word's."""
    _check_directory(file, size)
    with zipfile.ZipFile(file) as package:
        parts = package.infolist()
        _check_bounds(parts, size)
        names = {part.filename.lower() for part in parts}
        if len(names) != len(parts):
            raise FileDamaged
        if "[content_types].xml" not in names:
            raise TypeRefused
        _check_names(names)
        _check_content_types(package, names)
        for part in parts:
            _check_part(package, part)


def _check_directory(file: BinaryIO, size: int) -> None:
    """Bound the zip's directory before it is read into memory; its own counts prove nothing."""
    length = min(size, 22 + 0xFFFF)
    file.seek(size - length)
    tail = file.read(length)
    at = tail.rfind(_END)
    if at < 0:
        raise FileDamaged
    directory_size, directory_start = struct.unpack_from("<II", tail, at + 12)
    # The record for huge archives would overrule this one; 20 MB never needs it.
    if directory_size > MAX_DIRECTORY or tail[max(0, at - 20) : at].startswith(_END_64):
        raise FileIsBomb
    # The directory stands just before its end record, or something was put before the zip.
    if directory_start + directory_size != size - length + at:
        raise FileDamaged


def _check_bounds(parts: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    too_dense = unpacked > RATIO_FROM and unpacked > MAX_RATIO * size
    # Honest ballast, such as a photograph, must not make up for a part of zeros.
    too_dense = too_dense or any(map(_is_dense, parts))
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or too_dense:
        raise FileIsBomb
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
        raise FileEncrypted
    if any(part.compress_type not in _WORD_METHODS for part in parts):
        raise FileDamaged


def _is_dense(part: zipfile.ZipInfo) -> bool:
    return part.file_size > PART_RATIO_FROM and part.file_size > MAX_RATIO * part.compress_size


def _check_names(names: set[str]) -> None:
    for name in names:
        folders = name.split("/")
        if name.startswith("/") or "\\" in name or ".." in folders:
            raise FileDamaged
        if folders[-1] in {"vbaproject.bin", "vbadata.xml"}:
            raise MacrosInside
        if {"embeddings", "activex"} & set(folders[:-1]) and folders[-1]:
            raise ProgramEmbedded


def _check_content_types(package: zipfile.ZipFile, names: set[str]) -> None:
    part = next(p for p in package.infolist() if p.filename.lower() == "[content_types].xml")
    if part.file_size > MAX_CONTENT_TYPES:
        raise FileIsBomb
    main = ""
    for entry in fromstring(package.read(part)):
        kind = entry.get("ContentType", "").lower()
        if "macroenabled" in kind or "vbaproject" in kind:
            raise MacrosInside
        if _is_object(kind) and _is_used(entry, names):
            raise ProgramEmbedded
        # Nearly always word/document.xml; some of Microsoft's services write word/document2.xml.
        main = _part_name(entry) if kind == _MAIN else main
    if not main:
        raise TypeRefused
    if main not in names:
        raise FileDamaged


def _is_object(content_type: str) -> bool:
    return "oleobject" in content_type or "activex" in content_type


def _is_used(entry: Element, names: set[str]) -> bool:
    """Tell whether a part has this content type: templates name types they make no use of."""
    ending = "." + entry.get("Extension", "").lower()
    return _part_name(entry) in names or any(name.endswith(ending) for name in names)


def _part_name(entry: Element) -> str:
    return str(entry.get("PartName", "")).lower().lstrip("/")


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part to nowhere: sizes that lie and broken bytes show themselves here."""
    with package.open(part) as content:
        while content.read(CHUNK):
            pass
