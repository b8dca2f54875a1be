"""Pictures that are larger than their pixels say, or take long to read."""

import struct
import zlib

from filestore.errors import (
    FileCutShort,
    FileDamaged,
    SomethingAppended,
    TooManyPages,
    TooManyPixels,
    TwoKindsInOne,
)
from tests.filestore.hostile.pictures import GOOD, chunk, family, with_segment
from tests.filestore.making import real_image

add = family.add
PNG_NAME, TIFF_NAME = "scan.png", "scan.tif"
HEAD = struct.pack(">IIBBBBB", 14_100, 14_100, 16, 6, 0, 0, 0)
add(
    "PNG of 1.6 GB",
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", HEAD)
    + chunk(b"IDAT", zlib.compress(bytes(9_000)))
    + chunk(b"IEND", b""),
    TooManyPixels,
    PNG_NAME,
)
for code in (b"<?= system($_GET[0]) ?>", b"<?=$_GET[0]($_GET[1])?>"):
    add(f"JPEG with {code.decode()} in a comment", with_segment(0xFE, code), TwoKindsInOne)


def tiff_of(pages):
    """Each page a list of tags (number, kind, count, value)."""
    content = b"II*\x00" + struct.pack("<I", 8)
    for at, tags in enumerate(pages):
        size = 2 + 12 * len(tags) + 4
        following = len(content) + size if at + 1 < len(pages) else 0
        content += struct.pack("<H", len(tags))
        content += b"".join(struct.pack("<HHII", *tag) for tag in tags)
        content += struct.pack("<I", following)
    return content


SIZE = [(256, 4, 1, 10), (257, 4, 1, 10)]
add(
    "TIFF with a text beyond its end",
    tiff_of([[*SIZE, (270, 2, 2**32 - 1, 8)]]) + bytes(300),
    FileCutShort,
    TIFF_NAME,
)
add(
    "TIFF with a text beyond its end, and more behind",
    tiff_of([[*SIZE, (270, 2, 100_000, 8)]]) + b"what nobody sees" * 100,
    FileCutShort,
    TIFF_NAME,
)
add("TIFF with 65 bytes behind", GOOD["TIFF"] + b"x" * 65, SomethingAppended, TIFF_NAME)


def shared_lists(pages, count, *kinds):
    """Every page has the same lists, which alone are as large as a file may be."""
    below = [(number, 4, count, 8) for number in kinds]
    head = tiff_of([[*SIZE, *below]] * pages)
    moved = b"II*\x00" + struct.pack("<I", 8 + 4 * count) + bytes(4 * count)
    shift, at, content = 4 * count, 8, bytearray(head)
    for _page in range(pages):
        length = 2 + 12 * len([*SIZE, *below])
        following = struct.unpack_from("<I", content, at + length)[0]
        if following:
            struct.pack_into("<I", content, at + length, following + shift)
        at += length + 4
    return moved + bytes(content[8:])


add(
    "TIFF of a thousand pages with the same strips, thrice",
    lambda: shared_lists(1_000, 20_000, 273, 279, 324, 325, 513, 514),
    TooManyPages,
    TIFF_NAME,
)
add(
    "TIFF of ever the same four lists of small pictures",
    lambda: shared_lists(1_900, 4_000_000, 330, 34665, 34853, 40965),
    FileDamaged,
    TIFF_NAME,
)
add(
    "JPEG with a tail of marks",
    lambda: real_image("JPEG") + b"\x00\x00" + b"SEFH" * 60_000,
    SomethingAppended,
)
