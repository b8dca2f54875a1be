"""Every fault of Sirius in every state that a submission can be in when it meets it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from devstack.chaos.plan import Planner, Trial
from devstack.chaos.sirius_faults import EACH_KIND, SESSION_FAULTS, Fault, name_of
from devstack.chaos.traps import Trap

_POST = "Sirius POST /api/public/v1/orders"


@dataclass(frozen=True)
class Situation:
    """What happens to a delivery before it meets the fault. `before`: what its earlier posts met;
    `more`: for the trial."""

    name: str
    before: tuple[str, ...] = ()
    more: tuple[tuple[str, Any], ...] = ()


def _killed(step: str) -> tuple[tuple[str, Any], ...]:
    return (("traps", (Trap(step),)),)


_FROZEN = (("traps", (Trap(f"before {_POST}", does="freeze"),)),)

SITUATIONS = (
    Situation("at its first post"),
    Situation("repeated after an unknown, nothing there", ("500-before",)),
    Situation("repeated after an unknown, and it is there", ("500-after",)),
    Situation("lease lost while preparing", (), _killed("before S3 HEAD sirius-documents object")),
    Situation("lease lost sending, nothing there", (), _killed(f"before {_POST}")),
    Situation("lease lost sending, and it is there", ("200-html",), _killed(f"after {_POST}")),
    Situation("within a try whose session had ended", ("401",)),
    Situation("after Sirius was busy", ("429",)),
    Situation("sent again by an operator, nothing there", ("404",)),
    Situation("key was there before", (), (("taken", True),)),
    Situation("key was there before, after an unknown", ("500-before",), (("taken", True),)),
    Situation("frozen beyond its lease", (), _FROZEN),
    Situation("breaker half open", (), (("alone", True),)),
)
# Faults of sign-in and sign-out know no court reference: only alone it is sure whom they strike.
_OF_SESSIONS = ("at its first post", "breaker half open")


def trials_by_situation(planner: Planner) -> list[Trial]:
    """One for each fault in each situation; the quiet ones, that need everything still, last."""
    pairs = sorted(_pairs(), key=lambda pair: "alone" in dict(pair[0].more))
    return [make_trial(planner, situation, fault) for situation, fault in pairs]


def planned_situations() -> Counter[str]:
    """By the name of each situation, how many faults must strike in it."""
    return Counter(situation.name for situation, _ in _pairs())


def _pairs() -> Iterator[tuple[Situation, Fault]]:
    for situation in SITUATIONS:
        for fault in EACH_KIND:
            yield situation, fault
        if situation.name in _OF_SESSIONS:
            for fault in SESSION_FAULTS:
                yield situation, fault


def make_trial(planner: Planner, situation: Situation, fault: Fault) -> Trial:
    """The delivery in which this fault is met in this situation."""
    before = tuple({"kind": kind} for kind in situation.before)
    name = f"{situation.name}: {name_of(fault)}"
    return planner.trial(name, faults=(*before, fault), **dict(situation.more))
