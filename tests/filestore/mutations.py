"""Spoils good and hostile files at random: bytes, and the structure of each kind of file."""

import io
import re
import struct
import zipfile
import zlib

NUMBERS = (0, 1, 2, 7, 127, 128, 255, 256, 4095, 32767, 65535, 2**31 - 1, 2**31, 2**32 - 1)
WORDS = (
    *(
        b"obj",
        b"endobj",
        b"stream\n",
        b"endstream",
        b"<<",
        b">>",
        b"[",
        b"]",
        b"(",
        b")",
        b"%",
        b"#",
    ),
    *(
        b"/JS (a)",
        b"/OpenAction 1 0 R",
        b"/AA 3 0 R",
        b"/Filter /FlateDecode",
        b"/Prev 9",
        b"1 0 R",
    ),
    *(
        b"/Type /ObjStm /N 1 /First 5",
        b"/F (\\\\\\\\a)",
        b"trailer",
        b"xref",
        b"startxref\n9\n%%EOF",
    ),
    *(
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"MZ",
        b"\xff\xd9",
        b"\xff\xda",
        b"IEND",
        b"\x00" * 9,
    ),
    *(
        b"<!DOCTYPE a>",
        b"<w:instrText>",
        b"</w:p>",
        b"&#68;",
        b"]]>",
        b"\x13 DDE ",
        b"II*\x00",
        b"<html>",
    ),
)


def spoiled(content, other, chance):
    """The content with one to four changes; `other` is another file, to cross it with."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        content = chance.choice(_CHANGES)(content, other, chance)[:400_000]
    return content


def _flipped(content, _other, chance):
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 20))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(content, _other, chance):
    return content[: chance.randrange(len(content) + 1)]


def _missing(content, _other, chance):
    start = chance.randrange(len(content) + 1)
    return content[:start] + content[start + chance.choice((1, 2, 16, 500)) :]


def _crossed(content, other, chance):
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]


def _repeated(content, _other, chance):
    start = chance.randrange(len(content) + 1)
    piece = content[start : start + chance.choice((4, 60, 900))]
    return content[:start] + piece * chance.choice((2, 3, 50)) + content[start:]


def _word_put_in(content, _other, chance):
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(WORDS) + content[at + chance.choice((0, 0, 5)) :]


def _number_put_in(content, _other, chance):
    changed = bytearray(content)
    form = chance.choice(("<H", ">H", "<I", ">I"))
    if len(changed) > 8:
        # Headers and directories are at the start or the end.
        at = chance.choice(
            (chance.randrange(len(changed) - 4), chance.randrange(min(600, len(changed) - 4)))
        )
        size = struct.calcsize(form)
        struct.pack_into(form, changed, at, chance.choice(NUMBERS) % (1 << 8 * size))
    return bytes(changed)


def _digits_changed(content, _other, chance):
    places = list(re.finditer(rb"\d+", content[:20_000]))
    if not places:
        return content
    place = chance.choice(places)
    number = chance.choice((b"0", b"1", b"9", b"-1", b"99999", b"4294967295", b"9" * 30))
    return content[: place.start()] + number + content[place.end() :]


def _part_of_zip_changed(content, other, chance):
    """Change what is inside of a part, and pack it anew, so that only the part is wrong."""
    output = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            parts = {name: source.read(name) for name in source.namelist()[:40]}
    except Exception:  # noqa: BLE001  a zip that was spoiled before
        return content
    if not parts:
        return content
    chosen = chance.randrange(len(parts))
    with zipfile.ZipFile(output, "w", chance.choice((0, 8))) as target:
        for at, (name, body) in enumerate(parts.items()):
            if at == chosen and len(body) < 100_000:
                body = chance.choice(_PLAIN)(body, other, chance)
            target.writestr(name, body)
    return output.getvalue()


def _stream_of_pdf_changed(content, other, chance):
    """Change what is inside of a packed stream, and pack it anew."""
    found = list(re.finditer(rb"stream\r?\n", content))[:50]
    if not found:
        return content
    start = chance.choice(found).end()
    unpacker = zlib.decompressobj()
    try:
        body = unpacker.decompress(content[start:], 100_000)
    except zlib.error:
        return content
    end = len(content) - len(unpacker.unused_data)
    packed = zlib.compress(chance.choice(_PLAIN)(body, other, chance))
    return content[:start] + packed + content[end:]


def _chunk_of_png_changed(content, other, chance):
    """Change a chunk, and give it the check sum that fits."""
    chunks, at = [], 8
    while at + 12 <= len(content) and len(chunks) < 50:
        length = struct.unpack_from(">I", content, at)[0]
        chunks.append((at, length))
        at += 12 + length
    if not chunks or not content.startswith(b"\x89PNG"):
        return content
    at, length = chance.choice(chunks)
    kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
    body = chance.choice(_PLAIN)(body, other[:500], chance)
    sums = struct.pack(">I", zlib.crc32(kind + body))
    new = struct.pack(">I", len(body)) + kind + body + sums
    return content[:at] + new + content[at + 12 + length :]


_PLAIN = (
    *(_flipped, _cut, _missing, _crossed, _repeated, _word_put_in, _number_put_in),
    _digits_changed,
)
_CHANGES = (*_PLAIN, _part_of_zip_changed, _stream_of_pdf_changed, _chunk_of_png_changed)
