"""What a run says in the end: what was done, what was broken, and the numbers that must be 0."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from devstack.chaos.oracles import FATES, Violation

MOST_LINES = 40
TITLES = {"unannounced": "posts without an earlier attempt row"}


@dataclass(frozen=True, kw_only=True)
class Report:
    """Figures of one run; `outcomes`, `answers` and the like count by name."""

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
    violations: list[Violation] = field(default_factory=list)

    @property
    def zeros(self) -> dict[str, int]:
        """The numbers that must all be 0."""
        counted = Counter(violation.fate for violation in self.violations)
        return {fate: counted[fate] for fate in FATES}

    @property
    def is_clean(self) -> bool:
        return not self.violations

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "zeros": self.zeros, "clean": self.is_clean}

    def as_text(self) -> str:
        """For a person at a terminal."""
        lines = [
            f"{self.deliveries} deliveries in {self.seconds:.0f} s, seed {self.seed}",
            f"{self.posts} posts reached Sirius, {self.records} became records",
            f"{len(self.steps)} steps in one delivery, each a place to die:",
            *(f"  {number:3}. {step}" for number, step in enumerate(self.steps, start=1)),
            *_table("Where the submissions ended", self.outcomes),
            *_table("How the tries ended", self.tries),
            *_table("Workers killed", self.kills),
            *_table("Workers frozen beyond their lease", self.freezes),
            *_table("Faults of Sirius that struck", self.faults),
            *_table("What struck everybody", self.events),
            f"Messages that the flushes lost: {self.messages_flushed}",
            "",
            *(f"{TITLES.get(fate, fate)}: {number}" for fate, number in self.zeros.items()),
            *(
                f"  {one.fate.upper()}: {one.reference}, {one.what} [{one.trial}]"
                for one in self.violations[:MOST_LINES]
            ),
        ]
        return "\n".join(lines)


def counted(names: Iterable[str]) -> dict[str, int]:
    """How often each name came, the most frequent first."""
    return dict(Counter(names).most_common())


def _table(title: str, counts: dict[str, int]) -> list[str]:
    return [f"{title}: {sum(counts.values())}", *(f"  {n:5}  {name}" for name, n in counts.items())]
