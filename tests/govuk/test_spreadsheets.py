"""CSV files as a spreadsheet meets them."""

import csv
import io

import pytest

from govuk.spreadsheets import ROWS_A_CHUNK, csv_chunks, harmless


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "  =1",
        "\xa0=1",
        " \t@x",
        "\tx",
        "\ufeff=1",
        "\u202e=1",
        "\u200b \u2066+1",
        "\x1f@x",
        "﹦1",
        "＋1",
    ],
)
def test_a_cell_that_could_run_gets_an_apostrophe(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "A1", "1-2", "a=b", "'=1", "Zoë", "2026-06-01", " x", "名前"])
def test_any_other_cell_stays_as_it_is(cell):
    assert harmless(cell) == cell


def test_a_file_is_marked_utf_8_and_reads_back_as_it_was():
    rows = [["Zoë", 'say "hi"', "two\r\nlines, and a comma"], ["=1+1", "", "x"]]
    content = b"".join(csv_chunks(["A", "B", "C"], rows))
    assert content.startswith(b"\xef\xbb\xbfA,B,C\r\n")
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    assert list(csv.reader(text)) == [["A", "B", "C"], rows[0], ["'=1+1", "", "x"]]


def test_headings_leave_before_the_first_row_is_asked_for():
    def rows():
        raise AssertionError("asked")
        yield

    assert next(csv_chunks(["A"], rows())) == b"\xef\xbb\xbfA\r\n"


def test_a_long_table_leaves_in_pieces():
    pieces = list(csv_chunks(["A"], ([str(n)] for n in range(2 * ROWS_A_CHUNK + 1))))
    assert [piece.count(b"\n") for piece in pieces] == [1, ROWS_A_CHUNK, ROWS_A_CHUNK, 1]
