"""What becomes of each row of a removal, and why: one fate a row, in words for staff. Pure."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import TextChoices

from csv_ingest.parsing.removal_rows import RemovalRow
from govuk.wording import short_date
from orders.rules import OrderStatus, OrderType
from orders.services.removal import Found, NamedOrder, Removed


class Fate(TextChoices):
    """The list that a row ends in; the labels are those after the removal, in page order."""

    REMOVED = "REMOVED", "Removed"
    CHANGED = "CHANGED", "Changed since the list was shown"
    BEING_SENT = "BEING_SENT", "Being sent to OPG"
    ALREADY_SERVED = "ALREADY_SERVED", "Already served"
    NO_SUCH_CASE = "NO_SUCH_CASE", "No such case"
    NO_SUCH_ORDER = "NO_SUCH_ORDER", "No such order number"
    REPEATED = "REPEATED", "Repeated in the file"
    UNREADABLE = "UNREADABLE", "Could not be read"


@dataclass(frozen=True, kw_only=True)
class FatedRow:
    """One row of the file. `orders` are those that go, or those because of which nothing does."""

    row_number: int
    case_number: str
    order_number: str
    fate: Fate
    why: str = ""
    orders: tuple[NamedOrder, ...] = ()

    def packed(self) -> dict[str, Any]:
        """As JSON can carry it."""
        return {
            **asdict(self),
            "fate": self.fate.value,
            "orders": [_packed(order) for order in self.orders],
        }

    @classmethod
    def unpacked(cls, row: dict[str, Any]) -> "FatedRow":
        """What `packed` gave."""
        orders = tuple(_unpacked(order) for order in row["orders"])
        return cls(**{**row, "fate": Fate(row["fate"]), "orders": orders})


def fates_shown(rows: Sequence[RemovalRow], found: Found) -> list[FatedRow]:
    """What would become of each row; `found` has the orders of each, in the rows' order."""
    return [_fate_shown(row, named) for row, named in zip(rows, found.named, strict=True)]


def fates_after(rows: Sequence[FatedRow], removed: Removed) -> list[FatedRow]:
    """What became of each row that was shown."""
    return [_fate_after(row, removed) if row.fate == Fate.REMOVED else row for row in rows]


def _fate_shown(row: RemovalRow, named: list[NamedOrder] | None) -> FatedRow:
    def fated(fate: Fate, why: str, *orders: NamedOrder) -> FatedRow:
        return FatedRow(
            row_number=row.row_number,
            case_number=row.case_number,
            order_number=row.order_number,
            fate=fate,
            why=why,
            orders=orders,
        )

    if row.why:
        return fated(Fate.UNREADABLE, row.why)
    if row.repeats:
        return fated(Fate.REPEATED, f"Row {row.repeats} names the same order")
    if named is None:
        return fated(Fate.NO_SUCH_CASE, "There is no case with this number")
    if not named:
        return fated(Fate.NO_SUCH_ORDER, _no_such_order(row))
    pending = [order for order in named if order.is_pending]
    if pending:
        others = [order for order in named if not order.is_pending]
        return fated(Fate.REMOVED, _to_check(row, pending, others), *pending)
    return fated(*_not_pending(named), *named)


def _fate_after(row: FatedRow, removed: Removed) -> FatedRow:
    gone = tuple(order for order in row.orders if order.order_id in removed.order_ids)
    stayed = [order for order in row.orders if order.order_id not in removed.order_ids]
    if not stayed:
        return row
    if gone:
        why = f"The {_type(stayed[0])} order with this number has changed since and stays"
        return replace(row, orders=gone, why=_sentences([row.why, why]))
    now = [removed.stayed[order.order_id] for order in stayed]
    there = tuple(order for order in now if order)
    fate, why = _stayed(there)
    return replace(row, fate=fate, why=why, orders=there)


def _stayed(there: Sequence[NamedOrder]) -> tuple[Fate, str]:
    """Why an order that was to go is still there, or was gone before."""
    if not there:
        return Fate.NO_SUCH_ORDER, "Somebody else removed it after this list was shown"
    if any(order.is_pending for order in there):
        return Fate.CHANGED, (
            "Somebody worked on it after this list was shown. "
            "Upload the file again to see the order as it is now"
        )
    fate, _why = _not_pending(there)
    return fate, "It was served by staff after this list was shown"


def _not_pending(orders: Sequence[NamedOrder]) -> tuple[Fate, str]:
    """Why orders of which none is pending stay."""
    if any(order.status == OrderStatus.SERVING for order in orders):
        return Fate.BEING_SENT, "It is being sent to OPG, so it cannot be removed"
    return Fate.ALREADY_SERVED, "It was served to OPG, so it cannot be removed"


def _no_such_order(row: RemovalRow) -> str:
    if row.order_number:
        return "The case has no order with this number"
    made = short_date(row.made_date)
    return f"The case has no order without a number that was made on {made}"


def _to_check(row: RemovalRow, going: list[NamedOrder], others: list[NamedOrder]) -> str:
    """What a person should look at before these orders go."""
    found = list(dict.fromkeys(doubt for order in going for doubt in _doubts(row, order)))
    if len(going) > 1:
        found.append(f"{len(going)} orders of this case have this number")
    for order in others:
        found.append(f"The {_type(order)} order with this number is not pending and stays")
    return _sentences(found)


def _doubts(row: RemovalRow, order: NamedOrder) -> Iterator[str]:
    """Where the file tells the order otherwise than it is known."""
    known, told = _words(order.client_name), _words(row.client_name)
    if not (known <= told or told <= known):
        yield f"The file has another client name: {row.client_name}"
    for what, in_file, ours in (
        ("made", row.made_date, order.made_date),
        ("issue", row.issue_date, order.issue_date),
    ):
        if in_file and in_file != ours:
            yield f"The file has another {what} date: {short_date(in_file)}"


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", name.casefold()))


def _type(order: NamedOrder) -> str:
    return str(OrderType(order.order_type).label)


def _sentences(parts: Sequence[str]) -> str:
    return ". ".join(part for part in parts if part)


def _packed(order: NamedOrder) -> dict[str, Any]:
    dates = {"made_date": order.made_date.isoformat(), "issue_date": order.issue_date.isoformat()}
    return {**asdict(order), **dates}


def _unpacked(order: dict[str, Any]) -> NamedOrder:
    dates = {name: dt.date.fromisoformat(order[name]) for name in ("made_date", "issue_date")}
    return NamedOrder(**{**order, **dates})
