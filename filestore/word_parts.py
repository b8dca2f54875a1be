"""What the parts of a .docx say: relations, fields and pictures that fetch, run or hide something.

XML is read as a stream by expat, with no DTD; pictures are told by their first bytes.
"""

import re
import struct
import zlib
from typing import IO
from xml.parsers import expat

from filestore.errors import (
    DefinesEntities,
    FetchesFromOutside,
    FieldFetches,
    FileDamaged,
    FileIsBomb,
    MacrosInside,
    ProgramEmbedded,
    ProgramHidden,
    TooManyPixels,
    UnsafeLink,
)
from filestore.foreign import refuse_pages, refuse_programs
from filestore.images import MAX_PIXELS
from filestore.links import is_local_path, is_remote_place, is_unsafe_link

CHUNK = 256 * 1024
MOST_XML = 48 * 1024 * 1024  # bytes of all XML parts together
MOST_ELEMENTS = 2_500_000  # of all XML parts together
DEEPEST = 1_000
LONGEST_TAG = 4 * 1024 * 1024  # bytes: expat begins a tag anew with each piece
MOST_DRAWING = 32 * 1024 * 1024  # bytes of a packed drawing
LONGEST_FIELD = 100_000  # characters

_XML = (".xml", ".rels", ".vml")
_FONTS = (".odttf", ".ttf", ".otf", ".fntdata")
_SETTINGS = re.compile(r"word/printersettings/[^/]+\.bin|\[trash\]/[0-9a-f]+\.dat")
# How pictures begin that Word keeps.
_PICTURES: dict[str, tuple[bytes, ...]] = {
    **dict.fromkeys((".png", ".apng"), (b"\x89PNG\r\n\x1a\n",)),
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif"), (b"\xff\xd8\xff",)),
    ".gif": (b"GIF87a", b"GIF89a"),
    **dict.fromkeys((".bmp", ".dib"), (b"BM", b"\x28\x00\x00\x00")),
    **dict.fromkeys((".tif", ".tiff"), (b"II*\x00", b"MM\x00*")),
    ".emf": (b"\x01\x00\x00\x00",),
    ".wmf": (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00", b"\x02\x00\x09\x00"),
    **dict.fromkeys((".emz", ".wmz"), (b"\x1f\x8b",)),
    **dict.fromkeys((".wdp", ".hdp", ".jxr"), (b"II\xbc",)),
    ".jp2": (b"\x00\x00\x00\x0cjP  ",),
    ".webp": (b"RIFF",),
    ".ico": (b"\x00\x00\x01\x00",),
    ".pcx": (b"\x0a",),
    ".pict": (b"",),
}
# Programs give a picture the name of another kind at times: any known beginning will do.
_ANY_PICTURE = tuple(start for starts in _PICTURES.values() for start in starts if len(start) > 1)
_VECTOR = ".svg"

# Kinds of relation, by the last word of their address.
_MACROS = {"vbaproject", "wordvbadata", "attachedtoolbars", "vbaprojectsignature", "extensibility"}
_OBJECTS = {
    *("oleobject", "package", "control", "activexcontrolbinary", "afchunk", "subdocument"),
    *("video", "audio", "media", "xlmacrosheet", "xlintlmacrosheet", "ctrlprop"),
}
_OUTSIDE = {"frame", "externallink", "externallinkpath", "webextensiontaskpanes", "webextension"}
# The fields that run or fetch something (ECMA-376 part 1, 17.16.5).
_FIELDS = re.compile(
    r"[\s\"\\]*(?:DDE|DDEAUTO|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|RD|EMBED"
    r"|MACROBUTTON|HTMLCONTROL|CONTROL|HTMLACTIVEX|AUTOTEXTLIST\s+.*\\\\\\\\)(?:[\s\"\\]|$)",
    re.IGNORECASE,
)
_FETCHING = {"connectString"}
_FETCHING_ATTRIBUTES = {"src", "althref", "source"}


class Scale:
    """How much XML of one file was read so far."""

    def __init__(self) -> None:
        self.elements = 0
        self.length = 0


def is_xml(name: str) -> bool:
    """Whether a part is XML, by its name in small letters."""
    return name.endswith(_XML)


def check_part_name(name: str) -> None:
    """Refuse a part that no document has, by its name in small letters.

    Raises `ProgramEmbedded`.
    """
    if name.endswith("/") or is_xml(name) or _SETTINGS.fullmatch(name):
        return
    ending = name[name.rfind(".") :] if "." in name.rsplit("/", 1)[-1] else ""
    is_font = ending in _FONTS and "fonts/" in name
    if not is_font and ending not in _PICTURES and ending not in {_VECTOR, ".tmp"}:
        raise ProgramEmbedded


def check_media(content: bytes, name: str) -> None:
    """Hold a part that is not XML to what its name says.

    Raises `ProgramHidden`, `TwoKindsInOne` and `ProgramEmbedded`.
    """
    if not content:
        return
    refuse_programs(content)
    if name.endswith(_VECTOR):
        _check_vector(content)
    elif name.endswith(_FONTS):
        # What Word embeds is scrambled, so that nothing can be told of it (17.8.1).
        refuse_pages(content[:1024])
    elif not _SETTINGS.fullmatch(name):
        if not content.startswith(_ANY_PICTURE) and not name.endswith(".pict"):
            raise ProgramHidden("something that is no picture")
        refuse_pages(content)
        _check_size(content)


def _check_size(content: bytes) -> None:
    """Refuse a picture that no viewer could hold. Raises `TooManyPixels` and `FileIsBomb`."""
    if content.startswith(b"\x89PNG") and len(content) > 24:
        width, height = struct.unpack_from(">II", content, 16)
    elif content.startswith(b"GIF8") and len(content) > 10:
        width, height = struct.unpack_from("<HH", content, 6)
    elif content.startswith(b"BM") and len(content) > 26:
        width, height = map(abs, struct.unpack_from("<ii", content, 18))
    else:
        width = height = 0
    if width * height > MAX_PIXELS:
        raise TooManyPixels
    if content.startswith(b"\x1f\x8b"):
        _check_packed(content)


def _check_packed(content: bytes) -> None:
    """Unpack a drawing (EMZ, WMZ), of which Word keeps some packed."""
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(content, MOST_DRAWING + 1)
    except zlib.error:
        return
    if len(unpacked) > MOST_DRAWING:
        raise FileIsBomb
    refuse_programs(unpacked)


def _check_vector(content: bytes) -> None:
    if re.search(rb"<script|javascript:|<foreignobject|<!entity|\son[a-z]+\s*=", content.lower()):
        raise ProgramHidden("a script")
    if re.search(rb"href\s*=\s*[\"'](?:https?:|//|\\\\|file:)", content.lower()):
        raise FetchesFromOutside


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
        self._fields: list[list[str]] = []
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._relation if is_relations else self._start
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

    def _count(self) -> None:
        self._depth += 1
        self._scale.elements += 1
        if self._depth > DEEPEST or self._scale.elements > MOST_ELEMENTS:
            raise FileIsBomb

    def _relation(self, element: str, attributes: dict[str, str]) -> None:
        self._count()
        if element.endswith("Relationship"):
            plain = {key.rpartition(" ")[2].lower(): value for key, value in attributes.items()}
            _check_relation(
                plain.get("type", "").rpartition("/")[2].lower(),
                plain.get("target", ""),
                is_outside=plain.get("targetmode", "").strip().lower() == "external",
            )

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        self._count()
        word = element[element.rfind(" ") + 1 :]
        if word == "fldChar":
            self._turn(next((v for k, v in attributes.items() if k.endswith("fldCharType")), ""))
        elif word in {"instrText", "delInstrText"}:
            self._parser.CharacterDataHandler = self._code
        elif word == "fldSimple":
            _check_field("".join(v for k, v in attributes.items() if k.endswith("instr")))
        elif word in {"altChunk", "subDoc"} or word == "OLEObject":
            raise ProgramEmbedded
        elif word in _FETCHING:
            raise FetchesFromOutside
        elif word in {"imagedata", "fill", "stroke", "image", "blip", "movie"}:
            for key, value in attributes.items():
                if key.rpartition(" ")[2].lower() in _FETCHING_ATTRIBUTES and (
                    is_remote_place(value)
                ):
                    raise FetchesFromOutside

    def _end(self, element: str) -> None:
        self._depth -= 1
        if element.endswith("nstrText"):
            self._parser.CharacterDataHandler = None

    def _turn(self, mark: str) -> None:
        """A field begins with its code, then perhaps "separate" and its result; they nest."""
        if mark == "begin":
            self._fields.append([])
            if len(self._fields) > DEEPEST:
                raise FileIsBomb
        elif self._fields and mark == "separate":
            _check_field("".join(self._fields[-1]))
        elif self._fields and mark == "end":
            code = "".join(self._fields.pop())
            _check_field(code)
            # What a field inside of another gives becomes part of the outer one's code.
            if self._fields:
                self._fields[-1].append(_quoted(code))

    def _code(self, text: str) -> None:
        if not self._fields:
            # A code without its beginning: Word passes it over, others may not.
            _check_field(text)
            return
        code = self._fields[-1]
        code.append(text)
        if len(code) > LONGEST_FIELD or sum(map(len, code[-64:])) > LONGEST_FIELD:
            raise FileIsBomb


def _quoted(code: str) -> str:
    """What a field of the kind QUOTE gives: letters by their numbers, to hide a word."""
    first, _, rest = code.strip().partition(" ")
    if first.upper() != "QUOTE":
        return " "
    numbers = re.findall(r"(?:0x[0-9a-fA-F]{1,4}|\d{1,5})(?!\S)", rest)[:2_000]
    letters = (int(one, 16 if one.lower().startswith("0x") else 10) for one in numbers)
    return "".join(chr(one) for one in letters if 31 < one < 0x11000) or rest.strip(' "')


def _check_field(code: str) -> None:
    if _FIELDS.match(code):
        raise FieldFetches
    first, _, rest = code.strip().partition(" ")
    if first.upper() == "HYPERLINK":
        # Switches such as \\l come with a place of their own, which is within the document.
        rest = re.sub(r"\s*\\[lotmn](?:\s+\"[^\"]*\"|\s+[^\s\\\"]+|(?=\s|$))", " ", rest)
        target = re.match(r"\s*\"([^\"]*)\"|\s*(\S+)", rest)
        if target and is_unsafe_link((target[1] or target[2] or "").replace("\\\\", "\\")):
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
