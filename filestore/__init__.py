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

__all__ = [
    "MAX_SIZE",
    "DocumentAltered",
    "DocumentMissing",
    "DocumentStore",
    "FileRejected",
    "Inspection",
    "ScanState",
    "SiriusBucket",
    "StoreError",
    "StoreUnavailable",
    "inspect_document",
    "scan",
    "tidy_name",
]
