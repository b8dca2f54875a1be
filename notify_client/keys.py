"""An API key of Notify, and the token that it signs for each call.

The form of both is Notify's REST documentation, "Base URL, headers, authorisation".
"""

import re
import time
from dataclasses import dataclass, field
from typing import Self

import jwt

UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# The name of the key, the id of the service and the secret; the name may hold hyphens too.
KEY = re.compile(rf"(?:.*-)?(?P<service_id>{UUID})-(?P<secret>{UUID})", re.IGNORECASE)


class KeyUnreadable(ValueError):
    """Not of the form `<name>-<service id>-<secret>`."""


@dataclass(frozen=True)
class ApiKey:
    """The two parts of a key that count."""

    service_id: str
    secret: str = field(repr=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises `KeyUnreadable`, without the text."""
        found = KEY.fullmatch(text.strip())
        if found is None:
            raise KeyUnreadable("A Notify key looks like name-<service id>-<secret>, two UUIDs")
        return cls(found["service_id"], found["secret"])

    def token(self) -> str:
        """A signed token for one call; Notify takes it for 30 seconds."""
        claims = {"iss": self.service_id, "iat": int(time.time())}
        return jwt.encode(claims, self.secret, algorithm="HS256")
