"""Writes the deputies of an order, one at a time."""

import datetime as dt
import hashlib
import json
from typing import TypedDict, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

import audit
from accounts.models import User
from orders import rules
from orders.models import Deputy
from orders.services.errors import DeputyAlreadyThere, DeputyChanged
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


def answers_of(deputy: Deputy) -> DeputyAnswers:
    """What is stored about a deputy."""
    stored = {name: getattr(deputy, name) for name in DeputyAnswers.__annotations__}
    return cast(DeputyAnswers, stored)


def fingerprint_of(deputy: Deputy) -> str:
    """16 characters that differ as soon as one answer does: what a page saw of the deputy."""
    stored = json.dumps(answers_of(deputy), cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(stored.encode()).hexdigest()[:16]


def add_deputy(*, order_id: int, answers: DeputyAnswers, by: User, now: dt.datetime) -> Deputy:
    """Raises `Order.DoesNotExist`, `OrderNotEditable`, and `DeputyAlreadyThere` where the order
    has one with just these answers: a form that was sent twice adds nobody twice.
    """
    with transaction.atomic():
        order = lock_editable_order(order_id)
        kept = _kept(answers)
        if already := order.deputies.filter(**kept).first():
            raise DeputyAlreadyThere(already)
        deputy = Deputy.objects.create(order=order, **kept)
        audit.record(
            audit.Event.DEPUTY_ADDED,
            by=by,
            subject=order,
            deputy=deputy.pk,
            deputy_type=deputy.deputy_type,
            images=audit.whole(deputy),
        )
    return deputy


def change_deputy(
    *,
    order_id: int,
    deputy_id: int,
    answers: DeputyAnswers,
    seen: str = "",
    by: User,
    now: dt.datetime,
) -> Deputy:
    """Writes the answers; where nothing differs, nothing is written and the diary says nothing.

    seen: the `fingerprint_of` what the person was shown, "" for no matter what. Raises
    `DeputyChanged` when something else stands there now, `OrderNotEditable`, and
    `Deputy.DoesNotExist` when it is not of that order.
    """
    with transaction.atomic():
        order = lock_editable_order(order_id)
        deputy = order.deputies.select_for_update().get(pk=deputy_id)
        kept = _kept(answers)
        changed = sorted(name for name, value in kept.items() if getattr(deputy, name) != value)
        if not changed:
            return deputy
        if seen and seen != fingerprint_of(deputy):
            raise DeputyChanged(deputy)
        for name, value in kept.items():
            setattr(deputy, name, value)
        deputy.save()
        audit.record(
            audit.Event.DEPUTY_CHANGED,
            by=by,
            subject=order,
            deputy=deputy.pk,
            changed=changed,
            images=audit.after(deputy, *changed),
        )
    return deputy


def remove_deputy(*, order_id: int, deputy_id: int, by: User, now: dt.datetime) -> None:
    """Raises `OrderNotEditable`, and `Deputy.DoesNotExist` when it is not of that order."""
    with transaction.atomic():
        order = lock_editable_order(order_id)
        deputy = order.deputies.select_for_update().get(pk=deputy_id)
        audit.record(
            audit.Event.DEPUTY_REMOVED,
            by=by,
            subject=order,
            deputy=deputy.pk,
            images=audit.gone(deputy),
        )
        deputy.delete()


def _kept(answers: DeputyAnswers) -> DeputyAnswers:
    """Only a lay deputy is asked for the date of birth."""
    if answers["deputy_type"] == rules.DeputyType.LAY:
        return answers
    return {**answers, "date_of_birth": None}
