"""The objects of a PDF, each looked at for what runs, fetches, hides or is too much.

Viewers mend what is broken, each in its own way, and could so see what we do not. What is taken
is therefore a row of whole objects: brackets pair in each, and between them stands nothing but
tables, comments and space (ISO 32000-1, 7.3 and 7.5).
"""

import re
from collections import Counter
from collections.abc import Iterator

from filestore.errors import (
    CannotBeChecked,
    FetchesFromOutside,
    FileCutShort,
    FileDamaged,
    PdfUnpacksToFar,
    TooManyPixels,
)
from filestore.foreign import refuse_programs
from filestore.images import MAX_PIXELS
from filestore.patterns import repeated
from filestore.pdf_headings import Heading, headings
from filestore.pdf_meanings import Meanings
from filestore.pdf_names import REFUSALS, harm_of
from filestore.pdf_packed import pieces
from filestore.pdf_streams import Scales, filters_of, unpack, weigh
from filestore.pdf_syntax import Broken, Found, TooComplex, Work, names_in, skip_space, walk
from filestore.pdf_trees import Trees
from filestore.pdf_values import Name, Reference, Value, places_of_names

MOST_OBJECTS = 130_000
MOST_WALKED = 3  # times its own size that a file may be walked over, since objects can overlap
MOST_WORK = 600_000  # steps; one takes two or three millionths of a second
STEPS_OF_OBJECT = 3
STEPS_OF_STREAM = 6
STEPS_OF_PLACE = 2
MOST_PIXELS = 100 * MAX_PIXELS  # of all pictures: five hundred pages at 600 dots an inch
LENGTH_OFF_BY = 64  # bytes by which honest but careless programs miss a stream's end

_COMMENTS = re.compile(rb"%[^\r\n]*+")
_BETWEEN = re.compile(
    repeated(rb"[\x00\t\n\f\r \d]++|endobj|endstream|startxref|xref|[fn]|%[^\r\n]*+")
)
# What most pages and fields have, to be read in a tenth of the time: `4 0 R` or `<< /N 4 0 R >>`.
_ONE_DRAWN = re.compile(
    rb"(?:(<<)[ \r\n]*+/[A-Za-z]++[ \r\n]*+)?(\d{1,10})[ \r\n]++\d{1,5}[ \r\n]++R"
    rb"(?(1)[ \r\n]*+>>|(?![A-Za-z0-9]))"
)
_NOTHING = {b"", b"\n", b"\r", b"\r\n", b" "}
_PLACES = {b"F", b"UF", b"URI", b"Base"}
_DRAWN = {b"Contents", b"AP", b"CharProcs", b"Pattern"}  # what is below is drawn by its words


