"""CSV in all its shapes: encodings, delimiters, line ends, quotes, blank and short rows."""

import csv
import gc
import io
import sys
import tracemalloc

import pytest

from csv_ingest.parsing import (
    CellTooLong,
    EmptyFile,
    LineTooLong,
    MissingColumns,
    NotASpreadsheet,
    RepeatedColumns,
    TooManyRows,
    UnclosedQuote,
    UnreadableText,
    parse_file,
)
from csv_ingest.parsing import rows as rows_module
from csv_ingest.parsing import text as text_module
from csv_ingest.parsing.rows import COURT_COLUMNS
from devstack.samples import sample_document
from tests.csv_ingest.files import ALSO_GOOD, BAD, GOOD, HEADINGS, csv_of, parse, row_of


def case_numbers(content: bytes) -> list[str]:
    parsed = parse(content)
    assert parsed.problems == []
    return [row.case_number for row in parsed.rows]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_line_ends_of_any_kind_are_read(end):
    assert case_numbers(csv_of(GOOD, ALSO_GOOD, end=end)) == ["93559316", "61429461"]


def test_a_file_without_a_last_line_end_is_read():
    assert case_numbers(csv_of(GOOD).rstrip()) == ["93559316"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_encodings_are_told_apart(encoding):
    content = csv_of(row_of(forename="Zoë", surname="D’Arcy–Smith")).decode().encode(encoding)
    row = parse(content).rows[0]
    assert (row.forename, row.surname) == ("Zoë", "D’Arcy–Smith")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_told_apart(delimiter):
    content = csv_of(GOOD, ALSO_GOOD).decode().replace(",", delimiter).encode()
    assert case_numbers(content) == ["93559316", "61429461"]


@pytest.mark.parametrize("line", ["sep={}", "SEP={}", '"sep={}"', "sep={} "])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_first_line_that_names_the_delimiter_is_obeyed_and_not_counted(line, delimiter, encoding):
    rows = csv_of(GOOD, BAD, row_of(surname='"O"Brien"')).decode().replace(",", delimiter)
    content = (line.format(delimiter) + "\r\n" + rows).encode(encoding)
    parsed = parse(content)
    assert [row.row_number for row in parsed.rows] == [2]
    assert [problem.row_number for problem in parsed.problems] == [3, 4]
    assert "line 5 of the file" in parsed.problems[1].message


def test_the_delimiter_that_is_named_is_used_though_another_would_fit():
    with pytest.raises(MissingColumns):
        parse(b"sep=;\n" + csv_of(GOOD))


@pytest.mark.parametrize("line", ["sep=", "sep=;;", "separator=;", "sep=^", "sep=" + ";" * 300])
def test_a_first_line_that_names_no_delimiter_is_one_of_headings(line):
    with pytest.raises(MissingColumns):
        parse(f"{line}\n".encode() + csv_of(GOOD))


def test_a_delimiter_named_without_rows_is_an_empty_file():
    with pytest.raises(EmptyFile):
        parse(b"sep=;\r\n")


def test_how_the_file_was_read_is_told():
    content = csv_of(row_of(forename="Zoë")).decode().replace(",", ";").encode("cp1252")
    assert parse(content).read_as == "Text with semicolons, Windows-1252"


def test_quoted_cells_may_hold_line_breaks_commas_and_quotes_and_start_no_row():
    """The row number is the one that a spreadsheet shows, not the line of the file."""
    address = '"Flat 1,\r\n""The Mill""\r\nAmbleford"'
    content = csv_of(
        f"{address},{GOOD}", f"{address},{BAD}", f"x,{ALSO_GOOD}", headings=f"Adrs1,{HEADINGS}"
    )
    parsed = parse(content)
    assert [row.row_number for row in parsed.rows] == [2, 4]
    assert [(p.row_number, p.column, p.value) for p in parsed.problems] == [(3, "Ord Type", "3")]


def test_blank_lines_are_skipped_but_keep_their_numbers():
    parsed = parse(csv_of("", GOOD, " , ,,,,,", ",,,,,,", BAD, ""))
    assert [row.row_number for row in parsed.rows] == [3]
    assert [problem.row_number for problem in parsed.problems] == [6]
    assert parsed.rows_read == 2


def test_blank_lines_above_the_headings_are_skipped():
    parsed = parse(b"\r\n,,\r\n" + csv_of(GOOD))
    assert [row.row_number for row in parsed.rows] == [4]


@pytest.mark.parametrize("row", ["93559316,MARY", GOOD.rsplit(",", 1)[0], "Total: 2"])
def test_a_short_row_is_a_problem_of_that_row(row):
    parsed = parse(csv_of(row, ALSO_GOOD))
    assert [row.row_number for row in parsed.rows] == [3]
    assert [problem.row_number for problem in parsed.problems] == [2]


def test_a_row_longer_than_the_headings_is_a_problem_unless_the_rest_is_blank():
    parsed = parse(csv_of(f"{GOOD},,", f"{ALSO_GOOD},spare"))
    assert [row.row_number for row in parsed.rows] == [2]
    assert "8 cells" in parsed.problems[0].message


def test_headings_may_end_in_blanks():
    assert case_numbers(csv_of(GOOD, headings=f"{HEADINGS},,")) == ["93559316"]


def test_quotes_that_do_not_pair_up_are_a_problem_of_their_row():
    parsed = parse(csv_of(row_of(surname='"O"Brien"'), ALSO_GOOD))
    assert [row.case_number for row in parsed.rows] == ["61429461"]
    assert [(p.row_number, p.column) for p in parsed.problems] == [(2, "")]


def test_a_quote_that_never_closes_refuses_the_file_because_rows_would_be_lost():
    with pytest.raises(UnclosedQuote, match="Row 3 "):
        parse(csv_of(GOOD, row_of(surname='"Jones'), ALSO_GOOD))


def test_a_cell_that_is_too_long_is_not_said_to_be_unclosed():
    rows = [row_of(surname='"Jones'), *[ALSO_GOOD] * 5000]
    with pytest.raises(CellTooLong, match="Row 3 .* a cell that is longer than 131,072 characters"):
        parse(csv_of(GOOD, *rows))


@pytest.mark.parametrize(
    "line",
    [row_of(surname=f'"{"J" * 200_000}"'), "a," * 100_000, "a" * 131_073, GOOD + "," * 131_072],
    ids=["a quoted cell", "many cells", "one cell", "empty cells"],
)
def test_a_line_that_is_too_long_is_said_to_be_that(line):
    with pytest.raises(LineTooLong, match="Row 3 .* is longer than 131,072 characters"):
        parse(csv_of(GOOD, line))


def test_a_file_of_one_line_is_refused_for_its_length_whatever_parts_its_cells():
    for delimiter in ",;\t|":
        with pytest.raises(LineTooLong, match="Row 1 .* is longer than 131,072 characters"):
            parse(f"a{delimiter}".encode() * 400_000)


def test_a_file_of_one_line_does_not_fill_the_memory():
    content = b"a," * (8 * 1024**2)
    tracemalloc.start()
    with pytest.raises(LineTooLong):
        parse(content)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < len(content) + 8 * 1024**2


def test_a_line_as_long_as_may_be_is_read():
    line = GOOD + "," * (131_072 - len(GOOD))
    assert len(parse(csv_of(line, ALSO_GOOD)).rows) == 2


def test_missing_columns_are_named():
    with pytest.raises(MissingColumns, match="columns Surname and Issue Date") as caught:
        parse(b"Case,Forename,Order No,Ord Type,Made Date\n1,2,3,4,5\n")
    assert caught.value.names == ["Surname", "Issue Date"]


def test_one_missing_column_is_named():
    with pytest.raises(MissingColumns, match="the column Case\\."):
        parse(csv_of(GOOD, headings=HEADINGS.replace("Case", "Number")))


def test_a_column_that_is_there_twice_is_refused():
    with pytest.raises(RepeatedColumns, match="the column Case more than once"):
        parse(csv_of(f"{GOOD},1", headings=f"{HEADINGS},CASE"))


@pytest.mark.parametrize("content", [b"", b"\n\n", b" , ,\r\n", HEADINGS.encode(), b"\xef\xbb\xbf"])
def test_a_file_without_rows_is_empty(content):
    with pytest.raises(EmptyFile):
        parse(content)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n",
        b"<html><table>",
        b"\xef\xbb\xbf<?xml",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"{\\rtf1 x}",
    ],
)
def test_other_kinds_of_file_are_told_by_their_content(content):
    with pytest.raises(NotASpreadsheet):
        parse(content)


