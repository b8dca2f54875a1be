"""What a run must have made before its zeros say anything: a run of nothing breaks no promise.

Pure: the programme and its report in, what is lacking out. Written from what was asked for, and not
from what the run says that it planned.
"""

import math
from collections import Counter
from collections.abc import Iterator

from devstack.chaos.plan import (
    DELIVERIES_AN_EVENT,
    OF_A_STORM,
    QUIET_DELIVERIES,
    STORM_EVENTS,
)
from devstack.chaos.programme import FAULTY_SHARE, Programme
from devstack.chaos.report import Report
from devstack.chaos.situations import planned_situations
from devstack.chaos.traps import RECOVERY

# One delivery has more commits, calls and acknowledgements than this: else too few were seen.
LEAST_STEPS = 50
# The faults of a storm come by chance: so much less is no lack, nor what four deviations explain.
SHARE_LESS, DEVIATIONS = 0.05, 4
# Of a storm's deliveries a tenth have a trap that kills, and some go another way than past it.
STORM_DELIVERIES_A_KILL, KILLS_LESS = 50, 3


def shortfalls(programme: Programme, report: Report) -> list[str]:
    """What the run was asked for and did not make, a line each. Of chosen trials nothing is asked:
    which they are is the person's affair."""
    return [] if programme.only else list(_shortfalls(programme, report))


def _shortfalls(programme: Programme, report: Report) -> Iterator[str]:
    if len(report.steps) <= LEAST_STEPS:
        yield f"a delivery of more than {LEAST_STEPS} steps; {len(report.steps)} were seen"
    asked = _least_deliveries(programme, report)
    if report.deliveries < asked:
        yield f"{asked - report.deliveries} of {asked} deliveries"
    for name, number in (_kills(programme, report) - Counter(report.kills)).items():
        yield f"{number} kills {name}"
    yield from _events(programme, report)
    if programme.kind == "storm":
        yield from _storm(programme, report)
    elif programme.kind == "situations":
        yield from _situations(programme, report)


def _least_deliveries(programme: Programme, report: Report) -> int:
    """With the one that nobody disturbs."""
    match programme.kind:
        case "mixed":
            return programme.number
        case "storm":
            return programme.number + 1
        case "kills":
            return programme.number * len(report.steps) + 1
        case "situations":
            return programme.number * planned_situations().total() + 1
        case "probe":
            return 2


def _kills(programme: Programme, report: Report) -> Counter[str]:
    """How often a worker must have died at each step."""
    times = programme.number
    match programme.kind:
        case "mixed":
            return Counter(report.steps[: times - 1])
        case "kills":
            recoveries = [f"{when} {RECOVERY} #1" for when in ("before", "after")]
            return Counter(dict.fromkeys([*report.steps, *recoveries], times))
    return Counter()


def _events(programme: Programme, report: Report) -> Iterator[str]:
    match programme.kind:
        case "mixed":
            # None strikes during the kills at every step.
            others = programme.number - len(report.steps) - QUIET_DELIVERIES
            asked = max(0, others // DELIVERIES_AN_EVENT - 1)
        case "storm":
            asked = programme.number // OF_A_STORM
        case _:
            return
    struck = sum(number for name, number in report.events.items() if name in STORM_EVENTS)
    if struck < asked:
        yield f"{asked - struck} of {asked} events that strike everybody"
    if asked > len(STORM_EVENTS):
        yield from (f"the event: {name}" for name in sorted({*STORM_EVENTS} - {*report.events}))


def _storm(programme: Programme, report: Report) -> Iterator[str]:
    posts, faults = report.posts, sum(report.faults.values())
    by_chance = DEVIATIONS * math.sqrt(FAULTY_SHARE * (1 - FAULTY_SHARE) / max(1, posts))
    least = posts * (FAULTY_SHARE - max(SHARE_LESS, by_chance))
    if not posts or faults < least:
        yield f"faults in {FAULTY_SHARE:.0%} of the answers; {faults} struck {posts} posts"
    asked = programme.number // STORM_DELIVERIES_A_KILL - KILLS_LESS
    if (kills := sum(report.kills.values())) < asked:
        yield f"{asked} kills of workers at their steps; {kills} came about"


def _situations(programme: Programme, report: Report) -> Iterator[str]:
    for name, each in planned_situations().items():
        number = programme.number * each
        if (met := report.situations.get(name, 0)) < number:
            yield f"{number - met} of {number} {name}"
