"""What a run says in the end: what was done, what was broken, and the numbers that must be 0."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from devstack.chaos.oracles import FATES, Violation

MOST_LINES = 40
TITLES = {
    "unannounced": "posts without an earlier attempt row",
    "hasty": "posts repeated before the settle time",
}


@dataclass(frozen=True)
class Held:
    """One that waits for a person: why, and what Sirius' journal says of it."""

    reference: str
    trial: str
    reason: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """Figures of one run; `outcomes`, `answers` and the like count by name.

    `missed`: what was asked for and did not come about (`demands`); `spoilt`: see `oracles.spoilt`;
    `cut_short`: why the run ended before its time, "" where it did not.
    """

    title: str
    command: str
    seed: int
    deliveries: int
    seconds: float
    posts: int
    records: int
    steps: list[str]
    outcomes: dict[str, int]
    tries: dict[str, int]
    kills: dict[str, int]
    freezes: dict[str, int]
    faults: dict[str, int]
    events: dict[str, int]
    messages_flushed: int
    states_seen: list[str]
    deaths: dict[str, int] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)
    situations: dict[str, int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    spoilt: int = 0
    cut_short: str = ""
    violations: list[Violation] = field(default_factory=list)
    repeats: dict[str, str] = field(default_factory=dict)

    @property
    def zeros(self) -> dict[str, int]:
        """The numbers that must all be 0."""
        counts = Counter(violation.fate for violation in self.violations)
        return {fate: counts[fate] for fate in FATES}

    @property
    def is_clean(self) -> bool:
        """No promise was broken, by a run that made what it was asked for."""
        return not self.violations and not self.cut_short and not self.missed

    def figures(self) -> dict[str, Any]:
        """The run in few numbers."""
        return {
            "deliveries": self.deliveries,
            "seconds": round(self.seconds),
            **{TITLES.get(fate, fate): number for fate, number in self.zeros.items()},
            "held": sum(self.held_why().values()),
            "workers killed at steps": sum(self.kills.values()),
            "faults of Sirius": sum(self.faults.values()),
            "events": sum(self.events.values()),
            "processes that ended by themselves": sum(self.deaths.values()),
            "cut short": self.cut_short or "no",
            "asked for and not made": len(self.missed),
            "to repeat": self.command,
        }

    def held_why(self) -> dict[str, int]:
        """How many are held, by reason and evidence."""
        return counted(f"{one.reason}: {one.evidence}" for one in self.held)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "zeros": self.zeros, "clean": self.is_clean}

    def as_text(self) -> str:
        """For a person at a terminal."""
        lines = [
            self.title,
            f"{self.deliveries} deliveries in {self.seconds:.0f} s, seed {self.seed}",
            f"{self.posts} posts reached Sirius, {self.records} became records",
            f"{len(self.steps)} steps in one delivery, each a place to die:",
            *(f"  {number:3}. {step}" for number, step in enumerate(self.steps, start=1)),
            *_table("Where the submissions ended", self.outcomes),
            *_table("Held, and why", self.held_why()),
            *_table("How the tries ended", self.tries),
            *_table("Workers killed", self.kills),
            *_table("Workers frozen beyond their lease", self.freezes),
            *_table("Faults of Sirius that struck", self.faults),
            *_table("Situations in which a fault struck", self.situations),
            *_table("What struck everybody", self.events),
            *_table("Ended by themselves, though nobody had killed them", self.deaths),
            *_table("On the real pages", self.pages),
            f"Messages that the flushes lost: {self.messages_flushed}",
            *_list("NOT MADE, though it was asked for", self.missed),
            f"Records that Sirius itself wrote too late for any settle time: {self.spoilt}",
            *([f"CUT SHORT: {self.cut_short}"] if self.cut_short else []),
            "",
            *self._verdict(),
        ]
        return "\n".join(lines)

    def _verdict(self) -> list[str]:
        found = [
            f"  {one.fate.upper()}: {one.reference}, {one.what} [{one.trial}]"
            + (f"\n      again: {self.repeats[one.reference]}" if self.repeats else "")
            for one in self.violations[:MOST_LINES]
        ]
        zeros = [f"{TITLES.get(fate, fate)}: {number}" for fate, number in self.zeros.items()]
        return [*zeros, *found, f"To repeat it all: {self.command}"]


def counted(names: Iterable[str]) -> dict[str, int]:
    """How often each name came, the most frequent first."""
    return dict(Counter(names).most_common())


def _table(title: str, counts: dict[str, int]) -> list[str]:
    return [f"{title}: {sum(counts.values())}", *(f"  {n:5}  {name}" for name, n in counts.items())]


def _list(title: str, names: Sequence[str]) -> list[str]:
    return [f"{title}: {len(names)}", *(f"  {name}" for name in names[:MOST_LINES])]
