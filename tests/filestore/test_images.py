"""Images that are broken or far too large."""

import io
import struct

import pytest

from devstack.samples import sample_document
from filestore import inspect_document
from filestore.errors import FileDamaged, FileIsBomb, SomethingAppended
from tests.filestore.making import real_image


def inspect(content, name):
    return inspect_document(io.BytesIO(content), name=name)


def replaced(content, old, new):
    assert content.count(old) == 1
    return content.replace(old, new)


PNG, JPG, TIFF = (sample_document(kind) for kind in ("png", "jpg", "tiff"))
PNG_SIZE = struct.pack(">II", 64, 64)
JPG_SIZE = struct.pack(">BHHB", 8, 64, 64, 1)
TIFF_PLACE = struct.pack("<HHII", 273, 4, 1, 8)
TIFF_WIDTH = struct.pack("<HHII", 256, 4, 1, 64)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (replaced(PNG, PNG_SIZE, struct.pack(">II", 100_000, 100_000)), "a.png"),
        (replaced(JPG, JPG_SIZE, struct.pack(">BHHB", 8, 60_000, 60_000, 1)), "a.jpg"),
        (replaced(TIFF, TIFF_WIDTH, struct.pack("<HHII", 256, 4, 1, 2**31)), "a.tif"),
    ],
)
def test_a_picture_too_large_to_open_is_a_bomb(content, name):
    with pytest.raises(FileIsBomb, match="too large to be opened"):
        inspect(content, name)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (replaced(PNG, PNG_SIZE, struct.pack(">II", 0, 64)), "a.png"),
        (replaced(PNG, b"IHDR", b"IHDX"), "a.png"),
        (replaced(PNG, b"IDAT", b"IDAX"), "a.png"),
        (replaced(PNG, b"IEND", b"IENX"), "a.png"),
        (replaced(JPG, JPG_SIZE, struct.pack(">BHHB", 8, 0, 64, 1)), "a.jpg"),
        (replaced(JPG, b"\xff\xc0", b"\xff\xc4"), "a.jpg"),
        (JPG[:-2], "a.jpg"),
        (b"\xff\xd8" + b"\xff" * 100_000, "a.jpg"),
        (b"\xff\xd8\xff\xe0\x00\x00", "a.jpg"),
        (replaced(TIFF, TIFF_WIDTH, struct.pack("<HHII", 255, 4, 1, 64)), "a.tif"),
        (replaced(TIFF, TIFF_WIDTH, struct.pack("<HHII", 256, 5, 1, 64)), "a.tif"),
        (replaced(TIFF, TIFF_PLACE, struct.pack("<HHII", 273, 4, 1, 5000)), "a.tif"),
        (replaced(TIFF, TIFF_PLACE, struct.pack("<HHII", 273, 4, 2, 8)), "a.tif"),
        (b"II*\x00" + struct.pack("<I", 0), "a.tif"),
        (b"II*\x00" + struct.pack("<IH", 8, 60_000) + b"\x00" * 720_000, "a.tif"),
    ],
)
def test_a_broken_picture_is_damaged(content, name):
    with pytest.raises(FileDamaged):
        inspect(content, name)


def test_a_tiff_whose_pages_go_in_a_circle_is_damaged():
    content = bytearray(TIFF)
    table = struct.unpack_from("<I", content, 4)[0]
    tags = struct.unpack_from("<H", content, table)[0]
    struct.pack_into("<I", content, table + 2 + 12 * tags, table)
    with pytest.raises(FileDamaged):
        inspect(bytes(content), "a.tif")


def test_the_other_byte_order_is_read_too():
    big = b"MM\x00*" + struct.pack(">IH", 8, 2)
    big += struct.pack(">HHIHH", 256, 3, 1, 10, 0) + struct.pack(">HHII", 257, 4, 1, 10)
    assert inspect(big + b"\x00\x00\x00\x00", "a.tif").extension == "tiff"


@pytest.mark.parametrize(
    "behind",
    [b"\x00" * 5000, b"\xff\xff", b"\r\n", b"\x00\x00notesSEFH....SEFT", real_image("JPEG")],
)
def test_a_photograph_with_what_phones_put_behind_its_end_is_taken(behind):
    assert inspect(real_image("JPEG") + behind, "a.jpg").extension == "jpg"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_a_picture_with_anything_else_behind_its_end_is_refused(form):
    with pytest.raises(SomethingAppended, match="added after its end"):
        inspect(real_image(form) + b"what nobody sees" * 10, f"a.{form.lower()}")
