"""What is read from the text of a court order, and what is left to a person."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.court_order_text import LONGEST_QUOTE, MOST_QUOTES, read_court_order
from orders.rules import AppointmentType, OrderSubtype

NEW, REPLACED, INTERIM = (
    OrderSubtype.NEW_APPLICATION,
    OrderSubtype.REPLACEMENT_OF_DISCHARGED_DEPUTY,
    OrderSubtype.INTERIM_ORDER,
)
SOLE, JOINT, SEVERAL = (
    AppointmentType.SOLE,
    AppointmentType.JOINT,
    AppointmentType.JOINT_AND_SEVERAL,
)
ORDER = """COURT OF PROTECTION
No. 93559316
ORDER APPOINTING A DEPUTY FOR PROPERTY AND AFFAIRS
UPON reading the order appointing a new deputy dated 3 May 2010
The deputy is required to obtain security in the sum of £30,000.00 in accordance with the rules.
"""


def answers(text):
    read = read_court_order(text)
    return read.order_subtype.value, read.appointment_type.value


def test_an_order_is_read_with_the_words_it_was_read_from():
    read = read_court_order(ORDER)
    heading = ("ORDER APPOINTING A DEPUTY FOR PROPERTY AND AFFAIRS",)
    assert (read.case_number.value, read.case_number.words) == ("93559316", ("No. 93559316",))
    assert (read.order_subtype.value, read.order_subtype.words) == (NEW, heading)
    assert (read.appointment_type.value, read.appointment_type.words) == (SOLE, heading)
    assert read.bond_over_21000.value is True
    assert read.bond_over_21000.words == ("sum of £30,000.00 in",)


@pytest.mark.parametrize(
    ("heading", "subtype", "appointment"),
    [
        ("ORDER APPOINTING DEPUTY", NEW, SOLE),
        ("ORDER APPOINTING A DEPUTY", NEW, SOLE),
        ("ORDER APPOINTING DEPUTIES", NEW, SOLE),
        ("ORDER APPOINTING A NEW DEPUTY", REPLACED, SOLE),
        ("ORDER APPOINTING NEW DEPUTY", REPLACED, SOLE),
        ("ORDER APPOINTING AN INTERIM DEPUTY", INTERIM, SOLE),
        ("ORDER APPOINTING AN INTERIM DEPUTY FOR PROPERTY AND AFFAIRS", INTERIM, SOLE),
        ("ORDER APPOINTING JOINT DEPUTIES", NEW, JOINT),
        ("ORDER APPOINTING NEW JOINT DEPUTIES", REPLACED, JOINT),
        ("ORDER APPOINTING INTERIM JOINT DEPUTIES", INTERIM, JOINT),
        ("ORDER APPOINTING JOINT AND SEVERAL DEPUTIES", NEW, SEVERAL),
        ("ORDER APPOINTING JOINT & SEVERAL DEPUTIES", NEW, SEVERAL),
        ("ORDER APPOINTING A JOINT AND SEVERAL DEPUTY", NEW, SEVERAL),
        ("ORDER APPOINTING A NEW JOINT AND SEVERAL DEPUTIES", REPLACED, SEVERAL),
        ("ORDER APPOINTING INTERIM JOINT AND SEVERAL DEPUTIES", INTERIM, SEVERAL),
        ("ORDER APPOINTING A NEW DEPUTY (PROPERTY AND AFFAIRS)", REPLACED, SOLE),
        ("Order Appointing a New Deputy", REPLACED, SOLE),
        ("Order appointing joint and several deputies.", NEW, SEVERAL),
        ("order appointing an interim deputy for property and affairs", INTERIM, SOLE),
        ("ORDER   APPOINTING\u00a0A\tNEW\u2003DEPUTY", REPLACED, SOLE),
        ("ORDER APPOINTING\vA NEW JOINT\vAND SEVERAL\vDEPUTIES", REPLACED, SEVERAL),
        ("ORDER\nAPPOINTING A NEW\n\n\nJOINT AND\n SEVERAL DEPUTIES", REPLACED, SEVERAL),
        ("ORDER\r\nAPPOINTING\r\nINTERIM DEPUTIES", INTERIM, SOLE),
        ("OR\u00adDER APPOINT\u200bING A DEPUTY\ufeff", NEW, SOLE),
        ("ＯＲＤＥＲ ＡＰＰＯＩＮＴＩＮＧ Ａ ＮＥＷ ＤＥＰＵＴＹ", REPLACED, SOLE),
        ("COURT OF PROTECTION No. 93559316 ORDER APPOINTING A NEW DEPUTY", REPLACED, SOLE),
        ("COURT OF PROTECTION - Order Appointing a New Deputy", REPLACED, SOLE),
        ("“ORDER APPOINTING JOINT DEPUTIES”", NEW, JOINT),
        ("ORDER APPOINTING A DEPUTY AND MAKING OTHER PROVISION", NEW, SOLE),
        ("COURT OF PROTECTION\vORDER APPOINTING JOINT DEPUTIES", NEW, JOINT),
        ("ORDER APPOINTING A DEPUTY\nORDER APPOINTING A DEPUTY", NEW, SOLE),
        ("ORDER APPOINTING A DEPUTY\nOrder appointing a deputy", NEW, SOLE),
        # What stands around it says the same, or says otherwise: then a person is asked.
        ("ORDER APPOINTING JOINT DEPUTIES TO ACT JOINTLY", NEW, JOINT),
        ("ORDER APPOINTING JOINT DEPUTIES TO ACT JOINTLY AND SEVERALLY", NEW, None),
        ("ORDER APPOINTING DEPUTIES (JOINT AND SEVERAL)", NEW, None),
        ("ORDER APPOINTING DEPUTIES JOINTLY AND SEVERALLY", NEW, None),
        ("ORDER APPOINTING DEPUTIES\vTO ACT JOINTLY", NEW, None),
        ("ORDER APPOINTING DEPUTIES\n(JOINTLY AND SEVERALLY)", NEW, None),
        ("INTERIM ORDER APPOINTING A DEPUTY", None, SOLE),
        ("INTERIM ORDER APPOINTING AN INTERIM DEPUTY", INTERIM, SOLE),
        ("INTERIM\nORDER APPOINTING A DEPUTY", None, SOLE),
        ("(Interim order)\nOrder Appointing a Deputy", None, SOLE),
        ("NEW ORDER APPOINTING A DEPUTY", None, SOLE),
        ("REPLACEMENT ORDER APPOINTING A DEPUTY", None, SOLE),
        ("ORDER APPOINTING A DEPUTY (INTERIM)", None, SOLE),
        ("ORDER APPOINTING A DEPUTY IN PLACE OF THE FORMER DEPUTY", None, SOLE),
        ("ORDER APPOINTING A NEW DEPUTY IN PLACE OF THE FORMER DEPUTY", REPLACED, SOLE),
        ("ORDER APPOINTING A DEPUTY (REPLACEMENT)", None, SOLE),
        ("ORDER APPOINTING JOINT‑AND‑SEVERAL DEPUTIES", None, None),
        ("ORDER APPOINTING JOINT (AND SEVERAL) DEPUTIES", None, None),
        ("ORDER APPOINTING A \ufffc DEPUTY", None, None),
        ("ORDER APPOINTING A DEPUTY \ufffc", None, None),
        ("\ufffc ORDER APPOINTING A DEPUTY", None, None),
        # Two headings that agree in one thing.
        ("ORDER APPOINTING A NEW DEPUTY\nORDER APPOINTING NEW JOINT DEPUTIES", REPLACED, None),
        ("ORDER APPOINTING JOINT DEPUTIES\nORDER APPOINTING NEW JOINT DEPUTIES", None, JOINT),
    ],
)
def test_the_heading_tells_why_and_how(heading, subtype, appointment):
    assert answers(f"COURT OF PROTECTION\n{heading}\nIT IS ORDERED THAT") == (subtype, appointment)
    assert answers(heading) == (subtype, appointment)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("COURT\nINTERIM ORDER APPOINTING A DEPUTY", "INTERIM ORDER APPOINTING A DEPUTY"),
        ("ORDER APPOINTING A DEPUTY (INTERIM)\nUPON", "ORDER APPOINTING A DEPUTY (INTERIM)"),
        ("(INTERIM)\nORDER APPOINTING A DEPUTY", "(INTERIM) ORDER APPOINTING A DEPUTY"),
        ("ORDER APPOINTING A \ufffc DEPUTY", "ORDER APPOINTING A … DEPUTY"),
    ],
)
def test_what_made_the_heading_doubtful_is_shown_with_it(text, words):
    assert read_court_order(text).order_subtype.words == (words,)


@pytest.mark.parametrize(
    "text",
    [
        "ORDER APPOINTING A DEPUTY\nORDER APPOINTING NEW JOINT DEPUTIES",
        "ORDER APPOINTING A DEPUTY\nOrder Appointing New Joint Deputies",
        "ORDER APPOINTING A DEPUTY\nORDER APPOINTING A SUCCESSOR DEPUTY",
        "ORDER APPOINTING A NEW INTERIM DEPUTY",
        "ORDER APPOINTING SEVERAL DEPUTIES",
        "ORDER APPOINTING A DEPUTY AND A REPLACEMENT DEPUTY",
        "ORDER APPOINTING A DEPUTY/DEPUTIES",
        "ORDER APPOINTING DEPUTY(IES)",
        "ORDER APPOINTING A DEPUTY’S SOLICITOR",
        "ORDER APPOINTING A PROPERTY AND AFFAIRS DEPUTY",
    ],
)
def test_a_heading_that_says_two_things_is_left_to_a_person_with_its_words(text):
    read = read_court_order(text)
    assert (read.order_subtype.value, read.appointment_type.value) == (None, None)
    assert read.order_subtype.words == tuple(text.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "COURT OF PROTECTION\nORDER\nIT IS ORDERED THAT",
        "UPON the order appointing a new deputy dated 3 May 2010",
        "UPON the Order Appointing a New Deputy being read",
        "UPON THE ORDER APPOINTING A NEW DEPUTY BEING READ",
        "UPON reading Order Appointing a New Deputy dated 3 May 2010",
        "Order appointing a deputy dated 3 May 2010",
        "Order appointing a deputy is discharged",
        "pursuant to an\vorder appointing a deputy",
        "ORDER DISCHARGING A DEPUTY",
        "ORDER EXTENDING ORDER APPOINTING A DEPUTY",
        "ORDER EXTENDING\nORDER APPOINTING A DEPUTY",
        "ORDER REVOKING ORDER APPOINTING A DEPUTY",
        "ORDER VARYING INTERIM ORDER APPOINTING A DEPUTY",
        "ORDER REFUSING AN ORDER APPOINTING A DEPUTY",
        "ORDER AMENDING ORDER APPOINTING A DEPUTY",
        "ORDER DISCHARGING THE NEW ORDER APPOINTING A DEPUTY",
        "REORDER APPOINTING A DEPUTY",
        "ORDER REAPPOINTING A DEPUTY",
        "ORDER APPOINTINGADEPUTY",
    ],
)
def test_what_is_no_heading_is_not_read(text):
    read = read_court_order(text)
    assert (read.order_subtype.value, read.order_subtype.words) == (None, ())
    assert (read.appointment_type.value, read.appointment_type.words) == (None, ())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("No. 93559316", "93559316"),
        ("No. 1234567T", "1234567T"),
        ("No. 1234567t", "1234567T"),
        ("No: 93559316", "93559316"),
        ("No.: 93559316", "93559316"),
        ("No 9355 9316", "93559316"),
        ("No. 9355 931 6", "93559316"),
        ("No. 1234567 T", "1234567T"),
        ("NO. 93559316", "93559316"),
        ("no. 93559316", "93559316"),
        ("No.93559316", "93559316"),
        ("№ 93559316", "93559316"),
        ("No.\n93559316", "93559316"),
        ("No.\u00a0\t93559316", "93559316"),
        ("Case No. 93559316", "93559316"),
        ("No. COP 93559316", "93559316"),
        ("No. 93559316-02", "93559316"),
        ("No. / Rhif. 93559316", "93559316"),
        ("No./Rhif 93559316", "93559316"),
        ("Rhif / No. 93559316", "93559316"),
        ("No. 93559316.", "93559316"),
        ("No. 93559316 2 May 2018", "93559316"),
        ("No. ９３５５９３１６", "93559316"),
        ("No. 93559316\nNo. 9355 9316", "93559316"),
        ("No. 93559316\nfrom account No. 12345678", "93559316"),
        ("Tel No. 12345678, Case No. 93559316", "93559316"),
    ],
)
def test_the_case_number_stands_after_no(text, number):
    assert read_court_order(text).case_number.value == number


@pytest.mark.parametrize(
    "text",
    [
        "Case 93559316",
        "93559316",
        "Case number: 93559316",
        "No. 9355931",
        "No. 935593161",
        "No. 93559316.50",
        "No. 1234T567",
        "No. 12345678T",
        "No. 9355 9316 1234",
        "No. 0207 946 0000",
        "no 93559316",
        "piano. 93559316",
        "No later than 93559316",
        "Account No. 93559316",
        "Bond No. 93559316",
        "Policy no. 93559316",
    ],
)
def test_a_number_elsewhere_is_not_taken(text):
    finding = read_court_order(text).case_number
    assert (finding.value, finding.words) == (None, ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("No. 93559316\nNo. 1234567T", ("No. 93559316", "No. 1234567T")),
        ("Nos. 93559316 and 1234567T", ("Nos. 93559316 and 1234567T",)),
        ("No. 93559316 / 61429461", ("No. 93559316 / 61429461",)),
        ("No. 93559316 12345678", ("No. 93559316 12345678",)),
        ("No. 93559316-12345678", ("No. 93559316-12345678",)),
    ],
)
def test_several_case_numbers_are_none(text, words):
    finding = read_court_order(text).case_number
    assert (finding.value, finding.words) == (None, words)


@pytest.mark.parametrize(
    ("amount", "is_over"),
    [
        ("£21,000.00", False),
        ("£21,000", False),
        ("£21000", False),
        ("£ 21,000", False),
        ("£\u00a021\u00a0000", False),
        ("£20,999.99", False),
        ("£0", False),
        ("£500", False),
        ("£21,000.01", True),
        ("£21,001", True),
        ("£210,000", True),
        ("£1,200,000", True),
        ("£1 200 000.00", True),
        ("£2100000", True),
        ("￡21,001", True),
        ("£25,000.00 (twenty five thousand pounds)", True),
        ("£25,000,", True),
        ("£25,000 sterling", True),
        ("£25,000\v", True),
        ("£\n25,000\n", True),
    ],
)
def test_the_bond_is_read_as_money(amount, is_over):
    text = f"security in the sum  of {amount} in accordance with"
    assert read_court_order(text).bond_over_21000.value is is_over


@pytest.mark.parametrize(
    "amount",
    [
        "£21.000",
        "£21.000,00",
        "£21,00",
        "£21,0000",
        "£2,1000",
        "£21,000.0",
        "£21k",
        "£1.5 million",
        "£21,000 or £30,000",
        "£21,000 to 30,000",
        "£ twenty one thousand",
        "£21,000-00",
        "£12 34",
        "£\ufffc",
    ],
)
def test_an_amount_that_can_be_read_in_two_ways_is_left_to_a_person(amount):
    finding = read_court_order(f"the sum of {amount} in accordance").bond_over_21000
    assert finding.value is None


def test_two_sums_are_left_to_a_person_also_where_both_are_over():
    text = "the sum of £30,000 in accordance\nthe sum of £40,000 in any year"
    finding = read_court_order(text).bond_over_21000
    assert (finding.value, finding.words) == (None, ("sum of £30,000 in", "sum of £40,000 in"))
    again = "the sum of £30,000 in accordance\nthe sum of £30,000.00 in any year"
    assert read_court_order(again).bond_over_21000.value is True


@pytest.mark.parametrize("text", ["the sum of 21,000 in", "£21,000 in", "sum of £21,000.", ""])
def test_other_amounts_are_no_bond(text):
    finding = read_court_order(text).bond_over_21000
    assert (finding.value, finding.words) == (None, ())


def test_quotes_are_short_and_few():
    heading = "ORDER APPOINTING A DEPUTY " + "AND SO ON " * 100
    [words] = read_court_order(heading).order_subtype.words
    assert len(words) == LONGEST_QUOTE
    assert words.endswith("…")
    many = "\n".join(f"No. {number}" for number in range(10_000_000, 10_000_100))
    assert len(read_court_order(many).case_number.words) == MOST_QUOTES


FRAGMENTS = st.sampled_from(
    ["ORDER", "APPOINTING", "A", "NEW", "JOINT AND SEVERAL", "DEPUTY", "\n", "\v", " ", "No.", "t",
     "12345678", "1234 5678", "sum of £", "21,000", ".00", " in ", "(", ")", ",", "and", "/", "Nos"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(FRAGMENTS, max_size=60).map("".join)))
def test_any_text_at_all_is_read_without_a_fall(text):
    read = read_court_order(text)
    assert read == read_court_order(text)
    for finding in (read.case_number, read.order_subtype, read.bond_over_21000):
        assert finding.value is None or len(finding.words) == 1


@pytest.mark.parametrize(
    "piece",
    ["ORDER APPOINTING ", "ORDER APPOINTING A DEPUTY and ", "No. ", "No. 1", "1 ", "sum of £", " ",
     "sum of £1,", "sum of £(", "in ", "\n", "Order appointing a deputy x", "12345678 and ", "£ "],
)  # fmt: skip
def test_long_text_is_read_in_a_moment(piece):
    text = piece * (1_000_000 // len(piece))
    began = time.perf_counter()
    read_court_order(text)
    assert time.perf_counter() - began < 10
