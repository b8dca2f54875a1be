"""Traps laid for deliveries, as files: which step, and what becomes of the worker that comes there.

A file a subject (a submission's id, or `SWEEP`), so that one process lays and any worker falls in.
"""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

SWEEP = "sweep"
# The step of a sweep in which it takes back what a lost worker left.
RECOVERY = "commit of a recovery"
HITS = "hits.jsonl"
STEPS = "steps.jsonl"
DEATHS = "deaths.jsonl"


@dataclass(frozen=True)
class Trap:
    """At the `nth` time that one try comes to the step `step`: "kill" or "freeze" the worker.

    `tries`: how many tries of the delivery must have begun before that one. The step "" is never
    reached: a trap with it asks for the names of all steps to be written.
    """

    step: str = ""
    nth: int = 1
    does: Literal["kill", "freeze"] = "kill"
    tries: int = 0

    def is_at(self, here: "Trap") -> bool:
        """Whether a delivery that came to `here` falls into it."""
        return (self.step, self.nth) == (here.step, here.nth) and self.tries <= here.tries

    @property
    def name(self) -> str:
        """As reports have it."""
        return f"{self.step} #{self.nth}" + (f" of try {self.tries + 1}" if self.tries else "")


class TrapFolder:
    """The traps on disk, and what fell into them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lay(self, subject: str, traps: list[Trap]) -> None:
        """Replace the traps of a subject; the first strikes first, each once."""
        new = self._folder / f"{subject}.{os.getpid()}.new"
        new.write_text(json.dumps([asdict(trap) for trap in traps]))
        new.replace(self._path(subject))

    def next(self, subject: str) -> Trap | None:
        """The trap that waits for this subject."""
        traps = self._read(self._path(subject))
        return traps[0] if traps else None

    def spring(self, subject: str, trap: Trap) -> bool:
        """Use up the first trap; False where another worker fell into it before."""
        taken = self._folder / f"{subject}.{os.getpid()}.taken"
        try:
            self._path(subject).rename(taken)
        except FileNotFoundError:
            return False
        waiting = self._read(taken)
        hit = waiting[:1] == [trap]
        if rest := waiting[1:] if hit else waiting:
            self.lay(subject, rest)
        taken.unlink()
        if hit:
            self._note(HITS, {"subject": subject, "at": time.time(), **asdict(trap)})
        return hit

    def note_try(self, subject: str) -> None:
        """One more try of this delivery has begun."""
        with (self._folder / f"{subject}.tries").open("ab", buffering=0) as file:
            file.write(b".")

    def tries(self, subject: str) -> int:
        """How many tries of it have begun while a trap waited."""
        try:
            return (self._folder / f"{subject}.tries").stat().st_size
        except FileNotFoundError:
            return 0

    def note_step(self, subject: str, trap: Trap) -> None:
        """Write down that a delivery came to this step."""
        self._note(STEPS, {"subject": subject, **asdict(trap)})

    def note_death(self, who: str, status: int) -> None:
        """Write down that a process ended though nobody had killed it."""
        self._note(DEATHS, {"who": who, "status": status, "at": time.time()})

    def deaths(self) -> list[str]:
        """Who ended by itself, once for each time."""
        return [str(line["who"]) for line in self._lines(DEATHS)]

    def hits(self) -> list[dict[str, Any]]:
        """Every trap that was sprung: subject, at, step, nth, does."""
        return self._lines(HITS)

    def steps(self, subject: str) -> list[Trap]:
        """Every step that one delivery came to, in order, each as the trap that would strike it."""
        return [
            Trap(line["step"], line["nth"], tries=line["tries"])
            for line in self._lines(STEPS)
            if line["subject"] == subject
        ]

    def _path(self, subject: str) -> Path:
        return self._folder / f"{subject}.trap"

    def _read(self, path: Path) -> list[Trap]:
        try:
            return [Trap(**trap) for trap in json.loads(path.read_text())]
        except FileNotFoundError:
            return []

    def _note(self, name: str, line: dict[str, object]) -> None:
        # One write of a line to a file opened for appending is never torn by another's.
        with (self._folder / name).open("ab", buffering=0) as file:
            file.write(json.dumps(line).encode() + b"\n")

    def _lines(self, name: str) -> list[dict[str, Any]]:
        try:
            return [json.loads(line) for line in (self._folder / name).read_text().splitlines()]
        except FileNotFoundError:
            return []
