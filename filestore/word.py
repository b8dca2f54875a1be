"""Whether a .docx holds together and carries no macros, no programs and no bomb.

A .docx is a zip of parts named in `[Content_Types].xml` (ECMA-376 part 2). The zip is weighed here,
what the parts say is read by `word_parts`, what pictures and fonts are by `word_media`. Reading the
text of a court order lives in `orders`.
"""

import struct
import zipfile
from typing import BinaryIO
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from filestore.errors import (
    AnotherKind,
    DefinesEntities,
    FileCutShort,
    FileDamaged,
    FileEncrypted,
    FileIsBomb,
    MacrosInside,
    PathsInside,
    ProgramEmbedded,
    SomethingAppended,
    TemplateRefused,
    TwoKindsInOne,
    TypeRefused,
)
from filestore.word_media import check_media, check_part_name
from filestore.word_parts import Scale, check_xml, is_xml

MAX_UNPACKED = 128 * 1024 * 1024  # bytes, all parts together
MAX_MEDIA = 48 * 1024 * 1024  # bytes of one picture, which is held in memory
MAX_RATIO = 100  # how much smaller packed than unpacked the file and each part may be ...
RATIO_FROM = 20 * 1024 * 1024  # ... once all parts together are more than this ...
PART_RATIO_FROM = 10 * 1024 * 1024  # ... or the one part is more than this
MAX_PARTS = 5_000
MAX_DIRECTORY = 1024 * 1024
MAX_CONTENT_TYPES = 1024 * 1024

_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_WORD_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED_FLAG = 0x1
_SYMBOLIC_LINK = 0xA
_TEMPLATE = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
# Bytes between two parts: some programs write a part's sizes behind it.
MAX_BETWEEN = 24
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def check_docx(file: BinaryIO, size: int) -> None:
    """Raise the `FileRejected` there is reason for: `TypeRefused` for a zip that is not Word's."""
    said = _check_directory(file, size)
    with zipfile.ZipFile(file) as package:
        parts = package.infolist()
        if len(parts) != said:
            raise FileDamaged
        _check_bounds(parts, size)
        names = {part.filename.lower() for part in parts}
        if "[content_types].xml" not in names:
            raise AnotherKind("a ZIP file")
        if "_rels/.rels" not in names:
            raise FileDamaged
        if len(names) != len(parts):
            raise PathsInside
        _check_places(file, parts, package.start_dir)
        _check_names(names)
        _check_content_types(package, names)
        scale = Scale()
        for part in parts:
            _check_part(package, part, scale)
        scale.relations.check()


def _check_directory(file: BinaryIO, size: int) -> int:
    """Bound the zip's directory before it is read into memory; its own counts prove nothing.

    Gives how many parts it says there are.
    """
    length = min(size, 22 + 0xFFFF)
    file.seek(size - length)
    tail = file.read(length)
    at = tail.rfind(_END)
    if at < 0:
        raise FileCutShort
    if at + 22 != length or tail[at + 20 : at + 22] != b"\x00\x00":
        # Word writes no comment there; readers differ about what else may follow.
        raise FileCutShort if at + 22 > length else SomethingAppended
    disk, start_disk, here, entries = struct.unpack_from("<HHHH", tail, at + 4)
    if disk or start_disk or here != entries:
        raise FileDamaged
    directory_size, directory_start = struct.unpack_from("<II", tail, at + 12)
    # The record for huge archives would overrule this one; 20 MB never needs it.
    if directory_size > MAX_DIRECTORY or tail[max(0, at - 20) : at].startswith(_END_64):
        raise FileIsBomb
    position = size - length + at
    if directory_start + directory_size > position:
        raise FileDamaged
    # The directory stands just before its end record, or something was put before the zip.
    if directory_start + directory_size < position:
        raise TwoKindsInOne("something else, which stands before its parts")
    return int(entries)


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


