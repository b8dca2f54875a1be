"""Small, valid documents of the six types that are taken, made with the standard library alone.

For `make demo`, `seed_demo` and the tests, which must not need a Word, a scanner or a PDF printer.
Different words make different bytes; the same words make the same.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Literal
from xml.sax.saxutils import escape

Kind = Literal["pdf", "jpg", "png", "tiff", "doc", "docx"]

CASE_NUMBER = "93559316"
HEADING = "ORDER APPOINTING A DEPUTY"
WORDS = "Mr Justice Sample orders that a deputy is appointed to make decisions on behalf of P."
_SIDE = 64  # pixels of the sample images, a multiple of 8


def sample_document(
    kind: Kind,
    *,
    words: str = WORDS,
    size: int | None = None,
    case_number: str = CASE_NUMBER,
    heading: str = HEADING,
) -> bytes:
    """Make a valid file of this kind that carries the words, of exactly `size` bytes if given.

    The .docx and .pdf read like a court order with this case number and heading; the images
    carry the words beside a blank picture. Raises `ValueError` where `size` is too small.
    """
    lines = [
        "COURT OF PROTECTION",
        f"No. {case_number}",
        heading,
        words,
        "The deputy must obtain security in the sum of £21,000.00 in accordance with the rules.",
    ]
    make = _MAKERS[kind]
    content = make(lines, 0)
    padding = 0
    while size is not None and len(content) != size:
        padding += size - len(content)
        if padding < 0:
            raise ValueError(f"a sample {kind} needs more than {size} bytes")
        content = make(lines, padding)
    return content


def _pdf(lines: list[str], padding: int) -> bytes:
    shown = " T* ".join(f"({_pdf_text(line)}) Tj" for line in lines)
    page = f"BT /F1 12 Tf 20 TL 60 760 Td {shown} ET".encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R %s >>" % _PDF_PAGE,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    content = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n%" + b" " * padding + b"\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
        + b"startxref\n%d\n%%%%EOF\n" % len(content)
    )


_PDF_PAGE = b"/MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >>"


def _pdf_text(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _jpg(lines: list[str], padding: int) -> bytes:
    """A blank grey baseline JPEG: every block is the two codes "no change", "end of block"."""

    def segment(marker: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body

    one_code = bytes([1] + [0] * 15) + b"\x00"
    blocks = (_SIDE // 8) ** 2
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\x00\x01\x01\x01\x00\x48\x00\x48\x00\x00")
        + segment(0xFE, "\n".join(lines).encode())
        + segment(0xDB, b"\x00" + b"\x01" * 64)
        + segment(0xC0, struct.pack(">BHHB3B", 8, _SIDE, _SIDE, 1, 1, 0x11, 0))
        + segment(0xC4, b"\x00" + one_code)
        + segment(0xC4, b"\x10" + one_code)
        + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + b"\x00" * (blocks * 2 // 8)
        # Any number of these may stand before a marker.
        + b"\xff" * padding
        + b"\xff\xd9"
    )


def _png(lines: list[str], padding: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    rows = (b"\x00" + b"\xff" * (_SIDE // 8)) * _SIDE
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", _SIDE, _SIDE, 1, 0, 0, 0, 0))
        + chunk(b"tEXt", b"Description\x00" + "\n".join(lines).encode("latin-1", "replace"))
        + chunk(b"IDAT", zlib.compress(rows))
        # A private chunk that viewers pass over.
        + chunk(b"paDd", b"\x00" * padding)
        + chunk(b"IEND", b"")
    )


def _tiff(lines: list[str], padding: int) -> bytes:
    text = "\n".join(lines).encode() + b"\x00"
    pixels = b"\xff" * (_SIDE * _SIDE // 8)
    text_at = 8 + len(pixels)
    table_at = (text_at + len(text) + padding + 1) // 2 * 2
    short, long, ascii_text = 3, 4, 2
    tags = [
        (256, long, 1, _SIDE),
        (257, long, 1, _SIDE),
        (258, short, 1, 1),
        (259, short, 1, 1),
        (262, short, 1, 1),
        (270, ascii_text, len(text), text_at),
        (273, long, 1, 8),
        (277, short, 1, 1),
        (278, long, 1, _SIDE),
        (279, long, 1, len(pixels)),
    ]
    content = b"II*\x00" + struct.pack("<I", table_at) + pixels + text
    content = content.ljust(table_at, b"\x00") + struct.pack("<H", len(tags))
    content += b"".join(struct.pack("<HHII", *tag) for tag in tags) + struct.pack("<I", 0)
    # The table starts on an even byte, so an odd size is reached by one more at the end.
    return content + b"\x00" * ((text_at + len(text) + padding) % 2)


def _doc(lines: list[str], padding: int) -> bytes:
    """A compound file (MS-CFB) of a table, a directory and the Word stream, a sector each way."""
    free, end, table_mark = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    text = "\r".join(lines).encode("cp1252", "replace")
    # FibBase (MS-DOC): the mark of Word, version, no flags; the text starts after the header.
    start = struct.pack("<HHHHHHH", 0xA5EC, 0x00C1, 0, 0x0809, 0, 0, 0)
    stream = start.ljust(1536, b"\x00") + text
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\x00")
    sectors = len(stream) // 512
    chain = [table_mark, end, *range(3, sectors + 2), end]
    table = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
    directory = (
        _doc_entry("Root Entry", kind=5, child=1, start=end, size=0)
        + _doc_entry("WordDocument", kind=2, child=free, start=2, size=len(stream))
        + _doc_entry("", kind=0, child=free, start=0, size=0) * 2
    )
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\x00")
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    return header + table + directory + stream + b"\x00" * padding


def _doc_entry(name: str, *, kind: int, child: int, start: int, size: int) -> bytes:
    none = 0xFFFFFFFF
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    front = text.ljust(64, b"\x00") + struct.pack("<HBBIII", length, kind, 1, none, none, child)
    return front.ljust(116, b"\x00") + struct.pack("<IQ", start, size)


def _docx(lines: list[str], padding: int) -> bytes:
    paragraphs = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>' for line in lines
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _DOCX_TYPES,
        "_rels/.rels": _DOCX_RELATIONS,
        "word/document.xml": _DOCX_BODY.format(paragraphs=paragraphs),
        "word/media/image1.png": _png(lines, padding),
    }
    output = io.BytesIO()
    # Stored, not deflated: a byte more of padding is a byte more of file.
    with zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as package:
        for name, part in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2018, 8, 1, 12, 0, 0)), part)
    return output.getvalue()


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OOXML = "http://schemas.openxmlformats.org"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_DOCX_TYPES = (
    f'{_XML}<Types xmlns="{_OOXML}/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="png" ContentType="image/png"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>'
)
_DOCX_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_OOXML}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_OOXML}/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_DOCX_BODY = (
    f'{_XML}<w:document xmlns:w="{_OOXML}/wordprocessingml/2006/main"><w:body>'
    '{paragraphs}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>'
)

_MAKERS: dict[Kind, Callable[[list[str], int], bytes]] = {
    "pdf": _pdf,
    "jpg": _jpg,
    "png": _png,
    "tiff": _tiff,
    "doc": _doc,
    "docx": _docx,
}
