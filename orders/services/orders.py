"""Writes orders: registers those of the court's export, and answers the questions about one."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction

import audit
from accounts.models import User
from filestore import DocumentStore
from orders import rules
from orders.models import Case, Document, Order
from orders.rules import NewOrder
from orders.services.documents import delete_bytes, forget
from orders.services.errors import DocumentsWouldGo
from orders.services.locking import lock_editable_order

ROWS_AT_A_TIME = 5000
# Any constant of our own: two imports at once would else both find an order to be new.
REGISTERING = 7_240_518
KEPT_IN_INTERIM = (rules.DocumentType.COURT_ORDER, rules.DocumentType.OTHER)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A known order that the file tells otherwise. `ours` stays."""

    case_number: str
    order_type: str
    order_number: str
    field: str
    ours: str
    theirs: str


@dataclass(frozen=True, kw_only=True)
class Registered:
    """What came of the rows: counts, and where known cases and orders differ."""

    new: int
    already_known: int
    differences: list[Difference]


def register_orders(*, rows: Sequence[NewOrder], by: User | None, now: dt.datetime) -> Registered:
    """Add the orders that are not known yet, all in one transaction; known ones stay as they are.

    An order is known by case number, type and order number; without a number, by case number, type
    and made date (behaviour, 3). A repeated row counts as known.
    """
    new, known = 0, 0
    differences: list[Difference] = []
    with transaction.atomic():
        _one_import_at_a_time()
        for some in _chunks(rows, ROWS_AT_A_TIME):
            cases = _cases_of(some)
            orders = _known_orders(cases)
            fresh: list[Order] = []
            for row in some:
                order = orders.get(_key(row))
                if order is None:
                    order = orders[_key(row)] = _order_of(row, cases[row.case_number])
                    fresh.append(order)
                else:
                    known += 1
                # Also of a new order: its case may be known by another name.
                differences.extend(_differences(row, order))
            _write_down(Order.objects.bulk_create(fresh, batch_size=1000), by=by)
            new += len(fresh)
    return Registered(new=new, already_known=known, differences=differences)


def _write_down(orders: list[Order], *, by: User | None) -> None:
    audit.record_many(
        audit.Event.ORDER_REGISTERED,
        by=by,
        subjects=(
            (
                order,
                {
                    "case_number": order.case.case_number,
                    "order_type": order.order_type,
                    "order_number": order.order_number,
                    "made_date": order.made_date,
                    "issue_date": order.issue_date,
                },
            )
            for order in orders
        ),
    )


def _one_import_at_a_time() -> None:
    """Until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REGISTERING])


def _chunks(rows: Sequence[NewOrder], size: int) -> Iterator[list[NewOrder]]:
    rest = iter(rows)
    while some := list(islice(rest, size)):
        yield some


def _cases_of(rows: list[NewOrder]) -> dict[str, Case]:
    """Every case of the rows by its number, new ones created."""
    by_number: dict[str, NewOrder] = {}
    for row in rows:
        by_number.setdefault(row.case_number, row)
    known = set(
        Case.objects.filter(case_number__in=by_number).values_list("case_number", flat=True)
    )
    Case.objects.bulk_create(
        [
            Case(case_number=number, forename=row.forename, surname=row.surname)
            for number, row in by_number.items()
            if number not in known
        ],
        batch_size=1000,
    )
    return {case.case_number: case for case in Case.objects.filter(case_number__in=by_number)}


Key = tuple[str, str, str | dt.date]


def _key(row: NewOrder) -> Key:
    return row.case_number, row.order_type, row.order_number or row.made_date


def _known_orders(cases: dict[str, Case]) -> dict[Key, Order]:
    orders = Order.objects.filter(case__in=cases.values()).select_related("case")
    return {
        (order.case.case_number, order.order_type, order.order_number or order.made_date): order
        for order in orders
    }


def _order_of(row: NewOrder, case: Case) -> Order:
    return Order(
        case=case,
        order_type=row.order_type,
        order_number=row.order_number,
        made_date=row.made_date,
        issue_date=row.issue_date,
    )


def _differences(row: NewOrder, order: Order) -> Iterator[Difference]:
    pairs = (
        ("Forename", order.case.forename, row.forename),
        ("Surname", order.case.surname, row.surname),
        ("Made Date", order.made_date, row.made_date),
        ("Issue Date", order.issue_date, row.issue_date),
    )
    for field, ours, theirs in pairs:
        if ours != theirs:
            yield Difference(
                case_number=row.case_number,
                order_type=row.order_type,
                order_number=row.order_number,
                field=field,
                ours=str(ours),
                theirs=str(theirs),
            )


# --- One order ------------------------------------------------------------------------------------
def answer_order(
    *,
    order_id: int,
    order_subtype: str,
    appointment_type: str,
    bond_over_21000: bool | None,
    remove_documents: bool = False,
    store: DocumentStore,
    by: User,
    now: dt.datetime,
) -> Order:
    """Store the answers about an order.

    With a change to interim the documents that no longer apply go, if `remove_documents` says so.
    For a health and welfare order the bond is not asked and not stored.
    Raises `OrderNotEditable`, and `DocumentsWouldGo` when documents no longer apply and
    `remove_documents` is not set: ask first.
    """
    with transaction.atomic():
        order = lock_editable_order(order_id)
        going = _documents_that_would_go(order, order_subtype)
        if going and not remove_documents:
            raise DocumentsWouldGo(going)
        order.order_subtype = order_subtype
        order.appointment_type = appointment_type
        order.bond_over_21000 = bond_over_21000 if order.order_type == rules.OrderType.PF else None
        order.save(update_fields=["order_subtype", "appointment_type", "bond_over_21000"])
        for document in going:
            forget(document, by=by)
        audit.record(
            audit.Event.ORDER_ANSWERED,
            by=by,
            subject=order,
            order_subtype=order.order_subtype,
            appointment_type=order.appointment_type,
            bond_over_21000=order.bond_over_21000,
        )
    delete_bytes([document.key for document in going], store=store)
    return order


def _documents_that_would_go(order: Order, new_subtype: str) -> list[Document]:
    """What does not apply to an interim order, when the subtype changes to it."""
    interim = rules.OrderSubtype.INTERIM_ORDER
    if new_subtype != interim or order.order_subtype == interim:
        return []
    return list(order.documents.exclude(document_type__in=KEPT_IN_INTERIM))
