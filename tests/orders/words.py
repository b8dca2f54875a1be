"""Values that the tests of orders share."""

import datetime as dt

from orders.rules import NewOrder

# Each holds the modulus-11 check.
CASE_NUMBERS = ["93559316", "61429461", "33370455"]


def new_order(**changes) -> NewOrder:
    values = {
        "case_number": "93559316",
        "order_type": "PF",
        "order_number": "A1",
        "forename": "Joni",
        "surname": "Mitchell",
        "made_date": dt.date(2026, 5, 1),
        "issue_date": dt.date(2026, 5, 15),
    }
    return NewOrder(**{**values, **changes})


ANSWERS = {
    "deputy_type": "LAY",
    "first_name": "Dana",
    "last_name": "Deputy",
    "date_of_birth": dt.date(1980, 2, 29),
    "email": "dana@example.com",
    "daytime_number": "020 7946 0000",
    "evening_number": "",
    "mobile_number": "07700 900000",
    "address_line_1": "1 High Street",
    "address_line_2": "",
    "town": "Leeds",
    "county": "",
    "postcode": "LS1 1AA",
}
