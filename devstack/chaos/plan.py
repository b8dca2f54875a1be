"""What a run does, drawn from its seed: one trial a delivery, and events that strike everybody."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from devstack.chaos.traps import Trap

Step = tuple[str, int]
Fault = dict[str, Any]
Damage = Literal["", "missing document", "altered document", "short copy", "wrong copy"]

# Seconds, for the workers of the harness. A lease must be longer than two posts; the simulator
# checks and writes in two steps (`racy`), so what comes late must come before the settle time.
SHORT_TIMES = {
    "SIRIUS_CONNECT_SECONDS": 0.5,
    "SIRIUS_READ_SECONDS": 0.6,
    "SIRIUS_TOTAL_SECONDS": 1.0,
    "SUBMISSION_LEASE_SECONDS": 3.0,
    "SUBMISSION_SETTLE_SECONDS": 1.2,
    "SUBMISSION_BACKOFF_SECONDS": 0.05,
    "SWEEP_SECONDS": 0.3,
    "BREAKER_TRIAL_SECONDS": 0.3,
}
LATE_SECONDS = 1.0
HANG_SECONDS = 1.5
# Beyond lease and settle time: somebody else has the submission when a frozen worker wakes.
THAW_SECONDS = 5.5

_LINE = ("drop-before", "drop-after", "reset-before", "reset-after", "truncated")
_SERVER = tuple(
    f"{status}-{when}" for status in (500, 502, 503, 504) for when in ("before", "after")
)
_SESSION = ("401", "403", "redirect-to-sign-in", "session-expired", "csrf-refused")
_LIES = (
    *("200-html", "201-html", "201-html-before", "201-without-id", "201-text-id", "201-empty"),
    *("redirect-elsewhere", "close-before-reading"),
)
_REFUSALS = ("400-invalid", "400-unreadable", "404", "413")
# "400-duplicate" is left out: a Sirius that says so of a key that it does not have cannot be
# found out by anybody.
ORDER_FAULTS: tuple[Fault, ...] = (
    *({"kind": kind} for kind in (*_LINE, *_SERVER, *_SESSION, *_LIES, *_REFUSALS)),
    *({"kind": kind, "times": 2} for kind in ("401", "csrf-refused", "500-before", "500-after")),
    *({"kind": kind, "seconds": HANG_SECONDS} for kind in ("hang-before", "hang-after")),
    {"kind": "apply-late", "seconds": LATE_SECONDS},
    {"kind": "apply-late", "seconds": LATE_SECONDS, "times": 2},
    {"kind": "drip-headers", "seconds": 0.3},
    {"kind": "drip-body", "seconds": 0.3},
    {"kind": "429", "retry_after": "1"},
)
# These know no court reference: they strike whoever comes next.
SESSION_FAULTS: tuple[Fault, ...] = (
    *({"kind": kind, "call": "sign-in"} for kind in ("500-before", "drop-after", "401", "429")),
    {"kind": "hang-before", "call": "sign-in", "seconds": HANG_SECONDS},
    {"kind": "sign-in-without-token", "call": "sign-in"},
    {"kind": "sign-in-without-cookie", "call": "sign-in"},
    {"kind": "drop-before", "call": "sign-out"},
    {"kind": "hang-before", "call": "sign-out", "seconds": HANG_SECONDS},
)
EVENTS = (
    *("broker flushed", "broker killed", "database killed", "database restarted"),
    *("storage away", "Sirius killed", "sessions ended", "all workers killed", "sweep killed"),
)
DELIVERIES_AN_EVENT = 10
# By then every kill of the first part has come to its step: an event could lead it past it.
QUIET_DELIVERIES = 30
# Where a frozen worker is the most dangerous, since it wakes when somebody else has the submission:
# from before the commit that marks the post to before the one that settles.
_POST = "before Sirius POST /api/public/v1/orders"
_BEFORE_POST, _FROM_POST = 2, 4
# Around the moment in which a worker claims it.
CANCEL_AFTER = (0.0, 0.02, 0.05)
DAMAGES: tuple[Damage, ...] = ("missing document", "altered document", "short copy", "wrong copy")


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One delivery, and what is done to it.

    `faults` are the simulator's (`faults.Fault`); `taken`: somebody else has put the key there;
    `rings`: how many messages are sent; `clicks`: how many declare at once; `cancel_after`: so many
    seconds later an operator withdraws it, where that is still allowed.
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
    damage: Damage = ""
    cancel_after: float | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, words: dict[str, Any]) -> "Trial":
        return cls(**{**words, "traps": tuple(Trap(**trap) for trap in words["traps"])})


@dataclass(frozen=True)
class Plan:
    """The trials in order, and before which of them an event strikes everybody."""

    trials: tuple[Trial, ...]
    events: dict[int, str]


class Planner:
    """Draws a plan; the same seed, number and steps give the same."""

    def __init__(self, *, seed: int) -> None:
        self._dice = random.Random(seed)
        self._numbers = itertools.count(1)
        self._first_reference = self._dice.randrange(1_000_000, 8_000_000)

    def first(self) -> Trial:
        """An undisturbed delivery that writes down the names of its steps."""
        return self._trial("undisturbed, its steps noted", traps=(Trap(),))

    def kills(self, steps: Sequence[Step]) -> list[Trial]:
        """A trial a step, in which the worker is killed there."""
        return [
            self._trial(f"killed {step} #{nth}", traps=(Trap(step, nth),)) for step, nth in steps
        ]

    def draw(self, deliveries: int, *, steps: Sequence[Step]) -> Plan:
        """So many trials: a kill at every step, then each fault once, then by chance."""
        kills = self.kills(steps)
        others = list(itertools.islice(self._others(steps), max(0, deliveries - len(kills))))
        self._dice.shuffle(others)
        trials = [*kills, *others][:deliveries]
        return Plan(tuple(trials), self._events(len(kills), len(trials)))

    def _others(self, steps: Sequence[Step]) -> Iterator[Trial]:
        yield from self._each_once(steps)
        while True:
            yield self._by_chance(steps)

    def _each_once(self, steps: Sequence[Step]) -> Iterator[Trial]:
        for fault in (*ORDER_FAULTS, *SESSION_FAULTS):
            yield self._trial(_name_of(fault), faults=(fault,))
        for damage in DAMAGES:
            yield self._trial(damage, damage=damage)
        yield self._trial("key was there before", taken=True)
        before = {"kind": "500-before"}
        yield self._trial("key was there before, and a 500", taken=True, faults=(before,))
        for step in _around_the_post(steps):
            yield self._trial(f"frozen {step[0]}", traps=(Trap(*step, does="freeze"),))
        for seconds in CANCEL_AFTER:
            yield self._trial("an operator withdraws it", cancel_after=seconds)
        yield self._trial("three messages", rings=3)
        yield self._trial("no message", rings=0)
        yield self._trial("two clicks", clicks=2)
        yield self._trial("three clicks, three messages", clicks=3, rings=3)

    def _by_chance(self, steps: Sequence[Step]) -> Trial:
        dice = self._dice
        match dice.choices(
            ["plain", "kill", "kills", "freeze", "fault", "faults", "kill and fault", "others"],
            [10, 20, 8, 10, 20, 10, 12, 10],
        )[0]:
            case "plain":
                return self._trial("undisturbed", rings=dice.choice([0, 1, 1, 3]))
            case "kill":
                return self._with_traps(steps, 1, rings=dice.choice([1, 3]))
            case "kills":
                return self._with_traps(steps, 2)
            case "freeze":
                trap = Trap(*dice.choice(list(steps)), does="freeze")
                return self._trial(f"frozen {trap.step} #{trap.nth}", traps=(trap,))
            case "fault":
                fault = dice.choice([*ORDER_FAULTS, *SESSION_FAULTS])
                return self._trial(_name_of(fault), faults=(fault,))
            case "faults":
                faults = (dice.choice(ORDER_FAULTS), dice.choice(ORDER_FAULTS))
                return self._trial(" then ".join(map(_name_of, faults)), faults=faults)
            case "kill and fault":
                fault = dice.choice(ORDER_FAULTS)
                return self._with_traps(steps, 1, faults=(fault,), rings=dice.choice([1, 3]))
            case _:
                return self._trial(
                    "several at once",
                    taken=dice.random() < 0.3,
                    rings=3,
                    clicks=dice.choice([1, 2, 3]),
                    cancel_after=dice.choice([None, None, *CANCEL_AFTER]),
                    damage=dice.choice(["", *DAMAGES]),
                    faults=(dice.choice(ORDER_FAULTS),) if dice.random() < 0.5 else (),
                )

    def _with_traps(self, steps: Sequence[Step], number: int, **more: Any) -> Trial:
        traps = tuple(Trap(*step) for step in self._dice.choices(list(steps), k=number))
        name = " and ".join(f"killed {trap.step} #{trap.nth}" for trap in traps)
        return self._trial(name, traps=traps, **more)

    def _trial(self, name: str, **more: Any) -> Trial:
        number = next(self._numbers)
        trial = Trial(
            number=number,
            name=name,
            reference=_reference(self._first_reference + number),
            order_type=self._dice.choice(["PF", "HW"]),
            **more,
        )
        faults = tuple(
            fault if "call" in fault else {**fault, "reference": trial.reference}
            for fault in trial.faults
        )
        return replace(trial, faults=faults)

    def _events(self, first: int, end: int) -> dict[int, str]:
        """None during the kills at every step: each of those must come to its step."""
        places = range(first + QUIET_DELIVERIES, end, DELIVERIES_AN_EVENT)
        names = itertools.chain.from_iterable(
            self._dice.sample(EVENTS, len(EVENTS)) for _ in itertools.count()
        )
        return dict(zip(places, names, strict=False))


def _around_the_post(steps: Sequence[Step]) -> Sequence[Step]:
    names = [name for name, _ in steps]
    place = names.index(_POST) if _POST in names else 0
    return steps[max(0, place - _BEFORE_POST) : place + _FROM_POST]


def _name_of(fault: Fault) -> str:
    times = f" x{fault['times']}" if "times" in fault else ""
    return f"{fault.get('call', 'post')} meets {fault['kind']}{times}"


def _reference(number: int) -> str:
    """A court reference that holds its check (Sirius contract, modulus 11)."""
    digits = f"{number:07}"
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, (3, 4, 7, 5, 8, 2, 4), strict=True)
    )
    return digits + "0123456789T"[(11 - total % 11) % 11]
