"""Names that pretend, types that do not match, files that are empty, too large or nothing known."""

from devstack.samples import sample_document
from filestore import MAX_SIZE
from filestore.errors import (
    AnotherKind,
    ContentDiffers,
    DoubleExtension,
    FileEmpty,
    FileTooLarge,
    NameEndsBadly,
    NameHidesSomething,
    NameIsPath,
    NameIsReserved,
    NameLooksAlike,
    NameMissing,
    NameOfStream,
    NameTooLong,
    TypeRefused,
)
from filestore.inspection import CONTENT_TYPES
from tests.filestore.hostile.case import Family
from tests.filestore.hostile.programs import PROGRAMS, SCRIPT
from tests.filestore.making import real_pdf

names = Family("name", "")
PDF = real_pdf()


def named(name, refusal):
    # A name without its content would be no test: under another name this file is taken.
    names.add(ascii(name) if len(name) < 60 else f"of {len(name)} characters", PDF, refusal, name)


for inner, last in (
    *(
        ("pdf", "exe"),
        ("exe", "pdf"),
        ("pdf", "pdf"),
        ("docx", "pdf"),
        ("pdf", "docm"),
        ("js", "pdf"),
    ),
    *(
        ("PDF", "SCR"),
        ("html", "pdf"),
        ("php", "pdf"),
        ("svg", "png"),
        ("zip", "pdf"),
        ("lnk", "pdf"),
    ),
    *(
        ("tar", "gz"),
        ("jpg", "hta"),
        ("vbs", "doc"),
        ("bat", "jpg"),
        ("xlsm", "pdf"),
        ("iso", "pdf"),
    ),
    *(
        ("ps1", "tiff"),
        ("jar", "png"),
        ("msi", "pdf"),
        ("cmd", "pdf"),
        ("dll", "pdf"),
        ("chm", "pdf"),
    ),
):
    named(f"order.{inner}.{last}", TypeRefused if inner == "tar" else DoubleExtension)
names.cases[:] = [case for case in names.cases if case.name != "order.tar.gz"]
named("order.exe .pdf", DoubleExtension)
named("order.exe.v2.pdf", DoubleExtension)
named("order.pdf.unknownending", DoubleExtension)
named("order%2Eexe.pdf", DoubleExtension)
named("order%252Eexe.pdf", DoubleExtension)
for path in (
    *(
        "../order.pdf",
        "../../../etc/order.pdf",
        "..\\..\\order.pdf",
        "/etc/order.pdf",
        "a/order.pdf",
    ),
    *(
        "C:\\Windows\\order.pdf",
        "C:order.pdf",
        "\\\\server\\share\\order.pdf",
        "//server/order.pdf",
    ),
    *("..%2F..%2Forder.pdf", "..%5corder.pdf", "%2e%2e%2forder.pdf", "%252e%252e%252forder.pdf"),
    *("order.pdf/", "folder\\", "file:///etc/order.pdf", "\\\\?\\C:\\order.pdf", "./order.pdf"),
):
    named(path, NameIsPath)
for number in (
    *(
        0x00,
        0x01,
        0x07,
        0x08,
        0x09,
        0x0A,
        0x0D,
        0x1B,
        0x7F,
        0x85,
        0x9F,
        0xAD,
        0x61C,
        0x200B,
        0x200C,
    ),
    *(
        0x200D,
        0x200E,
        0x200F,
        0x2028,
        0x2029,
        0x202A,
        0x202B,
        0x202C,
        0x202D,
        0x202E,
        0x2060,
        0x2066,
    ),
    *(
        0x2067,
        0x2068,
        0x2069,
        0xFEFF,
        0xFFF9,
        0x180E,
        0x3164,
        0x2800,
        0x115F,
        0xE0041,
        0xE000,
        0xD800,
    ),
):
    named(f"order{chr(number)}fdp.pdf", NameHidesSomething)
named("order\u202efdp.exe", NameHidesSomething)
named("order.exe\x00.pdf", NameHidesSomething)
named("order.pdf\x00", NameHidesSomething)
named("order%00.pdf", NameHidesSomething)
named("order%0d%0aSet-Cookie:a.pdf", NameHidesSomething)
named("order%E2%80%AEfdp.pdf", NameHidesSomething)
named("order\r\nContent-Type: text/html\r\n.pdf", NameHidesSomething)
for number in (
    0x2024,
    0x3002,
    0xFF0E,
    0xFE52,
    0xFF61,
    0x701,
    0xA4F8,
    0xFF0F,
    0x2044,
    0x2215,
    0x29F8,
    0xFF3C,
):
    named(f"order{chr(number)}exe.pdf", NameLooksAlike)
