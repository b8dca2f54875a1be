"""How fast staff's list of orders is at a million: `make bench`, or `python -m bench.search`.

Starts a PostgreSQL of its own in a folder that goes again, fills one database with 10,000 orders
and one with 1,000,000, asks for each page as a signed-in person does (the whole of it: session,
queries, template) and prints median and 95th percentile in milliseconds, and how many times longer
the largest database took. Figures for people: nothing fails by them.
"""

import argparse
import sys
from collections.abc import Iterator

from bench.database import run_on, throwaway_postgres

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
    with throwaway_postgres() as database_url:
        for size in sizes:
            figures[size] = run_on(
                database_url(f"bench_{size}"), "bench.list_pages", str(size), str(chosen.times)
            )
    sys.stdout.write("\n".join(_table(figures)) + "\n")
    return 0


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
