"""`manage.py replay_audit`: rebuild the tables from the diary; compare them with the real ones."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from audit.coverage import TABLES
from audit.replay import Difference, differences

MOST_SHOWN = 20

DESCRIPTION = """\
Replay every event of the diary and compare what they make with the tables, row by row and column
by column. Nothing is written. Says which rows and columns differ, never what is in them.

Some columns are not rebuilt, each for a reason: audit/coverage.py lists them. Takes memory for the
rows of the tables asked for."""

EPILOG = """\
examples:
  manage.py replay_audit
  manage.py replay_audit --table orders.order --table orders.submission --json

exit codes:
  0  the diary rebuilds the tables
  1  it does not: the words say where
  2  the command was used wrongly"""


class Command(BaseCommand):
    """Compares in one view of the database, while others go on writing."""

    help = DESCRIPTION

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The layout of the texts above is kept."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument(
            "--table",
            action="append",
            choices=sorted(TABLES),
            help="only this one; may be said again",
        )
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises `CommandError` with the exit codes of `EPILOG`."""
        tables = options["table"] or list(TABLES)
        with transaction.atomic():
            _take_one_view()
            found = differences(tables)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(found)))
        else:
            self._say(found)
        total = sum(map(len, found.values()))
        if total:
            raise CommandError(f"{total} rows are not what the diary tells.", returncode=1)

    def _say(self, found: dict[str, list[Difference]]) -> None:
        for table, wrong in found.items():
            self.stdout.write(
                f"{table}: {len(wrong)} rows differ" if wrong else f"{table}: the same"
            )
            for difference in wrong[:MOST_SHOWN]:
                self.stdout.write(f"  {difference}")
            if len(wrong) > MOST_SHOWN:
                self.stdout.write(f"  and {len(wrong) - MOST_SHOWN} more")


def _take_one_view() -> None:
    """The diary and the tables as of one moment. Inside another transaction it is too late."""
    if len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _as_json(found: dict[str, list[Difference]]) -> dict[str, Any]:
    return {
        table: [{"row": one.number, "is": one.kind, "columns": list(one.columns)} for one in wrong]
        for table, wrong in found.items()
    }
