"""Hostile spreadsheets, made by our own code: none is read, each is told what is wrong."""

import io
import struct
import time
import zipfile

import openpyxl
import pytest

from csv_ingest.parsing import (
    DefiningWorkbook,
    EmptyFile,
    EncryptedWorkbook,
    FileRefused,
    LinkedWorkbook,
    LoadedWorkbook,
    MacroWorkbook,
    MissingColumns,
    NotASpreadsheet,
    UnreadableText,
    UnreadExcelFormat,
    UnsafeWorkbook,
)
from tests.csv_ingest.files import GOOD, HEADINGS, csv_of, parse, saved, xlsx_of
from tests.fuzzing import longest_seconds

ROW = GOOD.split(",")
BOOK = xlsx_of(ROW)
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2_000
EXE = b"MZ" + b"\x00" * 100


def book(add=None, drop="", types=str, method=zipfile.ZIP_DEFLATED):
    output = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(BOOK))
    with source, zipfile.ZipFile(output, "w", method) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "[Content_Types].xml":
                content = types(content.decode()).encode()
            if name != drop:
                target.writestr(name, content)
        for name, content in (add or {}).items():
            target.writestr(name, content)
    return output.getvalue()


def related(kind, target="https://evil.example/a", mode=' TargetMode="External"'):
    relation = f'<Relationship Id="r" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
    return book({"xl/worksheets/_rels/sheet1.xml.rels": _relations(relation)})


def _relations(inner):
    return f'<Relationships xmlns="{PACKAGE}">{inner}</Relationships>'.encode()


def typed(kind):
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return book(types=lambda text: text.replace(main, kind))


def patched(at, form, value, signature=b"PK\x01\x02"):
    content = bytearray(BOOK)
    struct.pack_into(form, content, content.rindex(signature) + at, value)
    return bytes(content)


