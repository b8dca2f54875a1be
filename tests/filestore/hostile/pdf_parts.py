"""PDF files that hold or fetch others, are locked, are two at once, or unpack to too much."""

import io
import zlib

import pypdf

from filestore.errors import (
    ActionInside,
    CannotBeChecked,
    FetchesFromOutside,
    FileCutShort,
    FileDamaged,
    FileEncrypted,
    MediaInside,
    PdfUnpacksToFar,
    ProgramEmbedded,
    ProgramHidden,
    RunsInCircles,
    SomethingAppended,
    TooManyPixels,
    TwoKindsInOne,
    UnsafeLink,
)
from tests.filestore.hostile.pdf_making import flate, packed_pdf, pdf, stream, updated
from tests.filestore.hostile.pdfs import family
from tests.filestore.hostile.programs import ELF, EXE, SCRIPT, SHORTCUT, jar, zip_of
from tests.filestore.making import real_pdf

add = family.add

# --- Other files, film, other places
add("attached program", real_pdf(attachment=b"MZ" + b"\x00" * 100), ProgramEmbedded)
add("attached words", real_pdf(attachment=b"hello"), ProgramEmbedded)
add(
    "attachment without its kind",
    pdf(more=[b"<< /Type /Filespec /EF << /F 6 0 R >> /UF (a.txt) >>", stream(b"x")]),
    ProgramEmbedded,
)
add(
    "attachment, key in hex",
    pdf(more=[b"<< /#45F << /F 6 0 R >> >>", stream(b"x")]),
    ProgramEmbedded,
)
add(
    "attachment as a note",
    pdf(page=b"/Annots [<< /Subtype /FileAttachment /FS 5 0 R >>]", more=[b"<< >>"]),
    ProgramEmbedded,
)
add("attachment, kind in hex", pdf(more=[stream(b"x", b"/Type /Embedded#46ile")]), ProgramEmbedded)
add(
    "attachment in packed objects",
    packed_pdf(b"<< /Type /Filespec /EF << /F 4 0 R >> >>"),
    ProgramEmbedded,
)
add(
    "tree of attachments",
    pdf(b"/Names << /EmbeddedFiles << /Names [(a) 5 0 R] >> >>", more=[b"<< >>"]),
    ProgramEmbedded,
)
add("portfolio", pdf(b"/Collection << /View /T >>"), ProgramEmbedded)
add("program in a stream", pdf(more=[stream(EXE)]), ProgramHidden)
add("program of Linux in a stream", pdf(more=[stream(ELF)]), ProgramHidden)
add("shortcut in a stream", pdf(more=[stream(SHORTCUT)]), ProgramHidden)
add("script of a shell in a stream", pdf(more=[stream(SCRIPT)]), ProgramHidden)
add(
    "archive in a stream", pdf(more=[stream(b"Rar!\x1a\x07\x01\x00" + b"\x00" * 50)]), ProgramHidden
)
add("program between objects", pdf(tail=EXE + b"\n"), ProgramHidden)
add("program in a comment", pdf(tail=b"%" + EXE.replace(b"\n", b" ") + b"\n"), ProgramHidden)
add(
    "program in packed objects",
    packed_pdf(b"(" + EXE[64:200].replace(b"(", b"") + b")"),
    ProgramHidden,
)
for word in ("Movie", "Sound", "3D", "RichMedia", "Screen"):
    note = b"<< /Type /Annot /Subtype /%s /Rect [0 0 9 9] >>" % word.encode()
    add(f"note of the kind {word}", pdf(page=b"/Annots [5 0 R]", more=[note]), MediaInside)
    add(f"note of the kind {word}, packed", packed_pdf(note), MediaInside)
for word in ("Movie", "Sound", "Rendition", "GoTo3DView", "RichMediaExecute"):
    add(f"action of the kind {word}", pdf(b"/OpenAction << /S /%s >>" % word.encode()), MediaInside)
