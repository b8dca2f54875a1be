"""Court orders that were changed at random: the reader answers or refuses, soon, and always alike.

`make trust` runs them in full size. `TRUST_SEED` repeats a run, whose inputs have numbers.
"""

import io
import random
import subprocess
import sys
import time
import unicodedata
import zipfile
from itertools import count
from types import SimpleNamespace

import pytest

from devstack.samples import sample_document
from filestore import ReadingFailed, read_word_text, word_reading_child
from filestore.word_text import ReadingFailure, ReadingLimits
from orders.court_order_text import LONGEST_TEXT, CourtOrderText, read_court_order, tidy
from tests.fuzzing import (
    LONGEST_WAIT_SECONDS,
    MOST_MEMORY,
    Tally,
    changed,
    limited,
    longest_seconds,
    reworded,
    rezipped,
)
from tests.orders.court_orders import word_order

TEXT = (
    "COURT OF PROTECTION\nNo. 93559316\nMENTAL CAPACITY ACT 2005\nIn the matter of JONI MITCHELL\n"
    "ORDER APPOINTING\vA NEW JOINT AND SEVERAL DEPUTY\nmade by Mr Justice Sample\nat First Avenue\n"
    "UPON the order appointing a deputy dated 1 August 2018\nIT IS ORDERED that\n"
    "2. The deputy must obtain security in the sum of £21,000.00 (twenty one thousand pounds) in "
    "accordance with the rules.\nAccount No. 12345678, No: 9355 9316 / Rhif 1234567T and 61429461\n"
)
WORDS = (
    *("No. ", "No", "№", "93559316", "1234567T", "COP 9355 9316", "ORDER APPOINTING", "A", "AN"),
    *("NEW", "INTERIM", "JOINT", "AND SEVERAL", "DEPUTY", "DEPUTIES", "(s)", "/", "\n", "\v", "\t"),
    *(
        "sum of £",
        "in",
        "21,000",
        "21 000.00",
        "pounds",
        "£",
        "jointly",
        "severally",
        "replacement",
    ),
    *("revoking the ", "the said ", "\ufffc", "and", "or", "acting", "interim", "dated", "account"),
)
XML_WORDS = (
    *("<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>", "</w:t>", "<w:tab/>", "<w:br/>", "<w:sdt>"),
    *("<w:del>", "</w:del>", "<w:fldChar w:fldCharType='begin'/>", "<w:vanish/>", "<w:ddList/>"),
    *("<w:listEntry w:val='x'/>", "<w:result w:val='99999999'/>", "<!DOCTYPE a [<!ENTITY b 'c'>]>"),
    *(
        "<mc:AlternateContent>",
        "<mc:Choice Requires='w14'>",
        "xmlns:w=''",
        "<![CDATA[",
        "<?x",
        "&b;",
    ),
    *("<w:p>" * 300, "<w:tbl>" * 1200, "encoding='utf-16'", "<w:showingPlcHdr/>", "</w:document>"),
)
# Each takes the square of its length from a reader that is careless about it.
STUFF = (
    *(
        "Order appointing a deputy ",
        "\u0300\u0316",
        "\ufdfa",
        "\u0f73",
        "ORDER APPOINTING\n",
        "No. ",
    ),
    *("sum of £1 (", "No.12345678,", "No. 1234567 8 ", "the said ORDER APPOINTING DEPUTY ", "1 "),
    *("interim\nORDER APPOINTING ", " ", "\v", "\u200b", "ORDER APPOINTING A DEPUTY and w w w "),
)


# The tally's own bound, of processor time, is the sharper; a busy machine is no hang.
PATIENT = ReadingLimits(seconds=LONGEST_WAIT_SECONDS - 5)


