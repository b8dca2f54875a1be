"""The door for virus scanning: behind it stands the clamd that the settings name."""

import logging
from typing import BinaryIO

from filestore.clamd import FOR_HEALTH, Clamd, Scan, ScanState
from filestore.errors import ScannerUnavailable

__all__ = ["Scan", "ScanState", "scan", "scanner_is_up"]

log = logging.getLogger(__name__)


def scan(file: BinaryIO) -> Scan:
    """Say what the virus scanner makes of the whole file, and leave a seekable one at its start.

    Raises `ScannerUnavailable` where it gave no clear answer: that is never `CLEAN`.
    """
    if file.seekable():
        file.seek(0)
    try:
        found = Clamd.from_settings().scan(file)
    except ScannerUnavailable as unavailable:
        log.warning("a file could not be scanned: %s", unavailable)
        raise
    if file.seekable():
        file.seek(0)
    return found


def scanner_is_up() -> bool:
    """Tell whether the scanner answers; for the health check: within 3 s, no raise."""
    try:
        return Clamd.from_settings(FOR_HEALTH).is_up()
    except ScannerUnavailable:
        return False
