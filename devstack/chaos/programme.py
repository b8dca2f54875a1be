"""What one run is to do, and the command that does it again."""

from dataclasses import dataclass, replace
from typing import Literal

from devstack.chaos.plan import OTHER_TIMES, SHORT_TIMES, THAW_SECONDS

Kind = Literal["mixed", "kills", "storm", "situations", "probe"]

WORKERS = 4
# Of the answers to a storm's posts, so many go wrong.
FAULTY_SHARE = 0.35
# The worst that a run may take, before it ends by itself and says that it was cut short.
_SECONDS_TO_BEGIN, _SECONDS_A_DELIVERY = 600.0, 4.0
_OPTIONS: dict[Kind, str] = {
    "mixed": "--deliveries",
    "kills": "--kills-each",
    "storm": "--storm",
    "situations": "--faults-by-state",
    "probe": "--probe",
}
# How much longer all waiting is than at its shortest: a long run shares its machine with others.
_PACES: dict[Kind, float] = {"mixed": 1, "kills": 2, "storm": 2, "situations": 2, "probe": 2}
# Where workers are killed at every step the settle time, and what Sirius writes late, are so much
# longer still that it is longer than a lease, as in production: else a lost lease that is repeated
# at once comes as late as one that waited. Elsewhere it is shorter: where Sirius has faults, and so
# breakers, a run would take half as long again, and come back later to what is broken.
_LATER: dict[Kind, float] = {"kills": 4, "probe": 5}


@dataclass(frozen=True, kw_only=True)
class Programme:
    """One run: `number` deliveries, or kills at each step, or rounds of all there is.

    `only`: the numbers of the trials to perform, () for all; `broken`: the mistake of
    `mistakes.MISTAKES` that is made in the application on purpose.
    """

    kind: Kind
    number: int
    seed: int
    racy: bool = True
    workers: int = WORKERS
    only: tuple[int, ...] = ()
    broken: str = ""

    @property
    def title(self) -> str:
        """For a line of its own."""
        what = {
            "mixed": f"{self.number} deliveries, every step and each fault once",
            "kills": f"kill -9 at every step, {self.number} times each",
            "storm": f"a storm of {self.number} deliveries, {FAULTY_SHARE:.0%} faulty answers",
            "situations": "every fault of Sirius in every state",
            "probe": "the few deliveries that show a mistake",
        }[self.kind]
        sirius = "a racy Sirius" if self.racy else "a strict Sirius"
        return f"{what}, {sirius}" + (f", BROKEN: {self.broken}" if self.broken else "")

    @property
    def command(self) -> str:
        """What to type to have the same plan again."""
        words = ["manage.py chaos", _OPTIONS[self.kind]]
        if self.kind not in ("situations", "probe"):
            words.append(str(self.number))
        words += ["--sirius", "racy" if self.racy else "strict", "--seed", str(self.seed)]
        if self.broken:
            words += ["--broken", f"'{self.broken}'"]
        return " ".join(words)

    def just(self, number: int) -> str:
        """What to type to have one of its trials again."""
        return f"{self.command} --only {number}"

    def with_sirius(self, *, racy: bool) -> "Programme":
        """The same against the other kind of Sirius."""
        return replace(self, racy=racy)

    @property
    def pace(self) -> float:
        """What `plan.SHORT_TIMES` are multiplied by."""
        return _PACES[self.kind]

    @property
    def times(self) -> dict[str, float]:
        """The application's variables, in seconds."""
        times = {name: self.pace * seconds for name, seconds in SHORT_TIMES.items()}
        times["SUBMISSION_SETTLE_SECONDS"] *= self.later
        return times | OTHER_TIMES

    @property
    def later(self) -> float:
        """How much longer still the settle time is, and what Sirius writes late."""
        return _LATER.get(self.kind, 1)

    @property
    def thaw_seconds(self) -> float:
        """When a frozen worker wakes: beyond lease and settle time."""
        longer = self.pace * SHORT_TIMES["SUBMISSION_SETTLE_SECONDS"] * (self.later - 1)
        return self.pace * THAW_SECONDS + longer

    @property
    def drain_seconds(self) -> float:
        """When no row has come to its end for so long, those that wait are taken for lost."""
        return 45.0 if self.kind == "probe" else 90.0

    def most_seconds(self, deliveries: int) -> float:
        """When so many deliveries must be over."""
        return _SECONDS_TO_BEGIN + _SECONDS_A_DELIVERY * deliveries
