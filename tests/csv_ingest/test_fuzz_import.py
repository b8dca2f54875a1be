"""Court exports that were changed at random: read, asked about or refused; soon, and all or none.

Each goes through what the page and the worker call. `make trust` runs them in full size;
`TRUST_SEED` repeats a run, whose inputs have numbers.
"""

import datetime as dt
import io
import random
from collections import Counter
from dataclasses import astuple, dataclass, replace
from functools import partial

import openpyxl
import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.models import Entry
from csv_ingest.models import Upload, UploadState
from csv_ingest.parsing import FileRefused, ParsedFile, parse_file
from csv_ingest.services import (
    ImportPolicy,
    import_good_rows,
    receive_upload,
    receiving,
    take_upload,
    work_on_upload,
)
from devstack.court_export import as_xlsx, court_export
from orders.models import Case, Order
from tests.csv_ingest.files import ALSO_GOOD, BAD, GOOD, HEADINGS, csv_of, saved
from tests.fuzzing import ODD_WORDS, Tally, changed, reworded, rezipped

# Of how many inputs one goes on into the database, by its number and not by chance: even a few
# inputs are sure to come there. Some go by the page's way and some by the worker's.
ONE_OF = 50
ONE_OF_THOSE_WITH_ROWS = 10
SHARE_BY_A_WORKER = 0.3
BY_A_WORKER = ImportPolicy(small=0, lease=60)

# By which words the ends of trials begin: a file was read, had no problem, stood in the database.
IN_THE_DATABASE = "in the database: "
IMPORTED = IN_THE_DATABASE + "imported"
ENDS = {"read": ("good", "problems", IMPORTED), "good": ("good",), "imported": (IMPORTED,)}

CELLS = (
    *("93559316", "9355931T", "3427488", "0", "12 345 678", "1", "2", "3", "1.0", "2e0", "1001"),
    *("1-Aug-2018", "01/08/2018", "2018-08-01", "43313", "43313.5", "31-Feb-2018", "1-Aug-0000"),
    *("29/02/2019", "1/8/18", "MARY", "O’BRIEN", "=HYPERLINK(1)", "x" * 300, "é" * 255, "Ord Type"),
    *("Case", "Made Date", ",", ";", "\t", "|", '"', '""', "\r\n", "\n", "\r", "sep=;\n", ",,,,,,"),
)
XML_CELLS = (
    *('<c r="XFD1"/>', '<c r="A1048577"><v>1</v></c>', '<c t="s"><v>99999</v></c>', "<row>"),
    *('<row r="0">', '<row r="1048576"/>', '<row r="99999999999"/>', '<c t="e"><v>#REF!</v></c>'),
    *('<c t="b"><v>7</v></c>', '<c t="d"><v>2018-13-45</v></c>', '<c s="99999"><v>43313</v></c>'),
    *(
        "<v>1e308</v>",
        "<v>-1</v>",
        "<v>NaN</v>",
        "<v>2958466</v>",
        "<f>1+1</f>",
        "<is><t>x</t></is>",
    ),
    *('<mergeCell ref="A1:XFD1048576"/>', "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;", "<![CDATA[x]]>"),
    *(
        't="inlineStr"',
        't="shared"',
        'r="A"',
        'r="1A"',
        "<row>" * 500,
        '<c r="A1"/>' * 300,
        'date1904="1"',
    ),
)
ENCODINGS = (
    *("utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"),
    *("utf-7", "latin-1", "cp437", "utf-8-sig"),
)


@pytest.fixture(scope="module")
def good_texts() -> list[str]:
    odd = f'"{GOOD[:8]}","MA""RY","A\r\nB",1003,2,"1-Aug-2018",10/08/2018'
    repeated = csv_of(GOOD, ALSO_GOOD, GOOD, BAD, odd, ",,,,,,").decode()
    export = court_export(12, seed=4, problems=3).decode()
    return [repeated, export, repeated.replace(",", ";"), export.replace("\r\n", "\n")]


@pytest.fixture(scope="module")
def good_books() -> list[bytes]:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADINGS.split(","))
    made, issued = dt.datetime(2018, 8, 1), dt.date(2018, 8, 10)
    sheet.append([93559316, "MARY", "JONES", 1001, 2, made, issued])
    sheet.append(["61429461", "JOHN", "=1+1", "1002", 1.0, "2-Aug-2018", issued])
    sheet.append([33370455, None, "BROWN", True, 3, 43313, "10/08/2018"])
    sheet.merge_cells("A5:C5")
    sheet["A6"] = "merged"
    book.create_sheet("Other").append(["Nothing", "here"])
    second = book.create_sheet("More")
    second.append(HEADINGS.split(","))
    second.sheet_state = "hidden"
    return [saved(book), as_xlsx(court_export(10, seed=5))]


