"""`manage.py unlock`: let somebody try to sign in again at once."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services import lockout

DESCRIPTION = """\
Let somebody who has tried too many passwords or codes try again at once.

Forgets the failures that were counted for the account, in every browser. What was counted for a
network address over all accounts stays: it ends by itself after half an hour."""

EPILOG = """\
example:
  manage.py unlock ada@example.com

exit codes:
  0  the person may try again, or was not waiting
  1  nobody has the address
  2  the command was used wrongly"""


class Command(BaseCommand):
    """An address in, one service call, one line out."""

    help = DESCRIPTION

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The layout of the texts above is kept."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("email", help="the address the person signs in with")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises `CommandError` with the exit codes of `EPILOG`."""
        user = User.objects.with_email(options["email"]).first()
        if user is None:
            raise CommandError("Nobody has an account with that email address.")
        if lockout.unlock(user=user, by=None):
            self.stdout.write(f"Account {user.pk} may try again.")
        else:
            self.stdout.write(f"Account {user.pk} was not waiting: no failure was counted.")
