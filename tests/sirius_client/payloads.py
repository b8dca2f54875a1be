"""Hypothesis strategies: payloads that keep the contract, and ways to break one property of one."""

import copy
import datetime
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Payload = dict[str, Any]
DEPUTY_TEXTS = ["email", "daytimeNumber", "eveningNumber", "mobileNumber", "addressLine1"]
DEPUTY_TEXTS += ["addressLine2", "addressLine3", "town", "county", "postcode"]
REQUIRED = ["courtReference", "type", "subType", "date", "issueDate", "appointmentType", "client"]
REQUIRED += ["deputies", "documents"]


def with_check_character(digits: str) -> str:
    """The contract's modulus 11, written out a second time on purpose."""
    total = sum(int(d) * w for d, w in zip(digits, [3, 4, 7, 5, 8, 2, 4], strict=True))
    check = (11 - total % 11) % 11
    return digits + ("T" if check == 10 else str(check))


references = st.integers(0, 9_999_999).map(lambda n: with_check_character(f"{n:07d}"))
# Everything that UTF-8 can carry, long and short, with what breaks careless code.
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=255)
days = st.dates(datetime.date(1, 1, 1)).map(datetime.date.isoformat)
clients = st.fixed_dictionaries({"firstName": texts, "lastName": texts})
deputies = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["LAY", "PUBLIC_AUTHORITY", "PROFESSIONAL"]),
        "firstName": texts,
        "lastName": texts,
    },
    optional={"dob": days, **dict.fromkeys(DEPUTY_TEXTS, texts)},
)
documents = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["COP1A", "COP1C", "COP3", "COP4", "COURT_ORDER", "OTHER"]),
        "filename": st.from_regex(r"\Adc_doc_[0-9]{1,9}_[0-9]{1,20}\.(pdf|docx|tiff)\Z"),
    }
)


@st.composite
def payloads(draw: st.DrawFn) -> Payload:
    """Any payload that the contract allows."""
    order_type = draw(st.sampled_from(["PF", "HW"]))
    subtypes = ["NEW_APPLICATION", "REPLACEMENT_OF_DISCHARGED_DEPUTY", "INTERIM_ORDER"]
    payload = {
        "courtReference": draw(references),
        "type": order_type,
        "subType": draw(st.sampled_from(subtypes)),
        "date": draw(days),
        "issueDate": draw(days),
        "appointmentType": draw(st.sampled_from(["SOLE", "JOINT", "JOINT_AND_SEVERAL"])),
        "client": draw(clients),
        "deputies": draw(st.lists(deputies, min_size=1, max_size=4)),
        "documents": draw(st.lists(documents, min_size=1, max_size=4)),
    }
    if order_type == "PF":
        payload["assetLevel"] = draw(st.sampled_from(["HIGH", "LOW"]))
    return payload


def _set(path: str, value: object) -> Callable[[Payload], None]:
    def change(payload: Payload) -> None:
        *parts, last = path.split(".")
        inner: Any = payload
        for part in parts:
            inner = inner[int(part) if part.isdigit() else part]
        inner[int(last) if last.isdigit() else last] = value

    return change


def _drop(path: str) -> Callable[[Payload], None]:
    def change(payload: Payload) -> None:
        *parts, last = path.split(".")
        inner: Any = payload
        for part in parts:
            inner = inner[int(part) if part.isdigit() else part]
        inner.pop(last, None)

    return change


BAD_DAYS = ["2018-02-30", "2018-8-1", "01/08/2018", "20180801", "2018-08-01\n", "2018-08-01T00:00"]
BAD_REFERENCES = [
    "9355931",
    "935593166",
    "9355931t",
    "9355931X",
    "T3559316",
    " 9355931",
    "٩٣٥٥٩٣١٦",
]
BAD_FILENAMES = ["s3://bucket/a.pdf", "folder/a.pdf", "https://x/a.pdf", "a b.pdf", "a.pdf\n"]
TEXT_PATHS = ["client.firstName", "client.lastName", "deputies.0.firstName", "deputies.0.lastName"]
TEXT_PATHS += [f"deputies.0.{name}" for name in DEPUTY_TEXTS]
ENUM_PATHS = ["type", "subType", "appointmentType", "deputies.0.type", "documents.0.type"]

# (the property that must be named, how it is broken)
BREAKAGES: list[tuple[str, Callable[[Payload], None]]] = [
    *[(path, _drop(path)) for path in REQUIRED],
    *[(path, _drop(path)) for path in TEXT_PATHS[:4]],
    *[(path, _drop(path)) for path in ENUM_PATHS[3:]],
    ("documents.0.filename", _drop("documents.0.filename")),
    *[(path, _set(path, wrong)) for path in TEXT_PATHS for wrong in ("", "x" * 256, None, 1, [])],
    *[(path, _set(path, wrong)) for path in ENUM_PATHS for wrong in ("", "OTHERWISE", None, 1, {})],
    *[("courtReference", _set("courtReference", wrong)) for wrong in BAD_REFERENCES],
    *[
        (path, _set(path, wrong))
        for path in ("date", "issueDate", "deputies.0.dob")
        for wrong in (*BAD_DAYS, "", None, 20180801)
    ],
    *[("documents.0.filename", _set("documents.0.filename", wrong)) for wrong in BAD_FILENAMES],
    *[(path, _set(path, [])) for path in ("deputies", "documents", "client")],
    *[(path, _set(path, "text")) for path in ("deputies", "documents", "client")],
    *[(path, _set(path, 1)) for path in ("deputies.0", "documents.0")],
    *[
        (path, _set(path, "x"))
        for path in ("caseNumber", "client.dob", "deputies.0.id", "documents.0.url")
    ],
]


def broken(payload: Payload, breakage: Callable[[Payload], None]) -> Payload:
    """A copy of the payload with one thing wrong."""
    copied = copy.deepcopy(payload)
    breakage(copied)
    return copied
