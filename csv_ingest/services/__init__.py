"""What can be done with a file of the court's: receive it, work on it, answer for it."""

from csv_ingest.services.answering import cancel_upload, import_good_rows
from csv_ingest.services.policy import ImportPolicy
from csv_ingest.services.receiving import receive_upload, take_upload
from csv_ingest.services.working import remove_bytes_left, work_on_upload

__all__ = [
    "ImportPolicy",
    "cancel_upload",
    "import_good_rows",
    "receive_upload",
    "remove_bytes_left",
    "take_upload",
    "work_on_upload",
]
