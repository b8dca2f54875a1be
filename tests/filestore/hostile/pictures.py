"""JPEG, PNG and TIFF files that are bombs, broken, or something else besides."""

import struct
import zlib

from devstack.samples import sample_document
from filestore.errors import (
    FileCutShort,
    FileDamaged,
    FileIsBomb,
    ProgramHidden,
    RunsInCircles,
    SomethingAppended,
    TooManyPages,
    TooManyPixels,
    TwoKindsInOne,
)
from tests.filestore.hostile.case import Family
from tests.filestore.hostile.programs import PROGRAMS, jar, zip_of
from tests.filestore.making import real_image, real_pdf

family = Family("picture", "scan.jpg")
add = family.add
NAMES = {"JPEG": "scan.jpg", "PNG": "scan.png", "TIFF": "scan.tif"}
GOOD = {form: real_image(form, side=200) for form in NAMES}
PHP = b"<?php system($_GET[0]); ?>"
HTML = b"<html><body onload=alert(1)></body></html>"
JS = b"*/=alert(document.cookie);/*"

# --- Behind the end, of each kind
for form, name in NAMES.items():
    good = GOOD[form]
    for words, content in PROGRAMS.items():
        add(f"{form} with {words} behind its end", good + content, ProgramHidden, name)
        add(
            f"{form} with padding and {words} behind",
            good + b"\x00" * 700 + content,
            ProgramHidden,
            name,
        )
    add(f"{form} with a ZIP behind its end", good + zip_of({"a": b"b"}), TwoKindsInOne, name)
    add(f"{form} with a JAR behind its end", good + jar(), TwoKindsInOne, name)
    add(f"{form} with a page behind its end", good + HTML, TwoKindsInOne, name)
    add(f"{form} with PHP behind its end", good + PHP, TwoKindsInOne, name)
    add(f"{form} with a PDF behind its end", good + real_pdf(), TwoKindsInOne, name)
    add(f"{form} with words behind its end", good + b"secret words" * 30, SomethingAppended, name)
    add(f"{form} with bytes behind its end", good + bytes(range(256)), SomethingAppended, name)
    add(
        f"{form} with another format behind",
        good + GOOD["PNG" if form != "PNG" else "TIFF"],
        SomethingAppended,
        name,
    )
    for part in (0.05, 0.3, 0.6, 0.95):
        add(f"{form} cut at {part:.0%}", good[: int(len(good) * part)], FileCutShort, name)
add("JPEG with a damaged picture behind it", GOOD["JPEG"] + GOOD["JPEG"][:-300], FileCutShort)