def bad_text(dice: random.Random, good: list[str]) -> bytes:
    text = reworded(dice, dice.choice(good), CELLS)
    match dice.randrange(12):
        case 0:
            text = text.replace(",", dice.choice(";\t|"))
        case 1:
            text = text.replace("\r\n", dice.choice(("\n", "\r", "\u2028", "\x85")))
        case 2:
            # A cell or a row far larger than any, then far too many rows.
            at = dice.randrange(len(text) + 1)
            text = text[:at] + dice.choice(("x", ",", '"', "é")) * 200_000 + text[at:]
        case 3:
            rows = text.splitlines()
            text = "\r\n".join(rows[:1] + [dice.choice(rows) for _ in range(dice.choice((3, 300)))])
        case 4:
            at = dice.randrange(len(text) + 1)
            text = text[:at] + dice.choice(("\n", ",\n", "1,2\n")) * 20_000 + text[at:]
        case 5 | 6 | 7:
            text = with_odd_cell(dice)
        case _:
            pass
    content = text.encode(dice.choice(ENCODINGS), dice.choice(("replace", "ignore")))
    return changed(dice, content) if dice.random() < 0.3 else content


def with_odd_cell(dice: random.Random) -> str:
    """Two rows that are good but for one cell: they come as far as the database."""
    cells = GOOD.split(",")
    word = dice.choice((*ODD_WORDS, *CELLS))
    cells[dice.randrange(len(cells))] = '"' + word.replace('"', '""') + '"'
    return "\r\n".join((HEADINGS, ",".join(cells), ALSO_GOOD, ""))


def bad_book(dice: random.Random, good: list[bytes]) -> bytes:
    content = dice.choice(good)
    if dice.random() < 0.2:
        return changed(dice, content, dice.choice(good))
    often = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml")
    return rezipped(dice, content, (*XML_CELLS, *CELLS), often=often)


def parsed(content: bytes) -> ParsedFile | str:
    """What the file holds, or the sentence it is refused with."""
    try:
        found = parse_file(io.BytesIO(content))
    except FileRefused as refused:
        return str(refused)
    assert found.rows_read == len(found.rows) + found.repeated + found.rows_with_problems
    assert (found.rows_with_problems > 0) == bool(found.problems)
    for row in found.rows:
        for cell in astuple(row):
            assert not isinstance(cell, str) or ("\0" not in cell and cell.encode() is not None)
    return found


@dataclass(frozen=True)
class Room:
    """What stands in the database."""

    orders: int
    cases: int
    uploads: int
    entries: int

    @classmethod
    def now(cls) -> "Room":
        counted = (Order, Case, Upload, Entry)
        return cls(*(model.objects.count() for model in counted))


class HalfDone(AssertionError):
    """Something was written that should not be, or the receipt tells otherwise."""


def imported(content: bytes, *, sam, store, is_by_worker: bool) -> str:
    """The whole way of an upload, and what its receipt says against what stands there."""
    before = Room.now()
    how = {"name": "export.csv", "by": sam, "now": timezone.now()}
    try:
        if is_by_worker:
            upload = take_upload(file=io.BytesIO(content), store=store, policy=BY_A_WORKER, **how)
            work_on_upload(
                upload_id=upload.pk,
                worker="fuzz",
                store=store,
                policy=BY_A_WORKER,
                clock=timezone.now,
            )
            upload.refresh_from_db()
        else:
            upload = receive_upload(file=io.BytesIO(content), **how)
    except FileRefused:
        holds(Room.now() == before, "a refused file left something")
        return "refused"
    agrees(upload, before)
    if upload.state == UploadState.AWAITING_ANSWER:
        upload = import_good_rows(upload_id=upload.pk, by=sam, now=timezone.now())
        if upload.is_in_hand:
            work_on_upload(
                upload_id=upload.pk,
                worker="fuzz",
                store=store,
                policy=BY_A_WORKER,
                clock=timezone.now,
            )
            upload.refresh_from_db()
        holds(upload.state == UploadState.IMPORTED, f"good rows ended {upload.state}")
        agrees(upload, before)
    return upload.state


def agrees(upload: Upload, before: Room) -> None:
    """The receipt tells what was written: all good rows or none."""
    after = Room.now()
    counted = upload.new + upload.already_known + upload.repeated + upload.with_problems
    holds(upload.rows_read == counted, "the receipt's counts do not add up")
    written = upload.new if upload.state == UploadState.IMPORTED else 0
    holds(after.orders - before.orders == written, f"{upload.state}: {before} became {after}")
    holds(after.cases - before.cases <= written, "cases without orders")
    holds(after.uploads - before.uploads == 1, "not one receipt")
    holds(after.entries > before.entries, "nothing in the diary")
    good = (UploadState.IMPORTED, UploadState.AWAITING_ANSWER, UploadState.REFUSED)
    holds(upload.state in good, f"ended {upload.state}: {upload.why}")


