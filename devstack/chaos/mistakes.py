"""The mistakes that `mutants` can make in the application: which number each must turn, and where.

Names alone, so that the harness' own process needs nothing of the application to know them.
"""

from dataclasses import dataclass

from devstack.chaos.oracles import Fate


@dataclass(frozen=True)
class Mistake:
    """`turns`: the number that must no longer be 0; `shown_by`: the first words of the trials of
    `Planner.probe` that show it."""

    turns: Fate
    shown_by: tuple[str, ...]
    racy: bool = True


_UNKNOWN = ("post meets 500-after", "post meets drop-after", "post meets 200-html")
_KILLED = ("killed with the request gone", "killed after Sirius POST")

MISTAKES: dict[str, Mistake] = {
    "no settle time": Mistake("duplicated", ("post meets apply-late",)),
    "no settle time, strict": Mistake("hasty", _UNKNOWN, racy=False),
    "unknown read as not applied": Mistake("falsely failed", _UNKNOWN),
    "unknown read as refused": Mistake("falsely failed", _UNKNOWN),
    "duplicate read as success": Mistake("falsely served", ("key was there before",)),
    "marked after the post": Mistake("falsely failed", _KILLED),
    "lost lease taken for unsent": Mistake("falsely failed", _KILLED),
    "lost lease repeated at once": Mistake("hasty", _KILLED),
    "documents not checked": Mistake("falsely served", ("short copy", "wrong copy")),
    "message is the queue": Mistake("lost", ("no message",)),
    "leases never taken back": Mistake("lost", _KILLED),
    "post without its attempt": Mistake("unannounced", ("undisturbed",)),
}
