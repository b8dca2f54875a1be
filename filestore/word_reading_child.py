"""The child that turns a .docx into lines of text: a program of its own, started by `word_text`.

It imports nothing but the standard library, opens no file but its standard input, and prints one
JSON object: {"lines": [...]}, or {"failed": word} with a word of `word_text.ReadingFailure`. A line
is a paragraph as a reader of the finished document sees it: tracked insertions but not deletions,
what fields result in but not their codes, no hidden or struck-out text; a line break inside is
"\\v", an answer not given "\\ufffc". Whether the file holds together was asked before, by `word`;
nothing here leans on it.
"""

import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

CHUNK = 256 * 1024
LONGEST_TEXT = 1_000_000  # characters; a court order has some thousands
DEEPEST = 1000
LONGEST_TAG = 16 * 1024 * 1024  # bytes: expat holds a tag whole, and begins it anew with each chunk
MOST_OUTPUT = 8 * 1024 * 1024  # bytes: that text in the longest UTF-8, quoted as JSON

WORD_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # "Strict"
)
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
CHOICE, FALLBACK = f"{COMPATIBILITY} Choice", f"{COMPATIBILITY} Fallback"
# What Word itself knows of: a choice that requires anything else is not what Word shows.
UNDERSTOOD = re.compile(
    r"http://schemas\.microsoft\.com/office/(?:word|drawing)/20(?:0[68]|1[0-9]|2[0-4])/.+"
    r"|http://schemas\.openxmlformats\.org/.+|urn:schemas-microsoft-com:.+"
)
# Stands for an answer that was not given: no heading, number or amount is read across it.
UNANSWERED = "\ufffc"
# In the order in which their text is given: what stands above and below each page, then the rest.
KINDS = ("header+xml", "document.main+xml", "footer+xml")
MARKS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\v",
    "cr": "\v",
    "noBreakHyphen": "-",
}
# What was taken out or moved away, and what was there before a tracked change.
GONE = {"del", "moveFrom", "rPrChange", "pPrChange", "instrText", "delText"}
HIDDEN = {"vanish", "strike", "dstrike"}
OFF = {"0", "false", "off"}


class Refused(Exception):
    """The file cannot be read; says why in a word of `word_text.ReadingFailure`."""


class _Run:
    """A stretch of text of one look, and whether that look hides it."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.is_hidden = False


class _List:
    """A drop-down list of the older kind: its entries, and which one is chosen."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.chosen: dict[str, str] = {}

    def answer(self) -> str:
        index = self.chosen.get("result", self.chosen.get("default", "0"))
        is_one = index.isdecimal() and len(index) < 4 and int(index) < len(self.entries)
        return self.entries[int(index)] if is_one else UNANSWERED