MACROS = {
    **{
        f"part {name}": book({name: b"<x/>"})
        for name in (
            *("xl/vbaProject.bin", "XL/VBAPROJECT.BIN", "vbaProject.bin", "xl/vbaData.xml"),
            *("xl/macrosheets/sheet1.xml", "xl/macrosheets/intlsheet1.xml"),
            *("xl/dialogsheets/sheet1.xml", "xl/vbaProjectSignature.bin"),
        )
    },
    **{
        f"type {kind}": typed(kind)
        for kind in (
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            "application/vnd.ms-excel.template.macroEnabled.main+xml",
            "application/vnd.ms-excel.addin.macroEnabled.main+xml",
            "application/vnd.ms-excel.macrosheet+xml",
        )
    },
    "relation to macros": related("vbaProject", "vba.xml", ""),
    "relation to old macros": related("xlMacrosheet", "sheet2.xml", ""),
}
LOADED = {
    f"part {name}": book({name: content})
    for name, content in {
        "xl/embeddings/oleObject1.bin": OLE,
        "xl/embeddings/a.docx": b"PK\x03\x04",
        "xl/activeX/activeX1.xml": b"<x/>",
        "xl/activeX/activeX1.bin": OLE,
        "xl/media/tool.exe": EXE,
        "xl/media/a.ps1": b"x",
        "xl/media/a.lnk": b"x",
        "xl/media/image1.png": EXE,
        "xl/media/image2.png": b"\x7fELF" + b"\x00" * 60,
        "xl/media/image3.png": OLE,
        "xl/media/image4.png": b"PK\x03\x04" + b"\x00" * 60,
        "xl/media/image5.png": b"<html><script>",
        "xl/printerSettings/a.bin": EXE,
        "xl/tool": b"x",
        "tool.bat": b"x",
        "a.js": b"x",
    }.items()
} | {
    f"relation {kind}": related(kind, "media/a.png", "")
    for kind in ("oleObject", "package", "control", "activeXControlBinary")
}
DDE = (
    b'<externalLink xmlns="x"><ddeLink ddeService="cmd" ddeTopic="/c calc">'
    b'<ddeItems><ddeItem name="A0"/></ddeItems></ddeLink></externalLink>'
)
LINKED = {
    "a link to a program (DDE)": book({"xl/externalLinks/externalLink1.xml": DDE}),
    "a link to another workbook": book({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
    "a connection to a database": book({"xl/connections.xml": b"<connections/>"}),
    "a query of an address": book({"xl/queryTables/queryTable1.xml": b"<queryTable/>"}),
    "an add-in from the web": book({"xl/webextensions/taskpanes.xml": b"<x/>"}),
    **{
        f"relation {kind} to outside": related(kind)
        for kind in ("externalLink", "externalLinkPath", "image", "drawing", "pivotCacheRecords")
    },
    "a network folder": related("image", "\\\\evil.example\\share\\a.png"),
    "relations in UTF-16": book(
        {
            "xl/_rels/a.xml.rels": _relations(
                f'<Relationship Type="{OFFICE}/image" Target="//evil/a" TargetMode="External"/>'
            )
            .decode()
            .encode("utf-16")
        }
    ),
}
ENTITIES = {
    f"{title} in {part}": book({part: head.encode() + b"<a>&b;</a>"}, drop=part)
    for title, head in {
        "a file": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        "an address": '<!DOCTYPE a SYSTEM "https://evil.example/a.dtd">',
        "laughs": '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 1000 + '">]>',
        "a parameter behind a comment": "<!--"
        + " " * 99_000
        + '--><!DOCTYPE a [<!ENTITY % b "c">]>',
    }.items()
    for part in (
        *("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"),
        *("_rels/.rels", "xl/_rels/workbook.xml.rels", "docProps/core.xml", "[Content_Types].xml"),
    )
}


def overlapping():
    """Each entry of the directory unpacks the same bytes."""
    content, number = bytearray(BOOK), 0
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<I", content, at + 42, 0)
        at, number = content.find(b"PK\x01\x02", at + 1), number + 1
    assert number > 5
    return bytes(content)


def nested():
    inner = book({"xl/media/a.png": b"\x00" * 900_000})
    for _ in range(3):
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
            target.writestr("xl/a.xlsx", inner)
            target.writestr("[Content_Types].xml", "<Types/>")
        inner = output.getvalue()
    return inner


BOMBS = {
    "25 MB of nothing": book({"xl/media/a.bmp": b"\x00" * 25_000_000}),
    "a sheet of spaces": book({"xl/worksheets/sheet9.xml": b"<a>" + b" " * 20_000_000 + b"</a>"}),
    "three thousand members": book({f"xl/media/{n}.png": b"" for n in range(3_000)}),
    "a size that lies": patched(24, "<I", 10),
    "relations of 5 MB": book({"xl/_rels/a.rels": b"<a>" + bytes(range(32, 60)) * 200_000}),
}
ENCRYPTED = {
    "a password of the new kind": OLE + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 500,
    "a member with a password": patched(8, "<H", 1),
    "a member with a strong password": patched(8, "<H", 0x41),
}
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"
UNREAD = {
    "an old workbook": OLE,
    "an old workbook with macros": OLE + "_VBA_PROJECT_CUR".encode("utf-16-le"),
    "a binary workbook": book({"xl/workbook.bin": b"x"}),
    "a binary workbook by type": typed("application/vnd.ms-excel.sheet.binary.main"),
    "a workbook saved as Strict Open XML": book(
        {
            "_rels/.rels": _relations(
                f'<Relationship Id="r" Type="{STRICT}" Target="xl/workbook.xml"/>'
            )
        },
        drop="_rels/.rels",
    ),
}
OTHER = {
    "a PDF": b"%PDF-1.7\n",
    "a page": b"<html><table><tr><td>Case</td></tr></table></html>",
    "a page behind a mark": b"\xef\xbb\xbf<html>",
    "XML of Excel 2003": b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><a/>",
    "rich text": b"{\\rtf1}",
    "a program": EXE,
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "nulls": b"\x00" * 500,
    "a table with nulls": csv_of(GOOD).replace(b"MARY", b"MA\x00RY"),
    "a table that ends in nulls": csv_of(GOOD) + b"\x00" * 50,
    "a zip": b"PK\x05\x06" + b"\x00" * 18,
    "a cut workbook": BOOK[: len(BOOK) // 2],
    "a name that leads out": book({"../../evil.xml": b"<x/>"}),
    "a name from the root": book({"/etc/evil.xml": b"<x/>"}),
}
CASES = [
    *((title, content, MacroWorkbook) for title, content in MACROS.items()),
    *((title, content, LoadedWorkbook) for title, content in LOADED.items()),
    *((title, content, LinkedWorkbook) for title, content in LINKED.items()),
    *((title, content, DefiningWorkbook) for title, content in ENTITIES.items()),
    *((title, content, UnsafeWorkbook) for title, content in BOMBS.items()),
    *((title, content, EncryptedWorkbook) for title, content in ENCRYPTED.items()),
    *((title, content, UnreadExcelFormat) for title, content in UNREAD.items()),
    *((title, content, NotASpreadsheet) for title, content in OTHER.items()),
    (
        "a program as the root of its signatures",
        book({"_xmlsignatures/origin.sigs": b"\x90" * 90}),
        LoadedWorkbook,
    ),
    ("members in one place", overlapping(), UnsafeWorkbook),
    ("a zip in a zip in a zip", nested(), LoadedWorkbook),
    ("no bytes", b"", EmptyFile),
    ("a workbook of nothing", saved(openpyxl.Workbook()), EmptyFile),
    ("half a letter", b"\xff\xfe" + b"a\x00b", UnreadableText),
    ("a script of a command line", b"@echo off\r\ndel *.*\r\n", MissingColumns),
    ("a virus test", b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD", MissingColumns),
]


@pytest.mark.trust
@pytest.mark.parametrize(("title", "content", "refusal"), CASES, ids=[case[0] for case in CASES])
def test_a_hostile_spreadsheet_is_refused_in_its_own_words(title, content, refusal):
    start = time.process_time()
    with pytest.raises(FileRefused) as caught:
        parse(content)
    assert caught.type is refusal
    assert "evil" not in str(caught.value)
    assert time.process_time() - start < longest_seconds()


def test_what_excel_itself_writes_is_read():
    made = openpyxl.Workbook()
    for row in (HEADINGS.split(","), ROW):
        made.active.append(row)
    made.active["A2"].hyperlink = "https://www.gov.uk/"
    made.active["B2"].comment = openpyxl.comments.Comment("check", "Sam")
    assert len(parse(saved(made)).rows) == 1
    extra = {
        "xl/printerSettings/printerSettings1.bin": b"\x00C\x00a\x00n\x00o\x00n",
        "docProps/custom.xml": b"<?xml version='1.0'?><Properties/>",
        "xl/media/image1.png": b"\x89PNG\r\n\x1a\n",
        "customXml/item1.xml": b"<x/>",
        "_xmlsignatures/origin.sigs": b"",
        "_xmlsignatures/sig1.xml": b"<Signature/>",
    }
    assert len(parse(book(extra)).rows) == 1
    assert len(parse(book(method=zipfile.ZIP_STORED)).rows) == 1
