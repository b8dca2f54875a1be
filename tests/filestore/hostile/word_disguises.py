"""Word .docx files whose parts are not what they are called, and what their pictures come to."""
# ruff: noqa: E501

import struct
import zlib

from filestore.errors import (
    DefinesEntities,
    FetchesFromOutside,
    FieldFetches,
    FileDamaged,
    FileIsBomb,
    PathsInside,
    PdfInside,
    ProgramEmbedded,
    ProgramHidden,
    TooManyPixels,
    UnsafeLink,
)
from tests.filestore.hostile.pictures import GOOD, chunk
from tests.filestore.hostile.programs import zip_of
from tests.filestore.hostile.word_making import (
    PNG,
    SPACES,
    declared,
    field,
    related,
    relations,
    with_body,
)
from tests.filestore.hostile.words import family
from tests.filestore.making import WORD_TYPE, changed_docx, real_pdf

add = family.add
HEADER = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
RUNS = f"<w:hdr {SPACES}>" + field("DDEAUTO cmd.exe") + "</w:hdr>"
PLACES = (
    *("word/document.pict", "word/fonts/document.odttf", "word/fonts/document.ttf"),
    *("word/printerSettings/a.bin", "[trash]/0000.dat", "word/document.svg", "word/document.png"),
    *("word/document.emf", "word/document.tmp", "word/document.pcx", "word/document.rels"),
    "word/document.vml",
)


def override(part, kind):
    return f'<Override PartName="/{part}" ContentType="{kind}"/>'


# --- The main part, or a header, under the name of another kind
for place in PLACES:
    text = RUNS.encode()
    refusal = FieldFetches if place.endswith((".rels", ".vml")) else PathsInside
    add(
        f"main part called {place}",
        declared(override(place, WORD_TYPE), drop="word/document.xml", add={place: text}),
        PathsInside,
    )
    add(
        f"header called {place}",
        declared(override(place, HEADER), add={place: text}),
        refusal,
    )
    # Some programs go by the relation alone, whatever the type says.
    if refusal is PathsInside:
        add(
            f"text called {place}, of no type",
            changed_docx(
                add={place: text, "word/_rels/document.xml.rels": relations("header", place, "")}
            ),
            ProgramHidden,
        )
add(
    "headers by their ending",
    declared(
        f'<Default Extension="pict" ContentType="{HEADER}; charset=utf-8"/>',
        add={"word/h.pict": RUNS.encode()},
    ),
    PathsInside,
)
for title, text in {
    "with a mark": b"\xef\xbb\xbf" + RUNS.encode(),
    "behind spaces": b" \n\t" + RUNS.encode(),
    "in UTF-16": ("<?xml version='1.0' encoding='UTF-16'?>" + RUNS).encode("utf-16"),
    "in UTF-16 without a mark": ("<?xml version='1.0' encoding='UTF-16'?>" + RUNS).encode(
        "utf-16-le"
    ),
    "in UTF-32": RUNS.encode("utf-32"),
    "in UTF-32 without a mark": RUNS.encode("utf-32-be"),
    "in letters of a mainframe": ("<?xml version='1.0' encoding='cp037'?>" + RUNS).encode("cp037"),
    "in letters nobody knows": b"<?xml version='1.0' encoding='x-unheard'?>" + RUNS.encode(),
    "behind a comment": b"<!--" + b"-x" * 300_000 + b"-->" + RUNS.encode(),
    "that is a picture of Apple's too": RUNS[:10].encode() + b"\x00\x11\x02\xff\x0c\x00",
}.items():
    name = "word/h.pict" if "Apple" in title else "word/fonts/font1.odttf"
    if "Apple" in title:
        text = "<a><!--\u1100\uff02\u000c--></a>".encode("utf-16-le")
        text = text[:10] + text[14:]
    add(f"text as a font or picture {title}", changed_docx(add={name: text}), ProgramHidden)
add(
    "entity in a header called as a picture",
    declared(
        override("word/header1.pict", HEADER),
        add={
            "word/header1.pict": b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"
        },
    ),
    PathsInside,
)
add(
    "entity in a drawing of the old kind",
    changed_docx(add={"word/a.vml": b"<!DOCTYPE a [<!ENTITY x 'y'>]><a/>"}),
    DefinesEntities,
)
add(
    "words as Apple's picture",
    changed_docx(add={"word/media/a.pict": b"WScript" * 90}),
    ProgramHidden,
)
add("PDF as a picture", changed_docx(add={"word/media/image1.pdf": real_pdf()}), PdfInside)
add(
    "archive of Java as a font",
    changed_docx(add={"word/fonts/font1.odttf": zip_of({"a": b"b"}) + b"MZ"}),
    ProgramHidden,
)
add(
    "program as the root of its signatures",
    changed_docx(add={"_xmlsignatures/origin.sigs": b"\x90" * 300}),
    ProgramHidden,
)

# --- What the text itself fetches or runs
for place in (
    "file:///\\\\evil\\share\\x.exe",
    "\\\\evil\\share",
    "javascript:alert(1)",
    "calc.exe",
):
    add(
        f"old drawing with a link to {place}",
        with_body(f"<w:p><w:r><w:pict><v:rect href='{place}'/></w:pict></w:r></w:p>"),
        UnsafeLink,
    )
