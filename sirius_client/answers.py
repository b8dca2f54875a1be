"""Reads Sirius' answer to a post: a receipt, or the error that says what is known. No network.

The status line decides; the body matters only where the contract promises one (200, 201 and 400).
"""

import json
import re
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any, NoReturn
from urllib.parse import urlsplit

from sirius_client.errors import (
    DuplicateOrder,
    InvalidOrder,
    OutcomeUnknown,
    RequestRefused,
    SessionEnded,
    SiriusBusy,
)
from sirius_client.redaction import Redaction
from sirius_client.transport import Answer
from sirius_client.types import Receipt
from wire.text import storable

STORED_LIMIT = 2000
ERRORS_LIMIT = 200  # messages
LONGEST_KEY = 200  # characters; the longest of the contract has 30
# What a database column holds.
LARGEST_ID = 2**63 - 1
# The contract's own words around its errors; whatever else an answer says is not stored.
PROBLEM_KEYS = ("status", "title", "type", "detail")
SIGN_IN_PATHS = re.compile(r"/(old-)?(login|log-in|signin|sign-in)/?$", re.I)

# The keys that an order's properties have, to tell a property from the name of a failed rule.
PROPERTY = re.compile(
    r"courtReference|type|subType|date|issueDate|appointmentType|assetLevel|client|deputies"
    r"|documents|firstName|lastName|dob|email|(daytime|evening|mobile)Number|addressLine[123]"
    r"|town|county|postcode|filename|\d+"
)
# A sentence, or the name of a rule, that says "there is one already".
SAYS_TAKEN = re.compile(
    r"\balready|alreadyexist|duplicat|\btaken\b|unique|\bin use\b|(record|object|order|case)exists"
    r"|(?<!not )(?<!n't )\bexists\b",
    re.I,
)
NAMES_REFERENCE = re.compile(r"court.?reference|case.?(reference|number)", re.I)
NAMES_ORDER = re.compile(rf"{NAMES_REFERENCE.pattern}|\border\b", re.I)

Errors = dict[str, list[str]]


def read_post_answer(answer: Answer, *, payload: bytes, base_url: str) -> Receipt:
    """The receipt, or raises SiriusBusy, SessionEnded, an OrderRefused or OutcomeUnknown."""
    status = answer.status
    redaction = Redaction(payload)
    if status in (200, 201):
        return _receipt(answer, redaction)
    loaded = _json(answer)
    body = stored_body(answer, redaction)
    if status == 429:
        wait = retry_after(answer.headers.get("Retry-After", ""))
        raise SiriusBusy("Sirius is busy", retry_after=wait, http_status=status, body=body)
    if status in (401, 403) or leads_to_sign_in(answer, base_url):
        raise SessionEnded("The session with Sirius has ended", http_status=status, body=body)
    if status == 400:
        _raise_refusal(loaded, redaction, body)
    if 400 < status < 500:
        raise RequestRefused(f"Sirius refused the request: {status}", http_status=status, body=body)
    raise OutcomeUnknown(f"Sirius answered {status}", http_status=status, body=body)


def leads_to_sign_in(answer: Answer, base_url: str) -> bool:
    """Whether this is a redirect to Sirius' own sign-in page; one to anywhere else says nothing."""
    if answer.status not in (301, 302, 303, 307, 308):
        return False
    try:
        target = urlsplit(answer.headers.get("Location", ""))
        same_host = target.hostname in (None, urlsplit(base_url).hostname)
    except ValueError:
        return False
    return same_host and SIGN_IN_PATHS.search(target.path) is not None


def retry_after(header: str) -> float | None:
    """Seconds to wait, from a number of seconds or an HTTP date; None where the header says
    neither.
    """
    header = header.strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", header):
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def stored_body(answer: Answer, redaction: Redaction) -> str:
    """What may be stored of an answer: the contract's keys with their messages, else only its kind
    and size.
    """
    loaded = _json(answer)
    if not isinstance(loaded, dict):
        kind = storable(answer.headers.get("Content-Type", "no type").split(";")[0][:100])
        cut = "" if answer.whole else ", cut off"
        return f"({kind}, {len(answer.body)} bytes{cut}; not kept)"
    kept: dict[str, Any] = {
        key: redaction.text(str(loaded[key]))
        for key in PROBLEM_KEYS
        if isinstance(loaded.get(key), str | int)
    }
    errors = read_errors(loaded, redaction)
    if errors:
        kept["validation_errors"] = errors
    return json.dumps(kept, ensure_ascii=False)[:STORED_LIMIT]


