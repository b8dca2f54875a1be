"""Whatever the bytes, parsing ends in a result or a named refusal; and counts always add up."""

import io
import json
import zipfile

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from csv_ingest.parsing import FileRefused, ParsedFile, parse_file
from csv_ingest.parsing.rows import order_key
from devstack.court_export import as_xlsx, court_export
from tests.csv_ingest.files import GOOD, HEADINGS, csv_of, parse

EXPORT = court_export(30, seed=7, problems=3)
WORKBOOK = as_xlsx(court_export(3, seed=7))
with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as _book:
    PARTS = {name: _book.read(name) for name in _book.namelist()}

quick = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
cells = st.text(max_size=12) | st.sampled_from(["1", "2", "1-Aug-2018", '"', '"a\nb"', "3427488"])


def parsed_or_refused(content: bytes) -> ParsedFile | None:
    try:
        parsed = parse_file(io.BytesIO(content))
    except FileRefused:
        return None
    assert parsed.rows_read == len(parsed.rows) + parsed.repeated + parsed.rows_with_problems
    assert bool(parsed.problems) == bool(parsed.rows_with_problems)
    assert len({order_key(row) for row in parsed.rows}) == len(parsed.rows)
    json.dumps([found.value for found in parsed.problems]).encode("utf-8")
    assert "\0" not in str(parsed)
    return parsed


@quick
@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"\0")
@example(b"PK")
def test_any_bytes_are_read_or_refused(content):
    parsed_or_refused(content)


@quick
@given(st.binary(max_size=200))
def test_any_bytes_below_good_headings_are_read_or_refused(content):
    parsed_or_refused(csv_of(GOOD) + content)


@quick
@given(st.lists(st.lists(cells, max_size=9), max_size=6), st.sampled_from(",;\t"))
def test_any_cells_are_read_or_refused(table, delimiter):
    lines = [HEADINGS.replace(",", delimiter), *(delimiter.join(row) for row in table)]
    content = "\n".join(lines).encode("utf-8", "replace")
    parsed_or_refused(content)


@quick
@given(st.integers(0, len(EXPORT) - 1), st.binary(min_size=1, max_size=3))
def test_an_export_with_some_bytes_changed_is_read_or_refused(place, noise):
    parsed_or_refused(EXPORT[:place] + noise + EXPORT[place + len(noise) :])


@quick
@given(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=3))
def test_a_workbook_with_some_bytes_changed_is_read_or_refused(place, noise):
    parsed_or_refused(WORKBOOK[:place] + noise + WORKBOOK[place + len(noise) :])


@quick
@given(st.sampled_from(sorted(PARTS)), st.data())
def test_a_workbook_with_xml_changed_inside_is_read_or_refused(name, data):
    """The zip stays whole, so the change reaches openpyxl."""
    part = PARTS[name]
    place = data.draw(st.integers(0, max(0, len(part) - 1)))
    noise = data.draw(st.sampled_from([b"", b"<", b"/>", b'"', b"9", b"-1", b"x", b"1e999", b"s"]))
    width = data.draw(st.integers(0, 12))
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as book:
        for other, body in PARTS.items():
            same = other != name
            book.writestr(other, body if same else body[:place] + noise + body[place + width :])
    parsed_or_refused(changed.getvalue())


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 60), st.integers(0, 10**6), st.data())
def test_a_court_export_reads_as_it_was_made(rows, seed, data):
    problems = data.draw(st.integers(0, rows))
    parsed = parse(court_export(rows, seed=seed, problems=problems))
    assert (parsed.rows_read, parsed.repeated) == (rows, 0)
    assert parsed.rows_with_problems == problems


def test_a_court_export_is_the_same_for_the_same_seed():
    assert court_export(50, seed=3) == court_export(50, seed=3)
    assert court_export(50, seed=3) != court_export(50, seed=4)


def test_a_court_export_has_what_makes_the_real_one_hard():
    parsed = parse(court_export(2499, seed=1))
    assert len(parsed.rows) == 2499
    numbers = [row.order_number for row in parsed.rows]
    assert "" in numbers
    assert len(set(numbers)) < len(numbers)
    assert parsed.warnings
    assert {row.order_type for row in parsed.rows} == {"PF", "HW"}
    assert b'"Flat' in court_export(50, seed=1)
