"""One hostile file, and how the families of them are written down."""

from collections.abc import Callable
from dataclasses import dataclass

from filestore.errors import FileRejected

Content = bytes | Callable[[], bytes]


@dataclass(frozen=True)
class Hostile:
    """A file that must not be taken. `content` may be a function, for what is large."""

    title: str
    name: str
    content: Content
    refusal: type[FileRejected]

    @property
    def bytes(self) -> bytes:
        return self.content() if callable(self.content) else self.content


class Family:
    """Collects the cases of one kind of file under one name."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self._name = name
        self.cases: list[Hostile] = []

    def add(
        self, title: str, content: Content, refusal: type[FileRejected], name: str = ""
    ) -> None:
        self.cases.append(Hostile(f"{self.kind}: {title}", name or self._name, content, refusal))
