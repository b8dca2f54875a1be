"""The objects of a PDF, each looked at for what runs, fetches, hides or is too much.

What a viewer does when a file is opened, or a link is used, is an action (ISO 32000-1, 12.6); a
link to a page or an address is none that matters here.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from filestore.errors import (
    ActionInside,
    CannotBeChecked,
    FetchesFromOutside,
    FileCutShort,
    FileDamaged,
    FileEncrypted,
    FileRejected,
    MediaInside,
    ProgramEmbedded,
    RunsInCircles,
    ScriptInside,
    TooManyPixels,
    UnsafeLink,
)
from filestore.foreign import refuse_programs
from filestore.images import MAX_PIXELS
from filestore.links import is_program, is_remote_place, is_unsafe_link
from filestore.pdf_streams import Scales, filters_of, unpack, weigh
from filestore.pdf_syntax import (
    GAP,
    Found,
    Name,
    Reference,
    Value,
    read_value,
    skip_space,
    walk,
)

MOST_OBJECTS = 400_000
MOST_WORK = 3  # times its own size that a file may be walked over, since objects can overlap
MOST_STEPS = 400_000
MOST_AUTOMATIC = 2_000
LENGTH_OFF_BY = 64  # bytes by which honest but careless programs miss a stream's end

_START = re.compile(
    rb"(\d{1,10})(?:[\x00\t\n\f\r ]|%[^\r\n]*+[\r\n])++\d{1,10}"
    rb"(?:[\x00\t\n\f\r ]|%[^\r\n]*+[\r\n])*+obj(?![A-Za-z])|trailer"
)
_IS_KIND = re.compile(rb"/((?:S|#53)|[STst#0-9A-Fa-fubypeUBYPE]{4,24})" + GAP + rb"$")
_REFERENCE = re.compile(rb"(\d{1,10})[\s\x00]+\d{1,10}[\s\x00]+R")

_SCRIPTS = {b"JavaScript", b"XFA"}
_ACTIONS = {b"Launch", b"GoToE", b"SubmitForm", b"ImportData"}
_FILES = {b"EmbeddedFile", b"EmbeddedFiles", b"FileAttachment"}
_MEDIA = {b"RichMedia", b"RichMediaExecute", b"RichMediaSettings", b"RichMediaContent"}
# Words that also name other things: they count as the kind of an action, note or object.
_KINDS = {
    b"Movie": MediaInside,
    b"Sound": MediaInside,
    b"3D": MediaInside,
    b"GoTo3DView": MediaInside,
    b"Rendition": MediaInside,
    b"Screen": MediaInside,
    # A drawing that is a program of its own, which printers run.
    b"PS": ScriptInside,
}
# Words that count as keys alone: what follows must be a dictionary, a string or a reference.
_KEYS: dict[bytes, type[FileRejected]] = {
    b"JS": ScriptInside,
    b"EF": ProgramEmbedded,
    b"Collection": ProgramEmbedded,
    b"Encrypt": FileEncrypted,
}
_PLACES = {b"F", b"UF", b"URI", b"Base"}
# What may not happen of itself, though a link may lead there.
_NOT_BY_ITSELF = {b"URI", b"GoToR", b"Thread"}


class Objects:
    """All objects of one file. `check` raises the `FileRejected` there is reason for."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._places: dict[int, list[tuple[bytes, int]]] = {}
        self._automatic: list[tuple[bytes, int]] = []
        self._referred: list[tuple[bytes, Reference]] = []
        self._kids: dict[int, list[int]] = {}
        self._extents: list[tuple[int, int]] = []
        self._scales = Scales()
        self._walked = 0
        self._steps = 0
        self._room = MOST_WORK * len(content) + 1024 * 1024

    def check(self) -> None:
        """Look at every object, then at what happens by itself."""
        content = self._content
        starts = [(0, 0, b"")]
        for found in _START.finditer(content):
            starts.append((found.start(), found.end(), found[1] or b""))
            if found[1]:
                self._places.setdefault(int(found[1]), []).append((content, found.end()))
        if not self._places:
            raise FileDamaged
        if len(starts) > MOST_OBJECTS:
            raise CannotBeChecked
        for before, at, number in starts:
            end = self._check_object(content, at, number=int(number or 0))
            self._extents.append((before, end))
        for space, at in self._automatic:
            self._check_automatic(space, at)
        for word, reference in self._referred:
            for space, at in self._places.get(reference.number, [])[-8:]:
                self._check_text(word, read_value(space, at))
        self._check_circles()

    def between(self) -> Iterator[tuple[int, int]]:
        """Where, between the objects, something could stand that no viewer of PDF looks at."""
        reached = 0
        for start, end in sorted(self._extents)[1:]:
            if start > reached:
                yield reached, start
            reached = max(reached, end)
        yield reached, len(self._content)

    def _check_object(
        self, content: bytes, at: int, end: int | None = None, *, number: int = 0
    ) -> int:
        """Look at one object, and give where it ends."""
        last, first = at, skip_space(content, at)
        for found in walk(content, at, end):
            last = found.end
            self._steps += 1
            if found.word == b"stream" and end is None:
                last = self._check_stream(at, found.end)
            else:
                if found.word == b"Kids":
                    self._note_kids(number, content, found.end)
                # A name that is a whole object is there to be referred to as the kind of one.
                self._judge(content, found, is_alone=found.start == first)
        self._walked += last - at
        if self._walked > self._room or self._steps > 2 * MOST_STEPS + MOST_OBJECTS:
            raise CannotBeChecked
        return last

    def _judge(self, content: bytes, found: Found, *, is_alone: bool) -> None:
        word = found.word
        is_kind = is_alone or _is_kind(content, found.start)
        if word in _SCRIPTS:
            raise ScriptInside
        if word in _ACTIONS and is_kind:
            raise ActionInside
        if word in _FILES:
            raise ProgramEmbedded
        if word in _MEDIA or (word in _KINDS and is_kind):
            raise _KINDS.get(word, MediaInside)
        if word in _KEYS and _has_value(content, found.end):
            raise _KEYS[word]
        if word in _PLACES:
            self._check_place(content, found)
        if word in {b"OpenAction", b"AA"}:
            self._automatic.append((content, found.end))
            if len(self._automatic) > MOST_AUTOMATIC:
                raise CannotBeChecked

    def _check_place(self, content: bytes, found: Found) -> None:
        """Refuse links to programs and folders, and files that lie somewhere on a network."""
        at = skip_space(content, found.end)
        if content[at : at + 2] == b"<<" or not _has_value(content, found.end):
            return
        value = read_value(content, at)
        if isinstance(value, Reference):
            self._referred.append((found.word, value))
        self._check_text(found.word, value)

    def _check_text(self, word: bytes, value: Value) -> None:
        place = _text(value) if isinstance(value, bytes) else ""
        if word in {b"URI", b"Base"}:
            if is_unsafe_link(place):
                raise UnsafeLink
        elif is_remote_place(place):
            raise FetchesFromOutside
        elif is_program(place):
            raise ActionInside

    def _note_kids(self, number: int, content: bytes, at: int) -> None:
        """Remember which objects stand below this one in a tree of pages, fields or names."""
        at = skip_space(content, at)
        if content[at : at + 1] == b"[":
            end = content.find(b"]", at)
            below = _REFERENCE.findall(content, at, end if end >= 0 else len(content))
            self._kids.setdefault(number, []).extend(map(int, below))

    def _check_circles(self) -> None:
        """Raise `RunsInCircles` where a tree leads back to itself."""
        done: set[int] = set()
        for start in self._kids:
            path: list[tuple[int, Iterator[int]]] = [(start, iter(self._kids[start]))]
            above = {start}
            while path:
                number, below = path[-1]
                child = next((one for one in below if one not in done), None)
                if child is None:
                    path.pop()
                    above.discard(number)
                    done.add(number)
                elif child in above:
                    raise RunsInCircles
                else:
                    above.add(child)
                    path.append((child, iter(self._kids.get(child, ()))))

    def _check_stream(self, at: int, behind: int) -> int:
        """Look at a stream whose dictionary is at `at`; it begins `behind` its keyword."""
        content = self._content
        described = read_value(content, at)
        if not isinstance(described, dict):
            return behind
        start = behind + (2 if content.startswith(b"\r\n", behind) else 1)
        end = self._end_of_stream(described, start)
        if isinstance(described.get(b"F"), bytes | dict | Reference):
            raise FetchesFromOutside
        filters = filters_of(self._resolved(described.get(b"Filter")))
        room = self._room_of_picture(described)
        weigh(memoryview(content)[start:], filters, self._scales, room=room)
        kind = self._resolved(described.get(b"Type"))
        is_objects = isinstance(kind, Name) and kind.text == b"ObjStm"
        if is_objects or (b"First" in described and b"N" in described):
            self._check_packed_objects(described, start, end, filters)
        return end

    def _end_of_stream(self, described: dict[bytes, Value], start: int) -> int:
        """Where the stream ends. Raises `FileCutShort`, and `FileDamaged` for a false length."""
        content = self._content
        found = content.find(b"endstream", start)
        length = self._resolved(described.get(b"Length"))
        if not isinstance(length, float) or found < 0:
            if found < 0:
                raise FileCutShort
            return found
        declared = start + int(length)
        if length < 0:
            raise FileDamaged
        if declared > len(content):
            raise FileCutShort
        # Packed bytes may hold the word by chance: the length is believed where it fits.
        after = skip_space(content, declared)
        if content.startswith((b"endstream", b"endobj"), after):
            return declared
        if abs(found - declared) > LENGTH_OFF_BY:
            raise FileDamaged
        return found

    def _room_of_picture(self, described: dict[bytes, Value]) -> int:
        """How many bytes a picture needs at most, 0 for what is none. Raises `TooManyPixels`."""
        kind = self._resolved(described.get(b"Subtype"))
        if not isinstance(kind, Name) or kind.text != b"Image":
            return 0
        width = self._resolved(described.get(b"Width", described.get(b"W")))
        height = self._resolved(described.get(b"Height", described.get(b"H")))
        if not isinstance(width, float) or not isinstance(height, float):
            return 0
        if width < 0 or height < 0 or width * height > MAX_PIXELS:
            raise TooManyPixels
        return int(width * height * 8 + height) + 1

    def _check_packed_objects(
        self, described: dict[bytes, Value], start: int, end: int, filters: list[bytes]
    ) -> None:
        """Look at each object of a stream of them (7.5.7). Raises as `check`."""
        parameters = self._resolved(described.get(b"DecodeParms", described.get(b"DP")))
        for one in parameters if isinstance(parameters, list) else [parameters]:
            one = self._resolved(one)
            predictor = one.get(b"Predictor") if isinstance(one, dict) else None
            if predictor not in {None, 1.0}:
                raise CannotBeChecked
        if b"F" in described or any(isinstance(one, Reference) for one in _listed(parameters)):
            raise CannotBeChecked
        unpacked = unpack(self._content[start : max(end, start)], filters)
        first = self._resolved(described.get(b"First"))
        if not isinstance(first, float) or not 0 <= first <= len(unpacked):
            raise CannotBeChecked
        header = unpacked[: int(first)].split()
        pairs = list(zip(header[::2], header[1::2], strict=False))
        offsets = sorted({int(first) + int(place) for _number, place in pairs})
        self._room += MOST_WORK * len(unpacked)
        if len(pairs) > MOST_OBJECTS or (offsets and offsets[-1] > len(unpacked)):
            raise CannotBeChecked
        for number, place in pairs:
            self._places.setdefault(int(number), []).append((unpacked, int(first) + int(place)))
        # Each object ends where the next begins: none can stand inside of another's string.
        for begin, finish in zip(offsets, [*offsets[1:], len(unpacked)], strict=False):
            self._check_object(unpacked, begin, finish)
        refuse_programs(unpacked)

    def _resolved(self, value: Value) -> Value:
        """The value that a reference stands for; None where there is none or it is contested."""
        for _ in range(8):
            if not isinstance(value, Reference):
                return value
            places = self._places.get(value.number, [])
            values = [read_value(space, at) for space, at in places[-8:]]
            if not values or any(other != values[0] for other in values):
                return None
            value = values[0]
        return None

    def _check_automatic(self, space: bytes, at: int) -> None:
        """Look at what happens by itself when the file, a page or a field is opened (12.6.3)."""
        todo: list[Value] = [read_value(space, at)]
        seen: set[int] = set()
        for _ in range(MOST_AUTOMATIC):
            if not todo:
                return
            value = todo.pop()
            if isinstance(value, Reference) and value.number not in seen:
                seen.add(value.number)
                places = self._places.get(value.number, [])
                todo += [read_value(space, at) for space, at in places[-8:]]
            elif isinstance(value, list):
                todo += [one for one in value if isinstance(one, dict)]
            elif isinstance(value, dict):
                kind = self._resolved(value.get(b"S"))
                if isinstance(kind, Name) and kind.text in _NOT_BY_ITSELF:
                    raise ActionInside
                # The events of /AA, and the actions that come after one: never pages or notes.
                todo += [one for key, one in value.items() if key not in _PAGES]
        raise CannotBeChecked


_PAGES = {b"D", b"P", b"Parent", b"Dest", b"AN", b"T", b"SD", b"Fields"}


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _is_kind(content: bytes, at: int) -> bool:
    """Whether the name here is the value of /S, /Subtype or /Type."""
    before = content[max(0, at - 256) : at]
    # A comment in between is there to hide something.
    return bool(_IS_KIND.search(before)) or b"%" in before[before.rfind(b"/") :]


def _has_value(content: bytes, at: int) -> bool:
    at = skip_space(content, at)
    return content[at : at + 1] in {b"(", b"<"} or content[at : at + 1].isdigit()


def _text(value: bytes) -> str:
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    return unquote(value.decode("utf-8", "replace"))
