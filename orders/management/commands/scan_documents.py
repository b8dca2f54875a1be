"""`manage.py scan_documents`: scan stored documents for viruses now, as beat does each minute."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from filestore import DocumentStore, scanner_is_up
from orders.rules import ScanState
from orders.services.scanning import scan_stored


class Command(BaseCommand):
    """One service call, and how many documents were found in each state."""

    help = (
        "Scan stored documents that no virus scanner has looked at. With --again also those that "
        "were found clean, for instance after the scanner has learned new signatures. A document "
        "with a virus is no longer opened or sent; an order that is being sent is held. "
        "Exit codes: 0 all scanned and clean, 1 a virus was found or some could not be scanned, "
        "2 the scanner does not answer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many, and for how long."""
        parser.add_argument("--again", action="store_true", help="also those that were found clean")
        parser.add_argument(
            "--seconds", type=float, default=3600, help="stop after about so long (default: 3600)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises `CommandError` with the exit codes of the help."""
        if not scanner_is_up():
            raise CommandError("The virus scanner does not answer.", returncode=2)
        found = scan_stored(
            store=DocumentStore.from_settings(),
            seconds=options["seconds"],
            again=options["again"],
        )
        self.stdout.write(
            f"clean {found[ScanState.CLEAN]}, with a virus {found[ScanState.INFECTED]}, "
            f"not scanned {found[ScanState.NOT_SCANNED]}"
        )
        if found[ScanState.INFECTED] or found[ScanState.NOT_SCANNED]:
            raise CommandError("Not every document is clean: the log names them.")
