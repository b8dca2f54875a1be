"""`manage.py reset_second_factor`: for somebody who has lost phone and recovery codes."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services import second_factor

DESCRIPTION = """\
Forget the authenticator app and the recovery codes of a member of staff. Wherever they are signed
in, they are signed out; they set up an app again when they next sign in with their password.

Make sure first that it is really they who ask."""

EPILOG = """\
example:
  manage.py reset_second_factor ada@example.com

exit codes:
  0  it was reset, or there was none
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
        was_there = second_factor.reset(user=user, by=None)
        ending = "has no second factor any more." if was_there else "had no second factor."
        self.stdout.write(f"Account {user.pk} {ending}")
