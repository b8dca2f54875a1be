"""`manage.py remove_orders`: remove the orders of a file from a terminal or a script."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from csv_ingest import removal as services
from csv_ingest import removal_wording as wording
from csv_ingest.models import Removal
from csv_ingest.parsing import FileRefused
from csv_ingest.scanning import refuse_infected_file
from filestore import DocumentStore, ScannerUnavailable

SKIPPED = 1
USED_WRONGLY = 2
REFUSED = 3
NOT_CHECKED = 4

DESCRIPTION = """\
Remove the orders that a CSV or XLSX file names, as the page "Remove orders" does.

The file has the columns Case number, Court order (the order number), Client Name, Order Made Date
and Order Issue Date; the first two are needed. Only pending orders go, with their deputies and
documents, and cases that have no order left. Orders that are being sent to OPG or were served stay.
All of it is done, or none. Look first with --dry-run: what is removed cannot be brought back."""

EPILOG = """\
examples:
  manage.py remove_orders remove.csv --by ada@example.com --dry-run
  manage.py remove_orders remove.xlsx --by ada@example.com --json

exit codes:
  0  every order of the file was removed (with --dry-run: would be)
  1  some rows were skipped, the list says why; the others were removed
  2  the command was used wrongly
  3  the file as a whole cannot be read, or has a virus; nothing was removed
  4  the virus scanner did not answer; nothing was removed: try again"""


class Command(BaseCommand):
    """A file in, the same service calls as the page's, a report out."""

    help = DESCRIPTION

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The layout of the texts above is kept."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("file", metavar="FILE", type=Path, help="the orders, CSV or XLSX")
        parser.add_argument(
            "--by", metavar="EMAIL", required=True, help="the user in whose name it is done"
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
                    removal = _removed(file, options["file"].name, by=by)
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
        left = 0 if options["dry_run"] else _delete_documents(removal)
        report = _as_json if options["json"] else _in_words
        self.stdout.write(report(removal, left, is_dry_run=options["dry_run"]))
        if removal.rows_skipped:
            skipped = wording.counted(removal.rows_skipped, "row", "rows")
            raise CommandError(f"Skipped {skipped}.", returncode=SKIPPED)


def _user(email: str) -> User:
    try:
        user: User = User.objects.active().with_email(email).get()
    except User.DoesNotExist as error:
        raise CommandError(f"There is no active user {email}.", returncode=USED_WRONGLY) from error
    return user


def _removed(file: BinaryIO, name: str, *, by: User) -> Removal:
    """The removal with its answer: a script was asked beforehand."""
    now = timezone.now()
    received = services.receive_removal(file=file, name=name, by=by, now=now)
    return services.remove_shown_orders(removal_id=received.pk, by=by, now=now)


def _delete_documents(removal: Removal) -> int:
    """How many are left for the sweep: more than none only where storage is away."""
    return services.delete_documents(
        removal_id=removal.pk, store=DocumentStore.from_settings(), most=len(removal.keys_left)
    )


def _in_words(removal: Removal, left: int, *, is_dry_run: bool) -> str:
    """Every row with its result, one line each, then the counts."""
    lines = [f"Read as: {removal.read_as}", *removal.notes]
    for row in services.rows_of(removal):
        why = f": {row.why}" if row.why else ""
        name = f"case {row.case_number}, court order {row.order_number or '(none)'}"
        lines.append(f"  row {row.row_number}, {name}: {row.fate.label.lower()}{why}")
    lines.append(wording.removed(removal))
    if left:
        lines.append(f"Storage is away: {left} documents are left for the sweep.")
    if is_dry_run:
        lines.append("This was a dry run: nothing was changed.")
    return "\n".join(lines)


def _as_json(removal: Removal, left: int, *, is_dry_run: bool) -> str:
    """For a script: the receipt; `removal` is its id, null where none was kept."""
    names = ("sha256", "read_as", "rows_read", "rows_skipped", "orders", "cases", "rows", "notes")
    receipt = {name: getattr(removal, name) for name in names}
    kept = None if is_dry_run else removal.pk
    ids = {"removal": kept, "dry_run": is_dry_run, "documents_left": left}
    return json.dumps({**ids, **receipt}, indent=2)
