"""Keeps our own values out of what is stored of an answer: names and addresses come back in error
messages.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

HIDDEN = "[hidden]"
MESSAGE_LIMIT = 500
# Words of the contract, not of a person: a message may name them.
CONTRACT_WORDS = {"type", "subType", "appointmentType", "assetLevel"}


class Redaction:
    """Strikes out every value of one payload, whatever its case and spacing."""

    def __init__(self, payload: bytes) -> None:
        values = sorted(set(_values(_loaded(payload))), key=len, reverse=True)
        forms = [r"\s+".join(map(re.escape, value.split())) for value in values if value.strip()]
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", re.I) if forms else None

    def text(self, message: str) -> str:
        """The message without our values, at most `MESSAGE_LIMIT` characters."""
        plain = html.unescape(message)
        if self._pattern is not None:
            plain = self._pattern.sub(HIDDEN, plain)
        return plain[:MESSAGE_LIMIT]


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
