"""Keeps our own values out of what is stored of an answer: names and addresses come back in error
messages.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from wire.text import storable

HIDDEN = "[hidden]"
MESSAGE_LIMIT = 500
# Characters of a message that are searched for our values: 1,200 in a megabyte take seconds.
SEARCHED_LIMIT = 8_000
# Words of the contract, not of a person: a message may name them.
CONTRACT_WORDS = {"type", "subType", "appointmentType", "assetLevel"}


class Redaction:
    """Strikes out every value of one payload, whatever its case and spacing."""

    def __init__(self, payload: bytes) -> None:
        plain = {_one_spaced(value) for value in _values(_loaded(payload))} - {""}
        values = sorted(plain, key=len, reverse=True)
        self._longest = len(values[0]) if values else 0
        forms = "|".join(map(re.escape, values))
        self._pattern = re.compile(rf"(?<!\w)(?:{forms})(?!\w)", re.I) if forms else None

    def text(self, message: str) -> str:
        """The message without our values, at most `MESSAGE_LIMIT` characters, fit to be stored."""
        plain = _one_spaced(storable(html.unescape(message)))
        searched = plain[:SEARCHED_LIMIT]
        if self._pattern is not None:
            searched = self._pattern.sub(HIDDEN, searched)
        if len(plain) > SEARCHED_LIMIT:
            # The cut may have gone through a value, of which the beginning would be left.
            searched = searched[: -self._longest or None]
        return searched[:MESSAGE_LIMIT]


def _one_spaced(text: str) -> str:
    return " ".join(text.split())


def _loaded(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None


def _values(part: Any, key: str = "") -> Iterator[str]:
    if isinstance(part, dict):
        for name, inner in part.items():
            yield from _values(inner, name)
    elif isinstance(part, list):
        for inner in part:
            yield from _values(inner, key)
    elif isinstance(part, str | int | float) and key not in CONTRACT_WORDS:
        yield str(part)
