"""`manage.py chaos`: the fault harness, on servers of its own."""

import json
import secrets
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from devstack.chaos.programme import WORKERS, Programme
from devstack.chaos.report import Report
from devstack.chaos.show import run_chaos
from devstack.errors import StackTrouble

DELIVERIES = 250
FULL_STORM, FULL_KILLS = 10_000, 100


class Command(BaseCommand):
    """Numbers in, a report out; exit 1 where a promise was broken, or the run did not make it."""

    help = (
        "Deliver orders while workers are killed at every step, servers restarted and Sirius lies. "
        "Uses servers of its own in a temporary folder, never the configured database. Exit code 1 "
        "when anything was lost, duplicated, falsely served or falsely failed, or the run was cut "
        "short or did not make what it was asked for; 2 when the machine could not run it at all."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            *("--deliveries", "-n"),
            type=int,
            metavar="N",
            help=f"a kill at every step, each fault once, then by chance (default: {DELIVERIES})",
        )
        what.add_argument("--kills-each", type=int, metavar="N", help="N kills at every step")
        what.add_argument(
            "--storm", type=int, metavar="N", help="N deliveries, 35%% of the answers faulty"
        )
        what.add_argument(
            "--faults-by-state",
            action="store_true",
            help="every fault of Sirius in every state that a submission can be in",
        )
        what.add_argument(
            "--probe", action="store_true", help="the few that show a mistake made with --broken"
        )
        what.add_argument(
            "--profile",
            choices=["full"],
            help=f"all of these: storms of {FULL_STORM}, {FULL_KILLS} kills at every step (hours)",
        )
        parser.add_argument(
            "--sirius",
            choices=["racy", "strict", "both"],
            help="racy: looks first and writes later; strict: the contract's uniqueness "
            "(default: racy; both for --profile full)",
        )
        parser.add_argument(
            "--seed", type=int, metavar="S", help="of an earlier run; else by chance"
        )
        parser.add_argument(
            "--only", type=int, nargs="+", default=[], metavar="N", help="these trials alone"
        )
        parser.add_argument("--broken", default="", metavar="NAME", help=_BROKEN)
        parser.add_argument("--workers", type=int, default=WORKERS, metavar="N")
        parser.add_argument(
            "--logs", type=Path, metavar="FOLDER", help="keep every process' output"
        )
        parser.add_argument(
            *("--save", "-o"),
            type=Path,
            metavar="FOLDER",
            help="keep the report here, every ten minutes as far as it is",
        )
        parser.add_argument("--json", action="store_true", help="the reports as JSON")

    def _say(self, line: str) -> None:
        self.stderr.write(f"{time.monotonic() - self._began_at:5.0f} s  {line}", str)

    def handle(self, *args: Any, **options: Any) -> None:
        """Progress goes to standard error, the report to standard output."""
        self._began_at = time.monotonic()
        reports = []
        for programme in _programmes(options):
            try:
                report = run_chaos(programme, say=self._say, **_folders(options, programme))
            except StackTrouble as trouble:
                raise CommandError(str(trouble), returncode=2) from trouble
            reports.append(report)
            if not options["json"]:
                self.stdout.write(report.as_text())
                self.stdout.flush()
        if options["json"]:
            found = [report.as_json() for report in reports]
            self.stdout.write(json.dumps(found[0] if len(found) == 1 else found))
        elif len(reports) > 1:
            self.stdout.write(_summary(reports))
        if not all(report.is_clean for report in reports):
            sys.exit(1)


def _folders(options: dict[str, Any], programme: Programme) -> dict[str, Path | None]:
    """One folder each for every programme of several."""
    part = f"{programme.kind}-{'racy' if programme.racy else 'strict'}"
    given = {name: options[name] for name in ("logs", "save")}
    return {name: folder / part if folder else None for name, folder in given.items()}


_KINDS = ("storm", "kills_each", "faults_by_state", "probe", "profile")
_BROKEN = "a mistake to make in the application on purpose (devstack/chaos/mutants.py)"


def _programmes(options: dict[str, Any]) -> Iterator[Programme]:
    seed = secrets.randbelow(10**9) if options["seed"] is None else options["seed"]
    sirius = options["sirius"] or ("both" if options["profile"] else "racy")
    shared = {
        "seed": seed,
        "workers": options["workers"],
        "only": tuple(options["only"]),
        "broken": options["broken"],
    }
    for racy in {"racy": [True], "strict": [False], "both": [True, False]}[sirius]:
        if options["storm"] or options["profile"]:
            number = options["storm"] or FULL_STORM
            yield Programme(kind="storm", number=max(2, number), racy=racy, **shared)
        if options["kills_each"] or options["profile"]:
            number = options["kills_each"] or FULL_KILLS
            yield Programme(kind="kills", number=number, racy=racy, **shared)
        if options["faults_by_state"] or options["profile"]:
            yield Programme(kind="situations", number=1, racy=racy, **shared)
        if options["probe"]:
            yield Programme(kind="probe", number=1, racy=racy, **shared)
        if not any(options[one] for one in _KINDS):
            number = max(2, options["deliveries"] or DELIVERIES)
            yield Programme(kind="mixed", number=number, racy=racy, **shared)


def _summary(reports: list[Report]) -> str:
    lines = ["", "All of it:"]
    for report in reports:
        zeros = ", ".join(f"{fate} {number}" for fate, number in report.zeros.items())
        lines.append(f"  {report.title}: {report.deliveries} deliveries; {zeros}")
    return "\n".join(lines)