REMOTE = {
    "network folder": b"(\\\\\\\\evil.example\\\\share\\\\a.pdf)",
    "network folder, octal": b"(\\134\\134evil.example\\134a.pdf)",
    "network folder, hexadecimal": b"<5c5c6576696c5c61>",
    "network folder, UTF-16": b"<feff005c005c006500760069006c>",
    "two slashes": b"(//evil.example/a.pdf)",
    "address": b"(https://evil.example/a.pdf)",
    "address of a file server": b"(smb://evil.example/a.pdf)",
}
for title, place in REMOTE.items():
    add(
        f"link to a file in a {title}",
        pdf(page=b"/Annots [<< /Subtype /Link /A << /S /GoToR /D [0 /Fit] /F %s >> >>]" % place),
        FetchesFromOutside,
    )
    add(
        f"page of another file in a {title}",
        pdf(more=[b"<< /Ref << /F << /UF %s >> /Page 0 >> >>" % place]),
        FetchesFromOutside,
    )
add(
    "stream whose bytes are in another file",
    pdf(more=[stream(b"", b"/F (\\\\\\\\evil\\\\a) /FFilter /FlateDecode")]),
    FetchesFromOutside,
)
add(
    "stream whose bytes are in a file beside it",
    pdf(more=[stream(b"", b"/F (secret.txt)")]),
    FetchesFromOutside,
)
for title, address in {
    "a script": b"(javascript:alert\\(1\\))",
    "a script with capitals": b"(JaVaScRiPt:alert\\(1\\))",
    "a script with a tab": b"(java\\tscript:alert\\(1\\))",
    "a script in hexadecimal": b"<6a6176617363726970743a61>",
    "a script in UTF-16": b"<feff006a006100760061007300630072006900700074003a>",
    "a file": b"(file:///C:/Windows/System32/calc.exe)",
    "a network folder": b"(file://evil.example/share)",
    "a plain network folder": b"(\\\\\\\\evil.example\\\\share)",
    "a helper of Windows": b"(ms-msdt:/id PCWDiagnostic)",
    "a search of Windows": b"(search-ms:query=x&crumb=location:\\\\\\\\evil)",
    "a page of its own": b"(data:text/html,<script>alert\\(1\\)</script>)",
    "a drive": b"(C:\\\\Windows\\\\System32\\\\cmd.exe)",
    "a program beside it": b"(tool.exe)",
}.items():
    add(
        f"link to {title}",
        pdf(page=b"/Annots [<< /Subtype /Link /A << /S /URI /URI %s >> >>]" % address),
        UnsafeLink,
    )

# --- Passwords


def locked(user, owner, algorithm):
    writer = pypdf.PdfWriter(io.BytesIO(real_pdf()))
    writer.encrypt(user, owner, algorithm=algorithm)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


for algorithm in ("RC4-40", "RC4-128", "AES-128", "AES-256", "AES-256-R5"):
    add(f"locked by {algorithm}", locked("secret", "other", algorithm), FileEncrypted)
    add(
        f"rights locked by {algorithm}, opens without",
        locked("", "owner", algorithm),
        FileEncrypted,
    )
add(
    "lock in a table that is a stream",
    packed_pdf().replace(b"/Type /XRef", b"/Encrypt<</V 4>>/Type /XRef"),
    FileEncrypted,
)
add("lock spelled in hex", pdf(trailer=b"/#45ncrypt << /Filter /Standard /V 1 >>"), FileEncrypted)
add(
    "lock by reference",
    pdf(trailer=b"/Encrypt 5 0 R", more=[b"<< /Filter /Standard >>"]),
    FileEncrypted,
)
add("lock behind a comment", pdf(trailer=b"/Encrypt%x\n<< /Filter /Standard >>"), FileEncrypted)

