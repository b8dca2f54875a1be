"""What the text of a Word court order says about the order (behaviour, 5). Pure.

Nothing is guessed: where the text says two things, or something that is almost what is looked
for, nothing is read and a person is asked. Each finding carries the words it was read from.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from orders.rules import AppointmentType, OrderSubtype

T = TypeVar("T")

LONGEST_TEXT = 1_000_000  # characters that are looked at
LONGEST_QUOTE = 200
MOST_QUOTES = 5
BOND_LIMIT = Decimal(21_000)
UNANSWERED = "\ufffc"  # stands in the text for a box or list in which nothing was chosen
# What is composed at a time: to sort a long run of accents takes the square of its length.
_PIECES = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]{1,200}")


@dataclass(frozen=True)
class Finding(Generic[T]):
    """What was found of one thing, and the words it was read from.

    No value and no words: nothing was found. No value but words: these contradict each other, or
    cannot be understood.
    """

    value: T | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CourtOrderText:
    """Everything that is read from a court order; `case_numbers` also where they are several."""

    case_numbers: tuple[str, ...]
    case_number: Finding[str]
    order_subtype: Finding[OrderSubtype]
    appointment_type: Finding[AppointmentType]
    bond_over_21000: Finding[bool]


def read_court_order(text: str) -> CourtOrderText:
    """Read the text, a paragraph a line and "\\v" for a line break inside one. Never raises."""
    text = tidy(text[:LONGEST_TEXT])
    headings = list(_headings(text))
    numbers = list(_case_numbers(text))
    return CourtOrderText(
        case_numbers=tuple(dict.fromkeys(number for number, _words in numbers)),
        case_number=_agreed(numbers),
        order_subtype=_agreed((_subtype_of(heading), heading.words) for heading in headings),
        appointment_type=_agreed((_appointment_of(heading), heading.words) for heading in headings),
        bond_over_21000=_bond(text),
    )


def tidy(text: str) -> str:
    """One kind of each character, nothing unseen, and one mark for each run of white space.

    A run with a paragraph's end in it becomes "\\n", one with a line break "\\v", others a space.
    """
    composed = _PIECES.sub(lambda piece: unicodedata.normalize("NFKC", piece[0]), text)
    # Soft hyphens, zero-width characters and marks of direction are category Cf.
    plain = "".join(
        character
        for character in composed[:LONGEST_TEXT]  # one character may become eighteen
        if unicodedata.category(character) != "Cf"
    )
    return re.sub(r"\s+", _one_gap, plain).strip()


def _one_gap(gap: re.Match[str]) -> str:
    if "\n" in gap[0]:
        return "\n"
    return "\v" if "\v" in gap[0] else " "


def _agreed(found: Iterable[tuple[T | None, str]]) -> Finding[T]:
    """What all of them say; without a value where one cannot be read or two differ."""
    found = list(found)
    quotes = tuple(dict.fromkeys(words for _value, words in found))[:MOST_QUOTES]
    values = {value for value, _words in found}
    value = values.pop() if len(values) == 1 else None
    return Finding(value, quotes if value is None else quotes[:1])


def _quote(text: str, start: int, end: int) -> str:
    words = " ".join(text[start:end].replace(UNANSWERED, "…").split())
    return words if len(words) <= LONGEST_QUOTE else f"{words[: LONGEST_QUOTE - 1]}…"


# --- The case number ------------------------------------------------------------------------------
# Eight characters, perhaps in groups: never a part of a longer number, nor of an amount.
_NUMBER = (
    r"(?:COP ?)?(?:[0-9]{7}[0-9Tt]|[0-9](?: ?[0-9]){6} ?[0-9Tt](?! [0-9]))(?![\w\ufffc]|[.,][0-9])"
)
# "No.", "No:", "No" and, after tidying, the sign "№"; "no 12345678" would be a sentence. Welsh
# beside it. Two numbers with only a space or a dash between them are two, not the first of them.
_CASE_NUMBERS = re.compile(
    rf"(?<!\w)(?:N[oO][sS]?[ \v]?[.:]{{0,2}}|nos?[ \v]?[.:]{{1,2}})"
    rf"(?:\s?/\s?[Rr]hif[ \v]?[.:]{{0,2}})?\s?"
    rf"({_NUMBER}(?:(?:\s?(?:,|;|/|&|and|or|[-‐–—])\s?|\s){_NUMBER}){{0,9}})"
)
_EACH_NUMBER = re.compile(_NUMBER)
# What else has a number of eight digits: such a "No." is not the case's.
_OTHER_THINGS = re.compile(
    r"(?<!\w)(?:account|acc|a/c|bond|policy|telephone|tel|phone|fax|mobile|title|company|charity|"
    r"registration|registered|vat|nhs|insurance|roll|membership|customer|invoice|certificate|"
    r"reference|ref|order|document)\.?[ \v]$",
    re.IGNORECASE,
)
_LONGEST_THING = 15


def _case_numbers(text: str) -> Iterator[tuple[str, str]]:
    for match in _CASE_NUMBERS.finditer(text):
        if not _OTHER_THINGS.search(text[max(0, match.start() - _LONGEST_THING) : match.start()]):
            words = _quote(text, match.start(), match.end())
            for number in _EACH_NUMBER.findall(match[1]):
                yield number.replace(" ", "").upper().removeprefix("COP"), words


# --- The heading ----------------------------------------------------------------------------------
_HEADING = re.compile(
    r"ORDER\s+APPOINTING"
    r"(?:\s+AN?)?"
    r"(?:\s+(?P<why>NEW|INTERIM))?"
    r"(?:\s+(?P<how>JOINT(?P<several>\s+(?:AND|&)\s+SEVERAL)?))?"
    r"\s+(?:DEPUTY|DEPUTIES)(?![\w'’-])"
    # "DEPUTY(IES)", "DEPUTY/DEPUTIES", "DEPUTY AND A REPLACEMENT DEPUTY": not ours to decide.
    r"(?!\s?\((?:s|ies)\))(?!\s?(?:/|(?:or|and|&)\s)\s?(?:\w+\s){0,3}DEPUT)",
    re.IGNORECASE,
)
_BEGINNING = re.compile(r"(?<!\w)ORDER\s+APPOINTING(?!\w)", re.IGNORECASE)
# What follows a heading in small letters on its line; a date or a verb makes it a sentence.
_REST_OF_HEADING = re.compile(
    r"(?!.{0,80}(?<!\w)(?:dated|made|was|is|be|shall|has|will|discharged|revoked|varied)(?!\w))"
    r"[^0-9.\n]{0,80}\.?(?=\n|$)",
    re.IGNORECASE,
)
# Before a mention in capitals: "UPON THE ORDER APPOINTING A DEPUTY".
_MENTION = re.compile(
    r"(?<!\w)(?:the|an|this|that|any|said|of|earlier|previous|prior|original)\s$", re.IGNORECASE
)
# Before the name of another order, with which this one does something else.
_OTHER_ORDER = re.compile(
    r"(?<!\w)(?:extending|revoking|varying|refusing|amending|discharging|suspending|renewing|"
    r"terminating|correcting|continuing|setting aside|replacing)\s"
    r"(?:(?:the|an?|said|interim|new|previous|earlier|existing|original)\s){0,3}$",
    re.IGNORECASE,
)
_LONGEST_BEFORE = 60
# Around the heading, what says as much as its own words do: to the end of its paragraph, in the
# next one where that goes on with it, before it on its line, and in the line above.
_GOES_ON = re.compile(
    r"[^\n]*(?:\n\W*(?:(?:to act|acting)\s)?(?:joint|several|interim|replacement)[^\n]*)?",
    re.IGNORECASE,
)
_WHY_BEFORE = re.compile(r"(?<!\w)(?:(interim)(?!\w)|replacement(?!\w)|new\W*$)", re.IGNORECASE)
_WHY_AFTER = re.compile(
    r"(?<!\w)(?:(interim)|new|replac\w+|in place of|instead of|success\w+|substitut\w+)(?!\w)",
    re.IGNORECASE,
)
_HOW_AFTER = re.compile(r"(?<!\w)(?:joint(?:ly)?|(several(?:ly)?))(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class _Heading:
    """A heading in its place: `own` is None where it begins like one and goes on otherwise."""

    own: re.Match[str] | None
    words: str
    before: str
    after: str


def _headings(text: str) -> Iterator[_Heading]:
    """Each heading with what stands around it.

    Headings begin a line, in capitals or mixed. Only where none does, one with a capital letter is
    taken from inside a line. A sentence that mentions an order appointing a deputy is none.
    """
    begun = [match for match in _BEGINNING.finditer(text) if not _is_of_other_order(text, match)]
    found = [match for match in begun if _is_heading(text, match)]
    if not found:
        found = [match for match in begun if _is_heading_inside(text, match)]
    for match in found:
        yield _in_its_place(text, match)


def _is_of_other_order(text: str, begun: re.Match[str]) -> bool:
    return bool(_OTHER_ORDER.search(text[max(0, begun.start() - _LONGEST_BEFORE) : begun.start()]))


def _is_heading(text: str, begun: re.Match[str]) -> bool:
    before = text[begun.start() - 1] if begun.start() else "\n"
    # After a mere line break a small letter is a sentence that goes on.
    if before == "\n" or (before == "\v" and begun[0][0].isupper()):
        return begun[0].isupper() or _stands_alone(text, begun)
    return False


def _is_heading_inside(text: str, begun: re.Match[str]) -> bool:
    if _MENTION.search(text[max(0, begun.start() - _LONGEST_BEFORE) : begun.start()]):
        return False
    return begun[0].isupper() or (begun[0][0].isupper() and _stands_alone(text, begun))


def _stands_alone(text: str, begun: re.Match[str]) -> bool:
    """Whether it is a heading to the end of its line, and no sentence follows it there."""
    heading = _HEADING.match(text, begun.start())
    return bool(heading and _REST_OF_HEADING.match(text, heading.end()))


def _in_its_place(text: str, begun: re.Match[str]) -> _Heading:
    own = _HEADING.match(text, begun.start())
    end = (own or begun).end()
    # The line above and what stands before it on its own, but of a long one only the end.
    earliest = max(0, begun.start() - LONGEST_QUOTE)
    line = text.rfind("\n", earliest, max(earliest, begun.start() - 1))
    first = line + 1 if line >= 0 else earliest
    goes_on = text[end : end + LONGEST_QUOTE * 2]
    after = match[0] if (match := _GOES_ON.match(goes_on)) else ""
    before = text[first : begun.start()]
    said = _WHY_BEFORE.search(before)
    start = first + before.rfind("\n", 0, said.start()) + 1 if said else begun.start()
    return _Heading(
        own=own, words=_quote(text, start, end + len(after)), before=before, after=after
    )


def _subtype_of(heading: _Heading) -> OrderSubtype | None:
    """What its own words say, unless something around them says otherwise."""
    if heading.own is None or UNANSWERED in heading.before + heading.after:
        return None
    own = {
        "": OrderSubtype.NEW_APPLICATION,
        "NEW": OrderSubtype.REPLACEMENT_OF_DISCHARGED_DEPUTY,
        "INTERIM": OrderSubtype.INTERIM_ORDER,
    }[(heading.own["why"] or "").upper()]
    said = [*_WHY_BEFORE.finditer(heading.before), *_WHY_AFTER.finditer(heading.after)]
    around = {
        OrderSubtype.INTERIM_ORDER if match[1] else OrderSubtype.REPLACEMENT_OF_DISCHARGED_DEPUTY
        for match in said
    }
    return own if around <= {own} else None


def _appointment_of(heading: _Heading) -> AppointmentType | None:
    """What its own words say, unless what follows them says otherwise."""
    if heading.own is None or UNANSWERED in heading.before + heading.after:
        return None
    own = AppointmentType.JOINT if heading.own["how"] else AppointmentType.SOLE
    if heading.own["several"]:
        own = AppointmentType.JOINT_AND_SEVERAL
    said = list(_HOW_AFTER.finditer(heading.after))
    if not said:
        return own
    is_several = any(match[1] for match in said)
    around = AppointmentType.JOINT_AND_SEVERAL if is_several else AppointmentType.JOINT
    return own if around == own else None


# --- The bond -------------------------------------------------------------------------------------
# "sum of £21,000.00 (twenty one thousand pounds) in"; what stands between is looked at on its own.
_SUM = re.compile(r"(?<!\w)sum\s+of\s?£([^£]{1,150}?)(?<![A-Za-z])in(?!\w)", re.IGNORECASE)
# Thousands stand apart by commas or spaces, or not at all; pence are two digits or none.
_AMOUNT = re.compile(
    r"\s?((?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,3}(?: [0-9]{3}){1,4}|[0-9]{1,15})(?:\.[0-9]{2})?)"
    r"(?:\s?(?:pounds|sterling))?(?:\s?\([^()]{0,120}\))?\s?,?\s?",
    re.IGNORECASE,
)


def _bond(text: str) -> Finding[bool]:
    sums = [
        (_amount_of(match[1]), _quote(text, match.start(), match.end()))
        for match in _SUM.finditer(text)
    ]
    agreed = _agreed(sums)
    return Finding(None if agreed.value is None else agreed.value > BOND_LIMIT, agreed.words)


def _amount_of(words: str) -> Decimal | None:
    """The amount in pounds, or None where the words can be read in two ways or in none."""
    match = _AMOUNT.fullmatch(words)
    return Decimal(re.sub(r"[ ,]", "", match[1])) if match else None
