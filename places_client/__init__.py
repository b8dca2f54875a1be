"""Postcode look-up by the Ordnance Survey Places service: a postcode in, addresses or a typed error
out.

Knows no model and no page. `simulator.py` is a stand-in for one's own machine.
"""

from places_client.addresses import Address
from places_client.client import PlacesClient
from places_client.errors import (
    AnswerUnreadable,
    NotConfigured,
    PlacesBusy,
    PlacesError,
    PlacesRefused,
    PlacesUnavailable,
    PostcodeInvalid,
)

__all__ = [
    "Address",
    "AnswerUnreadable",
    "NotConfigured",
    "PlacesBusy",
    "PlacesClient",
    "PlacesError",
    "PlacesRefused",
    "PlacesUnavailable",
    "PostcodeInvalid",
]
