"""Which columns a kind of file must have and may have, found by their headings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from csv_ingest.parsing.cells import Cell


@dataclass(frozen=True)
class Columns:
    """The headings of one kind of file; case and spacing are forgiven, other columns ignored."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.needed, *self.optional)

    def find(self, headings: Sequence[Cell]) -> dict[str, int]:
        """Where each of the columns stands that is there; of two the first."""
        places = reversed(list(enumerate(map(self._named, headings))))
        return {column: place for place, column in places if column}

    def missing(self, headings: Sequence[Cell]) -> list[str]:
        """The needed columns that are not there."""
        places = self.find(headings)
        return [column for column in self.needed if column not in places]

    def repeated(self, headings: Sequence[Cell]) -> list[str]:
        """The columns that are there more than once."""
        counts = Counter(map(self._named, headings))
        return [column for column in self.names if counts[column] > 1]

    def _named(self, heading: Cell) -> str:
        """The column that this heading names, or ""."""
        if not isinstance(heading, str):
            return ""
        return {_squeezed(name): name for name in self.names}.get(_squeezed(heading), "")


def _squeezed(heading: str) -> str:
    return "".join(heading.replace("\ufeff", "").split()).casefold()
