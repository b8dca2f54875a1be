"""The cellar: what a file really is, where its bytes lie, and its copy in Sirius's bucket.

Bytes in, key out. Nothing here knows an order, a person or a database row.
"""

from filestore.documents import DocumentStore
from filestore.errors import (
    DocumentAltered,
    DocumentInfected,
    DocumentMissing,
    DocumentNotScanned,
    FileRejected,
    ScannerUnavailable,
    StoreError,
    StoreUnavailable,
)
from filestore.inspection import MAX_SIZE, Inspection, inspect_document
from filestore.names import tidy_name
from filestore.scanning import Scan, ScanState, scan, scanner_is_up
from filestore.sirius_bucket import SiriusBucket
from filestore.word_text import ReadingFailed, ReadingFailure, read_word_text
from filestore.write_once import WriteOnceBucket

__all__ = [
    "MAX_SIZE",
    "DocumentAltered",
    "DocumentInfected",
    "DocumentMissing",
    "DocumentNotScanned",
    "DocumentStore",
    "FileRejected",
    "Inspection",
    "ReadingFailed",
    "ReadingFailure",
    "Scan",
    "ScanState",
    "ScannerUnavailable",
    "SiriusBucket",
    "StoreError",
    "StoreUnavailable",
    "WriteOnceBucket",
    "inspect_document",
    "read_word_text",
    "scan",
    "scanner_is_up",
    "tidy_name",
]
