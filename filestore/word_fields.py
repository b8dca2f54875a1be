"""Fields of Word's, in .docx and .doc alike: which of them run or fetch something.

A field is a code, then perhaps a result (ECMA-376 part 1, 17.16). Fields stand inside of each
other, and what an inner one gives becomes part of the outer one's code.
"""

import re

from filestore.errors import FieldFetches, FileIsBomb, UnsafeLink
from filestore.links import is_unsafe_link

DEEPEST = 1_000  # fields inside of each other
LONGEST_FIELD = 200_000  # characters of a code
LONGEST_GIVEN = 2_000  # characters that an inner field, or the document's words, add to a code

# The fields that run or fetch something.
_WORDS = (
    *("DDE", "DDEAUTO", "INCLUDE", "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "LINK", "DATABASE"),
    *("RD", "EMBED", "MACROBUTTON", "HTMLCONTROL", "CONTROL", "HTMLACTIVEX"),
)
_SKIPPED = ' "\\'  # what Word passes over before the word
_HEAD = 64  # characters, from the first that Word looks at; no word is longer
# Word takes them for what they are the typographer's form of.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟", '"'))
# For searches in bytes: the words, and a link.
WORDS = (*_WORDS, "HYPERLINK")
_RUNS = re.compile(
    rf"[ \"\\]*(?:{'|'.join(_WORDS)}|AUTOTEXTLIST .*\\\\\\\\)(?:[ \"\\]|$)", re.IGNORECASE
)
_LINK = re.compile(r"[ \"\\]*HYPERLINK(?=[ \"\\]|$)", re.IGNORECASE)
# Switches such as \l come with a place of their own, which is within the document.
_SWITCH = re.compile(r" ?\\[lotmn](?: \"[^\"]*\"| [^ \\\"]+|(?= |$))")
_TARGET = re.compile(r" ?\"([^\"]*)\"| ?([^ ]+)")


class _Field:
    """The code of a field under way: all of it, and without what was deleted with a trace."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.kept: list[str] = []
        self.head = ""
        self.length = 0
        self.is_checked = False
        self.has_result = False

    def add(self, text: str, *, is_deleted: bool) -> None:
        self.length += len(text)
        if self.length > LONGEST_FIELD:
            raise FileIsBomb
        self.is_checked = False
        self.pieces.append(text)
        if len(self.head) < _HEAD:
            self.head = (self.head + text.translate(_QUOTES)).lstrip().lstrip(_SKIPPED)[:_HEAD]
        if not is_deleted:
            self.kept.append(text)

    def check(self) -> str:
        code = "".join(self.pieces)
        if not self.is_checked:
            check_field(code)
            if len(self.kept) != len(self.pieces):
                check_field("".join(self.kept))
        self.is_checked = True
        return code


class Fields:
    """The open fields of one text. Its methods raise `FieldFetches`, `UnsafeLink`, `FileIsBomb`."""

    def __init__(self) -> None:
        self._open: list[_Field] = []

    @property
    def depth(self) -> int:
        """How many fields are open."""
        return len(self._open)

    @property
    def is_in_code(self) -> bool:
        """Whether what comes next is code, and not text or what a code gave."""
        return bool(self._open) and not self._open[-1].has_result

    def begin(self) -> None:
        """A field begins, perhaps inside of another one's code."""
        if self.is_in_code:
            _refuse_hidden_word(self._open[-1].head)
        if len(self._open) >= DEEPEST:
            raise FileIsBomb
        self._open.append(_Field())

    def code(self, text: str, *, is_deleted: bool = False) -> None:
        """Some of the innermost field's code."""
        if self._open:
            self._open[-1].add(text, is_deleted=is_deleted)
        else:
            # A code without its beginning: Word passes it over, others may not.
            check_field(text)

    def words(self, text: str) -> None:
        """Words of the document where a code belongs: a program may read them as one."""
        if self._open[-1].length < LONGEST_GIVEN:
            self._open[-1].add(text[:LONGEST_GIVEN], is_deleted=False)

    def result(self) -> None:
        """The code is over, and what it gave follows."""
        if self.is_in_code:
            self._open[-1].has_result = True
            self._open[-1].check()

    def end(self) -> None:
        """The innermost field is over."""
        if not self._open:
            return
        code = self._open.pop().check()
        if self.is_in_code:
            self._open[-1].add(_given_by(code), is_deleted=False)

    def close(self) -> None:
        """The text is over: fields that never ended are looked at too."""
        while self._open:
            self.end()


def check_field(code: str) -> None:
    """Refuse a code that runs or fetches. Raises `FieldFetches` and `UnsafeLink`."""
    plain = " ".join(code.translate(_QUOTES).split())
    if _RUNS.match(plain):
        raise FieldFetches
    if link := _LINK.match(plain):
        target = _TARGET.match(_SWITCH.sub(" ", plain[link.end() :]).replace("  ", " "))
        if target and is_unsafe_link((target[1] or target[2] or "").replace("\\\\", "\\")):
            raise UnsafeLink


def _refuse_hidden_word(head: str) -> None:
    """Refuse a field that gives the first word of the one around it, or the end of that word."""
    plain = " ".join(head.split()).lstrip(_SKIPPED)
    is_whole = plain != "" and (" " in plain or head[-1].isspace())
    if not is_whole and any(word.startswith(plain.upper()) for word in _WORDS):
        raise FieldFetches


def _given_by(code: str) -> str:
    """What a field of the kind QUOTE gives: letters by their numbers, to hide a word."""
    first, _, rest = " ".join(code.split()).partition(" ")
    if first.upper() != "QUOTE":
        return " "
    rest = rest.lstrip(_SKIPPED)[:LONGEST_GIVEN]
    numbers = re.findall(r"(?:0x[0-9a-fA-F]{1,4}|\d{1,5})(?!\S)", rest)
    letters = (int(one, 16 if one.lower().startswith("0x") else 10) for one in numbers)
    return "".join(chr(one) for one in letters if 31 < one < 0x11000) or rest.strip(' "')
