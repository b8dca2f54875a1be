"""Letters that nobody sees. What is typed, pasted or read from a file is to be what people see."""

import unicodedata

# Join or part two letters where Persian and Hindi are written: within a word they belong there.
JOINERS = frozenset("\u200c\u200d")
# Controls, what turns the direction of text or has no width, halves of letters, what Unicode has
# given to nothing, ends of lines.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"))
# Letters without ink, which Unicode does not count among those.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def has_unseen(text: str) -> bool:
    """Whether any of its letters is one that nobody sees; joiners count where they join nothing."""
    if text.isascii() and text.isprintable():
        return False
    letters = set(text) - JOINERS
    unseen = {letter for letter in letters if unicodedata.category(letter) in _UNSEEN}
    return bool(unseen) or not letters or not _BLANK.isdisjoint(letters)
