"""The form of the reports' page: two dates for each report."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.forms import BoundField
from django.http import QueryDict

from govuk.boundfields import PARTS
from govuk.forms import DateField, GovukForm

Days = tuple[dt.date | None, dt.date | None]
# The reports by their names, in words inside a sentence.
REPORTS: Mapping[str, str] = {
    "orders-served": "orders served",
    "orders-not-served": "orders not served",
    "all-served-orders": "all served orders",
}


def _field(label: str, *, edge: str, report: str) -> DateField:
    subject = f"The {edge} date of {REPORTS[report]}"
    return DateField(label=label, subject=subject, required=False, size="s")


class ReportDates(GovukForm):
    """From and to for each report, both included; boxes left empty are an open end."""

    orders_served_from = _field("Orders served from", edge="from", report="orders-served")
    orders_served_to = _field("Orders served to", edge="to", report="orders-served")
    orders_not_served_from = _field("Orders issued from", edge="from", report="orders-not-served")
    orders_not_served_to = _field("Orders issued to", edge="to", report="orders-not-served")
    all_served_orders_from = _field(
        "All orders served from", edge="from", report="all-served-orders"
    )
    all_served_orders_to = _field("All orders served to", edge="to", report="all-served-orders")

    @classmethod
    def of_query(cls, query: QueryDict, *, defaults: Mapping[str, Days]) -> "ReportDates":
        """The form with what a query says; a report of which it says nothing has its defaults."""
        data = query.copy()
        for report, days in defaults.items():
            names = _names(report)
            if not any(f"{name}-{part}" in query for name in names for part in PARTS):
                for name, day in zip(names, days, strict=True):
                    data.update(_boxes(name, day))
        return cls(data)

    def clean(self) -> dict[str, Any]:
        """Each range runs forward."""
        for report, words in REPORTS.items():
            first, last = (self.cleaned_data.get(name) for name in _names(report))
            if first and last and first > last:
                message = f"The to date of {words} must be the same as or after the from date"
                self.add_error(_names(report)[1], message)
        return self.cleaned_data

    def days_of(self, report: str) -> Days | None:
        """The range of one report, or None where its dates cannot be used."""
        first, last = _names(report)
        if first in self.errors or last in self.errors:
            return None
        return self.cleaned_data[first], self.cleaned_data[last]

    def boxes_of(self, report: str) -> tuple[BoundField, BoundField]:
        """The fields of one report, from and to."""
        first, last = _names(report)
        return self[first], self[last]


def _names(report: str) -> tuple[str, str]:
    """The names of its two fields."""
    stem = report.replace("-", "_")
    return f"{stem}_from", f"{stem}_to"


def _boxes(name: str, day: dt.date | None) -> dict[str, str]:
    """A date as its three boxes would send it."""
    values = (day.day, day.month, day.year) if day else ("", "", "")
    return {f"{name}-{part}": str(value) for part, value in zip(PARTS, values, strict=True)}
