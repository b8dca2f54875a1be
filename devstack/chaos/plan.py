"""What a run does, drawn from its seed: one trial a delivery, and events that strike everybody."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from devstack.chaos.sirius_faults import (
    LATE_SECONDS,
    ORDER_FAULTS,
    SESSION_FAULTS,
    Fault,
    name_of,
)
from devstack.chaos.traps import Trap

Damage = Literal["", "missing document", "altered document", "short copy", "wrong copy"]
Page = Literal["", "one click", "double click", "two tabs", "two browsers"]

# Seconds, for the workers of the harness, at pace 1; longer where many share the machine. A lease
# must be longer than two posts; a racy Sirius looks first and writes late, so what comes late must
# come before the settle time. How much longer settle times are: `programme`.
SHORT_TIMES = {
    "SIRIUS_CONNECT_SECONDS": 0.5,
    "SIRIUS_READ_SECONDS": 0.6,
    "SIRIUS_TOTAL_SECONDS": 1.0,
    "SUBMISSION_LEASE_SECONDS": 3.0,
    "SUBMISSION_SETTLE_SECONDS": 1.2,
}
# Each sweep rings for all that is due: more often would fill the queue with its messages.
OTHER_TIMES = {
    "SUBMISSION_BACKOFF_SECONDS": 0.05,
    "SWEEP_SECONDS": 0.6,
    "BREAKER_TRIAL_SECONDS": 0.3,
}
# Beyond these lease and settle times, at pace 1: somebody else has the submission when a frozen
# worker wakes.
THAW_SECONDS = 5.5

EVENTS = (
    *("broker flushed", "broker killed", "database killed", "database restarted"),
    *("storage away", "Sirius killed", "sessions ended", "all workers killed", "sweep killed"),
    *("a worker killed", "beat killed", "web killed"),
)
# A storm's, where single processes die more often than servers.
STORM_EVENTS = (*EVENTS, *("a worker killed",) * 6, *("beat killed",) * 2)
DELIVERIES_AN_EVENT, OF_A_STORM = 8, 15
# By then every kill of the first part has come to its step: an event could lead it past it.
QUIET_DELIVERIES = 20
# Where a frozen worker is the most dangerous, since it wakes when somebody else has the submission:
# from before the commit that marks the post to before the one that settles.
_POST = "before Sirius POST /api/public/v1/orders"
_BEFORE_POST, _FROM_POST = 2, 4
# Around the moment in which a worker claims it.
CANCEL_AFTER = (0.0, 0.02, 0.05)
DAMAGES: tuple[Damage, ...] = ("missing document", "altered document", "short copy", "wrong copy")
PAGES: tuple[Page, ...] = ("one click", "double click", "two tabs", "two browsers")
# Of a storm's deliveries, so many of 100 are declared on the real pages, and so many have a trap.
_STORM_PAGES, _STORM_TRAPS = 20, 15


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One delivery, and what is done to it.

    `faults` are the simulator's (`faults.Fault`); `taken`: somebody else has put the key there;
    `rings`: how many messages are sent; `clicks`: how many declare at once; `page`: how a person
    declares it on the real page, "" through the services; `cancel_after`: so many seconds later an
    operator withdraws it, where that is still allowed; `alone`: nothing else is on its way, and
    the breaker is open.
    """

    number: int
    name: str
    reference: str
    order_type: str
    documents: int = 2
    traps: tuple[Trap, ...] = ()
    faults: tuple[Fault, ...] = ()
    taken: bool = False
    rings: int = 1
    clicks: int = 1
    page: Page = ""
    damage: Damage = ""
    cancel_after: float | None = None
    alone: bool = False

    @property
    def surname(self) -> str:
        """A client of its own, so that one order's details in another's record are seen."""
        return f"Mitchell {self.reference}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, words: dict[str, Any]) -> "Trial":
        return cls(**{**words, "traps": tuple(Trap(**trap) for trap in words["traps"])})


@dataclass(frozen=True)
class Plan:
    """The trials in order, and before which of them an event strikes everybody."""

    trials: tuple[Trial, ...]
    events: dict[int, str] = field(default_factory=dict)