# --- JPEG
def segment(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segment(marker, body, good=GOOD["JPEG"]):
    return good[:20] + segment(marker, body) + good[20:]


for title, body in {"PHP": PHP, "a page": HTML, "a script": b"<script>alert(1)</script>"}.items():
    add(f"JPEG with {title} in a comment", with_segment(0xFE, body), TwoKindsInOne)
    add(
        f"JPEG with {title} in the camera's notes",
        with_segment(0xE1, b"Exif\x00\x00" + body),
        TwoKindsInOne,
    )
    add(
        f"JPEG with {title} in a profile",
        with_segment(0xE2, b"ICC_PROFILE\x00" + body),
        TwoKindsInOne,
    )
for words, content in PROGRAMS.items():
    add(f"JPEG with {words} in a comment", with_segment(0xFE, content), ProgramHidden)
add("JPEG with a PDF in a comment", with_segment(0xFE, b"%PDF-1.4\n1 0 obj"), TwoKindsInOne)
add(
    "JPEG whose comment is a ZIP", with_segment(0xFE, zip_of({"a": b"b"}, comment=0)), TwoKindsInOne
)
add(
    "JPEG whose ZIP reaches to its end",
    GOOD["JPEG"][:20]
    + segment(0xFE, zip_of({"a": b"b"})[:-2] + struct.pack("<H", len(GOOD["JPEG"]) - 20))
    + GOOD["JPEG"][20:],
    TwoKindsInOne,
)
SCRIPTED = b"\xff\xd8\xff\xe0/*" + JS.ljust(0x2F2A - 2, b"/") + GOOD["JPEG"][20:]
add("JPEG that is a script", SCRIPTED, TwoKindsInOne)
add(
    "JPEG of JFIF that is a script",
    b"\xff\xd8\xff\xe0/*JFIF\x00\x01\x01" + JS.ljust(0x2F2A - 9, b"/") + GOOD["JPEG"][20:],
    FileDamaged,
)
add(
    "JPEG of a camera that is a script",
    b"\xff\xd8\xff\xe1/*" + JS.ljust(0x2F2A - 2, b"\x00") + GOOD["JPEG"][20:],
    TwoKindsInOne,
)
JPG = sample_document("jpg")
FRAME = struct.pack(">BHHB", 8, 64, 64, 1)


def framed(height, width):
    return JPG.replace(FRAME, struct.pack(">BHHB", 8, height, width, 1))


add("JPEG of 3.6 billion pixels", framed(60_000, 60_000), TooManyPixels)
add("JPEG of 65,535 by 65,535", framed(65_535, 65_535), TooManyPixels)
add("JPEG of 15,000 by 15,000", framed(15_000, 15_000), TooManyPixels)
add("JPEG of no height", framed(0, 64), FileDamaged)
add("JPEG of no width", framed(64, 0), FileDamaged)
add("JPEG without a frame", JPG.replace(b"\xff\xc0", b"\xff\xc4"), FileDamaged)
add("JPEG without an end", JPG[:-2], FileCutShort)
add("JPEG of fill alone", b"\xff\xd8" + b"\xff" * 100_000, FileDamaged)
add("JPEG with a segment of no length", b"\xff\xd8\xff\xe0\x00\x00" + JPG[20:], FileDamaged)
add("JPEG with a segment beyond its end", b"\xff\xd8\xff\xe0\xff\xff" + JPG[20:], FileCutShort)
add("JPEG with nothing between start and end", b"\xff\xd8\xff\xd9", FileDamaged)
add("JPEG without a picture", JPG[: JPG.index(b"\xff\xda")] + b"\xff\xd9", FileDamaged)
add(
    "JPEG of a second frame too large",
    JPG.replace(
        b"\xff\xda",
        b"\xff\xc2" + struct.pack(">HBHHB3B", 11, 8, 60_000, 60_000, 1, 1, 17, 0) + b"\xff\xda",
    ),
    TooManyPixels,
)
add(
    "JPEG of a hundred thousand segments",
    JPG[:2] + segment(0xFE, b"") * 100_001 + JPG[2:],
    FileDamaged,
)


# --- PNG
def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width=8, height=8, *, depth=8, colour=0, rows=None, more=(), after=()):
    rows = b"\x00" * ((width + 1) * height) if rows is None else rows
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
        + b"".join(more)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + b"".join(after)
        + chunk(b"IEND", b"")
    )


PNG_NAME = "scan.png"
for width, height in (
    (100_000, 100_000),
    (2**31 - 1, 2**31 - 1),
    (15_000, 15_000),
    (2**31 - 1, 1),
    (1, 2**30),
):
    add(f"PNG of {width:,} by {height:,}", png(width, height, rows=b""), TooManyPixels, PNG_NAME)
add("PNG of no width", png(0, 8, rows=b""), FileDamaged, PNG_NAME)
add("PNG of no height", png(8, 0, rows=b""), FileDamaged, PNG_NAME)
add("PNG of depth 77", png(depth=77), FileDamaged, PNG_NAME)
add("PNG of colour 9", png(colour=9), FileDamaged, PNG_NAME)
add(
    "PNG whose picture unpacks to 50 MB",
    lambda: png(rows=b"\x00" * 50_000_000),
    FileIsBomb,
    PNG_NAME,
)
add(
    "PNG whose picture is ten thousand times its size",
    png(rows=b"\x00" * 1_000_000),
    FileIsBomb,
    PNG_NAME,
)
BOMB = zlib.compress(b"\x00" * 40_000_000, 9)
add(
    "PNG with a text that unpacks to 40 MB",
    png(more=[chunk(b"zTXt", b"Comment\x00\x00" + BOMB)]),
    FileIsBomb,
    PNG_NAME,
)
add(
    "PNG with a text in UTF-8 that unpacks to 40 MB",
    png(more=[chunk(b"iTXt", b"Comment\x00\x01\x00\x00\x00" + BOMB)]),
    FileIsBomb,
    PNG_NAME,
)
add(
    "PNG with a profile that unpacks to 40 MB",
    png(more=[chunk(b"iCCP", b"icc\x00\x00" + BOMB)]),
    FileIsBomb,
    PNG_NAME,
)
add(
    "PNG with ten texts of 5 MB",
    png(more=[chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(b"\x00" * 5_000_000))] * 10),
    FileIsBomb,
    PNG_NAME,
)
add(
    "PNG of a thousand moving pictures",
    png(more=[chunk(b"fcTL", b"\x00" * 26)] * 1_000),
    FileIsBomb,
    PNG_NAME,
)
add(
    "PNG of a hundred thousand chunks",
    lambda: png(more=[chunk(b"tEXt", b"a\x00b")] * 100_001),
    FileDamaged,
    PNG_NAME,
)
for title, body in {"PHP": PHP, "a page": HTML, "a script": b"<script>alert(1)</script>"}.items():
    add(
        f"PNG with {title} in a text",
        png(more=[chunk(b"tEXt", b"Comment\x00" + body)]),
        TwoKindsInOne,
        PNG_NAME,
    )
    add(
        f"PNG with {title} in a packed text",
        png(more=[chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(body))]),
        TwoKindsInOne,
        PNG_NAME,
    )
    add(
        f"PNG with {title} in its palette",
        png(more=[chunk(b"PLTE", body)]),
        TwoKindsInOne,
        PNG_NAME,
    )
