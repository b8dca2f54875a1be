"""The gate: other networks and other methods are refused before anything else is looked at.

Who comes from elsewhere is refused at every address (spec ledger, S0-31). The security group in
front says the same; this holds where that one is opened by mistake.
"""

import ipaddress
import logging
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from accounts.addresses import Address, client_address_from_settings
from serve_opg.views import health

GetResponse = Callable[[HttpRequest], HttpResponse]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Asked by the container itself and by the balancer, which come from no court and under no name.
HEALTH = "/health-check"
METHODS = ("GET", "HEAD", "POST")
# Enough to tell which office it is, and to add its network; no more of a person is kept.
LOGGED_BITS = {4: 24, 6: 48}

log = logging.getLogger(__name__)


class AllowedNetworksMiddleware:
    """403 for every address of the service but `/health-check`, from outside `ALLOWED_NETWORKS`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == HEALTH:
            # Before `Host` is looked at: the balancer asks each machine by its number.
            return health(request)
        address = client_address_from_settings(request)
        if is_allowed_from_settings(address):
            # Raises `DisallowedHost`, before so much as a file is given out under another name.
            request.get_host()
            return self.get_response(request)
        log.warning("Refused: not from an allowed network, but from %s", _network_of(address))
        return render(None, "403_network.html", status=403)


class KnownMethodsMiddleware:
    """405 for every method that no page of ours has, whoever asks; Django's admin takes any."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in METHODS:
            return self.get_response(request)
        return HttpResponseNotAllowed(METHODS)


def is_allowed_from_settings(address: Address | None) -> bool:
    """Whether the address is in `ALLOWED_NETWORKS`. None named: everybody's, unless deployed."""
    if not settings.ALLOWED_NETWORKS:
        return not settings.IS_DEPLOYED
    networks = read_networks(tuple(settings.ALLOWED_NETWORKS))
    return address is not None and any(address in network for network in networks)


@lru_cache
def read_networks(texts: tuple[str, ...]) -> list[Network]:
    """CIDRs or single addresses. Raises `ValueError` for one that is neither."""
    return [ipaddress.ip_network(text.strip()) for text in texts]


def _network_of(address: Address | None) -> str:
    if address is None:
        return "no address of our proxies"
    return str(ipaddress.ip_network((address, LOGGED_BITS[address.version]), strict=False))
