"""Postcode look-up: as JSON for the script of the deputy form, in words for the page itself."""

import logging
import time
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from places_client import Address, PlacesClient, PlacesUnavailable, PostcodeInvalid

# More than anybody types, and far less than a copy of the whole register needs.
MOST_IN_A_WINDOW = 30
WINDOW_SECONDS = 60
SESSION_KEY = "postcode_lookups"

INVALID = "Enter a full UK postcode, like SW1H 9AJ"
NOTHING_FOUND = "No addresses found for this postcode. Check it, or enter the address below."
UNAVAILABLE = "Addresses cannot be looked up at the moment. Enter the address below."
TOO_MANY = (
    "You have looked up many postcodes in a short time. Wait a minute, or enter the address below."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LookUp:
    """What a look-up came to: addresses, or a sentence that says why there are none."""

    status: int = 200
    addresses: list[Address] = field(default_factory=list)
    message: str = ""


@require_safe
def postcode_lookup(request: SignedInRequest) -> JsonResponse:
    """`/postcode-lookup?postcode=`: {"addresses": [{text, line_1, ...}], "message": "..."}.

    400 for what is no whole postcode, 429 for too many look-ups, 503 where there is no service.
    """
    found = look_up(request, request.GET.get("postcode", ""))
    answer = {"addresses": [as_json(one) for one in found.addresses], "message": found.message}
    return JsonResponse(answer, status=found.status)


def look_up(request: HttpRequest, postcode: str) -> LookUp:
    """The addresses of a postcode, or why there are none; counts against the session's share."""
    if _has_had_enough(request):
        return LookUp(429, message=TOO_MANY)
    try:
        addresses = PlacesClient.from_settings().find_addresses(postcode)
    except PostcodeInvalid:
        return LookUp(400, message=INVALID)
    except PlacesUnavailable as error:
        log.warning("Postcode look-up failed: %s: %s", type(error).__name__, error)
        return LookUp(503, message=UNAVAILABLE)
    return LookUp(addresses=addresses, message="" if addresses else NOTHING_FOUND)


def as_json(address: Address) -> dict[str, Any]:
    """An address as the page's script fills it in, and as an option of the page without script."""
    return {
        "text": address.text,
        "address_line_1": address.line_1,
        "address_line_2": address.line_2,
        "town": address.town,
        "county": address.county,
        "postcode": address.postcode,
    }


def _has_had_enough(request: HttpRequest) -> bool:
    """Whether this session has had its look-ups of the last minute; if not, this one is counted."""
    now = time.time()
    recent = [at for at in request.session.get(SESSION_KEY, []) if 0 <= now - at < WINDOW_SECONDS]
    if len(recent) >= MOST_IN_A_WINDOW:
        return True
    request.session[SESSION_KEY] = [*recent, now]
    return False