for words, content in PROGRAMS.items():
    add(
        f"PNG with {words} in a chunk", png(more=[chunk(b"paDd", content)]), ProgramHidden, PNG_NAME
    )
add(
    "PNG with a program in a packed text",
    png(more=[chunk(b"zTXt", b"C\x00\x00" + zlib.compress(PROGRAMS["a program of Windows"]))]),
    ProgramHidden,
    PNG_NAME,
)
add(
    "PNG with a PDF in a text",
    png(more=[chunk(b"tEXt", b"C\x00%PDF-1.4")]),
    TwoKindsInOne,
    PNG_NAME,
)
add(
    "PNG with a ZIP in a chunk",
    png(after=[chunk(b"paDd", zip_of({"a": b"b"}))]),
    TwoKindsInOne,
    PNG_NAME,
)
add(
    "PNG of a false check sum",
    png().replace(zlib.crc32(b"IEND").to_bytes(4, "big"), b"\x00\x00\x00\x00"),
    FileDamaged,
    PNG_NAME,
)
add(
    "PNG of a changed header",
    png().replace(struct.pack(">II", 8, 8), struct.pack(">II", 8, 9)),
    FileDamaged,
    PNG_NAME,
)
add("PNG without a picture", png().replace(b"IDAT", b"IDAX"), FileDamaged, PNG_NAME)
add("PNG without an end", png()[:-12], FileCutShort, PNG_NAME)
add(
    "PNG whose chunk is beyond its end",
    png().replace(struct.pack(">I", 0) + b"IEND", struct.pack(">I", 2**31) + b"IEND"),
    FileCutShort,
    PNG_NAME,
)
add(
    "PNG whose picture is not packed",
    png()[:33] + chunk(b"IDAT", b"\x00" * 50) + chunk(b"IEND", b""),
    FileDamaged,
    PNG_NAME,
)
add("PNG whose header is no header", png().replace(b"IHDR", b"IHDX"), FileDamaged, PNG_NAME)


# --- TIFF
TIFF_NAME = "scan.tif"
SAMPLE = sample_document("tiff")


def tiff_tag(old, new, content=SAMPLE):
    assert content.count(struct.pack("<HHII", *old)) == 1
    return content.replace(struct.pack("<HHII", *old), struct.pack("<HHII", *new))


def tiff(pages, *, link=lambda at, last: 0 if last else at):
    """A chain of these directories, each a list of (number, kind, count, value)."""
    content = b"II*\x00" + struct.pack("<I", 8)
    for number, tags in enumerate(pages):
        size = 2 + 12 * len(tags) + 4
        follows = link(len(content) + size, number == len(pages) - 1)
        content += struct.pack("<H", len(tags)) + b"".join(
            struct.pack("<HHII", *tag) for tag in tags
        )
        content += struct.pack("<I", follows)
    return content


