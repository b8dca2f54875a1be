"""Why a whole file is refused. What is wrong with one row is a `Finding`, not an error."""

from collections.abc import Sequence

LARGEST_FILE = 50 * 1024 * 1024  # bytes (behaviour, section 3)
MOST_ORDERS = 200_000
MOST_SHEET_ROWS = 1_048_576  # blank ones too: what Excel itself can hold


class FileRefused(Exception):
    """Nothing of the file was read. `str(error)` is the sentence for staff."""

    sentence = "The file cannot be read"

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or self.sentence)


class EmptyFile(FileRefused):
    """No bytes, no headings, or headings without a row."""

    sentence = "The selected file has no orders in it. Check that it is the right file"


class FileTooLarge(FileRefused):
    """More bytes than `LARGEST_FILE`."""

    sentence = "The selected file must be smaller than 50MB. Split it and upload each part"


class TooManyRows(FileRefused):
    """More than `MOST_ORDERS` orders or `MOST_SHEET_ROWS` rows."""

    sentence = (
        "The selected file must have no more than 200,000 orders. Split it and upload each part"
    )


class NotASpreadsheet(FileRefused):
    """By its content it is neither a text table nor an Excel workbook."""

    sentence = "The selected file must be a CSV or XLSX file"


class UnreadExcelFormat(FileRefused):
    """Excel 97 to 2003 (.xls), Excel's binary format (.xlsb), or its Strict kind of .xlsx."""

    sentence = (
        "The selected file is in a format of Excel that cannot be read. "
        "Open it in Excel and save it as Excel Workbook (.xlsx) or CSV"
    )


class EncryptedWorkbook(FileRefused):
    """A workbook with a password to open it."""

    sentence = (
        "The selected file is protected with a password. Open it in Excel, save it without one, "
        "and upload it again"
    )


class UnsafeWorkbook(FileRefused):
    """A workbook that would unpack to far more than it should: a zip bomb."""

    sentence = (
        "The selected file unpacks to far more than an export of orders would. "
        "Open it in Excel and save the sheet with the orders as CSV"
    )


class MacroWorkbook(FileRefused):
    """A workbook with macros, of the new kind or the old (XLM), under whatever name."""

    sentence = (
        "The selected file has macros in it. "
        "Open it in Excel and save the sheet with the orders as CSV"
    )


class LoadedWorkbook(FileRefused):
    """A workbook with other files, controls or programs in it."""

    sentence = (
        "The selected file has other files or programs embedded in it. "
        "Open it in Excel and save the sheet with the orders as CSV"
    )


class LinkedWorkbook(FileRefused):
    """A workbook that fetches from other files, programs (DDE), addresses or databases."""

    sentence = (
        "The selected file is linked to other files or places. "
        "Open it in Excel and save the sheet with the orders as CSV"
    )


class DefiningWorkbook(FileRefused):
    """A part of a workbook with a DTD: entities fetch files and make bombs; Excel writes none."""

    sentence = (
        "The selected file has definitions in it that Excel does not write. "
        "Open it in Excel and save the sheet with the orders as CSV"
    )


class DisorderedWorkbook(FileRefused):
    """A workbook whose rows or cells are not in order, so that some would be passed over."""

    sentence = (
        "The selected file has rows or cells that are out of order or in the same place. "
        "Open it in Excel and save the sheet with the orders as CSV"
    )


class UnreadableText(FileRefused):
    """Text in none of the encodings that are read."""

    sentence = (
        "The letters in the selected file cannot be read. Open it in Excel and save it as CSV UTF-8"
    )


class UnclosedQuote(FileRefused):
    """A quotation mark that never closes: where the rows after it begin is anybody's guess."""

    def __init__(self, row_number: int) -> None:
        super().__init__(
            f"Row {row_number} of the selected file has a quotation mark that is never closed, "
            "so the rows after it cannot be read. Close it, or save the file as XLSX"
        )
        self.row_number = row_number


class CellTooLong(FileRefused):
    """A cell of more than `most` characters; it may be that its quotation mark never closes."""

    def __init__(self, row_number: int, most: int) -> None:
        super().__init__(
            f"Row {row_number} of the selected file has a cell that is longer than {most:,} "
            "characters. Shorten it, or close its quotation mark if it has one that is never closed"
        )
        self.row_number = row_number


class LineTooLong(FileRefused):
    """A line of more than `most` characters, whatever it is made of: no order needs as many."""

    def __init__(self, row_number: int, most: int) -> None:
        super().__init__(
            f"Row {row_number} of the selected file is longer than {most:,} characters. "
            "Check that it is the right file, or save it as XLSX"
        )
        self.row_number = row_number


class MissingColumns(FileRefused):
    """Needed headings that are not there; `names` has them."""

    def __init__(self, names: Sequence[str]) -> None:
        columns = "column" if len(names) == 1 else "columns"
        super().__init__(
            f"The selected file does not have the {columns} {_listed(names)}. "
            "Check that its row of headings is there"
        )
        self.names = list(names)


class RepeatedColumns(FileRefused):
    """Needed headings that stand there more than once; `names` has them."""

    def __init__(self, names: Sequence[str]) -> None:
        columns = "column" if len(names) == 1 else "columns"
        super().__init__(
            f"The selected file has the {columns} {_listed(names)} more than once. "
            "Remove the ones that do not belong there"
        )
        self.names = list(names)


def _listed(names: Sequence[str]) -> str:
    """The names as one would say them: A, B and C."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
