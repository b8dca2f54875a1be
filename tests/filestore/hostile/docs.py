"""Old Word .doc files: macros, objects, passwords, fields, circles and other programs' files."""

import struct

from devstack.samples import sample_document
from filestore.errors import (
    AnotherKind,
    FieldFetches,
    FileCutShort,
    FileDamaged,
    FileEncrypted,
    FileRejected,
    MacrosInside,
    ProgramEmbedded,
    ProgramHidden,
    RunsInCircles,
    SomethingAppended,
    TemplateRefused,
    TwoKindsInOne,
    TypeRefused,
)
from tests.filestore.hostile.case import Family
from tests.filestore.hostile.programs import PROGRAMS, jar, zip_of
from tests.filestore.making import changed_doc, changed_docx, small_stream_doc

family = Family("doc", "order.doc")
add = family.add
GOOD = sample_document("doc")

for name in (
    *("Macros", "VBA", "_VBA_PROJECT", "_vba_project_cur", "MACROS", "PROJECTwm", "__SRP_0"),
):
    add(f"macros called {name}", changed_doc((name, 1)), MacrosInside)
    add(f"macros called {name}, as a stream", changed_doc((name, 2)), MacrosInside)
    add(
        f"macros called {name}, under .docx",
        changed_doc((name, 1)),
        MacrosInside,
        name="order.docx",
    )
for name in (
    *("\x01Ole10Native", "Package", "\x03OCXNAME", "\x03ObjInfo", "\x03LINK", "EmbeddedOdf"),
):
    add(f"object called {name!r}", changed_doc(("ObjectPool", 1), (name, 2)), ProgramEmbedded)
for name in ("_1234567890", "_1", "MBD00012345"):
    add(f"object called {name}", changed_doc(("ObjectPool", 1), (name, 1)), ProgramEmbedded)
for title, flags in {"a password": 0x0100, "letters changed": 0x8000, "both": 0x8100}.items():
    add(f"locked by {title}", changed_doc(flags=flags), FileEncrypted)
    add(f"locked by {title}, small stream", small_stream_doc(flags=flags), FileEncrypted)
add("template", changed_doc(flags=0x0001), TemplateRefused)
LOCKED = changed_doc(("EncryptionInfo", 2), word="EncryptedPackage")
add("locked .docx", LOCKED, FileEncrypted, name="order.docx")
add("locked .docx as .doc", LOCKED, FileEncrypted)
add(
    "locked .docx with spaces of data",
    changed_doc(("\x06DataSpaces", 1), ("EncryptionInfo", 2)),
    FileEncrypted,
)
add("locked .docx as .pdf", LOCKED, FileEncrypted, name="order.pdf")
for name in (
    *("Workbook", "Book", "PowerPoint Document", "__properties_version1.0", "VisioDocument"),
    *("Quill", "Equation Native", "\u4840\u3b3f\u43f2\u4438\u45b1"),
):
    add(f"file of another program: {name}", changed_doc(word=name), AnotherKind)
add("file of no known program", changed_doc(word="Something"), TypeRefused)
add("Word's stream as a storage", changed_doc(("WordDocument", 1), word="X"), TypeRefused)


def with_text(text, at=1600):
    content = bytearray(GOOD)
    content[at : at + len(text)] = text
    return bytes(content)


for word in (
    *(
        "DDE",
        "DDEAUTO",
        "INCLUDETEXT",
        "INCLUDEPICTURE",
        "LINK",
        "IMPORT",
        "DATABASE",
        "MACROBUTTON",
    ),
    "ddeauto",
):
    code = f'\x13 {word} c:\\\\windows\\\\system32\\\\cmd.exe "/k calc" \x14x\x15'
    add(f"field {word}", with_text(code.encode("cp1252")), FieldFetches)
    add(f"field {word} in wide letters", with_text(code.encode("utf-16-le")), FieldFetches)
for words, content in PROGRAMS.items():
    add(f"{words} in the text", with_text(content), ProgramHidden)
    add(f"{words} behind the end", GOOD + content, ProgramHidden)
add("ZIP behind the end", GOOD + zip_of({"a": b"b"}), TwoKindsInOne)
add("JAR behind the end", GOOD + jar(), TwoKindsInOne)
add("page behind the end", GOOD + b"<html><script>alert(1)</script></html>", TwoKindsInOne)
add("words behind the end", GOOD + b"what nobody sees" * 100, SomethingAppended)
add("another .doc behind the end", GOOD + GOOD, ProgramHidden)


def patched(at, form, *values, content=GOOD):
    changed = bytearray(content)
    struct.pack_into(form, changed, at, *values)
    return bytes(changed)


BROKEN: dict[str, tuple[bytes, type[FileRejected]]] = {
    "byte order": (patched(28, "<H", 0xFFFF), FileDamaged),
    "sectors of eight bytes": (patched(30, "<H", 3), FileDamaged),
    "sectors of a gigabyte": (patched(30, "<H", 30), FileDamaged),
    "directory beyond the end": (patched(48, "<I", 0x00FFFFFF), FileCutShort),
    "directory that follows itself": (patched(512 + 4, "<I", 1), RunsInCircles),
    "no table": (patched(76, "<I", 0xFFFFFFFF), FileDamaged),
    "more tables beyond the end": (patched(68, "<I", 0x00FFFFFF), FileCutShort),
    "no root": (patched(1024 + 66, "<B", 2), FileDamaged),
    "a name longer than its field": (patched(1024 + 128 + 64, "<H", 900), FileDamaged),
    "a Word stream of ten bytes": (patched(1024 + 128 + 120, "<I", 10), FileDamaged),
    "a Word stream of four gigabytes": (patched(1024 + 128 + 120, "<I", 0xFFFFFFFF), FileRejected),
    "a Word stream that is not Word's": (patched(1536, "<H", 0x1234), FileDamaged),
    "a Word stream in a circle": (patched(512 + 4 * 9, "<I", 2), RunsInCircles),
    "a Word stream beyond the end": (patched(1024 + 128 + 116, "<I", 0x00FFFFFF), FileCutShort),
}
for title, (content, refusal) in BROKEN.items():
    if refusal is not FileRejected:
        add(title, content, refusal)


def circling_tables():
    content = bytearray(patched(68, "<I", 0))
    struct.pack_into("<I", content, 512 + 508, 0)
    return bytes(content)


add("tables in a circle", circling_tables(), FileDamaged)
add("rich text", b"{\\rtf1 {\\field{\\*\\fldinst DDEAUTO c:\\\\cmd.exe}}}", AnotherKind)
add("page", b"<html><body>Order</body></html>", AnotherKind)
add(
    "page of a browser's archive",
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related",
    AnotherKind,
)
add("XML of Word 2003", b"<?xml version='1.0'?><w:wordDocument/>", AnotherKind)
add(".docx with macros named .doc", changed_docx(add={"word/vbaProject.bin": b"x"}), MacrosInside)
for part in (0.05, 0.15, 0.3):
    add(f"cut at {part:.0%}", GOOD[: int(len(GOOD) * part)], FileCutShort)
