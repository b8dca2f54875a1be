"""Writes orders: registers those of the court's export, and answers the questions about one."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

import audit
from accounts.models import User
from filestore import DocumentStore
from orders import rules
from orders.models import Case, CourtOrderReading, Document, Order
from orders.rules import NewOrder
from orders.services.documents import delete_bytes, forget
from orders.services.errors import DocumentsWouldGo, OrderChanged
from orders.services.locking import lock_editable_order, lock_registering

ROWS_AT_A_TIME = 5000
ANSWERS = ("order_subtype", "appointment_type", "bond_over_21000")
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
    # By which an order without a number is known; "" where there is a number.
    made_date: str = ""


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
    known = _Known()
    new = 0
    with transaction.atomic():
        lock_registering()
        for some in _chunks(rows, ROWS_AT_A_TIME):
            fresh = known.sort_out(some)
            cases, created = _cases_of(fresh, now=now)
            orders = [_order_of(row, cases[row.case_number], now=now) for row in fresh]
            _write_down(Order.objects.bulk_create(orders, batch_size=1000), created, by=by)
            new += len(orders)
    return Registered(new=new, already_known=known.met, differences=known.differences)


def compare_orders(*, rows: Sequence[NewOrder]) -> Registered:
    """What `register_orders` would answer now; nothing is written."""
    known = _Known()
    new = sum(len(known.sort_out(some)) for some in _chunks(rows, ROWS_AT_A_TIME))
    return Registered(new=new, already_known=known.met, differences=known.differences)


Key = tuple[str, str, str | dt.date]
CASE_FIELDS = ("case_number", "forename", "surname")
ORDER_FIELDS = ("case__case_number", "order_type", "order_number", "made_date", "issue_date")


def _key(case_number: str, order_type: str, order_number: str, made_date: dt.date) -> Key:
    return case_number, order_type, order_number or made_date


class _Known:
    """What the tables and the rows so far say of each case and order; first come stays."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, str]] = {}
        self._dates: dict[Key, tuple[dt.date, dt.date]] = {}
        self.met = 0
        self.differences: list[Difference] = []

    def sort_out(self, rows: list[NewOrder]) -> list[NewOrder]:
        """The rows whose order is not known yet; counts the others, and notes what differs."""
        self._look_up({row.case_number for row in rows} - self._names.keys())
        fresh = []
        for row in rows:
            names = self._names.setdefault(row.case_number, (row.forename, row.surname))
            key = _key(row.case_number, row.order_type, row.order_number, row.made_date)
            if key in self._dates:
                self.met += 1
            else:
                fresh.append(row)
            dates = self._dates.setdefault(key, (row.made_date, row.issue_date))
            # Also of a new order: its case may be known by another name.
            self.differences.extend(_differences(row, *names, *dates))
        return fresh

    def _look_up(self, numbers: set[str]) -> None:
        cases = Case.objects.filter(case_number__in=numbers)
        for number, forename, surname in cases.values_list(*CASE_FIELDS):
            self._names[number] = (forename, surname)
        orders = Order.objects.filter(case__case_number__in=numbers)
        for number, kind, order_number, made, issued in orders.values_list(*ORDER_FIELDS):
            self._dates[_key(number, kind, order_number, made)] = (made, issued)


def _differences(
    row: NewOrder, forename: str, surname: str, made: dt.date, issued: dt.date
) -> Iterator[Difference]:
    pairs = (
        ("Forename", forename, row.forename),
        ("Surname", surname, row.surname),
        ("Made Date", made, row.made_date),
        ("Issue Date", issued, row.issue_date),
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
                made_date="" if row.order_number else str(row.made_date),
            )


def _chunks(rows: Sequence[NewOrder], size: int) -> Iterator[list[NewOrder]]:
    rest = iter(rows)
    while some := list(islice(rest, size)):
        yield some


