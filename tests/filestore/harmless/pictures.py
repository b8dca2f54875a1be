"""Harmless pictures: JPEG, PNG and TIFF of cameras and scanners."""

import io
import struct
import zlib

from PIL import Image, PngImagePlugin, TiffImagePlugin

from devstack.samples import sample_document
from tests.filestore.harmless.inside import PHOTO, XMP


def _saved(picture, form, **how):
    output = io.BytesIO()
    picture.save(output, form, **how)
    return output.getvalue()


def files():
    photo = Image.effect_noise((300, 200), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x9286] = "Apple", "iPhone", b"ASCII\x00\x00\x00a note"
    jpeg = _saved(photo, "JPEG", exif=exif, dpi=(300, 300))
    small = _saved(photo.resize((40, 30)), "JPEG")
    for title, content in {
        "plain": _saved(photo, "JPEG"),
        "as our samples": sample_document("jpg"),
        "progressive": _saved(photo, "JPEG", progressive=True),
        "optimised": _saved(photo, "JPEG", optimize=True, quality=20),
        "of CMYK": _saved(photo.convert("CMYK"), "JPEG"),
        "grey": _saved(photo.convert("L"), "JPEG"),
        "with a camera's notes": jpeg,
        "with a profile": _saved(photo, "JPEG", icc_profile=PHOTO[:70_000]),
        "with a comment": _saved(photo, "JPEG", comment=b"Scanned by the court"),
        "progressive, of four colours": _saved(photo.convert("CMYK"), "JPEG", progressive=True),
        "with restarts": _saved(photo, "JPEG", restart_marker_blocks=4),
        "with a small picture in its notes": jpeg[:2]
        + _app(0xE1, b"Exif\x00\x00" + small)
        + jpeg[2:],
        "with XMP": jpeg[:2] + _app(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + XMP) + jpeg[2:],
        "with nulls behind": jpeg + b"\x00" * 30_000,
        "with a second picture behind": jpeg + small,
        "with two more pictures behind, padded": jpeg + b"\x00" * 40 + small + small,
        "of a Samsung": jpeg
        + b"\x00\x00\x01\x0aImage_UTC_Data1539"
        + b"SEFH\x6b\x00"
        + b"\x00" * 20
        + b"SEFT",
        "with fill before its markers": jpeg.replace(b"\xff\xdb", b"\xff\xff\xff\xdb", 1),
        "from a scanner of A3": _saved(Image.new("L", (3508, 4960), 255), "JPEG"),
    }.items():
        yield f"JPEG {title}", "scan.jpg", content
    text = PngImagePlugin.PngInfo()
    text.add_text("Software", "Scanner 3")
    text.add_text("Comment", "a long text " * 500, zip=True)
    text.add_itxt("Title", "Zoë's order", "en", "Title", zip=True)
    for title, content in {
        "plain": _saved(photo, "PNG"),
        "as our samples": sample_document("png"),
        "clear": _saved(photo.convert("RGBA"), "PNG"),
        "of a palette": _saved(photo.convert("P"), "PNG"),
        "of a palette of four": _saved(photo.quantize(4), "PNG", bits=2),
        "black and white": _saved(photo.convert("1"), "PNG"),
        "of 16 bits": _saved(Image.new("I;16", (90, 90)), "PNG"),
        "with texts": _saved(photo, "PNG", pnginfo=text),
        "with a profile": _saved(photo, "PNG", icc_profile=PHOTO[:3_000]),
        "with a camera's notes": _saved(photo, "PNG", exif=exif),
        "with dots": _saved(photo, "PNG", dpi=(300, 300)),
        "white, of A4": _saved(Image.new("RGB", (1654, 2339), "white"), "PNG", compress_level=1),
        "moving": _saved(photo, "PNG", save_all=True, append_images=[photo.rotate(9)]),
        "with nulls behind": _saved(photo, "PNG") + b"\x00\x00\r\n",
        "interlaced": _interlaced(),
    }.items():
        yield f"PNG {title}", "scan.png", content
    for compression in (
        "raw",
        "tiff_lzw",
        "tiff_adobe_deflate",
        "packbits",
        "jpeg",
        "tiff_deflate",
    ):
        yield f"TIFF by {compression}", "scan.tiff", _saved(photo, "TIFF", compression=compression)
    line = photo.convert("1")
    pages = {"save_all": True, "append_images": [line] * 11}
    for title, content in {
        "as our samples": sample_document("tiff"),
        "by fax 3": _saved(line, "TIFF", compression="group3"),
        "by fax 4": _saved(line, "TIFF", compression="group4", dpi=(300, 300)),
        "of twelve pages": _saved(line, "TIFF", compression="group4", **pages),
        "of twelve pages by LZW": _saved(
            photo, "TIFF", compression="tiff_lzw", save_all=True, append_images=[photo] * 11
        ),
        "of CMYK": _saved(photo.convert("CMYK"), "TIFF"),
        "of 16 bits": _saved(Image.new("I;16", (90, 90)), "TIFF"),
        "of 32 bits": _saved(Image.new("F", (90, 90)), "TIFF"),
        "of A3 at 600 dots, in colour": _saved(
            Image.new("RGB", (7016, 9921)), "TIFF", compression="tiff_lzw"
        ),
        "with notes": _saved(photo, "TIFF", tiffinfo=_notes(), exif=exif),
        "with a profile": _saved(photo, "TIFF", icc_profile=PHOTO[:3_000]),
        "of big numbers first": b"MM\x00*"
        + struct.pack(">IH", 8, 2)
        + struct.pack(">HHIHH", 256, 3, 1, 10, 0)
        + struct.pack(">HHII", 257, 4, 1, 10)
        + b"\x00" * 4,
        "with nulls behind": _saved(photo, "TIFF") + b"\x00" * 2_000,
    }.items():
        yield f"TIFF {title}", "scan.tif", content


def _notes():
    notes = TiffImagePlugin.ImageFileDirectory_v2()
    notes[270], notes[305], notes[315] = "An order of the court", "Scanner 3", "O'Brien"
    return notes


def _app(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _interlaced():
    """Eight by eight in seven passes, each row with a filter of its own."""
    rows = b"".join(
        (b"\x00" + b"\x80" * width) * height
        for width, height in ((1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4))
    )
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