def holds(is_so: bool, words: str) -> None:
    if not is_so:
        raise HalfDone(words)


def trial_of(content: bytes, dice: random.Random, number: int, *, sam, store) -> str:
    """Parse it, sometimes twice, sometimes into the database and out again."""
    found = parsed(content)
    if dice.random() < 0.1:
        assert parsed(content) == found, "two answers to one file"
    has_rows = isinstance(found, ParsedFile) and found.rows
    if number % (ONE_OF_THOSE_WITH_ROWS if has_rows else ONE_OF) == 0:
        with transaction.atomic():
            is_by_worker = dice.random() < SHARE_BY_A_WORKER
            end = imported(content, sam=sam, store=store, is_by_worker=is_by_worker)
            with connection.cursor() as cursor:
                # What the database says only at the end of a transaction.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
        expected = "refused" if isinstance(found, str) else UploadState.IMPORTED
        holds(end in (expected, UploadState.REFUSED if is_by_worker else expected), f"ended {end}")
        return f"{IN_THE_DATABASE}{str(end).lower()}"
    return "refused" if isinstance(found, str) else "problems" if found.problems else "good"


@pytest.fixture
def trial(sam, store):
    return partial(trial_of, sam=sam, store=store)


@pytest.fixture
def import_many(size, seed, figures, trial):
    """Make so many files of a kind, put each through a trial, and hold what came of them."""

    def import_them(title, make, *, small, full, shares):
        with connection.cursor() as cursor:
            # All is one transaction, and few files come to the database: on a busy machine one in
            # a minute, after which it would hang up.
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
        tally = Tally()
        for number in range(size(small=small, full=full)):
            dice = random.Random(f"{seed} {title} {number}")
            content = make(dice)
            tally.run(f"seed {seed}, {title} {number}", partial(trial, content, dice, number))
        figures(f"fuzzing: imports of {title}", **told(tally))
        assert tally.failures == []
        assert tally.grown_megabytes < 256
        # Whatever the size: the figure is written out here, so that none is left to nothing.
        ended = sum(count for end, count in tally.ends.items() if end.startswith(IN_THE_DATABASE))
        assert ended >= tally.inputs // 50, tally.ends
        for end, share in shares.items():
            assert tally.reaches(share, *ENDS[end]), (end, share, tally.ends)
        return tally

    return import_them


def test_text_files_changed_at_random_go_in_whole_or_not_at_all(import_many, good_texts):
    # Measured: 60, 6 and 6 of 100.
    shares = {"read": 0.5, "good": 0.03, "imported": 0.02}
    make = partial(bad_text, good=good_texts)
    tally = import_many("text", make, small=150, full=60_000, shares=shares)
    # Of 15 files or more that were to go on if they had rows, as most have.
    assert any(end.startswith(IMPORTED) for end in tally.ends), tally.ends


def test_workbooks_changed_at_random_go_in_whole_or_not_at_all(import_many, good_books):
    # Measured: 14, 7 and 2 of 100.
    shares = {"read": 0.12, "good": 0.04, "imported": 0.003}
    make = partial(bad_book, good=good_books)
    import_many("workbooks", make, small=150, full=40_000, shares=shares)


@pytest.mark.parametrize("is_by_worker", [False, True], ids=["by the page", "by a worker"])
def test_the_files_that_are_changed_go_in_as_they_are(
    sam, store, good_texts, good_books, is_by_worker
):
    for content in (*(text.encode() for text in good_texts), *good_books):
        with transaction.atomic():
            end = imported(content, sam=sam, store=store, is_by_worker=is_by_worker)
            transaction.set_rollback(True)
        assert end == UploadState.IMPORTED


def told(tally: Tally) -> dict:
    half = Counter("half" for words in tally.failures if "HalfDone" in words)["half"]
    return {**tally.figures(), "half_imports": half}


def test_a_half_import_would_be_found(sam, store, monkeypatch):
    register = receiving.register_orders
    monkeypatch.setattr(
        receiving,
        "register_orders",
        lambda *, rows, by, now: replace(register(rows=rows[:1], by=by, now=now), new=len(rows)),
    )
    with pytest.raises(HalfDone, match="IMPORTED"):
        imported(csv_of(GOOD, ALSO_GOOD), sam=sam, store=store, is_by_worker=False)
