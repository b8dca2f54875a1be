"""What a removal would do or did, in sentences and lists: for the pages and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass

from csv_ingest.models import Removal, RemovalState
from csv_ingest.removal_fates import Fate, FatedRow
from orders.rules import OrderType
from orders.services.removal import NamedOrder

MOST_SHOWN = 500  # rows of a list on the page; the download has them all

HEADINGS = (
    *("Row", "Case number", "Court order", "Result", "Why"),
    *("Order type", "Client name", "Order made", "Order issued"),
    *("Status", "Deputies", "Documents"),
)


@dataclass(frozen=True)
class SkippedList:
    """The rows of one fate that did not go."""

    caption: str
    rows: list[FatedRow]

    @property
    def first_rows(self) -> list[FatedRow]:
        """As many as a page shows."""
        return self.rows[:MOST_SHOWN]


@dataclass(frozen=True)
class GoingOrder:
    """One line of the list of orders that go or went."""

    row: FatedRow
    order: NamedOrder

    @property
    def order_type(self) -> str:
        """ "PFA" or "HW"."""
        return str(OrderType(self.order.order_type).label)

    @property
    def holds(self) -> str:
        """ "1 deputy, 2 documents"; "No deputies or documents"."""
        deputies = counted(self.order.deputies, "deputy", "deputies")
        documents = counted(self.order.documents, "document", "documents")
        return ", ".join(filter(None, [deputies, documents])) or "No deputies or documents"


def going_orders(rows: Sequence[FatedRow]) -> list[GoingOrder]:
    """The orders that go or went, in the file's order."""
    going = (row for row in rows if row.fate == Fate.REMOVED)
    return [GoingOrder(row, order) for row in going for order in row.orders]


def skipped_lists(rows: Sequence[FatedRow]) -> list[SkippedList]:
    """The rows that don't go, by why; lists without a row are left out."""
    lists = []
    for fate in Fate:
        found = [row for row in rows if row.fate == fate]
        if found and fate != Fate.REMOVED:
            lists.append(SkippedList(f"{fate.label} ({len(found)})", found))
    return lists


def heading(removal: Removal) -> str:
    """The heading of the removal's page."""
    if removal.is_removed and not removal.orders:
        return "Nothing removed"
    headings = {
        RemovalState.AWAITING_ANSWER: "Check what will be removed",
        RemovalState.REMOVED: "Orders removed",
        RemovalState.CANCELLED: "Removal cancelled",
    }
    return headings[RemovalState(removal.state)]


def going_caption(removal: Removal) -> str:
    """Above the list of the orders that go, went, or stayed after all."""
    captions = {
        RemovalState.AWAITING_ANSWER: "To be removed",
        RemovalState.REMOVED: "Removed",
        RemovalState.CANCELLED: "Not removed",
    }
    return f"{captions[RemovalState(removal.state)]} ({removal.orders})"


def state(removal: Removal) -> str:
    """Where it stands, in the list of past removals."""
    if removal.is_removed and not removal.orders:
        return "Nothing to remove"
    return str(removal.get_state_display())


def remove_button(removal: Removal) -> str:
    """ "Remove 1 order", "Remove 12 orders"."""
    return f"Remove {counted(removal.orders, 'order', 'orders')}"


def removed(removal: Removal) -> str:
    """The outcome: "Removed 3 orders and 2 cases. Skipped 1 row."."""
    if not removal.orders:
        return f"Nothing was removed. Skipped {counted(removal.rows_skipped, 'row', 'rows')}."
    gone = [counted(removal.orders, "order", "orders"), counted(removal.cases, "case", "cases")]
    sentence = f"Removed {' and '.join(filter(None, gone))}."
    skipped = counted(removal.rows_skipped, "row", "rows")
    return f"{sentence} Skipped {skipped}." if skipped else sentence


def counts(removal: Removal) -> list[dict[str, str]]:
    """The counts as rows of a summary list."""
    going = "Orders removed" if removal.is_removed else "Orders to remove"
    cases = "Cases removed with them" if removal.is_removed else "Cases that go with them"
    shown = [
        ("Rows read", removal.rows_read),
        (going, removal.orders),
        (cases, removal.cases),
        ("Rows skipped", removal.rows_skipped),
    ]
    return [{"key": key, "value": str(count)} for key, count in shown]


def result(row: FatedRow, removal: Removal) -> str:
    """The list the row ends in, for the download."""
    if row.fate != Fate.REMOVED or removal.is_removed:
        return str(row.fate.label)
    return "To be removed" if removal.is_waiting else "Not removed: cancelled"


def lines(rows: Sequence[FatedRow], removal: Removal) -> list[list[str]]:
    """Every row of the file for the download, under `HEADINGS`; one line an order that it names."""
    return [
        [
            *(str(row.row_number), row.case_number, row.order_number),
            *(result(row, removal), row.why),
            *(_cells(order) if order else [""] * 7),
        ]
        for row in rows
        for order in row.orders or [None]
    ]


def _cells(order: NamedOrder) -> list[str]:
    return [
        str(OrderType(order.order_type).label),
        order.client_name,
        order.made_date.isoformat(),
        order.issue_date.isoformat(),
        order.tag,
        str(order.deputies),
        str(order.documents),
    ]


def counted(number: int, one: str, many: str) -> str:
    """ "1 order", "2 orders"; nothing for none."""
    return f"{number} {one if number == 1 else many}" if number else ""
