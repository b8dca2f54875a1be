"""What others have sent, made fit to be stored."""

import re

# PostgreSQL holds no null character, and UTF-8 no half of a pair.
_CANNOT_BE_STORED = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with U+FFFD in place of each character that no database holds."""
    return _CANNOT_BE_STORED.sub("\ufffd", text)
