"""`manage.py serve`: serve one order from a terminal, by the same service as the page."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from orders import tasks
from orders.models import Order
from orders.services.errors import Refused
from orders.services.serving import serve_order


class Command(BaseCommand):
    """One order, one declaration."""

    help = (
        "Serve an order that is ready. --by is the email address of whoever declares it. "
        "Exit code 1: not served, and the words say why."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The order and who serves it."""
        parser.add_argument("order", type=int, help="the order's number, as in its address")
        parser.add_argument("--by", metavar="EMAIL", required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises `CommandError` when the order is not served."""
        by = User.objects.active().with_email(options["by"]).first()
        if by is None:
            raise CommandError("--by is nobody who may sign in.", returncode=2)
        try:
            submission = serve_order(order_id=options["order"], by=by, now=timezone.now())
        except Order.DoesNotExist:
            raise CommandError(f"There is no order {options['order']}.") from None
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        tasks.nudge(submission.pk)
        self.stdout.write(f"Order {options['order']} is being sent: {submission}.")
