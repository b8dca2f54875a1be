"""Harmless files with bytes that look like something by chance, or that few programs write."""

import io
import struct

from PIL import Image

from tests.filestore.harmless.inside import PHOTO
from tests.filestore.making import doc_of_pieces, real_image


def files():
    photo = bytearray(real_image("JPEG", side=400))
    at = photo.index(b"\xff\xda") + 200
    photo[at : at + 12] = b"<?=$\x01\x02<?=`\x03\x04"
    yield "JPEG with signs by chance", "scan.jpg", bytes(photo)
    tail = b"\x00\x00\x01\x0aImage_UTC_DataSEFH" + bytes(60_000) + b"SEFT"
    yield "JPEG with long notes", "scan.jpg", real_image("JPEG") + tail
    large = io.BytesIO()
    Image.new("L", (9_000, 9_000), 255).save(large, "PNG", compress_level=1)
    yield "PNG of 81 million pixels", "scan.png", large.getvalue()
    pages = io.BytesIO()
    Image.new("L", (90, 90), 9).save(
        pages, "TIFF", save_all=True, append_images=[Image.new("L", (9, 9))]
    )
    for count in (16, 48):
        yield (
            f"TIFF with room for {count} bytes more",
            "scan.tif",
            pages.getvalue() + b"\x2c" * count,
        )
    for title, pieces in {
        "pieces": ("ORDER of the ", "Court ", "of Protection\r"),
        "pieces and fields": (
            "a\x13 HYPER",
            'LINK "https://www.gov.uk/" \x01\x14gov\x15 \x13 PAGE',
            " \x141\x15 \x13 TOC \x14\x13 PAGEREF _Toc1 \\h \x142\x15\x15",
            "\x13 IF \x13 MERGEFIELD a \x15 = 1 b c \x14b\x15\x13 FORMTEXT \x14 \x15\r",
        ),
    }.items():
        for wide in (False, True):
            for small in (False, True):
                how = f"{'wide' if wide else 'narrow'}, {'small' if small else 'large'}"
                content = doc_of_pieces(*pieces, wide=wide, small=small)
                yield f"DOC of {title}, {how}", "order.doc", content
    yield "DOC of small streams", "order.doc", doc_of_pieces("Order", small_word=True)
    marks = struct.pack("<H", 0x13) * 3_000 + b"\x13RD \x13" + PHOTO
    picture = doc_of_pieces("Order", pictures=marks)
    yield "DOC with marks in its pictures", "order.doc", picture
