"""Who and what stands before the first step of the state machine: operators and orders."""

import datetime as dt
import hashlib

from django.utils import timezone

from orders.models import Case, Deputy, Document, Order
from tests.factories import UserFactory
from tests.harness.database_clock import DatabaseClock
from tests.orders.words import CASE_NUMBERS


class Cast:
    """What stands before the first step, made once: two orders of each key, two operators."""

    def __init__(self, *, by, clock: DatabaseClock) -> None:
        self.sam, self.clock = by, clock
        self.operators = {
            name: UserFactory(email=f"{name}@example.com", operations=True)
            for name in ("olive", "oscar")
        }
        self.orders = {
            f"{case} {kind} {number}": self._order(case, kind, number)
            for case, kind in ((CASE_NUMBERS[0], "PF"), (CASE_NUMBERS[0], "HW"))
            for number in (1, 2)
        }
        self.orders[f"{CASE_NUMBERS[1]} HW 1"] = self._order(CASE_NUMBERS[1], "HW", 1)

    def _order(self, case_number: str, kind: str, number: int) -> int:
        case, _ = Case.objects.get_or_create(
            case_number=case_number, defaults={"forename": "Joni", "surname": "Mitchell"}
        )
        order = Order.objects.create(
            case=case,
            order_type=kind,
            order_number=f"N{number}",
            made_date=dt.date(2026, 5, 1),
            issue_date=dt.date(2026, 5, 15),
            order_subtype="INTERIM_ORDER",
            appointment_type="SOLE",
            bond_over_21000=True if kind == "PF" else None,
        )
        Deputy.objects.create(order=order, deputy_type="LAY", first_name="Dana", last_name="Deputy")
        Document.objects.create(
            order=order,
            document_type="COURT_ORDER",
            key=f"{order.pk}.pdf",
            name="Order.pdf",
            content_type="application/pdf",
            size=9,
            sha256=hashlib.sha256(str(order.pk).encode()).hexdigest(),
            scan_state="CLEAN",
            uploaded_by=self.sam,
            uploaded_at=timezone.now(),
        )
        return order.pk
