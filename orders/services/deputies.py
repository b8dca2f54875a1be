"""Writes the deputies of an order."""

import datetime as dt
from typing import TypedDict

from django.db import transaction

import audit
from accounts.models import User
from orders import rules
from orders.models import Deputy
from orders.services.locking import lock_editable_order


class DeputyAnswers(TypedDict):
    """What staff typed about a deputy; "" where nothing, `date_of_birth` None where none."""

    deputy_type: str
    first_name: str
    last_name: str
    date_of_birth: dt.date | None
    email: str
    daytime_number: str
    evening_number: str
    mobile_number: str
    address_line_1: str
    address_line_2: str
    town: str
    county: str
    postcode: str


def add_deputy(*, order_id: int, answers: DeputyAnswers, by: User, now: dt.datetime) -> Deputy:
    """Raises `Order.DoesNotExist` and `OrderNotEditable`."""
    with transaction.atomic():
        order = lock_editable_order(order_id)
        deputy = Deputy.objects.create(order=order, **_kept(answers))
        audit.record(
            audit.Event.DEPUTY_ADDED,
            by=by,
            subject=order,
            deputy=deputy.pk,
            deputy_type=deputy.deputy_type,
        )
    return deputy


def change_deputy(
    *, order_id: int, deputy_id: int, answers: DeputyAnswers, by: User, now: dt.datetime
) -> Deputy:
    """Raises `OrderNotEditable`, and `Deputy.DoesNotExist` when it is not of that order."""
    with transaction.atomic():
        order = lock_editable_order(order_id)
        deputy = order.deputies.select_for_update().get(pk=deputy_id)
        kept = _kept(answers)
        changed = sorted(name for name, value in kept.items() if getattr(deputy, name) != value)
        for name, value in kept.items():
            setattr(deputy, name, value)
        deputy.save()
        audit.record(
            audit.Event.DEPUTY_CHANGED, by=by, subject=order, deputy=deputy.pk, changed=changed
        )
    return deputy


def remove_deputy(*, order_id: int, deputy_id: int, by: User, now: dt.datetime) -> None:
    """Raises `OrderNotEditable`, and `Deputy.DoesNotExist` when it is not of that order."""
    with transaction.atomic():
        order = lock_editable_order(order_id)
        deputy = order.deputies.select_for_update().get(pk=deputy_id)
        audit.record(audit.Event.DEPUTY_REMOVED, by=by, subject=order, deputy=deputy.pk)
        deputy.delete()


def _kept(answers: DeputyAnswers) -> DeputyAnswers:
    """Only a lay deputy is asked for the date of birth."""
    if answers["deputy_type"] == rules.DeputyType.LAY:
        return answers
    return {**answers, "date_of_birth": None}