def _cases_of(rows: list[NewOrder], *, now: dt.datetime) -> tuple[dict[str, Case], dict[str, Case]]:
    """Every case of the rows by its number, and those of them that are new.

    New ones are created under the first row's name.
    """
    by_number: dict[str, NewOrder] = {}
    for row in rows:
        by_number.setdefault(row.case_number, row)
    cases = {case.case_number: case for case in Case.objects.filter(case_number__in=by_number)}
    created = Case.objects.bulk_create(
        [
            Case(case_number=number, forename=row.forename, surname=row.surname, created_at=now)
            for number, row in by_number.items()
            if number not in cases
        ],
        batch_size=1000,
    )
    fresh = {case.case_number: case for case in created}
    return cases | fresh, fresh


def _order_of(row: NewOrder, case: Case, *, now: dt.datetime) -> Order:
    # A moment left to the database would make each row of a bulk an expression: twice as slow.
    return Order(
        case=case,
        order_type=row.order_type,
        order_number=row.order_number,
        made_date=row.made_date,
        issue_date=row.issue_date,
        created_at=now,
    )


def _write_down(orders: list[Order], new_cases: dict[str, Case], *, by: User | None) -> None:
    """An event an order; that of a new case's first one tells the case too."""
    untold = dict(new_cases)

    def images_of(order: Order) -> audit.Images:
        case = untold.pop(order.case.case_number, None)
        return audit.whole(order, case) if case else audit.whole(order)

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
                    "images": images_of(order),
                },
            )
            for order in orders
        ),
    )


# --- One order ------------------------------------------------------------------------------------
def answer_order(
    *,
    order_id: int,
    order_subtype: str,
    appointment_type: str,
    bond_over_21000: bool | None,
    seen: str | None = None,
    remove_documents: Collection[int] = (),
    store: DocumentStore,
    by: User,
    now: dt.datetime,
) -> Order:
    """Store the answers about an order.

    With a change to interim the documents that no longer apply go: `remove_documents` has the ids
    of those that the person was asked about. For a health and welfare order the bond is not asked
    and not stored. `seen` is `Order.answers` as the person was shown them; the same answers again
    change nothing, also after a change.
    Raises `OrderNotEditable`; `OrderChanged` when the answers are no longer those seen; and
    `DocumentsWouldGo` when one would go that is not among them, as one added since: ask first.
    """
    with transaction.atomic():
        order = lock_editable_order(order_id)
        # Somebody answers: what was read has served its purpose.
        _end_reading(order, by=by)
        going = _documents_that_would_go(order, order_subtype)
        was = order.answers
        order.order_subtype = order_subtype
        order.appointment_type = appointment_type
        order.bond_over_21000 = bond_over_21000 if order.order_type == rules.OrderType.PF else None
        if order.answers == was:
            return order
        if seen is not None and seen != was:
            raise OrderChanged("Somebody changed this order after you opened the page.")
        if not {document.pk for document in going} <= set(remove_documents):
            raise DocumentsWouldGo(going)
        order.save(update_fields=ANSWERS)
        for document in going:
            forget(document, by=by)
        audit.record(
            audit.Event.ORDER_ANSWERED,
            by=by,
            subject=order,
            order_subtype=order.order_subtype,
            appointment_type=order.appointment_type,
            bond_over_21000=order.bond_over_21000,
            images=audit.after(order, *ANSWERS),
        )
    delete_bytes([document.key for document in going], store=store)
    return order


def _end_reading(order: Order, *, by: User) -> None:
    """Forget what was read from a court order that is kept."""
    readings = CourtOrderReading.objects.filter(order=order, document__isnull=False)
    if ended := list(readings):
        audit.record(
            audit.Event.COURT_ORDER_READING_ENDED, by=by, subject=order, images=audit.gone(*ended)
        )
        readings.delete()


def _documents_that_would_go(order: Order, new_subtype: str) -> list[Document]:
    """What does not apply to an interim order, when the subtype changes to it."""
    interim = rules.OrderSubtype.INTERIM_ORDER
    if new_subtype != interim or order.order_subtype == interim:
        return []
    return list(order.documents.exclude(document_type__in=KEPT_IN_INTERIM))
