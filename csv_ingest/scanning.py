"""A spreadsheet is scanned for viruses before a cell of it is read or a byte of it is stored."""

from typing import BinaryIO

from accounts.models import User
from csv_ingest.parsing import FileRefused, UnsafeWorkbook, refuse_at_sight
from csv_ingest.received import sha256_of
from filestore import FileRejected
from filestore.errors import FileIsBomb
from orders.services.scanning import refuse_infected


def refuse_infected_file(file: BinaryIO, *, by: User | None) -> None:
    """Leave a clean file at its start. What is found is written down about who sent the file.

    Raises `FileRefused` at sight, for a virus and for what the scanner cannot look into, and
    `ScannerUnavailable`.
    """
    refuse_at_sight(file)
    sha256, size = sha256_of(file), file.tell()
    try:
        refuse_infected(file, sha256=sha256, by=by, subject=by, kind="spreadsheet", size=size)
    except FileIsBomb as refusal:
        raise UnsafeWorkbook from refusal
    except FileRejected as refusal:
        raise FileRefused(str(refusal)) from refusal