class Objects:
    """All objects of one file. `check` raises the `FileRejected` there is reason for."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._work = Work(MOST_WORK)
        self._meanings = Meanings(self._work)
        self._trees = Trees()
        self._scales = Scales()
        self._automatic: list[tuple[bytes, int]] = []
        self._places: list[tuple[bytes, Value]] = []
        self._drawn: list[Value] = []
        self._pictures: set[int | None] = set()
        self._values: set[int] = set()
        self._gaps: list[tuple[int, int]] = []
        self._room = MOST_WALKED * len(content) + 1024 * 1024
        self._packed = 0
        self._pixels = 0.0
        self._next_end = (0, 0)

    def check(self) -> None:
        """Look at every object, then at what happens by itself.

        Raises `Broken` and `TooComplex`, too, for what cannot be read.
        """
        starts: list[Heading] = []
        for heading in headings(self._content):
            starts.append(heading)
            if len(starts) > MOST_OBJECTS:
                raise CannotBeChecked
            if heading.number is not None:
                self._meanings.add(heading.number, self._content, heading.end)
        if all(one.number is None for one in starts):
            raise FileDamaged
        self._check_all(starts)
        if any(one.is_odd for one in starts):
            raise CannotBeChecked
        self._meanings.confirm()
        for space, at in self._automatic:
            self._meanings.check_automatic(space, at)
        for word, value in self._places:
            self._meanings.check_place(word, value)
        self._trees.check()
        # A picture may unpack to far more than words: a page may not call itself one.
        if self._pictures and any(
            one in self._pictures for one in self._meanings.named_in(self._drawn, self._values)
        ):
            raise PdfUnpacksToFar

    def between(self) -> Iterator[tuple[int, int]]:
        """Where, between the objects, something could stand that no viewer of PDF looks at."""
        yield from self._gaps

    def _check_all(self, starts: list[Heading]) -> None:
        begins = {one.end: one.start for one in starts}
        reached = 0
        for one in starts:
            is_inside = one.start < reached
            if not is_inside:
                self._check_gap(reached, one.start)
            last = self._check_object(one, is_inside=is_inside)
            if not is_inside:
                # The end of the object may be missing; some programs forget it.
                end = begins.get(last.end, last.end) if last.word == b"obj" else last.end
                reached = max(end, one.end)
        self._check_gap(reached, len(self._content))

    def _check_gap(self, start: int, end: int) -> None:
        """Refuse what stands between objects, where viewers that mend a file would find it."""
        if self._content[start:end] in _NOTHING:
            return
        found = _BETWEEN.match(self._content, start, end)
        self._gaps.append((start, end))
        if found and found.end() == end:
            return
        text = _COMMENTS.sub(b"", self._content[start:end])
        for word in names_in(text):
            if word in REFUSALS:
                raise REFUSALS[word]
        if b"<<" in text or b"stream" in text.replace(b"endstream", b""):
            raise CannotBeChecked

    def _check_object(self, heading: Heading, *, is_inside: bool) -> Found:
        """Look at one object, and give what ends it, with the place where it does."""
        content, at = self._content, heading.end
        end = self._end_of_trailer(at, is_inside=is_inside) if heading.is_trailer else None
        last = self._look(content, at, end, heading.number or 0)
        if end is not None or not heading.is_trailer:
            self._work.pair_up(content, at, last.start)
        self._spend_room(last.end - at)
        if last.word == b"stream":
            return Found(b"stream", last.start, self._check_stream(heading, last.end))
        self._values.add(heading.number or 0)
        return last

    def _end_of_trailer(self, at: int, *, is_inside: bool) -> int | None:
        """Where the dictionary of a trailer ends, None where inside of a stream there is none."""
        try:
            return self._meanings.read_value(self._content, at)[0].at
        except (Broken, TooComplex):
            # On a page it may be an ordinary word.
            if is_inside:
                return None
            raise

    def _look(self, content: bytes, at: int, end: int | None, number: int) -> Found:
        """Look at all names of one object, and give what ends it."""
        seen: list[bytes] = []
        last = Found(b"", at, at)
        self._work.spend(STEPS_OF_OBJECT)
        for last in walk(content, at, end):
            self._work.spend(1)
            if last.word in REFUSALS:
                seen.append(last.word)
            elif last.word == b"Kids":
                self._trees.note(number, content, last.end)
            elif last.word in _PLACES:
                self._note_place(content, last)
            elif last.word in {b"OpenAction", b"AA"}:
                self._automatic.append((content, last.end))
            elif last.word in _DRAWN:
                self._note_drawn(content, skip_space(content, last.end))
        if seen:
            self._judge(content, at, seen)
        return last

    def _judge(self, content: bytes, at: int, seen: list[bytes]) -> None:
        """Refuse the names that were seen, unless all are read and each is in a harmless place."""
        try:
            value = self._meanings.read_strictly(content, at)
        except (Broken, TooComplex) as error:
            raise REFUSALS[seen[0]] from error
        places = [one for one in places_of_names(value) if one.word in REFUSALS]
        for place in places:
            if refusal := harm_of(place, self._meanings.is_picture):
                raise refusal
        if Counter(one.word for one in places) != Counter(seen):
            raise REFUSALS[seen[0]]

    def _note_place(self, content: bytes, found: Found) -> None:
        self._work.spend(STEPS_OF_PLACE)
        at = skip_space(content, found.end)
        if content[at : at + 1] not in b"<>[]" or content[at + 1 : at + 2] != b"<":
            value = self._meanings.read_value(content, at)[1]
            if isinstance(value, bytes | Name | Reference):
                self._places.append((found.word, value))

    def _note_drawn(self, content: bytes, at: int) -> None:
        if found := _ONE_DRAWN.match(content, at):
            self._drawn.append(Reference(int(found[2])))
        # Notes have words in brackets as their contents, and signatures what is hexadecimal.
        elif content[at : at + 1].isdigit() or content.startswith((b"[", b"<<"), at):
            self._drawn.append(self._meanings.read_value(content, at)[1])

    def _spend_room(self, walked: int) -> None:
        self._room -= walked
        if self._room < 0:
            raise CannotBeChecked

    def _check_stream(self, heading: Heading, behind: int) -> int:
        """Look at the stream with this heading; it begins `behind` its keyword."""
        content = self._content
        self._work.spend(STEPS_OF_STREAM)
        reader, described = self._meanings.read_value(content, heading.end)
        if not isinstance(described, dict):
            return behind
        start = behind + (2 if content.startswith(b"\r\n", behind) else 1)
        end = self._end_of_stream(described, start)
        if isinstance(described.get(b"F"), bytes | dict | Reference):
            raise FetchesFromOutside
        agreed = self._meanings.agreed
        filters = filters_of(agreed(described.get(b"Filter")))
        room = self._room_of_picture(described)
        if room:
            self._pictures.add(heading.number)
        weigh(memoryview(content)[start : max(start, end)], filters, self._scales, room=room)
        kind = agreed(described.get(b"Type"))
        is_objects = isinstance(kind, Name) and kind.text == b"ObjStm"
        if is_objects or (b"First" in described and b"N" in described):
            if reader.is_odd:
                raise CannotBeChecked
            self._check_packed_objects(described, start, end, filters)
        return end

    def _end_of_stream(self, described: dict[bytes, Value], start: int) -> int:
        """Where the stream ends. Raises `FileCutShort`, and `FileDamaged` for a false length."""
        content = self._content
        length = self._meanings.resolved(described.get(b"Length"))
        if isinstance(length, float):
            if length < 0:
                raise FileDamaged
            declared = start + int(length)
            if declared > len(content):
                raise FileCutShort
            # Packed bytes may hold the word by chance: the length is believed where it fits.
            after = skip_space(content, declared)
            if content.startswith((b"endstream", b"endobj"), after):
                return declared
        found = self._find_end(start)
        if found < 0:
            raise FileCutShort
        if isinstance(length, float) and abs(found - declared) > LENGTH_OFF_BY:
            raise FileDamaged
        return found

    def _is_unknown(self, value: Value) -> bool:
        return isinstance(value, Reference) and not self._meanings.of(value)

    def _find_end(self, start: int) -> int:
        """The next end of a stream. Where many streams have one end, it is sought once."""
        begin, end = self._next_end
        if not begin <= start <= end:
            self._next_end = start, self._content.find(b"endstream", start)
            if self._next_end[1] < 0:
                self._next_end = start, len(self._content)
        end = self._next_end[1]
        return end if end < len(self._content) else -1

    def _room_of_picture(self, described: dict[bytes, Value]) -> int:
        """How many bytes a picture needs at most, 0 for what is none. Raises `TooManyPixels`."""
        agreed = self._meanings.agreed
        kind = agreed(described.get(b"Subtype"))
        if not isinstance(kind, Name) or kind.text != b"Image":
            return 0
        width = agreed(described.get(b"Width", described.get(b"W")))
        height = agreed(described.get(b"Height", described.get(b"H")))
        if not isinstance(width, float) or not isinstance(height, float):
            return 0
        self._pixels += width * height
        if width < 0 or height < 0 or width * height > MAX_PIXELS or self._pixels > MOST_PIXELS:
            raise TooManyPixels
        return int(width * height * 8 + height) + 1

    def _check_packed_objects(
        self, described: dict[bytes, Value], start: int, end: int, filters: list[bytes]
    ) -> None:
        """Look at each object of a stream of them (7.5.7). Raises as `check`."""
        agreed = self._meanings.agreed
        parameters = agreed(described.get(b"DecodeParms", described.get(b"DP")))
        for one in parameters if isinstance(parameters, list) else [parameters]:
            one = agreed(one)
            predictor = agreed(one.get(b"Predictor")) if isinstance(one, dict) else None
            if predictor not in {None, 1.0}:
                raise CannotBeChecked
        named = agreed(described.get(b"Filter"))
        if len(filters) != (len(named) if isinstance(named, list) else named is not None):
            raise CannotBeChecked
        if b"F" in described or any(self._is_unknown(one) for one in described.values()):
            raise CannotBeChecked
        unpacked, is_whole = unpack(self._content[start : max(end, start)], filters, self._scales)
        self._room += MOST_WALKED * len(unpacked)
        first, count = agreed(described.get(b"First")), agreed(described.get(b"N"))
        # None of these can stand inside of another's string: each is walked on its own.
        for number, begin, finish in pieces(unpacked, first, count):
            self._packed += 1
            if self._packed > MOST_OBJECTS:
                raise CannotBeChecked
            self._meanings.add(number, unpacked, begin)
            self._values.add(number)
            last = self._look(unpacked, begin, finish, number)
            self._work.pair_up(unpacked, begin, finish)
            if last.word:
                raise CannotBeChecked
            self._spend_room(finish - begin)
        refuse_programs(unpacked)
        if not is_whole:
            raise CannotBeChecked
