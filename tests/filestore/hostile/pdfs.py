"""PDF files that run, fetch, hide or unpack to too much."""
# ruff: noqa: E501

import base64
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
    ScriptInside,
    SomethingAppended,
    TooManyPixels,
    TwoKindsInOne,
    UnsafeLink,
)
from tests.filestore.hostile.case import Family
from tests.filestore.hostile.pdf_making import (
    flate,
    object_stream,
    packed_pdf,
    pdf,
    stream,
    updated,
)
from tests.filestore.hostile.programs import ELF, EXE, SCRIPT, SHORTCUT, jar, zip_of
from tests.filestore.making import real_pdf

family = Family("pdf", "order.pdf")
add = family.add
JS = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def hexed(name, every=1):
    return b"".join(b"#%02x" % c if at % every == 0 else bytes([c]) for at, c in enumerate(name))


# --- JavaScript, wherever it can stand
PLACES = {
    "when opened": {"catalog": b"/OpenAction " + JS},
    "when opened, by reference": {"catalog": b"/OpenAction 5 0 R", "more": [JS]},
    "in the tree of names": {
        "catalog": b"/Names << /JavaScript << /Names [(a) 5 0 R] >> >>",
        "more": [JS],
    },
    "when the document closes": {"catalog": b"/AA << /WC " + JS + b" >>"},
    "when a page opens": {"page": b"/AA << /O " + JS + b" >>"},
    "behind a link": {"page": b"/Annots [<< /Type /Annot /Subtype /Link /A " + JS + b" >>]"},
    "in a field": {
        "catalog": b"/AcroForm << /Fields [5 0 R] >>",
        "more": [b"<< /FT /Tx /T (a) /AA << /K " + JS + b" >> >>"],
    },
    "after another action": {
        "catalog": b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next " + JS + b" >>"
    },
    "in a bookmark": {
        "catalog": b"/Outlines 5 0 R",
        "more": [b"<< /First 6 0 R >>", b"<< /Title (a) /A " + JS + b" >>"],
    },
    "as a stream": {"more": [b"<< /S /JavaScript /JS 6 0 R >>", stream(b"app.alert(1)")]},
    "as a packed stream": {"more": [b"<< /S /JavaScript /JS 6 0 R >>", flate(b"app.alert(1)")]},
    "as a hexadecimal string": {"more": [b"<< /S /JavaScript /JS <6170702e616c657274> >>"]},
    "without its kind": {"more": [b"<< /JS (app.alert\\(1\\)) >>"]},
    "in a rendition": {"more": [b"<< /JS (app.alert\\(1\\)) /S /Rendition >>"]},
    "in an object nothing leads to": {"more": [JS]},
    "without spaces": {"more": [b"<</S/JavaScript/JS(app.alert\\(1\\))>>"]},
    "with comments between": {"more": [b"<< /S%x\n/JavaScript%y\r/JS%(\n(a) >>"]},
    "with nulls for spaces": {"more": [b"<<\x00/S\x00/JavaScript\x00/JS\x00(a)\x00>>"]},
    "behind a string full of brackets": {
        "more": [b"<< /T " + b"(" * 9 + b")" * 9 + b" /S /JavaScript >>"]
    },
    "behind an escaped bracket": {"more": [b"<< /T (\\() /S /JavaScript /JS (x) >>"]},
    "behind a bracket of the wrong kind": {"more": [b"<< /T (>>endobj) /S /JavaScript /JS (x) >>"]},
    "behind a word like endobj": {"more": [b"<< /T /endobjx /S /JavaScript /JS (x) >>"]},
    "behind a string with an object in it": {
        "more": [b"<< /T (7 0 obj \\() /S /JavaScript /JS (x) >>"]
    },
    "inside a comment that a table points into": {"tail": b"%9 0 obj " + JS + b" endobj\n"},
    "inside a string that a table points into": {
        "more": [b"<< /T (9 0 obj <</S/JavaScript/JS 6 0 R>> endobj) >>"]
    },
    "inside a stream that a table points into": {"more": [stream(b"9 0 obj " + JS + b" endobj")]},
    "inside a picture that a table points into": {
        "more": [stream(b"\x00\xff9 0 obj" + JS + b"endobj", b"/Subtype /Image")]
    },
    "with a comment in its heading": {"tail": b"9%\n0%\nobj" + JS + b"endobj\n"},
    "without the end of its object": {"tail": b"9 0 obj " + JS + b"\n"},
}
for title, parts in PLACES.items():
    add(f"JavaScript {title}", pdf(**parts), ScriptInside)
for every in (1, 2, 3, 5):
    name = hexed(b"JavaScript", every)
    add(
        f"JavaScript with every letter of {every} in hex",
        pdf(more=[b"<< /S /" + name + b" /#4aS (a) >>"]),
        ScriptInside,
    )