SIZE = [(256, 4, 1, 10), (257, 4, 1, 10)]
add(
    "TIFF of two billion pixels in width",
    tiff_tag((256, 4, 1, 64), (256, 4, 1, 2**31)),
    TooManyPixels,
    TIFF_NAME,
)
add(
    "TIFF of ten billion pixels",
    tiff([[(256, 4, 1, 100_000), (257, 4, 1, 100_000)]]),
    TooManyPixels,
    TIFF_NAME,
)
add(
    "TIFF whose second page is too large",
    tiff([SIZE, [(256, 4, 1, 100_000), (257, 4, 1, 100_000)]]),
    TooManyPixels,
    TIFF_NAME,
)
add("TIFF of no width", tiff_tag((256, 4, 1, 64), (256, 4, 1, 0)), FileDamaged, TIFF_NAME)
add("TIFF of 2,001 pages", tiff([SIZE] * 2_001), TooManyPages, TIFF_NAME)
add(
    "TIFF of pages that are all the same strip",
    tiff([[*SIZE, (273, 4, 1, 8), (279, 4, 1, 40)]] * 50),
    TooManyPages,
    TIFF_NAME,
)
add(
    "TIFF of more pixels than a library",
    tiff([[(256, 4, 1, 14_000), (257, 4, 1, 14_000)]] * 150),
    TooManyPages,
    TIFF_NAME,
)
add(
    "TIFF whose page leads to itself",
    tiff([SIZE], link=lambda at, last: 8),
    RunsInCircles,
    TIFF_NAME,
)
add(
    "TIFF whose pages go in a circle",
    tiff([SIZE] * 5, link=lambda at, last: 8 if last else at),
    RunsInCircles,
    TIFF_NAME,
)
add(
    "TIFF whose page is beyond the end",
    tiff([SIZE], link=lambda at, last: 2**31),
    FileCutShort,
    TIFF_NAME,
)
add(
    "TIFF whose first page is beyond the end",
    b"II*\x00" + struct.pack("<I", 2**31),
    FileCutShort,
    TIFF_NAME,
)
add(
    "TIFF whose first page is its heading",
    b"II*\x00" + struct.pack("<I", 0) + b"\x00" * 50,
    FileDamaged,
    TIFF_NAME,
)
add(
    "TIFF of sixty thousand tags",
    b"II*\x00" + struct.pack("<IH", 8, 60_000) + b"\x00" * 720_000,
    FileDamaged,
    TIFF_NAME,
)
add("TIFF without a width", tiff_tag((256, 4, 1, 64), (255, 4, 1, 64)), FileDamaged, TIFF_NAME)
add(
    "TIFF whose strip is beyond the end",
    tiff_tag((273, 4, 1, 8), (273, 4, 1, 5_000)),
    FileCutShort,
    TIFF_NAME,
)
add(
    "TIFF with more strips than lengths",
    tiff_tag((273, 4, 1, 8), (273, 4, 2, 8)),
    FileDamaged,
    TIFF_NAME,
)
add(
    "TIFF of four billion strips",
    tiff([[*SIZE, (273, 4, 2**32 - 1, 8), (279, 4, 2**32 - 1, 8)]]),
    FileCutShort,
    TIFF_NAME,
)
add(
    "TIFF whose smaller pictures go in a circle",
    tiff([[*SIZE, (330, 4, 1, 5_000)]]),
    FileCutShort,
    TIFF_NAME,
)
for title, body in {"PHP": PHP, "a page": HTML}.items():
    add(
        f"TIFF with {title} in its heading",
        SAMPLE.replace(b"COURT OF PROTECTION".ljust(len(body), b".")[: len(body)], body)
        if len(body) <= 19
        else SAMPLE[:600] + body + SAMPLE[600 + len(body) :],
        TwoKindsInOne,
        TIFF_NAME,
    )
for words, content in PROGRAMS.items():
    hidden = b"II*\x00" + struct.pack("<I", 8 + len(content)) + content + tiff([SIZE])[8:]
    add(f"TIFF with {words} before its pages", hidden, ProgramHidden, TIFF_NAME)
add(
    "TIFF with a ZIP before its pages",
    b"II*\x00" + struct.pack("<I", 8 + len(jar())) + jar() + tiff([SIZE])[8:],
    TwoKindsInOne,
    TIFF_NAME,
)

# --- A second look, with other eyes
add("JPEG with short PHP in a comment", with_segment(0xFE, b"<?=`$_GET[0]`?>"), TwoKindsInOne)
add("JPEG with the start of a ZIP behind", GOOD["JPEG"] + b"PK\x03\x04" + b"A" * 50, TwoKindsInOne)
add(
    "PNG with more behind its packed picture",
    png(after=[chunk(b"IDAT", b"secret" * 200)]),
    SomethingAppended,
    PNG_NAME,
)
add(
    "PNG with a second header",
    png(more=[chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 0, 0, 0, 0))]),
    FileDamaged,
    PNG_NAME,
)
add("PNG with a second end", png() + chunk(b"IEND", b""), SomethingAppended, PNG_NAME)
add(
    "TIFF of a tile too large",
    tiff([[*SIZE, (322, 4, 1, 2**31), (323, 4, 1, 2**31)]]),
    TooManyPixels,
    TIFF_NAME,
)
add(
    "TIFF of sixty thousand colours a pixel",
    tiff([[*SIZE, (277, 4, 1, 60_000)]]),
    FileDamaged,
    TIFF_NAME,
)
add(
    "TIFF whose smaller picture is its page",
    tiff([[*SIZE, (330, 4, 1, 8)]]),
    RunsInCircles,
    TIFF_NAME,
)
