"""Which machine a request comes from: the one address that lockout and the allow-list both believe.

The peer of the connection, or what the outermost of our own proxies wrote down about its peer.
Nothing that a client can write is read: not `Forwarded`, not `X-Real-IP`, not the part of
`X-Forwarded-For` that it sent itself.
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address_from_settings(request: HttpRequest) -> Address | None:
    """The client's address by `TRUSTED_PROXY_HOPS`; None where it cannot be told.

    Each proxy appends its peer to `X-Forwarded-For`, so with n proxies of ours the nth from the
    right is the client. Fewer than n entries: the request did not come by way of our proxies, and
    no entry of it can be believed. An entry that is no plain address (a port, brackets, a zone, a
    name) is none of a proxy of ours either.
    """
    hops: int = settings.TRUSTED_PROXY_HOPS
    if hops < 1:
        return _read(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    return _read(forwarded[-hops].strip(" \t")) if hops <= len(forwarded) else None


def _read(text: str) -> Address | None:
    """An IPv4 address that is written as an IPv6 one is the IPv4 address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return address
    # A zone names an interface of the machine that says it: it means nothing here.
    return None if address.scope_id else address.ipv4_mapped or address