add(
    "JavaScript with one letter in hex",
    pdf(more=[b"<< /S /J#61vaScript /J#53 (a) >>"]),
    ScriptInside,
)
add(
    "JavaScript in capital hex",
    pdf(more=[b"<< /#53 /J#61v#61#53cript /#4A#53 (a) >>"]),
    ScriptInside,
)
add("JavaScript in a stream of objects", packed_pdf(JS), ScriptInside)
add(
    "JavaScript in the last of many packed objects",
    packed_pdf(*[b"<< /A 1 >>"] * 50, JS),
    ScriptInside,
)
add(
    "JavaScript in a stream of objects, hex",
    packed_pdf(b"<< /S /J#61vaScript /J#53 (x) >>"),
    ScriptInside,
)
add("JavaScript in an unpacked stream of objects", packed_pdf(JS, pack=False), ScriptInside)
add("JavaScript in a stream of objects without its kind", packed_pdf(JS, kind=b""), ScriptInside)
add(
    "JavaScript in a stream of objects of false kind",
    packed_pdf(JS, kind=b"/Type /Metadata"),
    ScriptInside,
)
add(
    "JavaScript in a stream of objects of kind in hex",
    packed_pdf(JS, kind=b"/Type /Obj#53tm"),
    ScriptInside,
)
add(
    "JavaScript in a catalogue that is packed",
    packed_pdf(catalog=b"/OpenAction " + JS),
    ScriptInside,
)
FILTERS = {
    "in hexadecimal": (b"/ASCIIHexDecode", lambda b: b.hex().encode() + b">"),
    "in short hexadecimal": (b"/AHx", lambda b: b.hex().encode() + b">"),
    "in base 85": (b"/ASCII85Decode", lambda b: base64.a85encode(b) + b"~>"),
    "packed, in hexadecimal": (
        b"[/ASCIIHexDecode /FlateDecode]",
        lambda b: zlib.compress(b).hex().encode() + b">",
    ),
    "packed, in base 85": (b"[/A85 /Fl]", lambda b: base64.a85encode(zlib.compress(b)) + b"~>"),
    "packed twice": (b"[/FlateDecode /FlateDecode]", lambda b: zlib.compress(zlib.compress(b))),
    "packed three times": (
        b"[/Fl /Fl /Fl]",
        lambda b: zlib.compress(zlib.compress(zlib.compress(b))),
    ),
    "packed, filter in hex": (b"/Fl#61teDecode", zlib.compress),
    "packed at no level": (b"/FlateDecode", lambda b: zlib.compress(b, 0)),
}
for title, filters in FILTERS.items():
    add(f"JavaScript in a stream of objects {title}", packed_pdf(JS, filters=filters), ScriptInside)
UNREADABLE = {
    "LZW": (b"/LZWDecode", bytes),
    "run lengths": (b"/RunLengthDecode", lambda b: b"".join(bytes([0, c]) for c in b) + b"\x80"),
    "a filter nobody knows": (b"/Rot13Decode", bytes),
    "JPEG": (b"/DCTDecode", bytes),
    "a lock of its own": (b"/Crypt", bytes),
    "seven filters": (b"[" + b"/Fl " * 7 + b"]", bytes),
    "broken packing": (b"/FlateDecode", bytes),
}
for title, filters in UNREADABLE.items():
    add(f"stream of objects by {title}", packed_pdf(JS, filters=filters), CannotBeChecked)
add(
    "stream of objects with a predictor",
    packed_pdf(JS, extra=b"/DecodeParms << /Predictor 12 /Columns 4 >>"),
    CannotBeChecked,
)
add(
    "filter of a stream of objects by reference",
    pdf(
        more=[
            b"/FlateDecode",
            object_stream([JS]).replace(b"/Filter /FlateDecode", b"/Filter 5 0 R"),
        ]
    ),
    ScriptInside,
)
add(
    "packed object inside the string of another",
    pdf(more=[flate(b"20 0 21 3 (a (<</S/JavaScript>>) ", b"/Type /ObjStm /N 2 /First 10")]),
    CannotBeChecked,
)
add(
    "stream of objects that begins beyond its end",
    pdf(more=[flate(b"20 0 " + JS, b"/Type /ObjStm /N 1 /First 9999")]),
    CannotBeChecked,
)
add(
    "packed object beyond the end",
    pdf(more=[flate(b"20 9999 " + JS, b"/Type /ObjStm /N 1 /First 8")]),
    CannotBeChecked,
)
add("script in a later revision", updated(pdf(), 4, JS), ScriptInside)
add("script in an earlier revision", updated(pdf(more=[JS]), 5, b"<< >>"), ScriptInside)
add(
    "form of Adobe's own language (XFA)",
    pdf(b"/AcroForm << /Fields [] /XFA 5 0 R >>", more=[stream(b"<xdp/>")]),
    ScriptInside,
)
add(
    "form of Adobe's own language, hex",
    pdf(b"/AcroForm << /#58FA [(a) 5 0 R] >>", more=[stream(b"<xdp/>")]),
    ScriptInside,
)

