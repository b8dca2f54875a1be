"""The canaries: people's details that no log may hold, and how they are looked for."""

import base64
import datetime as dt
import json
import re
from urllib.parse import quote, quote_plus

from tests.orders.words import ANSWERS

PEOPLE = {
    "client's forename": "Zebedee-Canary",
    "client's surname": "Quill'forth-Canary",
    "deputy's first name": "Ottoline-Canary",
    "deputy's last name": "Ravensbeard-Canary",
    "deputy's email": "ottoline.canary@example.com",
    "deputy's telephone": "07700 900123",
    "deputy's street": "17 Canary Wharfside",
    "deputy's town": "Canaryborough",
    "deputy's date of birth": "1961-03-17",
    "document's name": "Letter about Zebedee canary.pdf",
    "user's email": "ursula.canary@example.com",
    "user's surname": "Canary-Userby",
    "new user's email": "nell.canary@example.com",
    "new user's surname": "Canary-Newby",
    "what was searched for": "Searched-Canary",
}
DEPUTY = {
    **ANSWERS,
    "first_name": PEOPLE["deputy's first name"],
    "last_name": PEOPLE["deputy's last name"],
    "email": PEOPLE["deputy's email"],
    "mobile_number": PEOPLE["deputy's telephone"],
    "address_line_1": PEOPLE["deputy's street"],
    "town": PEOPLE["deputy's town"],
    "date_of_birth": dt.date(1961, 3, 17),
}


def forms_of(value):
    """The value as it may stand in a log, a page or an address, in any case of its letters."""
    forms = set().union(*map(_forms_of, (value, value.upper(), value.lower())))
    return {form for form in forms if len(form) > 7}


def _forms_of(value):
    raw = value.encode()
    found = {value, quote(value), quote(value, safe=""), quote_plus(value), repr(value)[1:-1]}
    found |= {json.dumps(value)[1:-1], raw.hex(), raw.hex().upper(), value[::-1]}
    # Base64 at each of the three places in a longer text; without the ends, which depend on it.
    for before in range(3):
        encoded = base64.b64encode(b"x" * before + raw).decode()[4 if before else 0 : -4]
        found |= {encoded, encoded.replace("+", "-").replace("/", "_")}
    return found


def leaks(text, canaries):
    """The names of the canaries that stand in a text in any form."""
    return {name for name, value in canaries.items() if any(one in text for one in forms_of(value))}


def tells_code(text, code):
    """Whether a code, too short to be looked for in every form, stands in a text by itself."""
    return re.search(rf"(?<![\w.]){code}(?![\w.])", text, re.I) is not None
