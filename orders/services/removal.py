"""Removes orders that nobody will serve, with all that belongs to them (behaviour, section 4)."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction

import audit
from accounts.models import User
from orders import queries, rules
from orders.models import Case, CourtOrderReading, Deputy, Document, Order, Submission
from orders.services.deputies import fingerprint_of
from orders.services.locking import lock_registering

ORDERS_AT_A_TIME = 1000


@dataclass(frozen=True, kw_only=True)
class OrderName:
    """How a file names an order. Without a number it is known by its made date (section 3)."""

    case_number: str
    order_number: str
    made_date: dt.date | None


@dataclass(frozen=True, kw_only=True)
class NamedOrder:
    """An order as staff are shown it before it goes; two that are equal stand the same.

    `fingerprint` differs as soon as staff change an answer, a deputy or a document of it; "" in a
    list that was stored before there was one.
    """

    order_id: int
    case_number: str
    client_name: str
    order_type: str
    order_number: str
    made_date: dt.date
    issue_date: dt.date
    status: str
    tag: str
    deputies: int
    documents: int
    fingerprint: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether it may be removed."""
        return self.status == rules.OrderStatus.PENDING


@dataclass(frozen=True)
class Found:
    """For each name the orders it names, [] where the case has none such; None: no such case."""

    named: list[list[NamedOrder] | None]
    orders_of_case: Counter[str]  # by case number, all orders there are

    def emptied_cases(self, going: Collection[NamedOrder]) -> int:
        """How many cases would have no order left."""
        gone = Counter(order.case_number for order in going)
        return sum(self.orders_of_case[case] == count for case, count in gone.items())


@dataclass
class Removed:
    """What went. `stayed` has by its id each order that did not: as it is now, or None if gone."""

    order_ids: set[int] = field(default_factory=set)
    stayed: dict[int, NamedOrder | None] = field(default_factory=dict)
    cases: int = 0
    # Of the documents, whose bytes the caller removes after the commit.
    keys: list[str] = field(default_factory=list)


def find_named_orders(names: Sequence[OrderName]) -> Found:
    """The orders that each name names, of whatever status: one number may stand for PFA and HW."""
    by_case: dict[str, list[NamedOrder]] = {}
    numbers = list(dict.fromkeys(name.case_number for name in names))
    for some in _chunks(numbers, ORDERS_AT_A_TIME):
        known = Case.objects.filter(case_number__in=some)
        by_case |= {number: [] for number in known.values_list("case_number", flat=True)}
        for order in _described(case__case_number__in=some):
            by_case[order.case_number].append(order)
    named = [
        [order for order in by_case[name.case_number] if _is_meant(order, name)]
        if name.case_number in by_case
        else None
        for name in names
    ]
    return Found(named, Counter({number: len(orders) for number, orders in by_case.items()}))


def remove_orders(*, orders: Sequence[NamedOrder], by: User, now: dt.datetime) -> Removed:
    """Remove those of the orders that are pending and still what was shown, in one transaction.

    With them go their deputies, their documents, and each case that has no order left. Their
    history stays: the diary, and the submissions that were returned or withdrawn.
    """
    removed = Removed()
    cases: set[str] = set()
    with transaction.atomic():
        lock_registering()
        # In the order of their ids, so that two who lock several never wait for each other.
        for some in _chunks(sorted(orders, key=lambda order: order.order_id), ORDERS_AT_A_TIME):
            standing = _locked([order.order_id for order in some])
            going = [order for order in some if _may_go(order, standing)]
            removed.keys += _remove(going, by=by)
            removed.order_ids |= {order.order_id for order in going}
            cases |= {order.case_number for order in going}
            for order in some:
                if order.order_id not in removed.order_ids:
                    removed.stayed[order.order_id] = standing.get(order.order_id)
        removed.cases = _remove_empty_cases(cases, by=by)
    return removed


def _is_meant(order: NamedOrder, name: OrderName) -> bool:
    if order.order_number or name.order_number:
        return order.order_number == name.order_number
    return order.made_date == name.made_date


def _may_go(shown: NamedOrder, standing: dict[int, NamedOrder]) -> bool:
    """Pending, and no other than what was shown: nobody has sent it or worked on it since."""
    now = standing.get(shown.order_id)
    if now and not shown.fingerprint:
        now = replace(now, fingerprint="")
    return shown.is_pending and now == shown


