"""`manage.py chaos`: the fault harness, on servers of its own."""

import json
import secrets
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from devstack.chaos.show import WORKERS, run_chaos
from devstack.errors import StackTrouble

DELIVERIES = 250


class Command(BaseCommand):
    """Numbers in, a report out; exit 1 where a promise was broken."""

    help = (
        "Deliver orders while workers are killed at every step, servers restarted and Sirius lies. "
        "Uses servers of its own in a temporary folder, never the configured database. Exit code 1 "
        "when anything was lost, duplicated, falsely served or falsely failed."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--deliveries", type=int, default=DELIVERIES, metavar="N")
        parser.add_argument(
            "--seed", type=int, metavar="S", help="of an earlier run; else by chance"
        )
        parser.add_argument("--workers", type=int, default=WORKERS, metavar="N")
        parser.add_argument(
            "--logs", type=Path, metavar="FOLDER", help="keep every process' output"
        )
        parser.add_argument("--json", action="store_true", help="the report as JSON")

    def _say(self, line: str) -> None:
        self.stderr.write(f"{time.monotonic() - self._began_at:4.0f} s  {line}", str)

    def handle(self, *args: Any, **options: Any) -> None:
        """Progress goes to standard error, the report to standard output."""
        self._began_at = time.monotonic()
        seed = secrets.randbelow(10**9) if options["seed"] is None else options["seed"]
        try:
            report = run_chaos(
                deliveries=max(2, options["deliveries"]),
                seed=seed,
                workers=options["workers"],
                logs=options["logs"],
                say=self._say,
            )
        except StackTrouble as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(json.dumps(report.as_json()) if options["json"] else report.as_text())
        if not report.is_clean:
            sys.exit(1)
