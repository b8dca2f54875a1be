"""What an upload came to, in sentences: for the pages and for the command line alike."""

import datetime as dt

from csv_ingest.models import Upload, UploadState

LONG_WAIT = dt.timedelta(minutes=2)


def processed(upload: Upload) -> str:
    """The outcome of an import: "Processed 3 orders.", and what that changed."""
    return " ".join([f"Processed {orders(upload.orders)}.", *_changes(upload)])


def heading(upload: Upload) -> str:
    """The heading of the upload's page."""
    headings = {
        UploadState.QUEUED: "Checking the upload",
        UploadState.READING: "Checking the upload",
        UploadState.AWAITING_ANSWER: "Check the upload",
        UploadState.IMPORTING: "Importing the orders",
        UploadState.IMPORTED: "Upload finished",
        UploadState.CANCELLED: "Upload cancelled",
        UploadState.REFUSED: "The file cannot be used",
        UploadState.FAILED: "Upload failed",
    }
    return headings[UploadState(upload.state)]


def status(upload: Upload, *, ahead: int, now: dt.datetime) -> str:
    """What a worker does with the upload now; `ahead`: how many others come before it."""
    if upload.state == UploadState.IMPORTING:
        return (
            f"Importing {orders(upload.orders)}. The list of orders shows nothing of this upload "
            "until all of it is in."
        )
    if upload.state == UploadState.READING:
        return "Reading the file and checking each row."
    if ahead:
        return f"Waiting for {_uploads(ahead)} to finish first."
    if now - upload.uploaded_at > LONG_WAIT:
        return (
            "Still waiting to be read, which takes longer than usual. "
            "The file is safe, and there is nothing for you to do."
        )
    return "Waiting to be read. This usually takes a few seconds."


def rows_so_far(upload: Upload) -> str:
    """How far the reading is."""
    return f"{rows(upload.rows_done)} read so far"


def came_too_late(answer: str, upload: Upload) -> str:
    """What to tell whose answer changed nothing, since the upload had gone the other way; or ""."""
    if answer == "import" and upload.state == UploadState.CANCELLED:
        return "This upload was cancelled before you answered. Nothing was imported."
    if answer == "cancel" and upload.state == UploadState.IMPORTING:
        return "This upload is already being imported, so it cannot be cancelled."
    if answer == "cancel" and upload.state == UploadState.IMPORTED:
        return "This upload was imported before you answered, so it was not cancelled."
    return ""


def import_button(upload: Upload) -> str:
    """The words of the button, "" where there is nothing to import."""
    if not upload.orders:
        return ""
    return f"Import the {upload.orders} good {'row' if upload.orders == 1 else 'rows'}"


def counts(upload: Upload) -> list[dict[str, str]]:
    """The counts as rows of a summary list. A repeated row is neither new nor a problem."""
    shown = [
        ("Rows read", upload.rows_read),
        ("New", upload.new),
        ("Already known", upload.already_known),
        ("Repeated in the file", upload.repeated),
        ("With problems", upload.with_problems),
    ]
    return [{"key": key, "value": str(count)} for key, count in shown]


def _changes(upload: Upload) -> list[str]:
    """What was new and what staff should look at."""
    if not upload.new:
        sentences = ["Nothing has changed: all of them were already known."]
    elif upload.already_known:
        sentences = [f"{upload.new} new, {upload.already_known} already known."]
    else:
        sentences = []
    if upload.with_problems:
        sentences.append(f"Left out {rows(upload.with_problems)} with problems.")
    if upload.differences:
        differing = len({_order_of(difference) for difference in upload.differences})
        sentences.append(f"The file differs from what is known in {orders(differing)}.")
    if upload.warnings:
        doubtful = len({warning["row_number"] for warning in upload.warnings})
        sentences.append(f"Check {rows(doubtful)}.")
    return sentences


def _order_of(difference: dict[str, str]) -> tuple[str, ...]:
    return difference["case_number"], difference["order_type"], difference["order_number"]


def orders(count: int) -> str:
    """ "1 order", "2 orders"."""
    return "1 order" if count == 1 else f"{count} orders"


def rows(count: int) -> str:
    """ "1 row", "2 rows"."""
    return "1 row" if count == 1 else f"{count} rows"


def _uploads(count: int) -> str:
    return "1 other upload" if count == 1 else f"{count} other uploads"