# --- Two files in one, and more behind the end
GOOD = pdf()
HTML = b"<html><script>alert(1)</script></html>\n"
add("program behind the end", GOOD + EXE, ProgramHidden)
add("program of Linux behind the end", GOOD + ELF, ProgramHidden)
add("words behind the end", GOOD + b"what nobody sees " * 20, SomethingAppended)
add("many words behind the end", GOOD + b"what nobody sees " * 5000, SomethingAppended)
add("bytes behind the end", GOOD + bytes(range(256)) * 10, SomethingAppended)
add("ZIP behind the end", GOOD + zip_of({"a.txt": b"a"}), TwoKindsInOne)
add("JAR behind the end", GOOD + jar(), TwoKindsInOne)
add("page behind the end", GOOD + HTML, TwoKindsInOne)
add("program in PHP behind the end", GOOD + b"<?php system($_GET[0]);", TwoKindsInOne)
add("shell script behind the end", GOOD + SCRIPT, ProgramHidden)
add("second PDF behind the end, cut", GOOD + GOOD[:200], FileCutShort)
add(
    "ZIP whose comment is the PDF's end",
    pdf(tail=zip_of({"a": b"b"}, comment=600) + b"\n"),
    TwoKindsInOne,
)
add("ZIP in a stream, its comment to the end", lambda: zip_inside(), TwoKindsInOne)
add("page before the first object", pdf(head=b"%PDF-1.4\n" + HTML), TwoKindsInOne)
add("page in a comment", pdf(head=b"%PDF-1.4\n%" + HTML), TwoKindsInOne)
add("page on the line of the heading", pdf(head=b"%PDF-1.4 " + HTML), TwoKindsInOne)
add(
    "program in PHP in a comment",
    pdf(head=b"%PDF-1.4\n%<?php system($_GET[0]);?>\n"),
    TwoKindsInOne,
)
add("page between objects", pdf(tail=HTML), TwoKindsInOne)
add(
    "picture with a script between objects",
    pdf(tail=b"<img src=x onerror=alert(1)>\n"),
    TwoKindsInOne,
)


def zip_inside():
    archive = zip_of({"evil.exe": EXE})
    content = pdf(more=[stream(archive[:-2] + b"\x00\x00")])
    at = content.rindex(b"PK\x05\x06") + 20
    rest = len(content) - at - 2
    return content[:at] + rest.to_bytes(2, "little") + content[at + 2 :]


# --- Bombs, circles and lies
add("page of 100 MB of nothing", lambda: pdf(more=[flate(b"\x00" * 100_000_000)]), PdfUnpacksToFar)
add("ten streams of 20 MB", lambda: pdf(more=[flate(b"0 " * 7_500_000)] * 20), PdfUnpacksToFar)
add(
    "bomb in a bomb",
    lambda: pdf(
        more=[
            stream(
                zlib.compress(zlib.compress(b"\x00" * 200_000_000, 9), 9),
                b"/Filter [/FlateDecode /FlateDecode]",
            )
        ]
    ),
    PdfUnpacksToFar,
)
add(
    "bomb in hexadecimal",
    lambda: pdf(
        more=[
            stream(zlib.compress(b"\x00" * 60_000_000).hex().encode() + b">", b"/Filter [/AHx /Fl]")
        ]
    ),
    PdfUnpacksToFar,
)
add(
    "bomb of objects",
    lambda: pdf(more=[flate(b"20 0 " + b" " * 40_000_000, b"/Type /ObjStm /N 1 /First 5")]),
    PdfUnpacksToFar,
)
add(
    "small picture that unpacks to 80 MB",
    lambda: pdf(more=[flate(b"\x00" * 80_000_000, b"/Subtype /Image /Width 9 /Height 9")]),
    PdfUnpacksToFar,
)
add(
    "picture of ten billion pixels",
    pdf(more=[flate(b"\x00", b"/Subtype /Image /Width 100000 /Height 100000")]),
    TooManyPixels,
)
add(
    "picture of ten billion pixels, by reference",
    pdf(more=[b"100000", flate(b"\x00", b"/Subtype /Image /Width 5 0 R /Height 5 0 R")]),
    TooManyPixels,
)
add("abyss of lists", pdf(more=[b"[" * 20_000 + b"]" * 20_000]), CannotBeChecked)
add("abyss of dictionaries", pdf(more=[b"<< /A " * 20_000 + b">>" * 20_000]), CannotBeChecked)
add("abyss of brackets in a string", pdf(more=[b"(" * 200_000 + b")" * 200_000]), CannotBeChecked)
add("string that never ends", pdf(more=[b"(" * 60_000]), CannotBeChecked)
add(
    "a hundred thousand objects in each other",
    lambda: pdf(more=[b"1 0 obj (" * 100_000]),
    CannotBeChecked,
)
add(
    "table that leads to itself",
    pdf(trailer=b"/Prev 000").replace(b"/Prev 000", b"/Prev %03d" % GOOD.rindex(b"xref\n0")),
    RunsInCircles,
)


