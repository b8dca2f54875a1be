"""What a message is, and which texts of the source are words for people. Pure."""

import re
from dataclasses import dataclass
from typing import NamedTuple

SPACES = re.compile(r"\s+")
# What no sentence has, and what addresses, queries, style and code have.
CODE = re.compile(
    r"[\\^$<>@=_]|;(?! )|://|%\(|\*\*|\[\[|^[./#]|\bgovuk-|\b(SELECT|UPDATE|INSERT|DELETE)\b|/[a-z]\w+/|^\w+:\w"
)
FILLED = re.compile(r"{[^{}]*}")
LETTERS = re.compile(r"[A-Za-z]{2}")
TWO_WORDS = re.compile(r"[A-Za-z’'0-9}.,\]-]+[ :][A-Za-z£{“(\[]")


class Kind(NamedTuple):
    """How a message meets its reader. `name` stands on the page."""

    name: str


ERROR = Kind("error by a field")
REFUSAL = Kind("refusal")
BANNER = Kind("banner")
WARNING = Kind("warning")
INSET = Kind("inset")
HINT = Kind("hint")
LABEL = Kind("label")
CHOICE = Kind("choice or state")
SENTENCE = Kind("words")
HEADING = Kind("heading")
TEXT = Kind("text")
LINK = Kind("link or button")
EMAIL = Kind("filled into an email")
SCRIPT = Kind("said by script")


@dataclass(frozen=True)
class Message:
    """One text as its reader meets it, with {name} where something is filled in."""

    kind: Kind
    words: str


def tidy(words: str) -> str:
    """The words on one line."""
    return SPACES.sub(" ", words).strip()


def is_prose(words: str) -> bool:
    """Whether a text of the source is words for people: two of them at least, and no code."""
    said = FILLED.sub("", words)
    return bool(TWO_WORDS.search(words) and LETTERS.search(said)) and not CODE.search(said)


def unique(messages: list[Message]) -> list[Message]:
    """Each once, in their order; of a title and a heading alike, one."""
    found: dict[str, Message] = {}
    for message in messages:
        if message.words:
            found.setdefault(message.words, message)
    return list(found.values())
