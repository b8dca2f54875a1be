"""`manage.py verify_audit`: whether the diary is what was written, and what is not."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

import psycopg
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils import timezone

from audit.findings import Report
from audit.signing import keys_from_settings
from audit.verification import verify
from filestore import StoreError, WriteOnceBucket

TAMPERED, NOT_CHECKED = 1, 2

DESCRIPTION = """\
Read the whole diary and say whether it is what was written: every entry against its digest, every
link of the chain against its entries and the link before it, and the chain against the signed heads
that are laid down outside the database every minute. Changes nothing; safe at any time.

Each finding names the entry or the link, and what is wrong with it:
  changed        a column of an entry, or of a link, is not what was written
  missing        an entry or a link that was written is not there
  inserted       an entry or a link is there that was never written by the service
  reordered      links stand in another order than they were written in
  cut off        the newest part of the diary is gone
  head missing   a signed head was removed from its bucket
  head forged    an object in that bucket was not signed by us
  unsigned       entries were kept from being signed for more than 15 minutes
  guard          a trigger or function that keeps the diary append-only is off, gone or replaced

What was written after the newest signed head is checked too, but a superuser of the database could
have made its chain anew: the last lines say how much that is."""

EPILOG = """\
examples:
  manage.py verify_audit
  manage.py verify_audit --json > report.json

settings: AUDIT_BUCKET, AUDIT_SIGNING_KEY, AUDIT_OLD_SIGNING_KEYS (.env.example explains them)

exit codes:
  0  sound
  1  tampered with: each finding is a line
  2  could not be checked: the database or the bucket is away, or no key is set"""


class Command(BaseCommand):
    """One reading, one report."""

    help = DESCRIPTION
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The layout of the texts above is kept."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("--json", action="store_true", help="the report for a script")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Exits by code, also where it could not look."""
        keys = keys_from_settings()
        if not keys[0]:
            self._give_up("AUDIT_SIGNING_KEY is not set")
        try:
            report = _report(keys)
        except (DatabaseError, psycopg.Error, StoreError) as error:
            self._give_up(str(error).strip() or type(error).__name__)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), indent=2, default=str))
        else:
            self.stdout.write("\n".join(report.lines()))
        if not report.is_sound:
            sys.exit(TAMPERED)

    def _give_up(self, why: str) -> None:
        self.stderr.write(f"The diary could not be checked: {why}.")
        sys.exit(NOT_CHECKED)


def _report(keys: list[str]) -> Report:
    """By a connection of the command's own, which ends with it."""
    connection.ensure_connection()
    try:
        store = WriteOnceBucket.audit_from_settings()
        return verify(connection.connection, store=store, keys=keys, now=timezone.now())
    finally:
        if not connection.in_atomic_block:
            connection.close()