# --- Actions
ACTIONS = {
    "starts a program": b"<< /S /Launch /F (cmd.exe) >>",
    "starts a program of Windows with words": b"<< /S /Launch /Win << /F (cmd.exe) /P (/c calc) >> >>",
    "starts a program, hex": b"<< /S /L#61unch /F (cmd.exe) >>",
    "starts a program, comment between": b"<< /S %hidden\n/Launch /F (cmd.exe) >>",
    "opens an attached file": b"<< /S /GoToE /T << /R /C /N (a) >> >>",
    "sends what is typed": b"<< /S /SubmitForm /F << /FS /URL /F (https://x.example) >> >>",
    "reads values from a file": b"<< /S /ImportData /F (values.fdf) >>",
}
for title, action in ACTIONS.items():
    add(
        f"link that {title}",
        pdf(page=b"/Annots [<< /Subtype /Link /A 5 0 R >>]", more=[action]),
        ActionInside,
    )
    add(f"opening that {title}", pdf(b"/OpenAction 5 0 R", more=[action]), ActionInside)
    add(f"packed object that {title}", packed_pdf(action), ActionInside)
URI = b"<< /S /URI /URI (https://evil.example/) >>"
for title, parts in {
    "when opened": {"catalog": b"/OpenAction " + URI},
    "when opened, by reference": {"catalog": b"/OpenAction 5 0 R", "more": [URI]},
    "when opened, by two references": {
        "catalog": b"/OpenAction 5 0 R",
        "more": [b"<< /S /Named /N /NextPage /Next 6 0 R >>", URI],
    },
    "when opened, its kind by reference": {
        "catalog": b"/OpenAction 5 0 R",
        "more": [b"<< /S 6 0 R /URI (https://x.example) >>", b"/URI"],
    },
    "when opened, in a list": {
        "catalog": b"/OpenAction << /S /Named /N /NextPage /Next [" + URI + b"] >>"
    },
    "when a page opens": {"page": b"/AA << /O " + URI + b" >>"},
    "when a page closes, by reference": {"page": b"/AA 5 0 R", "more": [b"<< /C 6 0 R >>", URI]},
    "when a field is entered": {"more": [b"<< /FT /Tx /AA << /Fo " + URI + b" >> >>"]},
    "when opened, key in hex": {"catalog": b"/Open#41ction " + URI},
    "of another file when opened": {
        "catalog": b"/OpenAction << /S /GoToR /F (b.pdf) /D [0 /Fit] >>"
    },
}.items():
    add(f"goes to an address {title}", pdf(**parts), ActionInside)
add(
    "goes to an address when opened, packed",
    packed_pdf(URI, catalog=b"/OpenAction 20 0 R"),
    ActionInside,
)

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
for word, refusal in (
    ("JavaScript", ScriptInside),
    ("Launch", ActionInside),
    ("SubmitForm", ActionInside),
):
    add(
        f"action whose kind {word} is an object of its own",
        pdf(more=[b"<< /S 6 0 R /F (a.pdf) >>", b"/" + word.encode()]),
        refusal,
    )
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
add("drawing in PostScript", pdf(more=[stream(b"%!PS (x) run", b"/Subtype /PS")]), ScriptInside)
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
add(
    "stream of objects with a short length",
    pdf(
        more=[
            b"<< /Type /ObjStm /N 1 /First 5 /Filter /Fl /Length 4 >>\nstream\n"
            + zlib.compress(b"20 0 " + JS)
            + b"\nendstream"
        ]
    ),
    ScriptInside,
)
add(
    "stream of objects that breaks off",
    pdf(
        more=[
            stream(
                zlib.compress(b"20 0 " + JS + b" " * 500)[:-6],
                b"/Type /ObjStm /N 1 /First 5 /Filter /Fl",
            )
        ]
    ),
    ScriptInside,
)
add(
    "stream of objects behind a second line end",
    pdf(
        more=[
            b"<< /Type /ObjStm /N 1 /First 5 /Filter /Fl >>\nstream\n\n"
            + zlib.compress(b"20 0 " + JS)
            + b"\nendstream"
        ]
    ),
    CannotBeChecked,
)
add(
    "packed objects counted by reference",
    pdf(
        more=[
            b"1",
            b"5",
            stream(
                zlib.compress(b"20 0 " + JS), b"/Type /ObjStm /Filter /Fl /N 5 0 R /First 6 0 R"
            ),
        ]
    ),
    ScriptInside,
)
add(
    "second stream of objects that extends a first",
    pdf(more=[object_stream([b"1"], extra=b"/Extends 6 0 R"), object_stream([JS], number=30)]),
    ScriptInside,
)
