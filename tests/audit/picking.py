"""What the acts of a day share: a die, a clock, and picking from what is there."""

import datetime as dt
import random
from collections import Counter

from django.db import connection

from accounts.models import User
from filestore import DocumentStore
from orders.models import Order
from orders.services.errors import Refused

NAMES = ("Joni", "Перси", "Zoë")


class Picks:
    """Draws everything from one die; what there is nothing of is refused."""

    dice: random.Random
    now: dt.datetime
    store: DocumentStore
    done: Counter[str]

    def pick(self, rows):
        """One of the rows, or nothing to do."""
        found = list(rows.order_by("pk"))
        if not found:
            raise Refused
        return self.dice.choice(found)

    def order(self) -> Order:
        """A pending one, mostly: of the others everything is refused."""
        orders = Order.objects.select_related("case")
        if self.dice.random() < 0.9:
            orders = orders.filter(status="PENDING")
        return self.pick(orders)

    def clerk(self, **which) -> User:
        return self.pick(User.objects.active().filter(**which))

    def operator(self) -> User:
        return self.clerk(is_staff=True)

    def by(self) -> dict:
        return {"by": self.clerk(), "now": self.now}

    def _run_out(self, table: str) -> None:
        """End every lease, as the passing of time would."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET lease_expires_at = now() - interval '1 second'"
                " WHERE lease_expires_at IS NOT NULL"
            )
