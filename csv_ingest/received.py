"""A received file's own facts, whatever is in it: a name that can be shown, and a fingerprint."""

import hashlib
import ntpath
from typing import BinaryIO

_CHUNK = 1 << 20


def tidy_name(name: str) -> str:
    """A file's own name, without folders of either kind and without what no page could show."""
    own = ntpath.basename(name)
    shown = "".join(letter if letter.isprintable() else " " for letter in own)
    return " ".join(shown.split())[:255] or "No name"


def sha256_of(file: BinaryIO) -> str:
    """The SHA-256 of the whole file, in hexadecimal."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
