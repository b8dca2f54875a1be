"""Drawings in SVG, as Word keeps them beside their picture: shapes and words, nothing that runs.

Read as XML, so that it makes no difference how a word is spelled. What a drawing shows comes from
itself: https://www.w3.org/TR/SVG2/linking.html#processingURL-fetch says what would be fetched.
"""

import re
from xml.parsers import expat

from filestore.errors import DefinesEntities, FetchesFromOutside, FileIsBomb, ProgramHidden

MOST_PIECES = 200_000  # elements, attributes and escapes of all drawings of a file
DEEPEST = 200

# Of HTML too, which a drawing may hold.
_RUNS = {"script", "handler", "listener", "foreignobject", "iframe", "object", "embed", "frame"}
_PLACES = {"href", "src", "base", "data", "action", "formaction", "srcset", "poster"}
_PICTURE = r"data:image/(?:png|jpe?g|gif|bmp|webp)[;,]"
_WITHIN = re.compile(rf"#|{_PICTURE}|\Z")
_SCRIPT = re.compile(r"(?:java|vb|live|j)script:|expression\(|-moz-binding|behavior:")
_STYLE_FETCHES = re.compile(
    rf"@import|image-set\(|url\((?![\"']?(?:#|{_PICTURE}|data:(?:font|application/(?:x-)?font)))"
)
_STYLE_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?|\\(.)", re.DOTALL)


def check_svg(content: bytes, pieces: int = 0) -> int:
    """Refuse a drawing that is none, that runs or that fetches.

    `pieces`: those of the drawings before; gives the count with this one's.

    Raises `ProgramHidden`, `FetchesFromOutside`, `DefinesEntities` and `FileIsBomb`.
    """
    try:
        return _Reader(pieces).read(content)
    except expat.ExpatError as error:
        raise ProgramHidden("something that is no picture") from error


class _Reader:
    def __init__(self, pieces: int) -> None:
        self._pieces, self._depth = pieces, 0
        self._style: list[str] | None = None
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _check_type
        parser.ProcessingInstructionHandler = _check_instruction

    def read(self, content: bytes) -> int:
        """All of it; gives the count of pieces. Raises expat's errors too."""
        self._pieces += content.count(b"\\")
        self._parser.Parse(content, True)
        return self._pieces

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        word = _local(element)
        if not self._depth and word != "svg":
            raise ProgramHidden("something that is no picture")
        self._pieces += 1 + len(attributes)
        self._depth += 1
        if self._pieces > MOST_PIECES or self._depth > DEEPEST:
            raise FileIsBomb
        if word in _RUNS:
            raise ProgramHidden("a script")
        if word == "style":
            self._style = []
        for name, value in attributes.items():
            _check_attribute(_local(name), value)

    def _end(self, element: str) -> None:
        self._depth -= 1
        if self._style is not None and _local(element) == "style":
            _check_style("".join(self._style))
            self._style = None

    def _text(self, text: str) -> None:
        if self._style is not None:
            self._style.append(text)


def _local(name: str) -> str:
    return name.rpartition(" ")[2].rpartition(":")[2].lower()


def _check_attribute(name: str, value: str) -> None:
    plain = "".join(value.split()).lower()
    # An animation may set what another element has: its `attributeName` says which.
    set_by_animation = _local(plain) if name == "attributename" else ""
    if name.startswith("on") or set_by_animation.startswith("on") or _SCRIPT.search(plain):
        raise ProgramHidden("a script")
    if set_by_animation in _PLACES or (name in _PLACES and not _WITHIN.match(plain)):
        raise FetchesFromOutside
    _check_style(value)


def _check_style(text: str) -> None:
    """Style sheets spell letters by their numbers, and pass over comments."""
    meant = _STYLE_ESCAPE.sub(_letter, re.sub(r"/\*.*?(?:\*/|\Z)", "", text, flags=re.DOTALL))
    plain = "".join(meant.split()).lower()
    if _SCRIPT.search(plain):
        raise ProgramHidden("a script")
    if _STYLE_FETCHES.search(plain):
        raise FetchesFromOutside


def _letter(escape: re.Match[str]) -> str:
    number = int(escape[1], 16) if escape[1] else 0
    return chr(number) if 0 < number < 0x110000 else escape[2] or ""


def _check_type(_name: str, _system: str | None, _public: str | None, has_own: bool) -> None:
    """Many programs name the type of SVG 1.1, which no viewer fetches; its own part is another."""
    if has_own:
        raise DefinesEntities


def _check_instruction(target: str, _data: str) -> None:
    if target.lower() == "xml-stylesheet":
        raise FetchesFromOutside