for device in (
    *(
        "CON.pdf",
        "con.pdf",
        "PRN.pdf",
        "AUX.docx",
        "NUL.pdf",
        "nul.tar.pdf",
        "COM1.pdf",
        "COM9.pdf",
    ),
    *("LPT1.pdf", "lpt9.doc", "COM\u00b9.pdf", "CONIN$.pdf", "CLOCK$.pdf", "NUL .pdf", "CON"),
):
    named(device, NameIsReserved)
for stream in (
    "order.pdf:tool.exe",
    "order.pdf::$DATA",
    "order.pdf:",
    "order::$INDEX_ALLOCATION.pdf",
    "a.exe:b.pdf",
):
    named(stream, NameOfStream)
for end in (
    "order.pdf.",
    "order.pdf ",
    "order.pdf. .",
    "order.pdf\u00a0",
    "order.exe.",
    "order.pdf...",
    "...",
):
    named(end, NameEndsBadly)
for nothing in ("", " ", "   ", ".pdf", ".PDF", "..pdf", ". .pdf", "\u3000"):
    named(nothing, NameMissing)
named("a" * 296 + ".pdf", NameTooLong)
named("a" * 252 + ".pdf", NameTooLong)
named("\u00e9" * 300 + ".pdf", NameTooLong)
named("order." + "a" * 10_000, NameTooLong)
for other in (
    *(
        "order",
        "order.exe",
        "order.docm",
        "order.dotm",
        "order.html",
        "order.svg",
        "order.zip",
        "pdf",
    ),
    *(
        "order.js",
        "order.lnk",
        "order.pdf2",
        "order.pdf~",
        "order.pdf;.exe",
        "order.rtf",
        "order.heic",
    ),
    *("order.p\u0501f", "order.\u03c1df", "order.pd\u0192"),
):
    named(other, TypeRefused)

kinds = Family("kind", "order.pdf")
SAMPLES = {kind: sample_document(kind) for kind in CONTENT_TYPES}
for kind, content in SAMPLES.items():
    for other in CONTENT_TYPES:
        if other != kind:
            kinds.add(f"{kind} named .{other}", content, ContentDiffers, f"order.{other}")
    kinds.add(f"{kind} of no bytes", b"", FileEmpty, f"order.{kind}")
    kinds.add(
        f"{kind} of a byte too many",
        lambda kind=kind: sample_document(kind, size=MAX_SIZE + 1),
        FileTooLarge,
        f"order.{kind}",
    )
for kind in CONTENT_TYPES:
    for words, content in PROGRAMS.items():
        if words != "an Office file":
            kinds.add(f"{words} named .{kind}", content, AnotherKind, f"order.{kind}")
OTHERS = {
    "page": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "page behind a mark and spaces": b"\xef\xbb\xbf  \n<html>",
    "drawing": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "PHP": b"<?php system($_GET[0]);",
    "GIF": b"GIF89a" + b"\x00" * 50,
    "GIF that is a JAR": b"GIF89a" + b"\x00" * 50 + b"PK\x03\x04",
    "bitmap": b"BM" + b"\x00" * 60,
    "WebP": b"RIFF\x00\x00\x00\x00WEBP",
    "PostScript": b"%!PS-Adobe-3.0\n(a) run",
    "rich text": b"{\\rtf1 x}",
    "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 40,
    "bzip2": b"BZh91AY&SY",
    "large TIFF": b"II+\x00\x08\x00\x00\x00",
    "email": b"MIME-Version: 1.0\n",
    "test of the virus scanner": b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"
    b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
}
for title, content in OTHERS.items():
    kinds.add(title, content, AnotherKind)
UNKNOWN = {
    "words": b"just words",
    "one byte": b"x",
    "nulls": b"\x00" * 2_000,
    "words before a PDF": b"junk " * 10 + PDF,
    "nulls before a PDF": b"\x00" * 600 + PDF,
    "PDF far into the file": b" " * 2_000 + PDF,
    "almost a PDF": b"%PDX-1.7\n" + PDF[9:],
    "almost a PNG": b"\x89PNH\r\n\x1a\n" + SAMPLES["png"][8:],
    "PNG of a text transfer": SAMPLES["png"].replace(b"\r\n", b"\n"),
    "script of a command line": b"@echo off\r\ndel *.*\r\n",
    "base64 of a PDF": b"JVBERi0xLjQKMSAwIG9iago=",
}
for title, content in UNKNOWN.items():
    kinds.add(title, content, TypeRefused)
kinds.add("shell script before a PDF", SCRIPT + PDF, AnotherKind)
kinds.add("program before a PDF", PROGRAMS["a program of Windows"] + PDF, AnotherKind)
