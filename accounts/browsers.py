"""Which browser a request comes from: one that signed in here before, or an address.

A browser that has signed somebody in carries a signed cookie that names it and them (OWASP calls
it a device cookie). It opens nothing: it says whose failed tries are whose, and whose half-typed
form this is.
"""

import ipaddress
import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.addresses import Address, client_address_from_settings
from accounts.models import User
from accounts.services.lockout import Origin

SALT = "accounts.browsers"
LASTS_SECONDS = 180 * 24 * 60 * 60
# People who share a machine; whoever signed in last stands last.
MOST_USERS = 10


def origin_of(request: HttpRequest) -> Origin:
    """Where a try to sign in comes from."""
    known = _read_from_settings(request)
    return Origin(
        address=_network_of(client_address_from_settings(request)),
        browser=str(known.get("id", "")),
        users=tuple(known.get("users", ())),
    )


def last_user_id(request: HttpRequest) -> int | None:
    """Who signed in last with this browser, or None."""
    users = origin_of(request).users
    return users[-1] if users else None


def remember_from_settings(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Name the browser in a cookie, now that it has signed this user in."""
    known = _read_from_settings(request)
    others = [one for one in known.get("users", []) if one != user.pk]
    content = {
        "id": known.get("id") or secrets.token_urlsafe(16),
        "users": [*others, user.pk][-MOST_USERS:],
    }
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE,
        signing.dumps(content, salt=SALT),
        max_age=LASTS_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _network_of(address: Address | None) -> str:
    """Of IPv6, the network that a household has. Who comes past our proxies counts as one."""
    if address is None:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def _read_from_settings(request: HttpRequest) -> dict[str, Any]:
    """What the cookie says; nothing where there is none, or one that we did not sign."""
    try:
        content: dict[str, Any] = signing.loads(
            request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, ""), salt=SALT, max_age=LASTS_SECONDS
        )
    except signing.BadSignature:
        return {}
    return content
