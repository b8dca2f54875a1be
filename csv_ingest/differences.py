"""The differences of an upload, in words, and what may be done about each."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from csv_ingest import wording
from govuk.wording import long_date, short_date
from orders.rules import OrderType
from orders.services.differences import Standing, Standings
from orders.services.orders import Difference

_REASONS = {
    Standing.TAKEN_OVER: "Updated: we now have what the file says",
    Standing.CHANGED_SINCE: "It was changed after this upload. Look at the order first",
    Standing.BEING_SENT: "The order is being sent to OPG, so it cannot be changed now",
    Standing.CASE_BEING_SENT: (
        "Another order of this case is being sent to OPG. Try again when that is finished"
    ),
    Standing.CASE_SERVED: (
        "Another order of this case was served under this name, so the name stays"
    ),
    Standing.SERVED: "The order was served, so it cannot be changed",
    Standing.GONE: "The order was removed",
    Standing.DATES_CROSS: (
        "The order would be issued before it was made. Choose both of its dates together"
    ),
}
_MOST_REASONS = 5


def differences_of(found: Sequence[dict[str, Any]]) -> list[Difference]:
    """The differences as an upload keeps them."""
    return [Difference(**each) for each in found]


def label_of(difference: Difference) -> str:
    """Which order it is about, and in what it differs."""
    kind = OrderType(difference.order_type).label
    which = f"order {difference.order_number}"
    if not difference.order_number:
        made_on = long_date(dt.date.fromisoformat(difference.made_date))
        which = f"order without a number, made on {made_on}"
    return f"Case {difference.case_number}, {kind} {which}: {difference.field}"


def hint_of(difference: Difference) -> str:
    """What is known and what the file says."""
    ours, theirs = (in_words(difference.field, v) for v in (difference.ours, difference.theirs))
    return f"We have {ours}. The file says {theirs}."


def closed_rows(standings: Standings) -> list[list[str]]:
    """Those that cannot be taken over, each with the reason, as rows of a table."""
    return [
        [
            label_of(difference),
            in_words(difference.field, difference.ours),
            in_words(difference.field, difference.theirs),
            _REASONS[standing],
        ]
        for difference, standing in standings.others(Standing.OPEN)
    ]


def updated(standings: Standings) -> str:
    """ "Updated 2 orders.", or "" where none was."""
    taken = {
        (each.case_number, each.order_type, each.order_number, each.made_date)
        for each, standing in standings.pairs
        if standing == Standing.TAKEN_OVER
    }
    return f"Updated {wording.orders(len(taken))}." if taken else ""


def left_as_they_were(standings: Standings) -> Iterable[str]:
    """A sentence for each that was chosen and not taken over; the page has the rest."""
    for difference, standing in standings.others(Standing.TAKEN_OVER)[:_MOST_REASONS]:
        yield f"Not updated: {label_of(difference)}. {_REASONS[standing]}."


def in_words(field: str, value: str) -> str:
    """A date as pages show it; anything else as it stands."""
    return short_date(dt.date.fromisoformat(value)) if field.endswith("Date") else value
