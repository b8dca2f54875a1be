"""Words in capitals, as Royal Mail's file has them, in the spelling of an envelope. Pure."""

import re

# Small within a name: "Stoke-on-Trent", "Isle of Wight", "Betws-y-Coed".
SMALL = frozenset(
    (
        *("and", "at", "by", "cum", "de", "en", "in", "la", "le", "next", "of", "on"),
        *("super", "sur", "the", "to", "under", "upon", "y", "yr"),
    )
)
# Initials that have a vowel and so look like a word.
CAPITALS = frozenset(
    (
        *("AFC", "ATC", "II", "III", "IV", "PO", "RAF", "RSPCA", "UK", "USA", "VI", "VII"),
        *("YMCA", "YWCA"),
    )
)
# No vowel, and yet no initials.
WORDS = frozenset(("DR", "DR.", "LTD", "LTD.", "MR", "MRS", "MS", "RD", "SGT", "ST", "ST."))
VOWEL = re.compile(r"[AEIOUWY]", re.I)
WORD = re.compile(r"[^\s,()/&-]+")
# "1st", "22nd".
ORDINAL = re.compile(r"([0-9]+)(ST|ND|RD|TH)", re.I)


def in_title_case(text: str) -> str:
    """ "FLAT 4, ST JOHN'S COURT" as "Flat 4, St John's Court"; "12A" and initials as they stand."""
    return WORD.sub(lambda found: _word(found[0], is_first=_begins(text, found.start())), text)


def _begins(text: str, at: int) -> bool:
    """Whether nothing, a comma or a bracket stands before the word: then none is small."""
    before = text[:at].rstrip()
    return not before or before[-1] in ",("


def _word(word: str, *, is_first: bool) -> str:
    if ordinal := ORDINAL.fullmatch(word):
        return f"{ordinal[1]}{ordinal[2].lower()}"
    if word.lower() in SMALL and not is_first:
        return word.lower()
    if any(character.isdecimal() for character in word) or _is_initials(word):
        return word
    return _capitalised(word)


def _is_initials(word: str) -> bool:
    return word in CAPITALS or (word not in WORDS and not VOWEL.search(word))


def _capitalised(word: str) -> str:
    """ "O'CONNOR" as "O'Connor", "JOHN'S" as "John's", "MCDONALD" as "McDonald"."""
    head, apostrophe, tail = word.partition("'")
    if apostrophe and len(head) == 1:
        return f"{head.upper()}'{tail.capitalize()}"
    if len(word) > 4 and word.upper().startswith("MC"):
        return f"Mc{word[2:].capitalize()}"
    return word.capitalize()
