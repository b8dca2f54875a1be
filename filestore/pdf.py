"""Whether a PDF holds together, opens without a password and carries nothing that runs."""

import re
from typing import BinaryIO

from filestore.errors import FileDamaged, FileEncrypted, ProgramEmbedded

CHUNK = 256 * 1024
TAIL = 2048  # readers look for the end mark in about the last kilobyte
# The longest match of any pattern below, white space and hex spellings included.
OVERLAP = 512


def _name(text: str) -> bytes:
    """Spell a PDF name as a pattern: each letter as itself or as `#` and two hex digits."""
    letters = "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in text)
    return b"/" + letters.encode("ascii")


_GAP = rb"[\x00\t\n\f\r ]{0,64}"
# Only as a key with its value, so that words on a page are not taken for it.
ENCRYPTED = re.compile(_name("Encrypt") + _GAP + rb"(?:\d{1,10}[\s\x00]{1,16}\d{1,5}[\s\x00]|<<)")
EMBEDDED = re.compile(
    _name("Type") + _GAP + _name("EmbeddedFile") + rb"(?![A-Za-z0-9#])"
    rb"|" + _name("S") + _GAP + _name("Launch") + rb"(?![A-Za-z0-9#])"
)


# The way in: where the table of objects starts, and in the trailer what the first object is.
START = re.compile(rb"startxref" + _GAP + rb"(\d{1,10})" + _GAP + rb"%%EOF")
ROOT = re.compile(_name("Root") + _GAP + rb"\d")


def check_pdf(file: BinaryIO, size: int) -> None:
    """Raise `FileDamaged`, `FileEncrypted` or `ProgramEmbedded` where there is reason to."""
    file.seek(max(0, size - TAIL))
    starts = START.findall(file.read(TAIL))
    if not starts or int(starts[-1]) >= size:
        raise FileDamaged
    file.seek(0)
    window, rooted = b"", False
    while chunk := file.read(CHUNK):
        window = window[-OVERLAP:] + chunk
        if ENCRYPTED.search(window):
            raise FileEncrypted
        if EMBEDDED.search(window):
            raise ProgramEmbedded
        rooted = rooted or ROOT.search(window) is not None
    if not rooted:
        raise FileDamaged
