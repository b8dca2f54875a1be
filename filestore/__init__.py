"""The cellar: what a file really is, where its bytes lie, and its copy in Sirius's bucket.

Bytes in, key out. Nothing here knows an order, a person or a database row.
"""

from filestore.documents import DocumentStore
from filestore.errors import (
    DocumentAltered,
    DocumentMissing,
    FileRejected,
    StoreError,
    StoreUnavailable,
)
from filestore.inspection import MAX_SIZE, Inspection, inspect_document
from filestore.names import tidy_name
from filestore.scanning import ScanState, scan
from filestore.sirius_bucket import SiriusBucket
from filestore.word_text import ReadingFailed, ReadingFailure, read_word_text

__all__ = [
    "MAX_SIZE",
    "DocumentAltered",
    "DocumentMissing",
    "DocumentStore",
    "FileRejected",
    "Inspection",
    "ReadingFailed",
    "ReadingFailure",
    "ScanState",
    "SiriusBucket",
    "StoreError",
    "StoreUnavailable",
    "inspect_document",
    "read_word_text",
    "scan",
    "tidy_name",
]
