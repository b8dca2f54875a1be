"""`manage.py second_factor_code`: what an authenticator app would show. A workbench's command."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import SecondFactor
from accounts.services.second_factor import code_at


class Command(BaseCommand):
    """An address in, six digits out."""

    help = (
        "Print the code that the authenticator app of this user shows now. It is good for 30 "
        "seconds, and once. For a developer's machine only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address the person signs in with")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises `CommandError` where real data may be, and where no app is set up."""
        if settings.IS_DEPLOYED:
            raise CommandError("Codes come from people's phones here.")
        factor = SecondFactor.objects.filter(user__email=options["email"].strip().lower()).first()
        if factor is None:
            raise CommandError("This user has no authenticator app set up.")
        self.stdout.write(code_at(key=factor.key, now=timezone.now()))
