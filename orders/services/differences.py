"""Takes over what the court's file says otherwise about a known order, where a person chose it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any, cast

from django.db import transaction

import audit
from accounts.models import User
from orders.models import Case, Order
from orders.rules import OrderStatus
from orders.services.orders import Difference

# What staff call it in the file, and what it is here.
NAMES = {"Forename": "forename", "Surname": "surname"}
DATES = {"Made Date": "made_date", "Issue Date": "issue_date"}


class Standing(StrEnum):
    """Where a difference stands now. Only an open one can be taken over."""

    OPEN = "OPEN"
    TAKEN_OVER = "TAKEN_OVER"
    CHANGED_SINCE = "CHANGED_SINCE"
    BEING_SENT = "BEING_SENT"
    CASE_BEING_SENT = "CASE_BEING_SENT"
    CASE_SERVED = "CASE_SERVED"
    SERVED = "SERVED"
    GONE = "GONE"
    DATES_CROSS = "DATES_CROSS"


@dataclass(frozen=True)
class Standings:
    """Each difference with where it stands, in the order in which they were given."""

    pairs: list[tuple[Difference, Standing]]

    def count(self, standing: Standing) -> int:
        """How many stand so."""
        return sum(found == standing for _, found in self.pairs)

    def others(self, standing: Standing) -> list[tuple[Difference, Standing]]:
        """Those that stand otherwise."""
        return [pair for pair in self.pairs if pair[1] != standing]


def standings(differences: Sequence[Difference]) -> Standings:
    """Where each stands by what is stored now. A few queries, however many there are."""
    numbers = {difference.case_number for difference in differences}
    orders = Order.objects.filter(case__case_number__in=numbers).select_related("case")
    known = {_key_of(order): order for order in orders}
    frozen = _Frozen.of(orders)
    return Standings(
        [
            (difference, _standing(difference, known.get(_key(difference)), frozen))
            for difference in differences
        ]
    )


def take_over(
    *, differences: Sequence[Difference], by: User, upload_id: int, now: dt.datetime
) -> Standings:
    """Make each difference's order, or its case, say what the file says.

    A transaction an order: one that is refused keeps no other back. A difference that is no longer
    open (the value changed since, the order is being sent or was served) changes nothing, and its
    standing says why; so do dates that would put the issue before the making.
    """
    results: dict[Difference, Standing] = {}
    for _, group in groupby(sorted(differences, key=_key), key=_key):
        results |= _take_over_of_one(list(group), by=by, upload_id=upload_id)
    return Standings([(difference, results[difference]) for difference in differences])


@dataclass(frozen=True)
class _Frozen:
    """Ids of the cases whose name may not change: an order of theirs went, or goes, out with it."""

    being_sent: set[int]
    served: set[int]

    @classmethod
    def of(cls, orders: Iterable[Order]) -> "_Frozen":
        found = [(order.status, order.case_id) for order in orders]
        return cls(
            being_sent={case for status, case in found if status == OrderStatus.SERVING},
            served={case for status, case in found if status == OrderStatus.SERVED},
        )


Key = tuple[str, str, str, str]


def _key(difference: Difference) -> Key:
    return (
        difference.case_number,
        difference.order_type,
        difference.order_number,
        difference.made_date,
    )


def _key_of(order: Order) -> Key:
    made_date = "" if order.order_number else str(order.made_date)
    return order.case.case_number, order.order_type, order.order_number, made_date


def _take_over_of_one(
    differences: list[Difference], *, by: User, upload_id: int
) -> dict[Difference, Standing]:
    """The differences of one order, together: its dates must fit each other."""
    with transaction.atomic():
        siblings = _locked_orders(differences[0].case_number)
        key = _key(differences[0])
        order = next((each for each in siblings if _key_of(each) == key), None)
        frozen = _Frozen.of(siblings)
        found = {each: _standing(each, order, frozen) for each in differences}
        wanted = [each for each, standing in found.items() if standing == Standing.OPEN]
        if order is None or not wanted:
            return found
        if _would_cross(order, wanted):
            crossing = [each for each in wanted if each.field in DATES]
            found |= dict.fromkeys(crossing, Standing.DATES_CROSS)
            wanted = [each for each in wanted if each.field in NAMES]
        for difference in wanted:
            _write(order, difference)
            found[difference] = Standing.TAKEN_OVER
        if wanted:
            _save(order, wanted)
            _write_down(order, wanted, by=by, upload_id=upload_id)
    return found


def _locked_orders(case_number: str) -> list[Order]:
    """The orders of a case, locked with it: none of them is served in between under its name."""
    orders = list(
        Order.objects.select_for_update(of=("self",))
        .filter(case__case_number=case_number)
        .order_by("pk")
    )
    # An import that adds an order to the case at this moment need not wait.
    case = Case.objects.select_for_update(no_key=True).filter(case_number=case_number).first()
    for order in orders:
        order.case = cast(Case, case)
    return orders


def _standing(difference: Difference, order: Order | None, frozen: _Frozen) -> Standing:
    if order is None:
        return Standing.GONE
    stored = _stored(order, difference)
    if stored == difference.theirs:
        return Standing.TAKEN_OVER
    if order.status == OrderStatus.SERVED:
        return Standing.SERVED
    if order.status == OrderStatus.SERVING:
        return Standing.BEING_SENT
    if stored != difference.ours:
        return Standing.CHANGED_SINCE
    if difference.field in NAMES and order.case_id in frozen.being_sent:
        return Standing.CASE_BEING_SENT
    if difference.field in NAMES and order.case_id in frozen.served:
        return Standing.CASE_SERVED
    return Standing.OPEN


def _stored(order: Order, difference: Difference) -> str:
    if difference.field in NAMES:
        return str(getattr(order.case, NAMES[difference.field]))
    return str(getattr(order, DATES[difference.field]))


def _would_cross(order: Order, wanted: list[Difference]) -> bool:
    """Whether the order would be issued before it was made."""
    dates = {field: getattr(order, field) for field in DATES.values()}
    for difference in wanted:
        if difference.field in DATES:
            dates[DATES[difference.field]] = dt.date.fromisoformat(difference.theirs)
    return bool(dates["issue_date"] < dates["made_date"])


def _write(order: Order, difference: Difference) -> None:
    if difference.field in NAMES:
        setattr(order.case, NAMES[difference.field], difference.theirs)
    else:
        setattr(order, DATES[difference.field], dt.date.fromisoformat(difference.theirs))


def _save(order: Order, taken: list[Difference]) -> None:
    """Only what changed: the database keeps the rest of a case that has served orders."""
    if any(each.field in NAMES for each in taken):
        order.case.save(update_fields=list(NAMES.values()))
    if any(each.field in DATES for each in taken):
        order.save(update_fields=list(DATES.values()))


def _write_down(order: Order, taken: list[Difference], *, by: User, upload_id: int) -> None:
    """Also at the case's other orders, where its client's name changed."""
    named = [each for each in taken if each.field in NAMES]
    others = Order.objects.filter(case_id=order.case_id).exclude(pk=order.pk) if named else []
    audit.record_many(
        audit.Event.ORDER_CORRECTED,
        by=by,
        subjects=[
            (order, _facts(taken, upload_id) | {"images": _images(order, taken)}),
            *((other, _facts(named, upload_id)) for other in others),
        ],
    )


def _images(order: Order, taken: list[Difference]) -> audit.Images:
    """The images of what `_save` wrote; the case's once, at the order of which the file told it."""
    images: audit.Images = {}
    if any(each.field in NAMES for each in taken):
        images |= audit.after(order.case, *NAMES.values())
    if any(each.field in DATES for each in taken):
        images |= audit.after(order, *DATES.values())
    return images


def _facts(taken: list[Difference], upload_id: int) -> dict[str, Any]:
    columns = NAMES | DATES
    changes = {columns[each.field]: {"before": each.ours, "after": each.theirs} for each in taken}
    return {"upload": upload_id, "changes": changes}