def looping(key):
    content = updated(pdf(), 9, b"<< >>")
    first, second = content.index(b"xref\n0"), content.rindex(b"xref\n9")
    early = content.replace(b"/Root 1 0 R  >>", b"/Root 1 0 R >>", 1)
    changed = early.replace(b"/Root 1 0 R >>", b"/Root 1 0 R %s %06d >>" % (key, 0), 1)
    shift = len(changed) - len(content)
    changed = changed.replace(b"%06d >>" % 0, b"%06d >>" % (second + shift), 1)
    tail = changed.rindex(b"startxref")
    assert changed[second + shift :].startswith(b"xref")
    assert changed[first:].startswith(b"xref")
    return changed[:tail] + b"startxref\n%d\n%%%%EOF\n" % (second + shift)


add("two tables that lead to each other", looping(b"/Prev"), RunsInCircles)
add("stream longer than the file", pdf(more=[stream(b"x", length=900_000)]), FileCutShort)
add("stream of negative length", pdf(more=[stream(b"x", length=-5)]), FileDamaged)
add("stream much shorter than it is", pdf(more=[stream(b"x" * 5000, length=10)]), FileDamaged)
add(
    "stream that swallows the next object",
    pdf(more=[stream(b"x", length=300), b"<< /A %s >>" % (b"1 " * 200)]),
    FileDamaged,
)
add("stream without an end", pdf(tail=b"9 0 obj << /Length 5 >>\nstream\nhello"), FileCutShort)
add("no objects at all", b"%PDF-1.7\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n", FileDamaged)
add("no catalogue", pdf().replace(b"/Root", b"/Rood"), FileDamaged)
add(
    "table beyond the end",
    b"%PDF-1.4\n1 0 obj <<>> endobj trailer <</Root 1 0 R>>\nstartxref\n999999\n%%EOF",
    FileDamaged,
)
for part in (0.1, 0.3, 0.6, 0.9):
    add(f"cut at {part:.0%}", real_pdf()[: int(len(real_pdf()) * part)], FileCutShort)

# --- A second look, with other eyes
NOTE = b"/Annots [<< /Subtype /Link /A %s >>]"
add(
    "note whose kind is an object of its own",
    pdf(more=[b"<< /Subtype 6 0 R >>", b"/Sound"]),
    MediaInside,
)
add(
    "link to a script by reference",
    pdf(page=NOTE % b"<< /S /URI /URI 5 0 R >>", more=[b"(javascript:alert\\(1\\))"]),
    UnsafeLink,
)
add(
    "link to a network folder by reference",
    pdf(page=NOTE % b"<< /S /GoToR /F 5 0 R >>", more=[b"(\\\\\\\\evil\\\\a)"]),
    FetchesFromOutside,
)
add(
    "link to a file described elsewhere",
    pdf(page=NOTE % b"<< /S /GoToR /F 5 0 R >>", more=[b"<< /F (\\\\\\\\evil\\\\a) >>"]),
    FetchesFromOutside,
)
add(
    "link to a program as if it were a page",
    pdf(page=NOTE % b"<< /S /GoToR /F (evil.exe) /D [0 /Fit] >>"),
    ActionInside,
)
add(
    "link to a thread in a network folder",
    pdf(page=NOTE % b"<< /S /Thread /F (\\\\\\\\evil\\\\a) /D 0 >>"),
    FetchesFromOutside,
)
add(
    "link to a script spelled with percent signs",
    pdf(page=NOTE % b"<< /S /URI /URI (java%73cript:alert\\(1\\)) >>"),
    UnsafeLink,
)
add("web page's archive in its heading", pdf(head=b"%PDF-1.7\nMIME-Version: 1.0\n"), TwoKindsInOne)
add(
    "pages that contain themselves",
    pdf().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"),
    RunsInCircles,
)
add(
    "pages that contain each other",
    pdf(more=[b"<< /Kids [6 0 R] >>", b"<< /Kids [7 0 R 5 0 R] >>"]),
    RunsInCircles,
)
add("program in a packed stream", pdf(more=[flate(EXE)]), ProgramHidden)
add("Linux program in a packed stream", pdf(more=[flate(ELF)]), ProgramHidden)
