"""Asks for the pages of the list of orders, in a process of its own for each database.

`python -m bench.list_pages ORDERS TIMES`, with the environment of the service: migrates and fills
the empty database that DATABASE_URL names, and writes JSON: milliseconds (median and 95th
percentile) of each page.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

import django
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from bench.orders_in_bulk import COMMON, RARE, fill

WARM_UP = 2
DEEP = 1000
PAGES: dict[str, dict[str, str | int]] = {
    "first page": {},
    f"page {DEEP:,}": {"page": DEEP},
    "exact case number": {"q": "0000 4711"},
    "common surname": {"q": COMMON},
    "common surname, page 5": {"q": COMMON, "page": 5},
    "rare surname": {"q": RARE[2:7]},
    "no match": {"q": "qqxqqx"},
    "two letters, many": {"q": "on"},
    "two letters, none": {"q": "qj"},
    "one letter": {"q": "e"},
}


def main(orders: int, times: int) -> None:
    """Fill, ask, write."""
    django.setup()
    call_command("migrate", verbosity=0)
    person = get_user_model().objects.create(
        email="bench@example.com", first_name="Bench", last_name="Mark", role="CASE_MANAGER"
    )
    client = Client()
    client.force_login(person)
    fill(orders)
    figures = {
        f"{tab}: {name}": _figures(lambda q=query: client.get("/case", q), times=times)
        for tab, kind in (("To do", "pending"), ("Served", "served"))
        for name, query in ((name, {"type": kind, **query}) for name, query in PAGES.items())
    }
    json.dump(figures, sys.stdout)


def _figures(ask: Callable, *, times: int) -> tuple[float, float]:
    for _ in range(WARM_UP):
        assert ask().status_code == 200
    spent = []
    for _ in range(times):
        before = time.perf_counter()
        ask()
        spent.append((time.perf_counter() - before) * 1000)
    return statistics.median(spent), statistics.quantiles(spent, n=20)[18]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