class Planner:
    """Draws a plan; the same seed, number and steps give the same."""

    def __init__(self, *, seed: int) -> None:
        self.dice = random.Random(seed)
        self._numbers = itertools.count(1)
        self._first_reference = self.dice.randrange(1_000_000, 8_000_000)

    def learn(self, name: str = "undisturbed", **more: Any) -> Trial:
        """A delivery that writes down the names of its steps."""
        return self.trial(f"{name}, its steps noted", traps=(Trap(),), **more)

    def learn_again(self, trial: Trial, again: int) -> Trial:
        """Another such, which takes no number and no chance from those that come."""
        reference = _reference(self._first_reference - again)
        return replace(trial, number=-again, reference=reference)

    # --- Every step, each thing once, then by chance ---
    def kills(self, steps: Sequence[Trap], *, name: str = "", **more: Any) -> list[Trial]:
        """A trial a step, in which the worker is killed there."""
        return [self.trial(f"{name}killed {step.name}", traps=(step,), **more) for step in steps]

    def draw(self, deliveries: int, *, steps: Sequence[Trap]) -> Plan:
        """So many trials: a kill at every step, then each fault once, then by chance."""
        kills = self.kills(steps)
        others = list(itertools.islice(self._others(steps), max(0, deliveries - len(kills))))
        self.dice.shuffle(others)
        trials = [*kills, *others][:deliveries]
        places = range(len(kills) + QUIET_DELIVERIES, len(trials), DELIVERIES_AN_EVENT)
        return Plan(tuple(trials), self._events(EVENTS, places))

    def storm(self, deliveries: int, *, steps: Sequence[Trap]) -> Plan:
        """So many trials by chance, three messages each, while something strikes all the time."""
        trials = tuple(self._in_storm(steps) for _ in range(deliveries))
        return Plan(trials, self._events(STORM_EVENTS, range(4, deliveries, OF_A_STORM)))

    def probe(self, steps: Sequence[Trap]) -> list[Trial]:
        """Few and quick, and enough to show each mistake that is known of such services."""
        kinds = ("drop-after", "500-after", "500-before", "200-html", "401")
        late = {"kind": "apply-late", "seconds": LATE_SECONDS}
        posting = [step for step in steps if step.step.endswith(_POST.split(" ", 1)[1])]
        return [
            # First, with nothing beside that could open the breaker and so make it wait.
            *(self.trial("post meets apply-late", faults=(late,)) for _ in range(3)),
            self.trial("no message", rings=0),
            self.trial("key was there before", taken=True),
            self.trial("three clicks, three messages", clicks=3, rings=3),
            *(self.trial(f"post meets {kind}", faults=({"kind": kind},)) for kind in kinds),
            *self.kills(posting),
            *self._freezes(posting),
            self.trial("undisturbed"),
            *(self.trial(damage, damage=damage) for damage in DAMAGES),
            self.trial("two tabs on the page", page="two tabs"),
        ]

    def _others(self, steps: Sequence[Trap]) -> Iterator[Trial]:
        yield from self._each_once(steps)
        while True:
            yield self._by_chance(steps)

    def _each_once(self, steps: Sequence[Trap]) -> Iterator[Trial]:
        for fault in (*ORDER_FAULTS, *SESSION_FAULTS):
            yield self.trial(name_of(fault), faults=(fault,))
        for damage in DAMAGES:
            yield self.trial(damage, damage=damage)
        yield self.trial("key was there before", taken=True)
        before = {"kind": "500-before"}
        yield self.trial("key was there before, and a 500", taken=True, faults=(before,))
        yield from self._freezes(_around_the_post(steps))
        for seconds in CANCEL_AFTER:
            yield self.trial("an operator withdraws it", cancel_after=seconds)
        yield self.trial("three messages", rings=3)
        yield self.trial("no message", rings=0)
        yield self.trial("two clicks", clicks=2)
        yield self.trial("three clicks, three messages", clicks=3, rings=3)
        for page in PAGES:
            yield self.trial(f"{page} on the page", page=page)

    def _freezes(self, steps: Sequence[Trap]) -> Iterator[Trial]:
        for step in steps:
            yield self.trial(f"frozen {step.name}", traps=(replace(step, does="freeze"),))

    def _by_chance(self, steps: Sequence[Trap]) -> Trial:
        dice = self.dice
        match dice.choices(
            ["plain", "kill", "kills", "freeze", "fault", "faults", "kill and fault", "others"],
            [10, 20, 8, 10, 20, 10, 12, 10],
        )[0]:
            case "plain":
                return self.trial("undisturbed", rings=dice.choice([0, 1, 1, 3]))
            case "kill":
                return self._with_traps(steps, 1, rings=dice.choice([1, 3]))
            case "kills":
                return self._with_traps(steps, 2)
            case "freeze":
                trap = replace(dice.choice(list(steps)), does="freeze")
                return self.trial(f"frozen {trap.name}", traps=(trap,))
            case "fault":
                fault = dice.choice([*ORDER_FAULTS, *SESSION_FAULTS])
                return self.trial(name_of(fault), faults=(fault,))
            case "faults":
                faults = (dice.choice(ORDER_FAULTS), dice.choice(ORDER_FAULTS))
                return self.trial(" then ".join(map(name_of, faults)), faults=faults)
            case "kill and fault":
                fault = dice.choice(ORDER_FAULTS)
                return self._with_traps(steps, 1, faults=(fault,), rings=dice.choice([1, 3]))
            case _:
                return self._several("several at once", rings=3)

    def _several(self, name: str, **more: Any) -> Trial:
        dice = self.dice
        return self.trial(
            name,
            taken=dice.random() < 0.3,
            clicks=dice.choice([1, 2, 3]),
            cancel_after=dice.choice([None, None, *CANCEL_AFTER]),
            damage=dice.choice(["", *DAMAGES]),
            faults=(dice.choice(ORDER_FAULTS),) if dice.random() < 0.5 else (),
            **more,
        )

    def _in_storm(self, steps: Sequence[Trap]) -> Trial:
        """Its faults of Sirius are the simulator's own, by odds; three messages each."""
        dice = self.dice
        chosen = dice.randrange(100)
        if chosen < _STORM_PAGES:
            page = dice.choice(PAGES)
            return self.trial(f"storm, {page} on the page", page=page)
        if chosen < _STORM_PAGES + _STORM_TRAPS:
            does: Literal["kill", "freeze"] = dice.choice(["kill", "kill", "freeze"])
            trap = replace(dice.choice(list(steps)), does=does)
            return self.trial(f"storm, {does} {trap.name}", traps=(trap,), rings=3)
        if chosen < _STORM_PAGES + _STORM_TRAPS + 5:
            return self._several("storm, several at once", rings=3)
        return self.trial("storm", rings=3, clicks=dice.choice([1, 1, 2]))

    def _with_traps(self, steps: Sequence[Trap], number: int, **more: Any) -> Trial:
        traps = tuple(self.dice.choices(list(steps), k=number))
        name = " and ".join(f"killed {trap.name}" for trap in traps)
        return self.trial(name, traps=traps, **more)

    def trial(self, name: str, **more: Any) -> Trial:
        """One more, with a court reference of its own."""
        number = next(self._numbers)
        trial = Trial(
            number=number,
            name=name,
            reference=_reference(self._first_reference + number),
            order_type=self.dice.choice(["PF", "HW"]),
            **more,
        )
        faults = tuple(
            fault if "call" in fault else {**fault, "reference": trial.reference}
            for fault in trial.faults
        )
        return replace(trial, faults=faults)

    def _events(self, names: Sequence[str], places: range) -> dict[int, str]:
        """None during the kills at every step: each of those must come to its step."""
        drawn = itertools.chain.from_iterable(
            self.dice.sample(names, len(names)) for _ in itertools.count()
        )
        return dict(zip(places, drawn, strict=False))


def _around_the_post(steps: Sequence[Trap]) -> Sequence[Trap]:
    names = [step.step for step in steps]
    place = names.index(_POST) if _POST in names else 0
    return steps[max(0, place - _BEFORE_POST) : place + _FROM_POST]


def _reference(number: int) -> str:
    """A court reference that holds its check (Sirius contract, modulus 11)."""
    digits = f"{number:07}"
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, (3, 4, 7, 5, 8, 2, 4), strict=True)
    )
    return digits + "0123456789T"[(11 - total % 11) % 11]
