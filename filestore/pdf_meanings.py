"""What the references of a PDF lead to, and what happens in it by itself.

A number may be given to objects again and again, and viewers choose differently: here all of them
count. What was read is remembered, for a file may refer to one object a thousand times.
"""

from collections.abc import Container, Iterable, Iterator
from urllib.parse import unquote

from filestore.errors import ActionInside, CannotBeChecked, FetchesFromOutside, UnsafeLink
from filestore.links import is_program, is_remote_place, is_unsafe_link
from filestore.pdf_syntax import Broken, Work
from filestore.pdf_values import Name, Reader, Reference, Value

MOST_STEPS_TO_VALUE = 8

# What may not happen of itself, though a link may lead there.
_NOT_BY_ITSELF = {b"URI", b"GoToR", b"Thread"}
_PAGES = {b"D", b"P", b"Parent", b"Dest", b"AN", b"T", b"SD", b"Fields"}
_OF_STREAMS = {b"Length", b"Filter", b"Subtype", b"Type"}
_FILES = {b"F", b"UF", b"DOS", b"Mac", b"Unix"}


class Meanings:
    """Reads values where they are needed. Its methods raise `Broken` and `TooComplex`."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._places: dict[int, list[tuple[bytes, int]]] = {}
        self._known: dict[int, list[Value]] = {}
        self._agreed: dict[int, Value] = {}
        self._odd: set[int] = set()
        self._looked_at: set[tuple[bytes, int]] = set()
        self._done_by_itself: set[tuple[bytes, int]] = set()

    def add(self, number: int, space: bytes, at: int) -> None:
        """Remember that an object of this number stands here."""
        self._places.setdefault(number, []).append((space, at))
        self._known.pop(number, None)

    def read_value(self, space: bytes, at: int) -> tuple[Reader, Value]:
        """The value that stands here, and its reader."""
        reader = Reader(space, at)
        try:
            return reader, reader.read()
        finally:
            self._work.spend(reader.items)

    def read_strictly(self, space: bytes, at: int) -> Value:
        """The value that stands here. Raises `Broken` where viewers could read it differently."""
        reader, value = self.read_value(space, at)
        if reader.is_odd:
            raise Broken
        return value

    def of(self, reference: Reference) -> list[Value]:
        """What a reference leads to: one value for each definition that there is."""
        number = reference.number
        if number not in self._known:
            places = self._places.get(number, [])
            read = [self.read_value(space, at) for space, at in places]
            self._known[number] = [value for _reader, value in read]
            if any(reader.is_odd for reader, _value in read):
                self._odd.add(number)
        return self._known[number]

    def resolved(self, value: Value) -> Value:
        """The value that a reference stands for, or None where there is none or it is contested."""
        for _ in range(MOST_STEPS_TO_VALUE):
            if not isinstance(value, Reference):
                return value
            values = self.of(value)
            self._work.spend(len(values))
            if not values or any(other != values[0] for other in values):
                return None
            value = values[0]
        return None

    def agreed(self, value: Value) -> Value:
        """The value that a reference stands for. Raises `CannotBeChecked` for a contested one."""
        asked = value
        for _ in range(MOST_STEPS_TO_VALUE):
            if not isinstance(value, Reference):
                if isinstance(asked, Reference):
                    self._agreed.setdefault(asked.number, value)
                return value
            values = self.of(value)
            self._work.spend(len(values))
            if any(other != values[0] for other in values[1:]):
                raise CannotBeChecked
            value = values[0] if values else None
        raise CannotBeChecked

    def confirm(self) -> None:
        """Raise `CannotBeChecked` where what was agreed was contested by objects read later."""
        for number, value in self._agreed.items():
            if value is not None and self.agreed(Reference(number)) != value:
                raise CannotBeChecked

    def is_picture(self, value: Value) -> bool:
        """Whether a reference leads to a drawing or a font, and to nothing else."""
        values = self.of(value) if isinstance(value, Reference) else []
        self._work.spend(len(values))
        return bool(values) and all(
            isinstance(one, dict)
            and (one.get(b"Subtype") == Name(b"Form") or one.get(b"Type") == Name(b"Font"))
            and not _FILES & set(one)
            for one in values
        )

    def named_in(self, drawn: Iterable[Value], values: Container[int]) -> Iterator[int]:
        """The numbers of all that is named in these, also in lists and dictionaries.

        `values` are the numbers that are given to something else than a stream.
        """
        todo, seen = list(drawn), set[int]()
        while todo:
            value = todo.pop()
            if isinstance(value, Reference) and value.number not in seen:
                seen.add(value.number)
                yield value.number
                todo += self.of(value) if value.number in values else []
            elif isinstance(value, list):
                todo += value
            elif isinstance(value, dict) and not _OF_STREAMS & set(value):
                todo += value.values()

    def check_place(self, word: bytes, value: Value) -> None:
        """Refuse links to programs and folders, and files that lie somewhere on a network."""
        todo = [value]
        while todo:
            one = todo.pop()
            if isinstance(one, Reference):
                if (word, one.number) not in self._looked_at:
                    self._looked_at.add((word, one.number))
                    todo += self.of(one)
            elif isinstance(one, bytes):
                _check_text(word, one)
            elif isinstance(one, Name):
                _check_text(word, one.text)

    def check_automatic(self, space: bytes, at: int) -> None:
        """Look at what happens by itself when the file, a page or a field is opened (12.6.3)."""
        todo: list[tuple[bytes, Value]] = [(b"", self.read_strictly(space, at))]
        while todo:
            self._work.spend(1)
            key, value = todo.pop()
            if isinstance(value, Reference):
                if (key, value.number) not in self._done_by_itself:
                    self._done_by_itself.add((key, value.number))
                    todo += [(key, one) for one in self.of(value)]
                    if value.number in self._odd:
                        raise Broken
            elif isinstance(value, list):
                # A page and how to show it is no list of actions.
                is_page = isinstance(value[1] if len(value) > 1 else None, Name)
                if key == b"Next" or not is_page:
                    todo += [(key, one) for one in value if isinstance(one, dict | Reference)]
            elif isinstance(value, dict):
                kind = self.agreed(value.get(b"S"))
                if isinstance(kind, Name) and kind.text in _NOT_BY_ITSELF:
                    raise ActionInside
                # The events of /AA, and the actions that come after one: never pages or notes.
                todo += [(key, one) for key, one in value.items() if key not in _PAGES]


def _check_text(word: bytes, text: bytes) -> None:
    place = _text(text)
    if word in {b"URI", b"Base"}:
        if is_unsafe_link(place):
            raise UnsafeLink
    elif is_remote_place(place):
        raise FetchesFromOutside
    elif is_program(place):
        raise ActionInside


def _text(value: bytes) -> str:
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    if value.startswith(b"\xff\xfe"):
        return value[2:].decode("utf-16-le", "replace")
    return unquote(value.decode("utf-8", "replace"))
