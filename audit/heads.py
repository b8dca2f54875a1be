"""Signed heads: what the chain was, told outside the database and signed. Bytes only, no rows.

A head names every link since the head before it, so that a chain which was recomputed as a whole
can still be compared with it, link by link.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

PREFIX = "heads/"
VERSION = 1


class HeadUnreadable(Exception):
    """Not a head, or not signed by a key of ours; says which."""


class HeadStore(Protocol):
    """Where heads are laid down: outside the database, each once and for ever.

    Every method may raise the store's own error when it is in trouble.
    """

    def save_once(self, key: str, content: bytes) -> bool:
        """Store under a key that has nothing yet; False, and no change, where it has."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that begins so, in order."""

    def find(self, key: str) -> bytes | None:
        """The bytes under the key, or None."""


class SignedLink(NamedTuple):
    """One link as a head tells it."""

    position: int
    batch_id: int
    last_id: int
    entries: int
    digest: bytes
    hash: bytes


@dataclass(frozen=True)
class SignedHead:
    """Links in order, the newest last; moments as ISO 8601 in UTC."""

    links: Sequence[SignedLink]
    # The newest link's: all entries so far, and when it was written.
    total: int
    at: str
    signed_at: str

    @property
    def position(self) -> int:
        return self.links[-1].position

    @property
    def key(self) -> str:
        """Sorts by position; names the hash, so that two histories never share a key."""
        return f"{PREFIX}{self.position:015d}-{self.links[-1].hash.hex()[:16]}.json"

    def signed(self, key: str) -> bytes:
        """The object to lay down: JSON, with an HMAC-SHA256 by `key` over all the rest."""
        told = {
            "version": VERSION,
            "position": self.position,
            "hash": self.links[-1].hash.hex(),
            "total": self.total,
            "at": self.at,
            "signed_at": self.signed_at,
            "links": [_told(link) for link in self.links],
            "key": key_name(key),
        }
        return json.dumps({**told, "signature": _signature(told, key)}, indent=1).encode()


def read_head(content: bytes, *, keys: Iterable[str]) -> SignedHead:
    """The head in these bytes. Raises `HeadUnreadable` unless one of `keys` signed all of it."""
    try:
        told: dict[str, Any] = json.loads(content)
        signature = told.pop("signature")
        links = [_link(line) for line in told["links"]]
        head = SignedHead(links, int(told["total"]), str(told["at"]), str(told["signed_at"]))
        position, whole = int(told["position"]), str(told["hash"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HeadUnreadable("it cannot be read") from error
    mine = [key for key in keys if key and key_name(key) == told.get("key")]
    if not mine:
        raise HeadUnreadable("it was signed with a key that is not among ours")
    if not hmac.compare_digest(_signature(told, mine[0]), str(signature)):
        raise HeadUnreadable("its signature is wrong")
    if not links or (position, whole) != (head.position, links[-1].hash.hex()):
        raise HeadUnreadable("it does not hold together")
    return head


def key_name(key: str) -> str:
    """By which a key is known without being told."""
    return hashlib.sha256(f"name of {key}".encode()).hexdigest()[:12]


def _signature(told: dict[str, Any], key: str) -> str:
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _told(link: SignedLink) -> list[int | str]:
    return [*link[:4], link.digest.hex(), link.hash.hex()]


def _link(line: list[Any]) -> SignedLink:
    position, batch_id, last_id, entries, digest, whole = line
    numbers = (int(position), int(batch_id), int(last_id), int(entries))
    return SignedLink(*numbers, bytes.fromhex(digest), bytes.fromhex(whole))
