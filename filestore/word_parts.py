"""What the XML parts of a .docx say: fields, links and drawings that fetch, run or hide something.

XML is read as a stream by expat, with no DTD. Pictures are the affair of `word_media`.
"""

from typing import IO
from xml.parsers import expat

from filestore.errors import (
    DefinesEntities,
    FetchesFromOutside,
    FieldFetches,
    FileDamaged,
    FileIsBomb,
    ProgramEmbedded,
    UnsafeLink,
)
from filestore.links import is_remote_place, is_unsafe_link
from filestore.word_fields import LONGEST_FIELD, Fields, check_field
from filestore.word_relations import Relations

CHUNK = 256 * 1024
MOST_XML = 48 * 1024 * 1024  # bytes of all XML parts together
MOST_ELEMENTS = 700_000  # of all XML parts together: two thousand pages
MOST_ATTRIBUTES = 1_500_000  # of all elements together
MOST_OF_ONE = 1_000  # attributes
MOST_DRAWINGS = 100_000  # pictures, and pieces of old drawings
MOST_PLAIN = 5_000  # names of elements of one part that say nothing
DEEPEST = 1_000
LONGEST_TAG = 4 * 1024 * 1024  # bytes: expat begins a tag anew with each piece

_XML = (".xml", ".rels", ".vml")
_WORD = frozenset(
    (
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
)
_OF_FIELDS = {"fldChar", "instrText", "delInstrText", "fldSimple"}
# A program reads one of them and passes the others over.
_BRANCHES = {"Choice", "Fallback"}
# Other documents, objects, and films of the web, which are pages with scripts.
_PACKED = {"altChunk", "subDoc", "OLEObject", "webVideoPr"}
_FETCHING = {"connectString", "udl"}
_OLD_DRAWINGS = "urn:schemas-microsoft-com:"
_PICTURES = {"imagedata", "fill", "stroke", "image", "blip", "movie"}
_TEXTS = {"instrText", "delInstrText", "t", "HyperlinkBase"}
_PICTURE_PLACES = {"src", "althref", "source", "href"}


class Scale:
    """How much of one file was read so far: XML, and what its pictures come to."""

    def __init__(self) -> None:
        self.elements = 0
        self.attributes = 0
        self.drawings = 0
        self.length = 0
        self.relations = Relations()
        self.pixels = 0
        self.unpacked = 0  # bytes of PNG
        self.drawn = 0  # bytes of packed drawings
        self.vectors = 0  # bytes of drawings in SVG
        self.shapes = 0  # pieces of them


def is_xml(name: str) -> bool:
    """Whether a part is XML, by its name in small letters."""
    return name.endswith(_XML)


def check_xml(part: IO[bytes], name: str, scale: Scale) -> None:
    """Read one XML part. Raises `FileDamaged`, `FileIsBomb`, and for what it fetches or runs."""
    reader = _Reader(scale, name)
    try:
        reader.read(part)
    except expat.ExpatError as error:
        raise FileDamaged from error


class _Reader:
    """Reads one part as a stream: of its text only the codes of fields are kept."""

    def __init__(self, scale: Scale, name: str) -> None:
        self._scale = scale
        self._name = name
        # How many fields were open where each alternative began.
        self._branches: list[int] = []
        self._base: list[str] = []
        self._plain: set[str] = set()
        self._depth = 0
        self._fields = Fields()
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = _refuse_entities
        parser.ProcessingInstructionHandler = None
        parser.EndElementHandler = self._end

    def read(self, part: IO[bytes]) -> None:
        """Read all of it. Raises expat's errors."""
        given = 0
        while content := part.read(CHUNK):
            given += len(content)
            self._scale.length += len(content)
            if self._scale.length > MOST_XML:
                raise FileIsBomb
            self._parser.Parse(content, False)
            if given - self._parser.CurrentByteIndex > LONGEST_TAG:
                raise FileIsBomb
        self._parser.Parse(b"", True)
        self._fields.close()
        base = "".join(self._base).strip().lower()
        if is_remote_place(base) and not base.startswith(("http://", "https://")):
            raise UnsafeLink

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        scale = self._scale
        self._depth += 1
        scale.elements += 1
        if self._depth > DEEPEST or scale.elements > MOST_ELEMENTS:
            raise FileIsBomb
        if attributes:
            scale.attributes += len(attributes)
            if len(attributes) > MOST_OF_ONE or scale.attributes > MOST_ATTRIBUTES:
                raise FileIsBomb
            scale.relations.use(self._name, element, attributes)
        if element not in self._plain:
            self._look_at(element, attributes)

    def _look_at(self, element: str, attributes: dict[str, str]) -> None:
        space, _, word = element.rpartition(" ")
        if word in _OF_FIELDS:
            self._of_field(space, word, attributes)
        elif word == "t" and self._fields.is_in_code:
            self._parser.CharacterDataHandler = self._fields.words
        elif word in _BRANCHES:
            self._branches.append(self._fields.depth)
        elif word in _PACKED:
            raise ProgramEmbedded
        elif word in _FETCHING:
            raise FetchesFromOutside
        elif word == "HyperlinkBase":
            self._parser.CharacterDataHandler = self._base.append
        elif word == "Relationship" and self._name.endswith(".rels"):
            self._scale.relations.add(self._name, attributes)
        elif word not in _TEXTS:
            self._look_further(element, word, attributes)

    def _look_further(self, element: str, word: str, attributes: dict[str, str]) -> None:
        if word in _PICTURES or element.startswith(_OLD_DRAWINGS):
            self._scale.drawings += 1
            _check_places(element, attributes)
        else:
            self._plain.add(element)
        if len(self._plain) > MOST_PLAIN or self._scale.drawings > MOST_DRAWINGS:
            raise FileIsBomb

    def _end(self, element: str) -> None:
        self._depth -= 1
        if element in self._plain:
            return
        word = element[element.rfind(" ") + 1 :]
        if word in _TEXTS:
            self._parser.CharacterDataHandler = None
        elif word in _BRANCHES:
            self._branches.pop()

    def _of_field(self, space: str, word: str, attributes: dict[str, str]) -> None:
        """A mark or a code. Those of other name spaces mean nothing, and hide what does."""
        is_within = self._branches and self._fields.depth <= self._branches[-1]
        if space not in _WORD or (is_within and not _begins(attributes)):
            raise FieldFetches
        if word == "fldChar":
            self._turn(_only(attributes, "fldCharType"))
        elif word == "instrText":
            self._parser.CharacterDataHandler = self._fields.code
        elif word == "delInstrText":
            self._parser.CharacterDataHandler = self._deleted
        else:
            _check_simple(_only(attributes, "instr"))

    def _turn(self, mark: str) -> None:
        """A field begins with its code, then perhaps "separate" and its result; they nest."""
        if mark == "begin":
            self._fields.begin()
        elif mark == "separate":
            self._fields.result()
        elif mark == "end":
            self._fields.end()

    def _deleted(self, text: str) -> None:
        self._fields.code(text, is_deleted=True)


def _only(attributes: dict[str, str], name: str) -> str:
    """The attribute of this name, "" for none. Raises `FieldFetches` for one in two name spaces."""
    found = [value for key, value in attributes.items() if key[key.rfind(" ") + 1 :] == name]
    if len(found) > 1:
        raise FieldFetches
    return found[0] if found else ""


def _begins(attributes: dict[str, str]) -> bool:
    """Whether a field of its own begins: with a mark, or whole in one element."""
    return _only(attributes, "fldCharType") == "begin" or _only(attributes, "instr") != ""


def _check_simple(code: str) -> None:
    if len(code) > LONGEST_FIELD:
        raise FileIsBomb
    check_field(code)


def _check_places(element: str, attributes: dict[str, str]) -> None:
    """Hold the addresses of old drawings (VML), which name no relation."""
    word = element[element.rfind(" ") + 1 :]
    is_picture, is_old = word in _PICTURES, element.startswith(_OLD_DRAWINGS)
    for key, value in attributes.items():
        attribute = key[key.rfind(" ") + 1 :].lower()
        if value.lower().startswith("cid:"):
            # Outlook notes the part of the mail that the picture came from.
            continue
        if is_picture and attribute in _PICTURE_PLACES and is_remote_place(value):
            raise FetchesFromOutside
        if is_old and attribute in {"src", "althref"} and is_remote_place(value):
            raise FetchesFromOutside
        if is_old and attribute == "href" and is_unsafe_link(value):
            raise UnsafeLink


def _refuse_entities(*_declaration: object) -> None:
    """Word writes no DTD; whoever does means entities."""
    raise DefinesEntities
