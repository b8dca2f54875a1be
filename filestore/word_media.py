"""What the parts of a .docx are that are not XML: pictures, fonts, leftovers, by their first bytes.

Every one is of a kind that is known here, and none can be read as XML: programs that open a .docx
find its text by types and relations, whatever a part is called.
"""

import re
import struct
import zlib
from xml.parsers import expat

from filestore import jpeg, png, tiff
from filestore.errors import (
    FileIsBomb,
    PdfInside,
    ProgramEmbedded,
    ProgramHidden,
    TooManyPages,
    TooManyPixels,
)
from filestore.foreign import refuse_pages, refuse_programs
from filestore.images import MAX_PIXELS
from filestore.svg import check_svg
from filestore.word_parts import CHUNK, Scale, is_xml

MOST_VECTORS = 8 * 1024 * 1024  # bytes of all drawings in SVG
MOST_DRAWING = 32 * 1024 * 1024  # bytes of all packed drawings
# Bytes of PNG that are unpacked to weigh them. Behind that a picture is held to the size it says:
# programs stop reading there, and an honest file of many screenshots comes to more.
MOST_WEIGHED = 192 * 1024 * 1024

_FONTS = (".odttf", ".ttf", ".otf", ".fntdata")
_SETTINGS = re.compile(r"word/printersettings/[^/]+\.bin|\[trash\]/[0-9a-f]+\.dat")
# Where a package begins to say who signed it: always a part of nothing.
_SIGNATURES = re.compile(r"(?:.*/)?origin\.(?:sigs|psdsor)")
# How pictures begin that Word keeps.
_PICTURES: dict[str, tuple[bytes, ...]] = {
    **dict.fromkeys((".png", ".apng"), (b"\x89PNG\r\n\x1a\n",)),
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif"), (b"\xff\xd8\xff",)),
    ".gif": (b"GIF87a", b"GIF89a"),
    **dict.fromkeys((".bmp", ".dib"), (b"BM", b"\x28\x00\x00\x00")),
    **dict.fromkeys((".tif", ".tiff"), (b"II*\x00", b"MM\x00*")),
    ".emf": (b"\x01\x00\x00\x00",),
    ".wmf": (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00", b"\x02\x00\x09\x00"),
    **dict.fromkeys((".emz", ".wmz"), (b"\x1f\x8b",)),
    **dict.fromkeys((".wdp", ".hdp", ".jxr"), (b"II\xbc",)),
    ".jp2": (b"\x00\x00\x00\x0cjP  ",),
    ".webp": (b"RIFF",),
    ".ico": (b"\x00\x00\x01\x00",),
    ".pcx": (b"\x0a\x05\x01", b"\x0a\x03\x01", b"\x0a\x02\x01"),
    ".pict": (),
}
# Programs give a picture the name of another kind at times: any known beginning will do.
_ANY_PICTURE = tuple(start for starts in _PICTURES.values() for start in starts)
# Apple's: a size, a frame, then its version; in files 512 bytes of anything come first.
_PICT = re.compile(rb"(?s)(?:.{512})?.{10}(?:\x00\x11\x02\xff\x0c\x00|\x11\x01)")
_VECTOR = ".svg"
# XML in letters that expat does not read and others do: of four bytes, and of mainframes.
_STRANGE_XML = re.compile(
    rb"(?:\x00\x00\xfe\xff|\xff\xfe\x00\x00)?(?:\x00\x00\x00<|<\x00\x00\x00)|\x4c\x6f\xa7\x94"
)


def check_part_name(name: str) -> None:
    """Refuse a part that no document has, by its name in small letters.

    Raises `ProgramEmbedded`.
    """
    if name.endswith("/") or is_xml(name) or _SETTINGS.fullmatch(name):
        return
    ending = name[name.rfind(".") :] if "." in name.rsplit("/", 1)[-1] else ""
    if ending == ".pdf" and name.startswith("word/media/"):
        raise PdfInside
    is_font = ending in _FONTS and "fonts/" in name
    is_known = is_font or ending in _PICTURES or ending in {_VECTOR, ".tmp"}
    if not is_known and not _SIGNATURES.fullmatch(name):
        raise ProgramEmbedded


def check_media(content: bytes, name: str, scale: Scale) -> None:
    """Hold a part that is not XML to what its name says.

    Raises `ProgramHidden`, `TwoKindsInOne`, `ProgramEmbedded`, and for what is too large.
    """
    if not content:
        return
    refuse_programs(content)
    if name.endswith(_VECTOR):
        scale.vectors += len(content)
        if scale.vectors > MOST_VECTORS:
            raise FileIsBomb
        scale.shapes = check_svg(content, scale.shapes)
    elif name.endswith(_FONTS) or _SETTINGS.fullmatch(name):
        # What Word embeds is scrambled, so that nothing can be told of it (17.8.1).
        refuse_pages(content[:1024])
        if _reads_as_xml(content):
            raise ProgramHidden("a text")
        if content.startswith(b"PK\x03\x04"):
            raise ProgramHidden("a ZIP file")
    else:
        is_old = name.endswith(".pict") and _PICT.match(content) and not _reads_as_xml(content)
        if not content.startswith(_ANY_PICTURE) and not is_old:
            raise ProgramHidden("something that is no picture")
        refuse_pages(content)
        _check_size(content, scale)


class _IsXml(Exception):
    """Something was read that only XML has."""


def _reads_as_xml(content: bytes) -> bool:
    """Whether a program that reads XML would find any: the first letters alone may be spaces."""
    if _STRANGE_XML.match(content):
        return True
    parser = expat.ParserCreate()
    parser.XmlDeclHandler = parser.StartElementHandler = _find_xml
    parser.StartDoctypeDeclHandler = parser.CommentHandler = _find_xml
    parser.ProcessingInstructionHandler = _find_xml
    try:
        for at in range(0, len(content), CHUNK):
            parser.Parse(content[at : at + CHUNK], False)
    except _IsXml:
        return True
    except expat.ExpatError:
        return False
    return False


def _find_xml(*_found: object) -> None:
    raise _IsXml


def _check_size(content: bytes, scale: Scale) -> None:
    """Refuse a picture that no viewer could hold. Raises `TooManyPixels` and `FileIsBomb`."""
    if content.startswith(b"\x89PNG"):
        pixels, unpacked = png.weigh_inside(content, MOST_WEIGHED - scale.unpacked)
        scale.unpacked += unpacked
    elif content.startswith(b"\xff\xd8\xff"):
        pixels = jpeg.largest_frame(content)
    elif content.startswith((b"II*\x00", b"MM\x00*")):
        pixels = tiff.count_pixels(content)
    else:
        width, height = _sides(content)
        pixels = width * height
        if pixels > MAX_PIXELS:
            raise TooManyPixels
    scale.pixels += pixels
    if scale.pixels > tiff.MAX_TOTAL:
        raise TooManyPages
    if content.startswith(b"\x1f\x8b"):
        _check_packed(content, scale)


def _sides(content: bytes) -> tuple[int, int]:
    """Width and height of a picture of the rarer kinds; none where it does not say."""
    if len(content) < 34:
        return 0, 0
    if content.startswith(b"GIF8"):
        return struct.unpack_from("<HH", content, 6)
    if content.startswith((b"BM", b"\x28\x00\x00\x00")):
        width, height = struct.unpack_from("<ii", content, 18 if content[:2] == b"BM" else 4)
        return abs(width), abs(height)
    if content.startswith(b"RIFF") and content[12:16] == b"VP8X":
        return (
            int.from_bytes(content[24:27], "little") + 1,
            int.from_bytes(content[27:30], "little") + 1,
        )
    head = content.find(b"ihdr", 0, 1024) if content[4:6] == b"jP" else -1
    if 0 <= head <= len(content) - 12:
        height, width = struct.unpack_from(">II", content, head + 4)
        return width, height
    return 0, 0


def _check_packed(content: bytes, scale: Scale) -> None:
    """Unpack a drawing (EMZ, WMZ), of which Word keeps some packed."""
    room = MOST_DRAWING - scale.drawn
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(content, room + 1)
    except zlib.error:
        return
    scale.drawn += len(unpacked)
    if len(unpacked) > room:
        raise FileIsBomb
    refuse_programs(unpacked)
