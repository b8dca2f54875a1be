"""What an upload came to, in sentences: for the pages and for the command line alike."""

from csv_ingest.models import Upload, UploadState


def processed(upload: Upload) -> str:
    """The outcome of an import: "Processed 3 orders.", and what that changed."""
    return " ".join([f"Processed {orders(upload.orders)}.", *_changes(upload)])


def heading(upload: Upload) -> str:
    """The heading of the upload's page."""
    headings = {
        UploadState.AWAITING_ANSWER: "Check the upload",
        UploadState.IMPORTED: "Upload finished",
        UploadState.CANCELLED: "Upload cancelled",
    }
    return headings[UploadState(upload.state)]


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
        sentences.append(f"Please check {rows(doubtful)}.")
    return sentences


def _order_of(difference: dict[str, str]) -> tuple[str, ...]:
    return difference["case_number"], difference["order_type"], difference["order_number"]


def orders(count: int) -> str:
    """ "1 order", "2 orders"."""
    return "1 order" if count == 1 else f"{count} orders"


def rows(count: int) -> str:
    """ "1 row", "2 rows"."""
    return "1 row" if count == 1 else f"{count} rows"
