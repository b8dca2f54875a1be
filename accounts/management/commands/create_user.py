"""`manage.py create_user`: make an account from a terminal or a script."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.management.terminal import ask, ask_new_password, read_password
from accounts.models import Role
from accounts.services import passwords, users
from accounts.tasks import nudge

TAKEN = 3
ROLES = {role.value.lower().replace("_", "-"): role for role in Role}

DESCRIPTION = """\
Make an account for a member of staff. What is not given as an option is asked for.

The password is asked for twice, or read from standard input with --password-stdin. It is never an
option: other people on the machine can read those. With --send-activation there is no password:
the person gets a link by email to choose one. A password needs at least 12 characters, must not be
a common password, and must not be like the person's name or address."""

EPILOG = """\
examples:
  manage.py create_user
  manage.py create_user --email ada@example.com --first-name Ada --last-name Byron \\
      --role administrator --password-stdin < password.txt
  manage.py create_user --email ada@example.com --first-name Ada --last-name Byron \\
      --role administrator --send-activation

exit codes:
  0  the account was made
  1  refused: the words say why, nothing was made
  2  the command was used wrongly
  3  the email address already has an account"""


class Command(BaseCommand):
    """Options and questions in, one service call, one line out."""

    help = DESCRIPTION

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The layout of the texts above is kept."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        parser.add_argument("--email", help="the address the person signs in with")
        parser.add_argument("--first-name")
        parser.add_argument("--last-name")
        parser.add_argument("--role", choices=sorted(ROLES))
        parser.add_argument(
            "--operations",
            action="store_true",
            help="also one of operations: may use the Django admin under /admin/",
        )
        password = parser.add_mutually_exclusive_group()
        password.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from the first line of standard input",
        )
        password.add_argument(
            "--send-activation",
            action="store_true",
            help="no password: email the person a link to choose one",
        )
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises `CommandError` with the exit codes of `EPILOG`."""
        try:
            user = users.create_user(
                email=options["email"] or ask("Email address"),
                first_name=options["first_name"] or ask("First name"),
                last_name=options["last_name"] or ask("Last name"),
                role=ROLES[options["role"] or ask("Role", choices=sorted(ROLES))],
                password=_password(options),
                by=None,
                now=timezone.now(),
                is_staff=options["operations"],
            )
        except users.EmailTaken as error:
            raise CommandError(str(error), returncode=TAKEN) from None
        except (passwords.PasswordRefused, ValidationError) as error:
            raise CommandError(" ".join(error.messages)) from None
        made = {"id": user.pk, "role": user.role, "operations": user.is_staff}
        as_text = f"Account {user.pk} made: {user.get_role_display()}"
        if user.is_staff:
            as_text += ", operations"
        if options["send_activation"]:
            nudge()
            as_text += ". The activation email is on its way"
        self.stdout.write(json.dumps(made) if options["json"] else as_text)


def _password(options: dict[str, Any]) -> str | None:
    """None: the person chooses it, by a link."""
    if options["send_activation"]:
        return None
    return read_password() if options["password_stdin"] else ask_new_password()
