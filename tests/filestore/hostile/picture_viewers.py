"""Small pictures that would keep who looks at them busy for hours, or fill their memory."""

import io
import struct
import zlib

from PIL import Image

from filestore.errors import FileDamaged, FileIsBomb, TooManyPixels
from tests.filestore.hostile.picture_sizes import PNG_NAME, TIFF_NAME, tiff_of
from tests.filestore.hostile.pictures import chunk, family

add = family.add
SIDE = 14_000
SIZE = [(256, 4, 1, SIDE), (257, 4, 1, SIDE)]


def scans(count):
    """A progressive JPEG of 196 million pixels, with as many more scans."""
    output = io.BytesIO()
    Image.new("RGB", (8, 8)).save(output, "JPEG", progressive=True)
    content = output.getvalue()
    frame = content.index(b"\xff\xc2") + 5
    head = content[:frame] + struct.pack(">HH", SIDE, SIDE) + content[frame + 4 : -2]
    return head + b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00\x00" * count + b"\xff\xd9"


for count in (200, 50_000):
    add(f"JPEG of {count} scans", scans(count), FileIsBomb)


def moving(frames):
    """A moving PNG of 196 million pixels, black and white."""
    control = struct.pack(">IIIIIHHBB", 0, SIDE, SIDE, 0, 0, 1, 100, 0, 0)
    packed = zlib.compress(bytes((SIDE // 8 + 1) * SIDE), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 1, 0, 0, 0, 0))
        + chunk(b"acTL", struct.pack(">II", frames, 0))
        + chunk(b"IDAT", packed)
        + (chunk(b"fcTL", control) + chunk(b"fdAT", bytes(4) + packed)) * frames
        + chunk(b"IEND", b"")
    )


add("PNG that moves through 4 billion pixels", lambda: moving(20), FileIsBomb, PNG_NAME)
for samples, bits in ((4, 16), (32, 8), (1, 64)):
    add(
        f"TIFF of {samples} colours of {bits} bits a pixel",
        tiff_of([[*SIZE, (258, 3, 1, bits), (277, 3, 1, samples)]]),
        TooManyPixels,
        TIFF_NAME,
    )
for number, other in ((256, 100_000), (257, 100_000), (277, 60_000)):
    for values in ((10, other), (other, 10)):
        twice = [(number, 4, 1, value) for value in values]
        rest = [tag for tag in ((256, 4, 1, 10), (257, 4, 1, 10)) if tag[0] != number]
        add(
            f"TIFF that says {number} twice, {values[0]} and {values[1]}",
            tiff_of([[*twice, *rest]]),
            FileDamaged,
            TIFF_NAME,
        )
