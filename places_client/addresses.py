"""How an answer of OS Places becomes addresses as people write them. Pure.

The service's own description: a "DPA" result is one delivery point of Royal Mail's postcode address
file, its parts in upper case, parts that an address has not left out.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from places_client.errors import AnswerUnreadable
from places_client.wording import in_title_case

# Every part that an address may have, as the service spells them.
PARTS = (
    *("ORGANISATION_NAME", "DEPARTMENT_NAME", "PO_BOX_NUMBER", "SUB_BUILDING_NAME"),
    *("BUILDING_NAME", "BUILDING_NUMBER", "DEPENDENT_THOROUGHFARE_NAME", "THOROUGHFARE_NAME"),
    *("DOUBLE_DEPENDENT_LOCALITY", "DEPENDENT_LOCALITY", "POST_TOWN", "POSTCODE"),
)
# Building names that are numbers ("12A", "1-3", "4.5") stand before the street, as numbers do.
NUMBER_LIKE = re.compile(r"[0-9]+[A-Z]?([-/.][0-9]+[A-Z]?)?")
# The service gives at most 100 addresses at once; no postcode has more.
MOST_ADDRESSES = 100
LONGEST_PART = 255


@dataclass(frozen=True)
class Address:
    """One address; "" where it has no such part. Addresses of Royal Mail have no county."""

    line_1: str
    line_2: str
    town: str
    county: str
    postcode: str

    @property
    def text(self) -> str:
        """The address on one line."""
        lines = (self.line_1, self.line_2, self.town, self.county, self.postcode)
        return ", ".join(line for line in lines if line)


def read_addresses(body: bytes) -> list[Address]:
    """The addresses of a 200 answer, by street and number; none where it has no results.

    Raises AnswerUnreadable for anything but the documented form.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise AnswerUnreadable("The answer is not JSON") from None
    results = answer.get("results", []) if _has_header(answer) else None
    if not isinstance(results, list) or len(results) > MOST_ADDRESSES:
        raise AnswerUnreadable("The answer is not of the documented form")
    return sorted({address_of(_parts_of(result)) for result in results}, key=_by_number)


def _has_header(answer: Any) -> bool:
    return isinstance(answer, dict) and isinstance(answer.get("header"), dict)


def _parts_of(result: Any) -> dict[str, str]:
    """The parts of one result. Others of its many properties are not looked at."""
    place = result.get("DPA") if isinstance(result, dict) else None
    if not isinstance(place, dict):
        raise AnswerUnreadable("A result is no delivery point")
    parts = {name: place.get(name, "") for name in PARTS}
    if not all(isinstance(part, str) and len(part) <= LONGEST_PART for part in parts.values()):
        raise AnswerUnreadable("A part of an address is no text")
    if not parts["POSTCODE"] or not parts["POST_TOWN"]:
        raise AnswerUnreadable("An address has no town or no postcode")
    return {name: " ".join(part.split()) for name, part in parts.items()}


def address_of(parts: dict[str, str]) -> Address:
    """An address of `PARTS`: whose and which building on the first line, the street on the second.

    Where there is no building's name the street comes first and the locality second.
    """
    premises, number = _premises(parts)
    street = _joined(parts["DEPENDENT_THOROUGHFARE_NAME"], parts["THOROUGHFARE_NAME"])
    locality = _joined(parts["DOUBLE_DEPENDENT_LOCALITY"], parts["DEPENDENT_LOCALITY"])
    where = f"{number} {street or locality}".strip()
    rest = locality if street else ""
    first, second = (premises, _joined(where, rest)) if premises else (where, rest)
    return Address(
        line_1=in_title_case(first),
        line_2=in_title_case(second),
        town=in_title_case(parts["POST_TOWN"]),
        county="",
        postcode=parts["POSTCODE"].upper(),
    )


def _premises(parts: dict[str, str]) -> tuple[str, str]:
    """What stands before the street's line, and the number in front of the street."""
    building, number = parts["BUILDING_NAME"], parts["BUILDING_NUMBER"]
    if not number and NUMBER_LIKE.fullmatch(building):
        building, number = "", building
    box = parts["PO_BOX_NUMBER"]
    named = (
        *(parts["ORGANISATION_NAME"], parts["DEPARTMENT_NAME"], f"PO BOX {box}" if box else ""),
        *(parts["SUB_BUILDING_NAME"], building),
    )
    return _joined(*named), number


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _by_number(address: Address) -> list[tuple[bool, int, str]]:
    """Numbers before names, and flat 2 before flat 10."""
    pieces = re.findall(r"[0-9]+|[^0-9]+", address.text)
    return [
        (False, int(piece), "") if piece[0] in "0123456789" else (True, 0, piece)
        for piece in pieces
    ]
