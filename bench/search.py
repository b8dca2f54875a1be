"""How fast staff's list of orders is at a million: `make bench`, or `python -m bench.search`.

Starts a PostgreSQL of its own in a folder that goes again, fills one database with 10,000 orders
and one with 1,000,000, asks for each page as a signed-in person does (the whole of it: session,
queries, template) and prints median and 95th percentile in milliseconds, and how many times longer
the largest database took. Figures for people: nothing fails by them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from devstack.infrastructure import Infrastructure

SIZES = (10_000, 1_000_000)
TIMES = 21

Figures = dict[str, tuple[float, float]]


def main(arguments: list[str]) -> int:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="orders a database")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each page is asked for")
    chosen = parser.parse_args(arguments)
    sizes = sorted(chosen.sizes)
    figures: dict[int, Figures] = {}
    with _postgres() as database_url:
        for size in sizes:
            figures[size] = _measured(database_url(f"bench_{size}"), size, times=chosen.times)
    sys.stdout.write("\n".join(_table(figures)) + "\n")
    return 0


@contextmanager
def _postgres() -> Iterator[Callable[[str], str]]:
    """A server for as long as the block lasts; gives the address of a database, made if missing."""
    with tempfile.TemporaryDirectory(prefix="serve-opg-bench-") as folder:
        infrastructure = Infrastructure(Path(folder), durable=False, throwaway=True, given={})
        infrastructure.open()
        try:
            infrastructure.postgres.settle()
            infrastructure.postgres.launch()
            infrastructure.postgres.wait_until_ready()
            yield infrastructure.postgres.ensure_database
        finally:
            infrastructure.stop()


def _measured(database_url: str, orders: int, *, times: int) -> Figures:
    answer = subprocess.run(
        [sys.executable, "-m", "bench.list_pages", str(orders), str(times)],
        env={
            **os.environ,
            "ENVIRONMENT": "test",
            "SITE_URL": "http://testserver",
            "ALLOWED_HOSTS": "testserver",
            "LOG_LEVEL": "ERROR",
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "serve_opg.settings",
        },
        stdout=subprocess.PIPE,
        check=True,
    )
    figures: Figures = json.loads(answer.stdout)
    return figures


def _table(figures: dict[int, Figures]) -> Iterator[str]:
    """A line a page, in Markdown."""
    smallest, *_rest = sizes = list(figures)
    yield "Milliseconds, median / 95th percentile, of a whole page:"
    yield ""
    yield "| page | " + " | ".join(f"{size:,} orders" for size in sizes) + " | times longer |"
    yield "|---|" + "--:|" * (len(sizes) + 1)
    for name, (least, _worst) in figures[smallest].items():
        cells = [
            f"{median:.0f} / {worst:.0f}" for median, worst in (figures[n][name] for n in sizes)
        ]
        yield f"| {name} | " + " | ".join(cells) + f" | {figures[sizes[-1]][name][0] / least:.1f} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
