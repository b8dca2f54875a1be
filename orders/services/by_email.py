"""Records that an order reached OPG by email, because OPG's system was out for days."""

import datetime as dt
from typing import TypedDict

from django.db import transaction
from django.utils import timezone

import audit
from accounts.models import User
from orders import rules
from orders.models import Order, ServedByEmail, Submission
from orders.services.errors import AlreadyBeingServed
from orders.services.locking import lock_case_and_type, lock_editable_order

NOON = dt.time(12)


class EmailAnswers(TypedDict):
    """What the administrator says: when the email went, how OPG has confirmed it, and why."""

    sent_date: dt.date
    evidence: str
    reason: str


def record_served_by_email(
    *, order_id: int, answers: EmailAnswers, by: User, now: dt.datetime
) -> Order:
    """The order counts as served from then on, and nothing of it is ever sent to Sirius.

    It stands as it is, complete or not: the email carried what it carried. Raises
    `Order.DoesNotExist`, `OrderNotEditable` (also when it is being sent: then operations withdraw
    it first), and `AlreadyBeingServed` when another order of the case and type is on its way.
    """
    with transaction.atomic():
        order = lock_editable_order(order_id)
        lock_case_and_type(order)
        _refuse_if_on_its_way(order)
        recorded = ServedByEmail.objects.create(
            order=order, recorded_by=by, recorded_at=now, **answers
        )
        order.status = rules.OrderStatus.SERVED
        order.served_at = min(_noon_of(answers["sent_date"]), now)
        order.save(update_fields=["status", "served_at"])
        audit.record(
            audit.Event.ORDER_SERVED_BY_EMAIL,
            by=by,
            subject=order,
            sent_date=answers["sent_date"],
            reason=answers["reason"],
            evidence=answers["evidence"],
            images=audit.whole(recorded) | audit.after(order, "status", "served_at"),
        )
    return order


def _refuse_if_on_its_way(order: Order) -> None:
    """Sirius would have the case and type twice: once by email, once by us."""
    on_its_way = Submission.objects.filter(
        court_reference=order.case.case_number,
        order_type=order.order_type,
        state__in=rules.LIVE_STATES,
    )
    if on_its_way.exists():
        raise AlreadyBeingServed(
            "Another order of this type for this case is being sent to OPG. Wait until it is done."
        )


def _noon_of(day: dt.date) -> dt.datetime:
    """Only the day is known; at noon it is that day in every report."""
    return timezone.make_aware(dt.datetime.combine(day, NOON))