for element in ("v:imagedata", "v:fill", "v:stroke"):
    add(
        f"{element} of a picture elsewhere",
        with_body(
            f"<w:p><w:r><w:pict><v:rect><{element} o:href='https://x.example/a.png'/></v:rect></w:pict></w:r></w:p>"
        ),
        FetchesFromOutside,
    )
add(
    "film of the web",
    with_body(
        "<w:p><w:r><a:webVideoPr xmlns:a='http://schemas.microsoft.com/office/word/2012/wordprocessingDrawing' embeddedHtml='&lt;script&gt;x()&lt;/script&gt;'/></w:r></w:p>"
    ),
    ProgramEmbedded,
)
MARK = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>".format
CODE = "<w:r><w:instrText>{}</w:instrText></w:r>".format
GONE = "<w:del><w:r><w:delInstrText>X</w:delInstrText></w:r></w:del>"
add(
    "DDE around letters that were deleted",
    with_body(f"<w:p>{MARK('begin')}{CODE('DDE')}{GONE}{CODE('AUTO cmd')}{MARK('end')}</w:p>"),
    FieldFetches,
)
add(
    "DDE in a field that never ends",
    with_body(f"<w:p>{MARK('begin')}{CODE('DDE')}{CODE('AUTO cmd')}</w:p>"),
    FieldFetches,
)
add(
    "code behind its result",
    with_body(f"<w:p>{MARK('begin')}{MARK('separate')}{CODE('DDEAUTO cmd')}{MARK('end')}</w:p>"),
    FieldFetches,
)
for before in ("", " ", "D", "DDE", ' "', "Inc"):
    inner = f"{MARK('begin')}{CODE('REF a')}{MARK('end')}"
    add(
        f"field whose word {before!r} a field within completes",
        with_body(f"<w:p>{MARK('begin')}{CODE(before)}{inner}{CODE(' c:x')}{MARK('end')}</w:p>"),
        FieldFetches,
    )
add("link without a space", with_body(field("HYPERLINK&quot;javascript:x&quot;")), UnsafeLink)
add(
    "link behind spaces",
    with_body(field("HYPERLINK" + " " * 90_000 + "\\\\\\\\evil\\\\x.exe")),
    UnsafeLink,
)
add(
    "field of a million letters",
    lambda: with_body(f"<w:p><w:fldSimple w:instr='PAGE {'x' * 1_000_000}'/></w:p>"),
    FileIsBomb,
)
add(
    "field of spaces that takes long to read",
    lambda: with_body(
        f"<w:p><w:fldSimple w:instr='AUTOTEXTLIST{' &#10;' * 90_000}x \\\\\\\\'/></w:p>"
    ),
    FieldFetches,
)


# --- Pictures that no viewer could hold
def png_of(width, height, packed, depth=8):
    head = struct.pack(">IIBBBBB", width, height, depth, 6, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg_of(side):
    frame = struct.pack(">HBHHB", 17, 8, side, side, 3)
    at = GOOD["JPEG"].index(b"\xff\xc0") + 2
    return GOOD["JPEG"][:at] + frame + GOOD["JPEG"][at + len(frame) :]


def tiff_of(width, height):
    tags = struct.pack("<HHII", 256, 4, 1, width) + struct.pack("<HHII", 257, 4, 1, height)
    return b"II*\x00" + struct.pack("<IH", 8, 2) + tags + bytes(4)


for title, name, content in (
    ("JPEG of 65,000 by 65,000", "a.jpg", jpeg_of(65_000)),
    ("JPEG of 65,000 by 65,000 that is cut", "a.jpg", jpeg_of(65_000)[:-300]),
    ("JPEG of 65,000 by 65,000 called PNG", "a.png", jpeg_of(65_000)),
    ("TIFF of 2 billion by 2 billion", "a.tiff", tiff_of(2**31, 2**31)),
    ("PNG of 1.6 GB", "a.png", png_of(14_100, 14_100, b"", 16)),
    (
        "JPEG 2000 of 60,000 by 60,000",
        "a.jp2",
        b"\x00\x00\x00\x0cjP  \r\n\x87\n"
        b"\x00\x00\x00\x16ihdr" + struct.pack(">II", 60_000, 60_000) + bytes(20),
    ),
    (
        "WebP of 16 million by 16 million",
        "a.webp",
        b"RIFF\x00\x01\x00\x00WEBPVP8X\x0a\x00\x00\x00" + b"\x00" * 4 + b"\xff" * 6 + bytes(8),
    ),
    (
        "bare bitmap of 60,000 by 60,000",
        "a.dib",
        struct.pack("<Iii", 40, 60_000, 60_000) + bytes(40),
    ),
):
    add(f"{title} inside", changed_docx(add={f"word/media/{name}": content}), TooManyPixels)
add(
    "PNG of ten by ten that unpacks to 300 MB inside",
    lambda: changed_docx(
        add={"word/media/a.png": png_of(10, 10, zlib.compress(bytes(300 * 1024**2), 9))}
    ),
    FileIsBomb,
)


def packed_drawings():
    """Each of them small enough, not all of them together."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    drawing = packer.compress(bytes(12 * 1024**2)) + packer.flush()
    return changed_docx(add={f"word/media/i{n}.emz": drawing for n in range(300)})


add("three hundred drawings of 12 MB inside", packed_drawings, FileIsBomb)
add(
    "PNG inside whose main part is missing",
    changed_docx(drop="word/document.xml", add={"word/media/b.png": PNG}),
    FileDamaged,
)
add("relation to a film", related("webVideo", "https://x.example/a"), FetchesFromOutside)
