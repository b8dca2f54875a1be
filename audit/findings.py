"""What `verify_audit` can find, and the report that it gives."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# Whoever changed a million lines is shown the first ten thousand of them.
MOST_FINDINGS = 10_000


class Kind(StrEnum):
    """What is wrong with a place in the diary."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT_OFF = "cut off"
    HEAD_MISSING = "head missing"
    HEAD_FORGED = "head forged"
    UNSIGNED = "unsigned"
    GUARD = "guard"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: what, where (ids of entries, positions of links), and in words."""

    kind: Kind
    words: str
    first_entry: int | None = None
    last_entry: int | None = None
    first_link: int | None = None
    last_link: int | None = None

    def names_entry(self, entry_id: int) -> bool:
        """Whether this entry is the one, or among those, that the finding names."""
        if self.first_entry is None or self.last_entry is None:
            return False
        return self.first_entry <= entry_id <= self.last_entry

    def __str__(self) -> str:
        return f"{self.kind.upper()}: {self.words}"


@dataclass
class Report:
    """What was looked at and what was found. `is_sound` with no finding."""

    entries: int = 0
    links: int = 0
    heads: int = 0
    # The newest link that a signed head covers, and when it was written.
    signed_position: int = 0
    signed_at: dt.datetime | None = None
    # Written since: nobody can prove yet that these were not changed by a superuser.
    unproved_links: int = 0
    unproved_entries: int = 0
    findings: list[Finding] = field(default_factory=list)
    not_shown: int = 0

    @property
    def is_sound(self) -> bool:
        return not self.findings

    def add(self, *findings: Finding) -> None:
        """Keep what was found; neighbours that were changed alike become one finding."""
        for finding in findings:
            if self.findings and (merged := _merged(self.findings[-1], finding)):
                self.findings[-1] = merged
            elif len(self.findings) < MOST_FINDINGS:
                self.findings.append(finding)
            else:
                self.not_shown += 1

    def lines(self) -> Iterator[str]:
        """For a person."""
        yield f"{self.entries} entries in {self.links} links, {self.heads} signed heads."
        yield from (str(finding) for finding in self.findings)
        if self.not_shown:
            yield f"... and {self.not_shown} more."
        signed = f"link {self.signed_position}" if self.signed_position else "nothing yet"
        when = f", written {self.signed_at:%Y-%m-%d %H:%M:%S} UTC" if self.signed_at else ""
        yield f"Proved by signed heads up to: {signed}{when}."
        if self.unproved_links:
            yield (
                f"Not provable yet: the {self.unproved_entries} entries in {self.unproved_links} "
                "links after that. The next signed head covers them."
            )
        yield "The diary is sound." if self.is_sound else "THE DIARY WAS TAMPERED WITH."

    def as_json(self) -> dict[str, Any]:
        """For a script."""
        return {**dataclasses.asdict(self), "is_sound": self.is_sound}


def changed_entry(entry_id: int, link: int | None) -> Finding:
    """One entry whose columns are not those that were digested."""
    return Finding(Kind.CHANGED, f"entry {entry_id} was changed", entry_id, entry_id, link, link)


def entries_words(first: int, last: int) -> str:
    """ "entry 7" or "entries 7 to 9"."""
    return f"entry {first}" if first == last else f"entries {first} to {last}"


def links_words(first: int, last: int) -> str:
    """ "link 7" or "links 7 to 9"."""
    return f"link {first}" if first == last else f"links {first} to {last}"


def _merged(before: Finding, finding: Finding) -> Finding | None:
    """Both as one, where the second continues the first; so that a long list stays short."""
    alike = before.kind is finding.kind is Kind.CHANGED
    words = f"{entries_words(finding.first_entry or 0, finding.last_entry or 0)} was changed"
    if not alike or before.last_entry is None or finding.words != words:
        return None
    if finding.first_entry != before.last_entry + 1 or before.first_entry is None:
        return None
    last = finding.last_entry or 0
    return dataclasses.replace(
        before,
        words=f"{entries_words(before.first_entry, last)} were changed",
        last_entry=last,
        last_link=finding.last_link,
    )
