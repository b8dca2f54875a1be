"""Copies deputies from another order of the same case: what there is to copy, and the copying."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

import audit
from accounts.models import User
from orders.models import Deputy, Order
from orders.services.deputies import answers_of, fingerprint_of
from orders.services.errors import DeputiesChanged
from orders.services.locking import lock_editable_order


@dataclass(frozen=True)
class Candidate:
    """A deputy of the other order. `mark` names it as it stands now; it changes with an answer."""

    deputy: Deputy
    is_there: bool

    @property
    def mark(self) -> str:
        """The deputy's id and the fingerprint of its answers."""
        return f"{self.deputy.pk}-{fingerprint_of(self.deputy)}"


def orders_to_copy_from(order: Order) -> list[Order]:
    """The other orders of the case that have deputies, with them, whatever their status."""
    others = Order.objects.filter(case=order.case_id, deputies__isnull=False).exclude(pk=order.pk)
    return list(
        others.distinct().select_related("case").prefetch_related("deputies").order_by("pk")
    )


def candidates_of(order: Order, source: Order) -> list[Candidate]:
    """Every deputy of `source`, and whether `order` has such a one already."""
    there = list(order.deputies.all())
    return [
        Candidate(deputy, any(_are_alike(deputy, one) for one in there))
        for deputy in source.deputies.all()
    ]


def copy_deputies(
    *, order_id: int, source_id: int, marks: Iterable[str], by: User, now: dt.datetime
) -> list[Deputy]:
    """Adds the marked deputies of `source_id`, all or none; those that the order has with the very
    same answers are left out, so that copying twice adds nobody twice.

    Raises `Order.DoesNotExist`, `OrderNotEditable`, and `DeputiesChanged` where a mark is of no
    deputy of that order any more, or the order is no other one of this case.
    """
    with transaction.atomic():
        order = lock_editable_order(order_id)
        source = Deputy.objects.filter(order=source_id, order__case=order.case_id)
        found = {Candidate(one, False).mark: one for one in source.exclude(order=order_id)}
        chosen = list(dict.fromkeys(marks))
        if not set(chosen) <= set(found):
            raise DeputiesChanged
        there = [answers_of(deputy) for deputy in order.deputies.all()]
        wanted = [answers_of(found[mark]) for mark in chosen]
        added = [
            Deputy.objects.create(order=order, **answers)
            for answers in wanted
            if answers not in there
        ]
        if added:
            audit.record(
                audit.Event.DEPUTIES_COPIED,
                by=by,
                subject=order,
                source=source_id,
                deputies=[deputy.pk for deputy in added],
                images=audit.whole(*added),
            )
    return added


def _are_alike(one: Deputy, other: Deputy) -> bool:
    """Whether two are probably the same person: name, type, and birth where both have one."""
    births = {one.date_of_birth, other.date_of_birth} - {None}
    return (
        one.full_name.casefold() == other.full_name.casefold()
        and one.deputy_type == other.deputy_type
        and len(births) < 2
    )
