"""`manage.py set_password`: give somebody another password from a terminal or a script."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.management.terminal import ask_new_password, read_password
from accounts.models import User
from accounts.services import passwords

DESCRIPTION = """\
Give a member of staff another password. Wherever they are signed in, they are signed out.

The password is asked for twice, or read from standard input with --password-stdin. It needs at
least 12 characters, must not be a common password, and must not be like the person's name or
address."""

EPILOG = """\
examples:
  manage.py set_password ada@example.com
  manage.py set_password ada@example.com --password-stdin < password.txt

exit codes:
  0  the password was changed
  1  nobody has the address, or the password was refused; nothing was changed
  2  the command was used wrongly"""


class Command(BaseCommand):
    """An address and a password in, one service call, one line out."""

    help = DESCRIPTION

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The layout of the texts above is kept."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("email", help="the address the person signs in with")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from the first line of standard input",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises `CommandError` with the exit codes of `EPILOG`."""
        user = User.objects.with_email(options["email"]).first()
        if user is None:
            raise CommandError("Nobody has an account with that email address.")
        password = read_password() if options["password_stdin"] else ask_new_password()
        try:
            passwords.set_password(user=user, password=password, by=None)
        except passwords.PasswordRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Account {user.pk} has a new password.")
