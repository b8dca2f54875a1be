"""Holds what Sirius received to what was typed, by the Sirius contract and by nothing of ours."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from devstack.demo.plan import Deputy, Document, Order
from devstack.errors import StackTrouble

# The words of the pages, and those of the Sirius contract.
SUBTYPES = {
    "New application": "NEW_APPLICATION",
    "Replacement of discharged deputy": "REPLACEMENT_OF_DISCHARGED_DEPUTY",
    "Interim order": "INTERIM_ORDER",
}
APPOINTMENTS = {"Sole": "SOLE", "Joint": "JOINT", "Joint and several": "JOINT_AND_SEVERAL"}
DEPUTY_TYPES = {
    "Lay": "LAY",
    "Public authority": "PUBLIC_AUTHORITY",
    "Professional": "PROFESSIONAL",
}
DOCUMENT_TYPES = {
    "Court order": "COURT_ORDER",
    "COP 1A": "COP1A",
    "COP 3": "COP3",
    "COP 4": "COP4",
    "Additional document": "OTHER",
}
DEPUTY_KEYS = {
    "Email address": "email",
    "Daytime number": "daytimeNumber",
    "Evening number": "eveningNumber",
    "Mobile number": "mobileNumber",
    "Building and street": "addressLine1",
    "Building and street line 2": "addressLine2",
    "Town or city": "town",
    "County": "county",
    "Postcode": "postcode",
}
OBJECT_KEY = re.compile(r"dc_doc_[0-9]+_[0-9]+\.(?P<extension>[a-z]+)")

Record = dict[str, Any]
# Where in a record, and the value that stands there.
Facts = dict[str, Any]


def compare(orders: Sequence[Order], records: Sequence[Record], references: dict[str, int]) -> int:
    """The number of values that agree. Raises `StackTrouble` naming the first that does not.

    `records`: what the simulator accepted. `references`: the OPG reference that each order's page
    shows, by the order's name.
    """
    received = {f"{each['reference']} {each['type']}": each for each in records}
    if len(records) != len(orders) or set(received) != {order.name for order in orders}:
        raise StackTrouble(
            f"Sirius has {len(records)} orders under {len(received)} references, "
            f"and {len(orders)} were served."
        )
    pairs = [
        pair
        for order in orders
        for pair in _pairs(order, received[order.name], references[order.name])
    ]
    differences = [
        f"{place}: {is_!r:.80} instead of {wanted!r:.80}"
        for place, wanted, is_ in pairs
        if wanted != is_
    ]
    if differences:
        raise StackTrouble(
            f"What Sirius has differs from what was entered in {len(differences)} places. "
            f"The first is {differences[0]}."
        )
    return len(pairs)


def _pairs(order: Order, record: Record, reference: int) -> Iterator[tuple[str, Any, Any]]:
    """(place, what was entered, what was received) of every value on either side."""
    entered = {**_entered(order), "id": reference}
    received = {**_received(record), "id": record["ids"]["id"]}
    for place in sorted({*entered, *received}):
        yield f"{order.name} {place}", entered.get(place), received.get(place)


def _entered(order: Order) -> Facts:
    facts: Facts = {
        "courtReference": order.case_number,
        "type": order.order_type,
        "subType": SUBTYPES[order.subtype],
        "date": order.made.isoformat(),
        "issueDate": order.issued.isoformat(),
        "appointmentType": APPOINTMENTS[order.appointment],
        "client.firstName": order.forename,
        "client.lastName": order.surname,
    }
    if order.is_bond_high is not None:
        facts["assetLevel"] = "HIGH" if order.is_bond_high else "LOW"
    deputies = sorted(map(_deputy, order.deputies), key=_by_content)
    documents = sorted(map(_document, order.documents), key=_by_content)
    return facts | _numbered("deputies", deputies) | _numbered("documents", documents)


def _deputy(deputy: Deputy) -> Record:
    return {
        "type": DEPUTY_TYPES[deputy.kind],
        "firstName": deputy.first_name,
        "lastName": deputy.last_name,
        **({"dob": deputy.born.isoformat()} if deputy.born else {}),
        **{DEPUTY_KEYS[label]: text for label, text in deputy.details.items()},
    }


def _document(document: Document) -> Record:
    return {
        "type": DOCUMENT_TYPES[document.kind],
        "extension": document.file.name.rpartition(".")[2],
        "sha256": document.file.sha256,
    }


def _received(record: Record) -> Facts:
    payload = dict(record["payload"])
    client = {f"client.{key}": value for key, value in payload.pop("client").items()}
    deputies = sorted(payload.pop("deputies"), key=_by_content)
    # What stood in the bucket when the order came, read there by Sirius.
    stored = {each["filename"]: each["sha256"] for each in record["documents"]}
    documents = [
        {**each, "extension": _extension(each["filename"]), "sha256": stored.get(each["filename"])}
        for each in payload.pop("documents")
    ]
    for each in documents:
        del each["filename"]
    documents.sort(key=_by_content)
    return payload | client | _numbered("deputies", deputies) | _numbered("documents", documents)


def _extension(filename: str) -> str:
    named = OBJECT_KEY.fullmatch(filename)
    return named["extension"] if named else f"no such key: {filename}"


def _by_content(part: Record) -> list[tuple[str, str]]:
    return sorted((key, str(value)) for key, value in part.items())


def _numbered(word: str, parts: Sequence[Record]) -> Facts:
    return {
        f"{word}.{number}.{key}": value
        for number, part in enumerate(parts)
        for key, value in part.items()
    }
