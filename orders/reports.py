"""Each CSV report as a name, headings and a query, and the figures beside them (behaviour, 7)."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncWeek

from orders import queries
from orders.models import Order, OrderQuerySet

UK = ZoneInfo("Europe/London")
ROWS_AT_A_TIME = 2000
WEEKS_SHOWN = 12
LAST_WEEKS = dt.timedelta(weeks=4)


@dataclass(frozen=True)
class DateRange:
    """Days in the UK, both included; None is open."""

    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def starts_at(self) -> dt.datetime | None:
        """The first moment of the first day."""
        return dt.datetime.combine(self.first, dt.time.min, UK) if self.first else None

    @property
    def ends_at(self) -> dt.datetime | None:
        """The last moment of the last day."""
        return dt.datetime.combine(self.last, dt.time.max, UK) if self.last else None


@dataclass(frozen=True, kw_only=True)
class Report:
    """One report. `find` narrows to a range; `cells` are the texts of one order's row."""

    name: str
    title: str
    about: str
    headings: tuple[str, ...]
    find: Callable[[DateRange], OrderQuerySet]
    cells: Callable[[Order], list[str]]
    default_range: Callable[[dt.date], DateRange] = lambda today: DateRange()

    def count(self, chosen: DateRange) -> int:
        """How many rows it has."""
        return self.find(chosen).order_by().count()

    def rows(self, chosen: DateRange) -> Iterator[list[str]]:
        """Its rows, read from the database a piece at a time: memory does not grow with them."""
        for order in self.find(chosen).iterator(chunk_size=ROWS_AT_A_TIME):
            yield self.cells(order)

    def file_name(self, chosen: DateRange, *, today: dt.date) -> str:
        """`orders-served-2026-10-24-to-2026-11-21.csv`; without a range, the day it was made."""
        first, last = chosen.first, chosen.last
        days = f"-from-{first}" if first else f"-until-{last}" if last else f"-all-on-{today}"
        return f"{self.name}{f'-{first}-to-{last}' if first and last else days}.csv"


def _served(chosen: DateRange) -> OrderQuerySet:
    """Served in the range, the newest first."""
    orders = Order.objects.served().select_related("case")
    if chosen.starts_at:
        orders = orders.filter(served_at__gte=chosen.starts_at)
    if chosen.ends_at:
        orders = orders.filter(served_at__lte=chosen.ends_at)
    return orders.order_by("-served_at", "-pk")


def _not_served(chosen: DateRange) -> OrderQuerySet:
    """Not served yet and issued in the range, the oldest first, with all that a tag needs."""
    orders = Order.objects.unserved().select_related("case")
    if chosen.first:
        orders = orders.filter(issue_date__gte=chosen.first)
    if chosen.last:
        orders = orders.filter(issue_date__lte=chosen.last)
    parts = orders.prefetch_related("deputies", "documents").with_latest_submission()
    return parts.order_by("issue_date", "pk")


def _served_cells(order: Order) -> list[str]:
    return [
        order.issue_date.isoformat(),
        order.made_date.isoformat(),
        _served_on(order),
        order.case.case_number,
        order.get_appointment_type_display(),
        order.get_order_type_display(),
    ]


def _not_served_cells(order: Order) -> list[str]:
    return [
        order.case.case_number,
        order.get_order_type_display(),
        order.order_number,
        order.case.client_name,
        order.made_date.isoformat(),
        order.issue_date.isoformat(),
        queries.tag_of(order).value,
    ]


def _all_served_cells(order: Order) -> list[str]:
    return [
        order.issue_date.isoformat(),
        order.made_date.isoformat(),
        order.case.case_number,
        order.get_order_type_display(),
        order.order_number,
        order.case.client_name,
        _served_on(order),
    ]


def _served_on(order: Order) -> str:
    """The day in the UK."""
    return order.served_at.astimezone(UK).date().isoformat() if order.served_at else ""


ORDERS_SERVED = Report(
    name="orders-served",
    title="Orders served in the last 4 weeks",
    about="By the day they were served, newest first.",
    headings=(
        *("DateIssued", "DateMade", "DateServed"),
        *("CaseNumber", "AppointmentType", "OrderType"),
    ),
    find=_served,
    cells=_served_cells,
    default_range=lambda today: DateRange(today - LAST_WEEKS, today),
)
ORDERS_NOT_SERVED = Report(
    name="orders-not-served",
    title="Orders not served",
    about="By the day they were issued, oldest first.",
    headings=(
        *("CaseNumber", "OrderType", "OrderNumber", "ClientName"),
        *("OrderMadeDate", "OrderIssueDate", "Status"),
    ),
    find=_not_served,
    cells=_not_served_cells,
)
ALL_SERVED_ORDERS = Report(
    name="all-served-orders",
    title="All served orders",
    about="By the day they were served, newest first.",
    headings=(
        *("DateIssued", "DateMade", "CaseNumber", "OrderType"),
        *("OrderNumber", "ClientName", "OrderServedDate"),
    ),
    find=_served,
    cells=_all_served_cells,
)
REPORTS = (ORDERS_SERVED, ORDERS_NOT_SERVED, ALL_SERVED_ORDERS)


@dataclass(frozen=True)
class Week:
    """Monday to Sunday in the UK, and how many orders were served in it."""

    first: dt.date
    count: int
    is_over: bool

    @property
    def last(self) -> dt.date:
        """Its Sunday."""
        return self.first + dt.timedelta(days=6)


def served_per_week(*, today: dt.date) -> list[Week]:
    """The last 12 weeks, this one too, the oldest first; weeks without a served order as well."""
    monday = today - dt.timedelta(days=today.weekday())
    mondays = [monday - dt.timedelta(weeks=ago) for ago in reversed(range(WEEKS_SHOWN))]
    counted = (
        _served(DateRange(mondays[0]))
        .order_by()
        .annotate(week=TruncWeek("served_at", tzinfo=UK))
        .values_list("week")
        .annotate(Count("pk"))
    )
    by_monday = {week.date(): count for week, count in counted}
    return [Week(day, by_monday.get(day, 0), is_over=day != monday) for day in mondays]
