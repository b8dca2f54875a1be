"""`manage.py import_orders`: bring in the court's export from a terminal or a script."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from csv_ingest import services, wording
from csv_ingest.models import Upload
from csv_ingest.parsing import FileRefused
from csv_ingest.scanning import refuse_infected_file
from csv_ingest.tables import Table, tables_of
from filestore import ScannerUnavailable

PROBLEMS = 1
USED_WRONGLY = 2
REFUSED = 3
NOT_CHECKED = 4

DESCRIPTION = """\
Bring in the orders of a court export, a CSV or XLSX file, as the page "Upload orders" does.

Orders that are known already stay as they are, so the same file again changes nothing. A file that
has rows with problems imports nothing, unless --good-rows says to import the others. All of it
goes in, or none."""

EPILOG = """\
examples:
  manage.py import_orders export.csv
  manage.py import_orders export.xlsx --dry-run
  manage.py import_orders export.csv --good-rows --by ada@example.com --json

exit codes:
  0  imported (with --dry-run: it could be)
  1  some rows have problems, so nothing was imported
  2  the command was used wrongly
  3  the file as a whole cannot be read, or has a virus; nothing was imported
  4  the virus scanner did not answer; nothing was imported: try again"""


class Command(BaseCommand):
    """A file in, the same service calls as the page's, a report out."""

    help = DESCRIPTION

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The layout of the texts above is kept."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("file", metavar="FILE", type=Path, help="the export, CSV or XLSX")
        parser.add_argument(
            "--by", metavar="EMAIL", help="the user in whose name it is done; none if left out"
        )
        parser.add_argument(
            "--good-rows",
            action="store_true",
            help="import the rows without problems and leave the others out",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen, and change nothing"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` with the exit codes of the epilog."""
        by = _user(options["by"])
        try:
            with options["file"].open("rb") as file:
                # Outside the transaction: the diary keeps a virus, whatever becomes of the rest.
                refuse_infected_file(file, by=by)
                with transaction.atomic():
                    upload = _imported(file, options, by=by)
                    transaction.set_rollback(options["dry_run"])
        except OSError as error:
            reason = f"{options['file']}: {error.strerror or error}"
            raise CommandError(reason, returncode=USED_WRONGLY) from error
        except ScannerUnavailable as away:
            reason = "The file could not be checked for viruses. Try again in a few minutes."
            raise CommandError(reason, returncode=NOT_CHECKED) from away
        except FileRefused as refusal:
            if options["json"]:
                self.stdout.write(json.dumps({"state": "REFUSED", "error": str(refusal)}))
            raise CommandError(f"{refusal}.", returncode=REFUSED) from refusal
        report = _as_json if options["json"] else _in_words
        self.stdout.write(report(upload, is_dry_run=options["dry_run"]))
        if not upload.is_imported:
            rows = wording.rows(upload.with_problems)
            raise CommandError(f"Nothing was imported: {rows} with problems.", returncode=PROBLEMS)


def _user(email: str | None) -> User | None:
    if email is None:
        return None
    try:
        user: User = User.objects.active().with_email(email).get()
    except User.DoesNotExist as error:
        raise CommandError(f"There is no active user {email}.", returncode=USED_WRONGLY) from error
    return user


def _imported(file: BinaryIO, options: dict[str, Any], *, by: User | None) -> Upload:
    """The upload with its answer: a script is asked once, beforehand, by --good-rows."""
    now = timezone.now()
    upload = services.receive_upload(file=file, name=options["file"].name, by=by, now=now)
    if not upload.is_waiting:
        return upload
    wanted = options["good_rows"] and upload.orders
    if not wanted:
        return services.cancel_upload(upload_id=upload.pk, by=by, now=now)
    return services.import_good_rows(upload_id=upload.pk, by=by, now=now, at_once=True)


def _in_words(upload: Upload, *, is_dry_run: bool) -> str:
    """Every list whole, one line a finding, then the counts."""
    lines = [f"Read as: {upload.read_as}", *upload.notes]
    for table in tables_of(upload).values():
        lines += ["", f"{table.caption}:", *_lines(table)]
    counts = wording.counts(upload)
    lines += ["", ", ".join(f"{count['key'].lower()} {count['value']}" for count in counts)]
    if upload.is_imported:
        lines.append(wording.processed(upload))
    if is_dry_run:
        lines.append("This was a dry run: nothing was changed.")
    return "\n".join(lines)


def _lines(table: Table) -> list[str]:
    """A row as one line: "  row 3, column Case, value 12AB: A case number must be ..."."""
    labels = [heading.lower() for heading in table.headings]
    lines = []
    for row in table.rows:
        *cells, last = zip(labels, row, strict=True)
        place = ", ".join(f"{label} {cell}" for label, cell in cells if cell)
        lines.append(f"  {place}: {last[1]}")
    return lines


def _as_json(upload: Upload, *, is_dry_run: bool) -> str:
    """For a script: the receipt; `upload` is its id, null where none was kept."""
    names = ("state", "sha256", "read_as", "rows_read", "new", "already_known", "repeated")
    lists = ("with_problems", "problems", "warnings", "differences", "notes")
    receipt = {name: getattr(upload, name) for name in (*names, *lists)}
    kept = None if is_dry_run else upload.pk
    return json.dumps({"upload": kept, "dry_run": is_dry_run, **receipt}, indent=2)
