"""To which hosts a client may speak: its key must go nowhere else."""

from collections.abc import Collection
from urllib.parse import urlsplit


def is_allowed(url: str, hosts: Collection[str]) -> bool:
    """Whether a key may go to this address: http(s), no account in it, and a host of the list."""
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError:
        return False
    is_plain = parts.username is None and parts.password is None and has_port
    return parts.scheme in {"http", "https"} and is_plain and parts.hostname in hosts