@pytest.mark.parametrize("kind", ["pdf", "jpg", "png", "tiff", "docx"])
def test_a_document_under_the_name_of_a_table_is_told_by_its_content(kind):
    # Compressed bytes hold some that no encoding has; these samples are too plain for that.
    with pytest.raises(NotASpreadsheet):
        parse(sample_document(kind) + b"\x81\x8d")


@pytest.mark.parametrize(
    "content",
    [b"\x81\x8d" * 600_000 + b"\0", b"\0a\xd8\0\0a", b"a\0\0\xd8a\0"],
    ids=["far below", "nearly UTF-16-BE", "nearly UTF-16-LE"],
)
def test_bytes_with_nulls_that_are_text_in_no_encoding_are_no_table(content):
    with pytest.raises(NotASpreadsheet):
        parse(content)


@pytest.mark.parametrize(
    "odd",
    ["Jos\xe9".encode("cp1252"), "Zoë".encode()[:3]],
    ids=["of another encoding", "cut short"],
)
@pytest.mark.parametrize("letters", ["Zoë", "Llŷr", "D’Arcy"])
def test_a_letter_that_keeps_a_text_from_being_utf_8_does_not_change_all_others(letters, odd):
    """Read as Windows-1252, every "Zoë" of the file would be "ZoÃ«"."""
    content = csv_of(row_of(forename=letters), GOOD.replace("MARY", "ODD")).replace(b"ODD", odd)
    with pytest.raises(UnreadableText):
        parse(content)