def _check_places(file: BinaryIO, parts: list[zipfile.ZipInfo], directory: int) -> None:
    """Hold each part to a place of its own, one behind the other and nothing between.

    Parts that overlap unpack the same bytes again and again (Fifield, "A better zip bomb").
    """
    reached = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if not 0 <= part.header_offset < directory:
            raise FileDamaged
        if part.header_offset < reached:
            raise FileIsBomb
        if part.header_offset > reached + MAX_BETWEEN:
            raise TwoKindsInOne("something else, which stands between its parts")
        file.seek(part.header_offset)
        local = file.read(30)
        if local[:4] != b"PK\x03\x04":
            raise FileDamaged
        name_length, extra_length = struct.unpack_from("<HH", local, 26)
        reached = part.header_offset + 30 + name_length + extra_length + part.compress_size
    if reached > directory:
        raise FileDamaged
    if directory > reached + MAX_BETWEEN:
        raise TwoKindsInOne("something else, which stands between its parts")


def _check_names(names: set[str]) -> None:
    for name in names:
        folders = name.split("/")
        if name.startswith("/") or "\\" in name or ".." in folders or ":" in name:
            raise PathsInside
        if any(ord(letter) < 32 for letter in name):
            raise PathsInside
        if folders[-1] in {"vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin"}:
            raise MacrosInside
        if {"embeddings", "activex"} & set(folders[:-1]) and folders[-1]:
            raise ProgramEmbedded
    for name in names:
        check_part_name(name)


def _check_content_types(package: zipfile.ZipFile, names: set[str]) -> None:
    part = next(p for p in package.infolist() if p.filename.lower() == "[content_types].xml")
    if part.file_size > MAX_CONTENT_TYPES:
        raise FileIsBomb
    main = ""
    endings = {name.rpartition(".")[2] for name in names if not name.endswith("/")}
    try:
        entries = fromstring(package.read(part), forbid_dtd=True)
    except DefusedXmlException as error:
        raise DefinesEntities from error
    for entry in entries:
        kind = entry.get("ContentType", "").lower()
        _check_type(kind, entry, names, endings)
        # Nearly always word/document.xml; some of Microsoft's services write word/document2.xml.
        main = _part_name(entry) if kind == _MAIN else main
    if not main:
        raise TypeRefused
    if not main.endswith(".xml"):
        raise PathsInside
    if main not in names:
        raise FileDamaged


def _check_type(kind: str, entry: Element, names: set[str], endings: set[str]) -> None:
    if "macroenabled" in kind or "vbaproject" in kind or "ms-word.vbadata" in kind:
        raise MacrosInside
    if kind == _TEMPLATE:
        raise TemplateRefused
    if _is_object(kind) and _is_used(entry, names, endings):
        raise ProgramEmbedded
    # What is read as XML elsewhere is read as XML here, or a field hides in a font.
    if _is_xml_type(kind) and not _is_called_xml(entry, names, endings):
        raise PathsInside


def _is_object(content_type: str) -> bool:
    return "oleobject" in content_type or "activex" in content_type


def _is_xml_type(content_type: str) -> bool:
    """Whether a part of this type is XML, other than a drawing."""
    kind = content_type.partition(";")[0].strip()
    return kind.endswith(("+xml", "/xml")) and kind != "image/svg+xml"


def _is_used(entry: Element, names: set[str], endings: set[str]) -> bool:
    """Tell whether a part has this content type: templates name types they make no use of."""
    return _part_name(entry) in names or _ending(entry) in endings


def _is_called_xml(entry: Element, names: set[str], endings: set[str]) -> bool:
    """Whether the parts of this type, if there are any, are called as XML is."""
    part, ending = _part_name(entry), _ending(entry)
    return (part not in names or is_xml(part)) and (ending not in endings or is_xml("." + ending))


def _ending(entry: Element) -> str:
    return str(entry.get("Extension", "")).lower()


def _part_name(entry: Element) -> str:
    return str(entry.get("PartName", "")).lower().lstrip("/")


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, scale: Scale) -> None:
    """Unpack a part: sizes that lie and broken bytes show themselves here. Then look at it."""
    name = part.filename.lower()
    if part.external_attr >> 28 == _SYMBOLIC_LINK:
        raise PathsInside
    if part.is_dir():
        return
    if is_xml(name):
        before = scale.length
        with package.open(part) as content:
            check_xml(content, name, scale)
        length = scale.length - before
    else:
        if part.file_size > MAX_MEDIA:
            raise FileIsBomb
        with package.open(part) as content:
            # The sizes were weighed before; no more than the declared one is ever unpacked.
            media = content.read()
        check_media(media, name, scale)
        length = len(media)
    if length != part.file_size:
        raise FileDamaged
