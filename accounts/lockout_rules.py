"""When failed tries to sign in lead to a wait, and how long (behaviour, 8). Pure."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tier:
    """So many failures within so much time lead to a wait, from the last of them on."""

    failures: int
    within: dt.timedelta
    wait: dt.timedelta


# The figures of behaviour, 8: one account from one browser.
ONE_BROWSER = (
    Tier(5, dt.timedelta(seconds=60), dt.timedelta(minutes=10)),
    Tier(10, dt.timedelta(minutes=10), dt.timedelta(minutes=30)),
    Tier(50, dt.timedelta(minutes=30), dt.timedelta(hours=24)),
)
# One account from all the browsers together that have never signed in to it.
UNKNOWN_BROWSERS = (Tier(50, dt.timedelta(minutes=30), dt.timedelta(minutes=30)),)
# One address over all accounts; a whole court may stand behind one address.
ONE_ADDRESS = (Tier(100, dt.timedelta(minutes=30), dt.timedelta(minutes=30)),)

LONGEST_WAIT = max(tier.wait + tier.within for tier in ONE_BROWSER)


def most_failures(tiers: Sequence[Tier]) -> int:
    """How many of the newest failures are enough to judge the next one by."""
    return max(tier.failures for tier in tiers)


def wait_after(failures: Sequence[dt.datetime], *, tiers: Sequence[Tier]) -> dt.timedelta | None:
    """The wait that the newest failure leads to, or None; `failures` are in order of time."""
    waits = [
        tier.wait
        for tier in tiers
        if len(failures) >= tier.failures and failures[-1] - failures[-tier.failures] <= tier.within
    ]
    return max(waits, default=None)


def locked_until(
    failures: Sequence[dt.datetime], *, now: dt.datetime, tiers: Sequence[Tier] = ONE_BROWSER
) -> dt.datetime | None:
    """The moment until which nobody may try, or None where one may; `failures` in order of time."""
    ends = [
        failures[at] + wait
        for at in range(len(failures))
        if (wait := wait_after(failures[: at + 1], tiers=tiers)) is not None
    ]
    end = max(ends, default=now)
    return end if end > now else None


def in_words(wait: dt.timedelta) -> str:
    """ "10 minutes", "1 minute", "24 hours": never shorter than it is, but for a second.

    Of tries at the same moment each has its own clock: ten minutes must not become eleven.
    """
    minutes = max(math.ceil((wait - dt.timedelta(seconds=1)) / dt.timedelta(minutes=1)), 1)
    if minutes >= 120:
        return f"{math.ceil(minutes / 60)} hours"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