def read_errors(loaded: dict[str, Any], redaction: Redaction) -> Errors:
    """The validation errors by property, `{"client.firstName": ["..."]}`, without our values.

    Taken as a list of messages, as one message, or as messages by the name of the failed rule;
    parts inside others by a dotted key or by nesting.
    """
    errors: Errors = {}
    leaves = _leaves(loaded.get("validation_errors"), ())
    for path, _, message in islice(leaves, ERRORS_LIMIT):
        key = ".".join(path)[:LONGEST_KEY]
        known = all(PROPERTY.fullmatch(part) for part in key.split("."))
        key = key if known else redaction.text(key)
        errors.setdefault(key, []).append(redaction.text(message))
    return errors


def _json(answer: Answer) -> Any:
    if not answer.whole:
        return None
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _receipt(answer: Answer, redaction: Redaction) -> Receipt:
    loaded = _json(answer)
    order_id = _id(loaded)
    if order_id is None:
        message = f"Sirius answered {answer.status} without the order's id"
        body = stored_body(answer, redaction)
        raise OutcomeUnknown(message, http_status=answer.status, body=body)
    return Receipt(
        order_id=order_id,
        client_id=_id(loaded.get("client")),
        deputy_ids=_ids(loaded.get("deputies")),
        document_ids=_ids(loaded.get("documents")),
        http_status=answer.status,
    )


def _id(part: Any) -> int | None:
    found = part.get("id") if isinstance(part, dict) else None
    # True is an int to Python, and no id to anyone.
    usable = isinstance(found, int) and not isinstance(found, bool) and 0 < found <= LARGEST_ID
    return found if usable else None


def _ids(parts: Any) -> list[int]:
    found = [_id(part) for part in parts] if isinstance(parts, list) else []
    return [each for each in found if each is not None]


def _raise_refusal(loaded: Any, redaction: Redaction, body: str) -> NoReturn:
    if not isinstance(loaded, dict):
        raise RequestRefused("Sirius answered 400, unreadable", http_status=400, body=body)
    if _says_taken(loaded):
        message = "Sirius has an order with this court reference and type"
        raise DuplicateOrder(message, http_status=400, body=body)
    errors = read_errors(loaded, redaction)
    if not errors:
        message = "Sirius answered 400 without validation errors"
        raise RequestRefused(message, http_status=400, body=body)
    raise InvalidOrder("Sirius refused the order", errors=errors, http_status=400, body=body)


def _says_taken(loaded: dict[str, Any]) -> bool:
    """Whether the court reference, or the reference with the type, is said to be taken."""
    for path, rule, message in _leaves(loaded.get("validation_errors"), ()):
        own = not path or path[0] in ("courtReference", "type")
        if SAYS_TAKEN.search(f"{rule} {message}") and (own or NAMES_REFERENCE.search(message)):
            return True
    detail = f"{loaded.get('title')} {loaded.get('detail')}"
    return bool(SAYS_TAKEN.search(detail) and NAMES_ORDER.search(detail))


def _leaves(part: Any, path: tuple[str, ...], rule: str = "") -> Iterator[tuple[Any, str, str]]:
    """Each message as (path of the property, name of the rule or "", message)."""
    if isinstance(part, str):
        yield path, rule, part
    elif isinstance(part, dict):
        for key, inner in part.items():
            is_property = not path or PROPERTY.fullmatch(key)
            yield from (
                _leaves(inner, (*path, key), rule) if is_property else _leaves(inner, path, key)
            )
    elif isinstance(part, list):
        for number, inner in enumerate(part):
            # A list of messages, or a list with one entry for each deputy or document.
            yield from _leaves(inner, (*path, str(number)) if isinstance(inner, dict) else path)
