"""Why OPG returned an order: Sirius' validation errors in words, by what they are about. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orders.models import Deputy, Submission
from orders.rules import Reason, State

# A property of the payload (contract, "The order payload") as staff know it.
WORDS = {
    "courtReference": "Case number",
    "type": "Order type",
    "subType": "Order subtype",
    "date": "Order made",
    "issueDate": "Order issued",
    "appointmentType": "Appointment type",
    "assetLevel": "Bond over £21,000",
    "client": "Client",
    "client.firstName": "Client's first name",
    "client.lastName": "Client's last name",
    "deputies": "Deputies",
    "documents": "Documents",
}
DEPUTY_WORDS = {
    "type": "Deputy type",
    "firstName": "First name",
    "lastName": "Last name",
    "dob": "Date of birth",
    "email": "Email address",
    "daytimeNumber": "Daytime number",
    "eveningNumber": "Evening number",
    "mobileNumber": "Mobile number",
    "addressLine1": "Building and street",
    "addressLine2": "Building and street line 2",
    "town": "Town or city",
    "county": "County",
    "postcode": "Postcode",
}


@dataclass(frozen=True)
class Problem:
    """One thing that OPG refused. `part` is "client", "order", "deputies" or "documents"."""

    part: str
    number: int | None
    text: str


@dataclass(frozen=True)
class Returned:
    """What came back. `is_returned` also without problems: operations may return an order."""

    is_returned: bool
    problems: list[Problem]
    names: list[tuple[str, str]]
    # What an operator wrote who returned it; "" when it was OPG's system.
    operator_reason: str = ""

    @property
    def about_client(self) -> list[str]:
        """Beside the client's name and the case number."""
        return self._about("client")

    @property
    def about_order(self) -> list[str]:
        """Beside the answers about the order."""
        return self._about("order")

    @property
    def about_documents(self) -> list[str]:
        """Beside the documents."""
        return self._about("documents")

    @property
    def about_deputies(self) -> list[str]:
        """Beside the list of deputies: what names none of them."""
        whole = [one for one in self.problems if one.part == "deputies" and one.number is None]
        return [problem.text for problem in whole]

    def about_deputy(self, deputy: Deputy) -> list[str]:
        """Beside the deputy of that name; the payload knows no other name for a deputy."""
        numbers = [
            number
            for number, name in enumerate(self.names)
            if name == (deputy.first_name, deputy.last_name)
        ]
        return [problem.text for problem in self.problems if problem.number in numbers]

    def _about(self, part: str) -> list[str]:
        return [problem.text for problem in self.problems if problem.part == part]


def read_returned(submission: Submission | None) -> Returned:
    """Why the order of its latest submission is with staff again; nothing where it is not."""
    if submission is None:
        return Returned(False, [], [])
    is_returned = submission.state == State.REJECTED or submission.reason == Reason.RETURNED
    errors = submission.sirius_answer.get("validation_errors", {}) if is_returned else {}
    deputies = submission.payload.get("deputies", [])
    names = [(deputy.get("firstName", ""), deputy.get("lastName", "")) for deputy in deputies]
    reason = submission.sirius_answer.get("operator_reason", "") if is_returned else ""
    return Returned(is_returned, list(_problems(errors, names)), names, reason)


def _problems(errors: dict[str, Any], names: list[tuple[str, str]]) -> Iterator[Problem]:
    for key, texts in errors.items():
        # Sirius may write a place in a list as deputies.0.email, deputies[0].email or with slashes.
        path = [part for part in re.split(r"[.\[\]/]+", key) if part]
        part, number, words = _place(path, names)
        for text in [texts] if isinstance(texts, str) else texts:
            yield Problem(part, number, f"{words or key or 'Order'}: {text}")


def _place(path: list[str], names: list[tuple[str, str]]) -> tuple[str, int | None, str]:
    """(part, number of the deputy, the property in words) of a property's path."""
    first, *rest = path or [""]
    words = WORDS.get(".".join(path), "")
    if first == "deputies":
        number = _number(rest)
        if number is None or number >= len(names):
            return "deputies", None, words
        about = DEPUTY_WORDS.get(rest[1] if len(rest) > 1 else "", "Deputy")
        return "deputies", number, f"{about} of {' '.join(names[number])}"
    if first == "documents":
        number = _number(rest)
        return "documents", None, words if number is None else f"Document {number + 1}"
    return ("client" if first in ("client", "courtReference") else "order"), None, words


def _number(rest: list[str]) -> int | None:
    """The place in a list that a path names: an order has no ten thousand deputies."""
    return int(rest[0]) if rest and rest[0].isdecimal() and len(rest[0]) < 5 else None
