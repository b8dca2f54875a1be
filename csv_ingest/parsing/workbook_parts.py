"""What no export of orders has in its workbook: macros, objects, links to elsewhere, a DTD.

The names of the parts are looked at, the relations between them, and the first bytes of each; how
much XML there is, `workbook_weight` tells.
"""

import contextlib
import struct
import zipfile
from collections.abc import Callable
from typing import BinaryIO
from xml.parsers import expat

from csv_ingest.parsing.errors import (
    EncryptedWorkbook,
    LinkedWorkbook,
    LoadedWorkbook,
    MacroWorkbook,
    NotASpreadsheet,
    UnreadExcelFormat,
    UnsafeWorkbook,
)
from csv_ingest.parsing.workbook_weight import Weight, refuse_definition

LARGEST_RELATIONS = 4 * 1024 * 1024  # bytes of one part of relations, or of the types
_XML = (".xml", ".rels", ".svg")
_NEARLY_XML = ".vml"  # of which Excel itself does not close every tag
_ENDINGS = (
    *_XML,
    _NEARLY_XML,
    *(".png", ".jpg", ".jpeg", ".jpe", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".emf", ".wmf"),
    *(".emz", ".wmz", ".wdp", ".ico", ".odttf"),
)
_SETTINGS = "xl/printersettings/"
# Where a package begins to say who signed it: always a part of nothing.
_SIGNATURES = ("origin.sigs", "origin.psdsor")
_MACROS = ("vbaproject", "vbadata", "/macrosheets/", "/dialogsheets/", "/intlmacrosheets/")
_OBJECTS = ("/embeddings/", "/activex/", "/attachedtoolbars")
_LINKS = ("/externallinks/", "/querytables/", "xl/connections.xml", "/webextensions/", "xl/model/")
_MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet", "vbadata", "addin")
_BINARY_TYPE = "sheet.binary"
# Of "Strict Open XML Spreadsheet", whose parts have other names than openpyxl looks for.
_STRICT = "http://purl.oclc.org/ooxml/"
_PROGRAMS = (
    *(b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"#!", b"%PDF-"),
    *(b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"L\x00\x00\x00\x01\x14\x02", b"Rar!", b"<"),
)
_MARKS = b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n"  # that may stand before XML
_ENCRYPTED_FLAG = 0x1


def check_entries(file: BinaryIO, archive: zipfile.ZipFile) -> None:
    """Look at the directory of the zip, before anything is unpacked.

    Raises `EncryptedWorkbook`, `UnsafeWorkbook`, `NotASpreadsheet`.
    """
    members = archive.infolist()
    if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
        raise EncryptedWorkbook
    _check_places(file, members, archive.start_dir)
    if len({member.filename.lower() for member in members}) != len(members):
        raise NotASpreadsheet


def check_parts(archive: zipfile.ZipFile) -> None:
    """Refuse a workbook for what it has besides sheets; its size was weighed before.

    Raises `MacroWorkbook`, `LoadedWorkbook`, `LinkedWorkbook`, `DefiningWorkbook`,
    `DisorderedWorkbook`, `UnreadExcelFormat`, `UnsafeWorkbook`, `NotASpreadsheet`.
    """
    members = archive.infolist()
    for member in members:
        _check_name(member.filename.lower())
    weight = Weight()
    for member in members:
        if not member.is_dir():
            _check_content(archive, member, weight)


def _check_places(file: BinaryIO, members: list[zipfile.ZipInfo], directory: int) -> None:
    """Hold each member to a place of its own: those that overlap unpack the same bytes again."""
    reached = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < reached:
            raise UnsafeWorkbook
        file.seek(member.header_offset + 26)
        lengths = sum(struct.unpack("<HH", file.read(4)))
        reached = member.header_offset + 30 + lengths + member.compress_size
    if reached > directory:
        raise UnsafeWorkbook


def _check_name(name: str) -> None:
    whole = f"/{name}"
    if any(word in whole for word in _MACROS):
        raise MacroWorkbook
    if any(word in whole for word in _OBJECTS):
        raise LoadedWorkbook
    if any(word in whole for word in _LINKS):
        raise LinkedWorkbook
    if name.startswith("/") or "\\" in name or ".." in name.split("/"):
        raise NotASpreadsheet
    if not name.endswith((*_ENDINGS, *_SIGNATURES, "/")) and not name.startswith(_SETTINGS):
        raise LoadedWorkbook


def _check_content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, weight: Weight) -> None:
    name = member.filename.lower()
    if name.endswith(".rels"):
        _read(archive, member, _check_relation)
    elif name == "[content_types].xml":
        _read(archive, member, _check_type)
    if name.endswith((*_XML, _NEARLY_XML)):
        forgiven = (NotASpreadsheet,) if name.endswith(_NEARLY_XML) else ()
        with contextlib.suppress(*forgiven), archive.open(member) as content:
            weight.add(content, packed=member.compress_size)
    else:
        with archive.open(member) as content:
            start = content.read(16)
        if start and name.endswith(_SIGNATURES):
            raise LoadedWorkbook
        if start.lstrip(_MARKS).startswith(_PROGRAMS):
            raise LoadedWorkbook


def _read(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    element: Callable[[str, dict[str, str]], None],
) -> None:
    """Read a small part whole, element by element."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_definition
    parser.StartElementHandler = element
    with archive.open(member) as content:
        text = content.read(LARGEST_RELATIONS + 1)
        if len(text) > LARGEST_RELATIONS:
            raise UnsafeWorkbook
        try:
            parser.Parse(text, True)
        except expat.ExpatError as error:
            raise NotASpreadsheet from error


def _check_relation(_element: str, attributes: dict[str, str]) -> None:
    plain = {key.rpartition(":")[2].lower(): value for key, value in attributes.items()}
    kind = plain.get("type", "").rpartition("/")[2].lower()
    if plain.get("type", "").lower().startswith(_STRICT):
        raise UnreadExcelFormat
    if "vbaproject" in kind or "macrosheet" in kind:
        raise MacroWorkbook
    if kind in {"oleobject", "package", "control", "activexcontrolbinary"}:
        raise LoadedWorkbook
    is_outside = plain.get("targetmode", "").strip().lower() == "external"
    if kind in {"externallink", "externallinkpath", "connections", "querytable"}:
        raise LinkedWorkbook
    if is_outside and kind != "hyperlink":
        raise LinkedWorkbook


def _check_type(_element: str, attributes: dict[str, str]) -> None:
    kind = attributes.get("ContentType", "").lower()
    if any(word in kind for word in _MACRO_TYPES):
        raise MacroWorkbook
    if _BINARY_TYPE in kind:
        raise UnreadExcelFormat
