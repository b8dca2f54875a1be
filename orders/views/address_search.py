"""The two buttons of the deputy form that save nothing: "Find address" and "Use this address"."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.forms import ChoiceField
from django.http import HttpRequest

from govuk.letters import has_unseen
from orders.forms.deputies import DeputyDetails
from orders.rules import LONGEST_TEXT
from orders.views.postcodes import as_json, look_up
from places_client import Address

FILLED = ("address_line_1", "address_line_2", "town", "county", "postcode")
MESSAGE_USED = "The address was filled in. Check it before you save."


@dataclass(frozen=True)
class AddressSearch:
    """What the page says below the postcode; `has_results` shows the addresses that were found."""

    message: str = ""
    has_results: bool = False


def search_addresses(request: HttpRequest, form: DeputyDetails) -> AddressSearch | None:
    """What a page without script asked for, carried out on its form; None where it is to be saved.

    The form keeps all that was typed and complains of nothing but the search itself.
    """
    step = request.POST.get("then", "")
    if step == "find_address" or (step == "enter" and _wants_an_address(request)):
        return _find(request, form)
    if step == "use_address":
        return _use(request, form)
    return None


def _wants_an_address(request: HttpRequest) -> bool:
    """Enter was pressed with a postcode there and no address yet: somewhere, perhaps in its box."""
    typed = {name for name in FILLED if request.POST.get(name, "").strip()}
    return typed == {"postcode"}


def _find(request: HttpRequest, form: DeputyDetails) -> AddressSearch:
    form.errors.clear()
    found = look_up(request, request.POST.get("postcode", ""))
    if found.status == 400:
        form.add_error("postcode", found.message)
        return AddressSearch()
    _offer(form, found.addresses)
    return AddressSearch(message=found.message, has_results=bool(found.addresses))


def _use(request: HttpRequest, form: DeputyDetails) -> AddressSearch:
    chosen = _read(request.POST.get("found_address", ""))
    if chosen is None:
        again = _find(request, form)
        if again.has_results:
            form.add_error("found_address", "Select an address")
        return again
    typed = request.POST.copy()
    for name in FILLED:
        typed[name] = chosen[name]
    form.data = typed
    form.errors.clear()
    return AddressSearch(message=MESSAGE_USED)


def _offer(form: DeputyDetails, addresses: Sequence[Address]) -> None:
    count = f"{len(addresses)} address{'es' if len(addresses) != 1 else ''} found"
    options = [(json.dumps(as_json(one)), one.text) for one in addresses]
    cast(ChoiceField, form.fields["found_address"]).choices = [("", count), *options]


def _read(option: str) -> dict[str, Any] | None:
    """The address that an option stands for; None for the first option, or for nonsense."""
    try:
        chosen = json.loads(option)
    except (ValueError, RecursionError):
        return None
    is_address = isinstance(chosen, dict) and all(_is_line(chosen.get(name)) for name in FILLED)
    return chosen if is_address else None


def _is_line(value: object) -> bool:
    """Whether it could be a line of an address: an option is what any browser sends as one."""
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and not has_unseen(value)
