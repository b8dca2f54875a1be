"""Whether time tells who has an account: `python -m bench.sign_in`.

Asks, in turn and with real password hashing, to sign in with a wrong password and to reset one, for
an address that nobody has and for accounts of each kind. Prints medians in milliseconds and how
many times longer each took than nobody's. Figures for people: nothing fails by them.
"""

import argparse
import sys

from bench.database import run_on, throwaway_postgres

ROUNDS = 60


def main(arguments: list[str]) -> int:
    """Ask, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.sign_in", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is asked for")
    chosen = parser.parse_args(arguments)
    with throwaway_postgres() as database_url:
        medians = run_on(database_url("bench_sign_in"), "bench.refusals", str(chosen.rounds))
    lines = ["| page | who | median ms | times nobody's |", "|---|---|--:|--:|"]
    for page, by_kind in medians.items():
        for kind, median in by_kind.items():
            lines.append(f"| {page} | {kind} | {median:.1f} | {median / by_kind['nobody']:.3f} |")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
