"""What the parts of a .docx say: relations, fields and links that fetch, run or hide something.

XML is read as a stream by expat, with no DTD. Pictures are the affair of `word_media`.
"""

from typing import IO
from xml.parsers import expat

from filestore.errors import (
    DefinesEntities,
    FetchesFromOutside,
    FileDamaged,
    FileIsBomb,
    MacrosInside,
    ProgramEmbedded,
    UnsafeLink,
)
from filestore.links import is_local_path, is_remote_place, is_unsafe_link
from filestore.word_fields import LONGEST_FIELD, Fields, check_field

CHUNK = 256 * 1024
MOST_XML = 48 * 1024 * 1024  # bytes of all XML parts together
MOST_ELEMENTS = 2_500_000  # of all XML parts together
DEEPEST = 1_000
LONGEST_TAG = 4 * 1024 * 1024  # bytes: expat begins a tag anew with each piece

_XML = (".xml", ".rels", ".vml")

# Kinds of relation, by the last word of their address.
_MACROS = {"vbaproject", "wordvbadata", "attachedtoolbars", "vbaprojectsignature", "extensibility"}
_OBJECTS = {
    *("oleobject", "package", "control", "activexcontrolbinary", "afchunk", "subdocument"),
    *("video", "audio", "media", "xlmacrosheet", "xlintlmacrosheet", "ctrlprop"),
}
_OUTSIDE = {"frame", "externallink", "externallinkpath", "webextensiontaskpanes", "webextension"}
# Other documents, objects, and films of the web, which are pages with scripts.
_PACKED = {"altChunk", "subDoc", "OLEObject", "webVideoPr"}
_FETCHING = {"connectString"}
_OLD_DRAWINGS = "urn:schemas-microsoft-com:"
_PICTURES = {"imagedata", "fill", "stroke", "image", "blip", "movie"}
_TEXTS = {"instrText", "delInstrText", "t"}
_PICTURE_PLACES = {"src", "althref", "source", "href"}


class Scale:
    """How much of one file was read so far: XML, and what its pictures come to."""

    def __init__(self) -> None:
        self.elements = 0
        self.length = 0
        self.pixels = 0
        self.unpacked = 0  # bytes of PNG
        self.drawn = 0  # bytes of packed drawings


def is_xml(name: str) -> bool:
    """Whether a part is XML, by its name in small letters."""
    return name.endswith(_XML)


def check_xml(part: IO[bytes], name: str, scale: Scale) -> None:
    """Read one XML part. Raises `FileDamaged`, `FileIsBomb`, and for what it fetches or runs."""
    reader = _Reader(scale, is_relations=name.endswith(".rels"))
    try:
        reader.read(part)
    except expat.ExpatError as error:
        raise FileDamaged from error


class _Reader:
    """Reads one part as a stream: of its text only the codes of fields are kept."""

    def __init__(self, scale: Scale, *, is_relations: bool) -> None:
        self._scale = scale
        self._depth = 0
        self._fields = Fields()
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        self._is_relations = is_relations
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

    def _count(self) -> None:
        self._depth += 1
        self._scale.elements += 1
        if self._depth > DEEPEST or self._scale.elements > MOST_ELEMENTS:
            raise FileIsBomb

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        self._count()
        word = element[element.rfind(" ") + 1 :]
        if word == "fldChar":
            self._turn(next((v for k, v in attributes.items() if k.endswith("fldCharType")), ""))
        elif word == "instrText":
            self._parser.CharacterDataHandler = self._fields.code
        elif word == "delInstrText":
            self._parser.CharacterDataHandler = self._deleted
        elif word == "t" and self._fields.is_in_code:
            self._parser.CharacterDataHandler = self._fields.words
        elif word == "fldSimple":
            _check_simple("".join(v for k, v in attributes.items() if k.endswith("instr")))
        elif word in _PACKED:
            raise ProgramEmbedded
        elif word in _FETCHING:
            raise FetchesFromOutside
        elif word == "Relationship" and self._is_relations:
            plain = {key.rpartition(" ")[2].lower(): value for key, value in attributes.items()}
            _check_relation(
                plain.get("type", "").rpartition("/")[2].lower(),
                plain.get("target", ""),
                is_outside=plain.get("targetmode", "").strip().lower() == "external",
            )
        elif attributes:
            _check_places(element, attributes)

    def _end(self, element: str) -> None:
        self._depth -= 1
        if element[element.rfind(" ") + 1 :] in _TEXTS:
            self._parser.CharacterDataHandler = None

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


def _check_relation(kind: str, target: str, *, is_outside: bool) -> None:
    if kind in _MACROS:
        raise MacrosInside
    if kind in _OBJECTS:
        raise ProgramEmbedded
    if kind in _OUTSIDE:
        raise FetchesFromOutside
    if kind == "hyperlink":
        if is_unsafe_link(target):
            raise UnsafeLink
    elif kind == "attachedtemplate":
        # Word notes the template a document was made with: one on a drive is fetched from nowhere.
        if not is_local_path(target):
            raise FetchesFromOutside
    elif is_outside or is_remote_place(target):
        raise FetchesFromOutside


def _refuse_entities(*_declaration: object) -> None:
    """Word writes no DTD; whoever does means entities."""
    raise DefinesEntities