def seen(text: str) -> CourtOrderText:
    """What is read, twice alike; and nothing in it that the text does not say."""
    found = read_court_order(text)
    assert read_court_order(text) == found, "two answers to one text"
    for number in found.case_numbers:
        assert len(number) == 8, number
        assert number[:7].isdecimal(), number
    findings = (found.case_number, found.order_subtype, found.appointment_type)
    for finding in (*findings, found.bond_over_21000):
        assert finding.value is None or finding.words, "a value from no words"
        assert all(len(words) <= 200 for words in finding.words)
    return found


def test_a_crash_and_a_hang_are_found():
    tally = Tally()
    tally.run("one", lambda: str(1 // 0))
    tally.run("two", lambda: str(next(n for n in count() if n < 0)), seconds=0.05)
    tally.run("three", lambda: "read")
    assert [words.partition(":")[0] for words in tally.failures] == ["one", "two"]
    assert (tally.hangs, tally.ends) == (1, {"read": 1})


def test_inputs_that_never_get_far_are_found():
    tally = Tally(inputs=400, ends={"read": 160, "read twice": 40, "refused": 200})
    assert tally.reaches(0.5, "read")
    assert tally.reaches(0.59, "read")
    assert not tally.reaches(0.61, "read")
    assert not tally.reaches(0.5, "read twice")
    assert tally.reaches(0.9, "read", "refused")


def test_one_that_waits_is_a_hang():
    tally = Tally()
    # The sleeps are the inputs: one that waits, and time for a clock that was not stopped to ring.
    tally.run("waits", lambda: str(time.sleep(5)), wait_seconds=0.05)
    tally.run("does not", lambda: "read", wait_seconds=0.05)
    time.sleep(0.1)
    assert tally.failures == ["waits: more than 0.05 s by the clock"]
    assert (tally.hangs, tally.ends) == (1, {"read": 1})


BURNING = "import time\nwhile time.process_time() < 0.4: pass"


@pytest.mark.parametrize("fails", [False, True], ids=["then answers", "then fails"])
def test_one_whose_child_works_too_long_is_a_hang(fails):
    def trial():
        subprocess.run([sys.executable, "-I", "-S", "-c", BURNING], check=True)
        return str(1 // 0) if fails else "read"

    tally = Tally()
    tally.run("burns", trial, seconds=0.3)
    assert (tally.hangs, tally.ends) == (1, {})
    assert tally.failures == ["burns: more than 0.3 s of processor time in a child"]
    assert tally.slowest_seconds >= 0.4


@pytest.mark.skipif(sys.platform != "linux", reason="the system holds no process to its limit")
def test_an_input_that_fills_the_memory_is_found():
    tally = Tally()
    tally.run("much", lambda: str(len(bytes(MOST_MEMORY * 2))))
    tally.run("little", lambda: str(len(bytes(MOST_MEMORY // 2))))
    assert [words[:17] for words in tally.failures] == ["much: MemoryError"]


def test_texts_changed_at_random_are_read_or_left_to_a_person(size, seed, figures):
    tally = Tally()
    for number in range(size(small=600, full=100_000)):
        dice = random.Random(f"{seed} text {number}")
        text = reworded(dice, TEXT, WORDS)

        def trial(text=text):
            found = seen(text)
            return "read" if found.case_number.value else "asked"

        tally.run(f"seed {seed}, text {number}", trial)
    figures("fuzzing: text of court orders", **tally.figures())
    assert tally.failures == []
    # 94 of 100, as measured.
    assert tally.reaches(0.9, "read"), tally.ends


@pytest.mark.parametrize("stuff", STUFF, ids=ascii)
def test_a_text_as_long_as_may_be_takes_no_longer_than_it_may(size, figures, stuff):
    length = size(small=30_000, full=LONGEST_TEXT)
    half = length // 2 // len(stuff) * len(stuff)
    mixed = (stuff * (length // len(stuff) + 1))[:length]
    for text in (mixed, stuff[0] * half + stuff[-1] * half):
        with limited(longest_seconds()):
            read_court_order(text)


@pytest.mark.parametrize("words", ["a\u00a0b", "Zoe\u0308", "ﬁne", "Å", "x" + "e\u0301" * 90])
def test_letters_are_composed_as_unicode_says(words):
    expected = " ".join(unicodedata.normalize("NFKC", words).split())
    assert tidy(words) == expected


@pytest.fixture
def child_reads(monkeypatch):
    """The child's own answer, given in this process: no limit of memory, all else as there."""

    given = SimpleNamespace()
    monkeypatch.setattr(sys, "stdin", given)

    def answer(content: bytes) -> dict:
        given.buffer = io.BytesIO(content)
        return word_reading_child._answer()

    return answer


def document_of(body: str) -> bytes:
    """A .docx with this in its body."""
    with zipfile.ZipFile(io.BytesIO(sample_document("docx"))) as sample:
        parts = {name: sample.read(name) for name in sample.namelist()}
    start, _, rest = parts["word/document.xml"].decode().partition("<w:body>")
    parts["word/document.xml"] = f"{start}<w:body>{body}{rest}".encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return made.getvalue()


@pytest.fixture(scope="module")
def good_orders() -> list[bytes]:
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in TEXT.splitlines())
    fields = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        "<w:r><w:instrText>DATE</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>today</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:ins><w:r><w:t>new</w:t></w:r></w:ins>'
        "<w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:sdt><w:sdtPr><w:showingPlcHdr/>"
        "</w:sdtPr><w:sdtContent><w:r><w:t>Choose</w:t></w:r></w:sdtContent></w:sdt></w:p>"
    )
    return [word_order(), sample_document("docx"), document_of(body + fields)]


def bad_order(dice: random.Random, good: list[bytes]) -> bytes:
    content = dice.choice(good)
    if dice.random() < 0.25:
        return changed(dice, content, dice.choice(good))
    return rezipped(dice, content, XML_WORDS, often=("word/document.xml", "[Content_Types].xml"))


def test_files_changed_at_random_are_read_or_refused(size, seed, figures, child_reads, good_orders):
    tally = Tally()
    for number in range(size(small=200, full=100_000)):
        dice = random.Random(f"{seed} docx {number}")
        content = bad_order(dice, good_orders)

        def trial(content=content, dice=dice):
            answer = child_reads(content)
            if dice.random() < 0.1:
                assert child_reads(content) == answer, "two answers to one file"
            if "failed" in answer:
                return ReadingFailure(answer["failed"]).value
            found = seen("\n".join(answer["lines"]))
            return "read, with its case number" if found.case_number.value else "read"

        tally.run(f"seed {seed}, file {number}", trial)
    figures("fuzzing: court orders", **tally.figures())
    assert tally.failures == []
    # 31 and 25 of 100, as measured.
    assert tally.reaches(0.25, "read"), tally.ends
    assert tally.reaches(0.2, "read, with its case number"), tally.ends
    assert tally.grown_megabytes < 256


def test_the_real_child_never_dies_of_them(size, seed, figures, good_orders):
    tally = Tally()
    for number in range(size(small=6, full=1000)):
        dice = random.Random(f"{seed} child {number}")
        # The first as they are: such files are read.
        is_good = number < len(good_orders)
        content = good_orders[number] if is_good else bad_order(dice, good_orders)

        def trial(content=content):
            try:
                read_word_text(io.BytesIO(content), limits=PATIENT)
            except ReadingFailed as refused:
                failure = refused.failure
            else:
                return "read"
            assert failure not in (ReadingFailure.CRASHED, ReadingFailure.TIME), failure
            return failure.value

        tally.run(f"seed {seed}, child {number}", trial)
    figures("fuzzing: court orders, in the child under its limits", **tally.figures())
    assert tally.failures == []
    assert tally.ends.get("read", 0) >= len(good_orders)
    assert tally.reaches(0.25, "read"), tally.ends