def test_a_text_whose_mark_is_of_utf_8_is_that_or_refused():
    with pytest.raises(UnreadableText):
        parse(b"\xef\xbb\xbfId," + csv_of("1," + GOOD).replace(b"MARY", b"ZO\xcb"))


def test_a_table_may_begin_with_the_letters_of_a_zip():
    assert case_numbers(csv_of(f"7,{GOOD}", headings=f"PK,{HEADINGS}")) == ["93559316"]


def test_two_rows_that_quotation_marks_make_one_are_a_problem():
    first, second = GOOD.replace("MARY", '"MARY'), ALSO_GOOD.replace("JOHN", 'JOHN"')
    parsed = parse(csv_of(first, second, GOOD))
    assert [(p.row_number, p.message) for p in parsed.problems] == [
        (2, "A cell of this row seems to hold another row. Check the quotation marks")
    ]
    assert len(parsed.rows) == 1


def test_bytes_that_are_text_in_no_encoding_are_refused():
    with pytest.raises(UnreadableText):
        parse(csv_of(GOOD) + b"\x81\x8d")


def test_too_many_orders_are_refused(monkeypatch):
    monkeypatch.setattr(rows_module, "MOST_ORDERS", 2)
    parse(csv_of(GOOD, ALSO_GOOD))
    with pytest.raises(TooManyRows):
        parse(csv_of(GOOD, ALSO_GOOD, BAD))


def test_a_file_that_is_closed_after_its_refusal_leaves_nothing_to_complain(monkeypatch):
    complaints = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    monkeypatch.setattr(rows_module, "MOST_ORDERS", 1)
    with pytest.raises(TooManyRows), io.BytesIO(csv_of(GOOD, ALSO_GOOD, BAD)) as file:
        parse_file(file)
    gc.collect()
    assert complaints == []


def test_too_many_rows_are_refused_also_when_they_are_blank(monkeypatch):
    monkeypatch.setattr(text_module, "MOST_SHEET_ROWS", 10)
    with pytest.raises(TooManyRows):
        parse(csv_of(GOOD, *[""] * 20))


def test_the_file_stays_open_for_its_owner():
    file = io.BytesIO(csv_of(GOOD))
    text_module.examine(file, COURT_COLUMNS)
    assert not file.closed


def test_the_size_limit_of_a_cell_is_still_what_an_unclosed_quote_runs_into():
    assert csv.field_size_limit() == 131072