class _Paragraph:
    """A paragraph under way: its finished text, its open runs, its open fields."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.runs: list[_Run] = []
        # True for each field whose code is being read, False for one whose result is.
        self.fields: list[bool] = []
        self.list = _List()


class PartReader:
    """Reads one part as a stream; what it holds is a paragraph, never a tree."""

    def __init__(self, room: int) -> None:
        self.lines: list[str] = []
        self.length = 0
        self._room = room
        self._path: list[str] = []
        self._skipping = 0
        self._choices: list[bool] = []
        self._namespaces: dict[str, list[str]] = {}
        # True for each content control around that still shows its prompt.
        self._controls: list[bool] = []
        # Paragraphs stand in each other where one anchors a text box.
        self._paragraphs: list[_Paragraph] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = _refuse_entities
        self._parser.StartNamespaceDeclHandler = self._declare
        self._parser.EndNamespaceDeclHandler = lambda prefix: self._namespaces[prefix or ""].pop()

    def _declare(self, prefix: str | None, namespace: str) -> None:
        self._namespaces.setdefault(prefix or "", []).append(namespace or "")

    def read(self, part: IO[bytes]) -> None:
        """Read the whole part. Raises `Refused`, and what expat and zipfile raise."""
        given = 0
        while content := part.read(CHUNK):
            self._parser.Parse(content, False)
            given += len(content)
            if given - self._parser.CurrentByteIndex > LONGEST_TAG:
                raise Refused("memory")
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        word = _local(name)
        self._path.append(word)
        if len(self._path) > DEEPEST:
            raise Refused("damaged")
        if self._skipping or word in GONE or self._is_passed_over(name, attributes):
            self._skipping += 1
        elif name == f"{COMPATIBILITY} AlternateContent":
            self._choices.append(False)
        elif word == "sdt":
            self._controls.append(False)
        elif word == "showingPlcHdr" and self._controls:
            self._controls[-1] = _value(attributes, "val") not in OFF
        elif word == "p":
            self._paragraphs.append(_Paragraph())
        elif self._paragraphs:
            self._inside(self._paragraphs[-1], word, attributes)

    def _is_passed_over(self, name: str, attributes: dict[str, str]) -> bool:
        """Whether Word reads another of these alternatives: it takes the first it understands."""
        if not self._choices or name not in (CHOICE, FALLBACK):
            return False
        if self._choices[-1] or (name == CHOICE and not self._understands(attributes)):
            return True
        self._choices[-1] = True
        return False

    def _understands(self, attributes: dict[str, str]) -> bool:
        required = attributes.get("Requires", "").split()
        known = [self._namespaces.get(prefix) or [""] for prefix in required]
        return all(UNDERSTOOD.fullmatch(namespaces[-1]) for namespaces in known)

    def _inside(self, paragraph: _Paragraph, word: str, attributes: dict[str, str]) -> None:
        if word == "r":
            paragraph.runs.append(_Run())
        elif not paragraph.runs:
            return
        elif word in MARKS:
            self._add(MARKS[word])
        elif word in HIDDEN and self._path[-3:-1] == ["r", "rPr"]:
            paragraph.runs[-1].is_hidden |= _value(attributes, "val") not in OFF
        elif word == "fldChar":
            _turn(paragraph.fields, _value(attributes, "fldCharType"))
        elif word == "ddList":
            paragraph.list = _List()
        elif self._path[-2:-1] == ["ddList"]:
            self._note_entry(paragraph.list, word, attributes)

    def _note_entry(self, entries: _List, word: str, attributes: dict[str, str]) -> None:
        if word == "listEntry":
            entries.entries.append(_value(attributes, "val"))
        else:
            entries.chosen[word] = _value(attributes, "val")

    def _end(self, name: str) -> None:
        word = self._path.pop()
        if self._skipping:
            self._skipping -= 1
        elif name == f"{COMPATIBILITY} AlternateContent":
            self._choices.pop()
        elif word == "sdt":
            self._controls.pop()
        elif word == "ddList" and self._paragraphs:
            # It stands in the code of its own field, but is what Word shows of it.
            self._add(self._paragraphs[-1].list.answer(), self._paragraphs[-1].fields[:-1])
        elif word == "r" and self._paragraphs and self._paragraphs[-1].runs:
            run = self._paragraphs[-1].runs.pop()
            if not run.is_hidden:
                self._paragraphs[-1].text += run.text
        elif word == "p" and self._paragraphs:
            line = "".join(self._paragraphs.pop().text)
            if line and not line.isspace():
                self.lines.append(line)

    def _characters(self, text: str) -> None:
        if self._path[-1:] == ["t"] and not self._skipping:
            self._add(UNANSWERED if any(self._controls) else text)

    def _add(self, text: str, fields: list[bool] | None = None) -> None:
        paragraph = self._paragraphs[-1] if self._paragraphs else None
        if paragraph is None or not paragraph.runs:
            return
        if any(paragraph.fields if fields is None else fields):
            return
        self.length += len(text)
        if self.length > self._room:
            raise Refused("too_long")
        paragraph.runs[-1].text.append(text)


def _local(name: str) -> str:
    """The element's own name where it is Word's, else "" for one that means nothing here."""
    namespace, _, word = name.rpartition(" ")
    return word if namespace in WORD_NAMESPACES else ""


def _value(attributes: dict[str, str], word: str) -> str:
    found = (attributes.get(f"{namespace} {word}") for namespace in WORD_NAMESPACES)
    return next((value for value in found if value is not None), "")


def _turn(fields: list[bool], mark: str) -> None:
    """A field begins with its code, then perhaps "separate" and its result."""
    if mark == "begin":
        fields.append(True)
    elif fields and mark == "separate":
        fields[-1] = False
    elif fields and mark == "end":
        fields.pop()


def _refuse_entities(*_declaration: object) -> None:
    """Word writes no DTD; whoever does means entities."""
    raise Refused("damaged")


def read_lines(file: IO[bytes]) -> list[str]:
    """Give the paragraphs that are not empty. Raises `Refused` and the errors of `BROKEN`."""
    lines: list[str] = []
    room = LONGEST_TEXT
    with zipfile.ZipFile(file) as package:
        for name in _text_parts(package):
            with package.open(name) as part:
                reader = PartReader(room)
                reader.read(part)
            lines += reader.lines
            room -= reader.length
    return lines


def _text_parts(package: zipfile.ZipFile) -> Iterator[str]:
    """The parts that carry text, as `[Content_Types].xml` names them. Raises `Refused`."""
    names = {part.filename.lower(): part.filename for part in package.infolist()}
    if "[content_types].xml" not in names:
        raise Refused("damaged")
    kinds: dict[str, str] = {}

    def note(_element: str, attributes: dict[str, str]) -> None:
        part = attributes.get("PartName", "").lower().lstrip("/")
        kinds[part] = attributes.get("ContentType", "").lower()

    parser = expat.ParserCreate()
    parser.StartElementHandler = note
    parser.StartDoctypeDeclHandler = _refuse_entities
    with package.open(names["[content_types].xml"]) as types:
        parser.ParseFile(types)
    for wanted in KINDS:
        for part, kind in sorted(kinds.items()):
            if kind.endswith(f"wordprocessingml.{wanted}") and part in names:
                yield names[part]


def limit(memory: int, seconds: int) -> None:
    """Bound this process: memory in bytes, processor time, no file written but the answer.

    macOS does not hold processes to `RLIMIT_AS` and may refuse to set it. There the bounds on what
    is held at a time remain (a paragraph and the text so far), and the parent's clock.
    """
    bounds = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, MOST_OUTPUT),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in bounds:
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):
            continue


# What a broken file makes its readers raise.
BROKEN = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    LookupError,
    ValueError,
    NotImplementedError,  # zipfile, of a way of packing it does not know
    RuntimeError,  # zipfile, of an encrypted part
)


def _answer() -> dict[str, object]:
    try:
        return {"lines": read_lines(sys.stdin.buffer)}
    except Refused as refused:
        return {"failed": str(refused)}
    except MemoryError:
        return {"failed": "memory"}
    except BROKEN as error:
        no_memory = getattr(error, "code", None) == 1  # XML_ERROR_NO_MEMORY
        return {"failed": "memory" if no_memory else "damaged"}


if __name__ == "__main__":
    limit(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.buffer.write(json.dumps(_answer(), ensure_ascii=False).encode())