def _locked(ids: list[int]) -> dict[int, NamedOrder]:
    """Those of the orders that are there, by id, locked and as they then are."""
    list(Order.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    return {order.order_id: order for order in _described(pk__in=ids)}


def _described(**which: Any) -> Iterator[NamedOrder]:
    """The orders as staff are shown them, the oldest first."""
    orders = Order.objects.filter(**which).select_related("case").order_by("pk")
    parts = orders.prefetch_related("deputies", "documents").with_latest_submission()
    for order in parts:
        yield NamedOrder(
            order_id=order.pk,
            case_number=order.case.case_number,
            client_name=order.case.client_name,
            order_type=order.order_type,
            order_number=order.order_number,
            made_date=order.made_date,
            issue_date=order.issue_date,
            status=order.status,
            tag=queries.tag_of(order).value,
            deputies=len(order.deputies.all()),
            documents=len(order.documents.all()),
            fingerprint=_fingerprint(order),
        )


def _fingerprint(order: Order) -> str:
    """16 characters that differ as soon as staff have worked on the order."""
    deputies = [[deputy.pk, fingerprint_of(deputy)] for deputy in order.deputies.all()]
    documents = [[document.pk, document.document_type] for document in order.documents.all()]
    parts = json.dumps([order.answers, deputies, documents])
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def _remove(going: list[NamedOrder], *, by: User) -> list[str]:
    """Remove the orders and their parts, and say so in the diary; the keys of their documents."""
    orders = Order.objects.in_bulk([order.order_id for order in going])
    documents = list(Document.objects.filter(order__in=orders).select_related("order"))
    held = CourtOrderReading.objects.filter(order__in=orders, document__isnull=True)
    keys = [document.key for document in documents] + list(held.values_list("held_key", flat=True))
    images = _images_by_order(orders)
    audit.record_many(
        audit.Event.DOCUMENT_REMOVED,
        by=by,
        subjects=[
            (
                document.order,
                {
                    "document_type": document.document_type,
                    "key": document.key,
                    "images": audit.gone(document),
                },
            )
            for document in documents
        ],
    )
    audit.record_many(
        audit.Event.ORDER_REMOVED,
        by=by,
        subjects=[
            (orders[order.order_id], _facts(order) | {"images": images[order.order_id]})
            for order in going
        ],
    )
    Order.objects.filter(pk__in=orders).delete()
    return keys


def _images_by_order(orders: dict[int, Order]) -> dict[int, audit.Images]:
    """What goes with each order, and the submissions that stay without it.

    The documents have events of their own; a reading goes with its order all the same.
    """
    images = {pk: audit.gone(order) for pk, order in orders.items()}
    for model in (Deputy, CourtOrderReading):
        for part in model.objects.filter(order__in=orders).only("pk", "order_id"):
            images[part.order_id] |= audit.gone(part)
    for pk, submission_id in Submission.objects.filter(order__in=orders).values_list(
        "order_id", "pk"
    ):
        images[pk] |= audit.after(Submission(pk=submission_id, order=None), "order_id")
    return images


def _facts(order: NamedOrder) -> dict[str, Any]:
    """What was removed, without the client's name: the case number tells who it was."""
    return {
        "case_number": order.case_number,
        "order_type": order.order_type,
        "order_number": order.order_number,
        "made_date": order.made_date,
        "issue_date": order.issue_date,
        "deputies": order.deputies,
        "documents": order.documents,
    }


def _remove_empty_cases(case_numbers: set[str], *, by: User) -> int:
    """Remove those of the cases that have no order left; how many that were."""
    removed = 0
    for some in _chunks(sorted(case_numbers), ORDERS_AT_A_TIME):
        cases = list(Case.objects.filter(case_number__in=some, orders__isnull=True))
        audit.record_many(
            audit.Event.CASE_REMOVED,
            by=by,
            subjects=[
                (case, {"case_number": case.case_number, "images": audit.gone(case)})
                for case in cases
            ],
        )
        Case.objects.filter(pk__in=[case.pk for case in cases]).delete()
        removed += len(cases)
    return removed


Item = TypeVar("Item")


def _chunks(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
