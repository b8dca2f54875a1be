"""What each column may hold, and what several rows say together (behaviour, section 3)."""

import datetime as dt

import pytest

from csv_ingest.parsing import CourtRow, Finding
from csv_ingest.parsing.cells import shown
from csv_ingest.parsing.rows import COURT_COLUMNS
from tests.csv_ingest.files import ALSO_GOOD, GOOD, csv_of, parse, row_of


def only_row(row: str) -> CourtRow:
    parsed = parse(csv_of(row))
    assert parsed.problems == []
    return parsed.rows[0]


def only_problem(row: str) -> Finding:
    parsed = parse(csv_of(row))
    assert parsed.rows == []
    assert parsed.rows_with_problems == 1
    return parsed.problems[0]


def test_a_good_row_is_read_as_it_stands():
    assert only_row(GOOD) == CourtRow(
        row_number=2,
        case_number="93559316",
        forename="MARY",
        surname="JONES",
        order_type="HW",
        order_number="1001",
        made_date=dt.date(2018, 8, 1),
        issue_date=dt.date(2018, 8, 10),
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("93559316", "93559316"),
        (" 9355 9316 ", "93559316"),
        ("9355\u00a09316", "93559316"),
        ("1234567t", "1234567T"),
        ("3427488", "03427488"),
        ("3427488.0", "03427488"),
        ("427488", "00427488"),
        # Three zeros gone: only because its check character agrees.
        ("12341", "00012341"),
    ],
)
def test_case_number_comes_to_eight_characters(written, read):
    assert only_row(row_of(case=written)).case_number == read


@pytest.mark.parametrize(
    "written",
    ["", "  ", "12AB", "123456789", "1234567X", "T1234567", "12345", "7", "0", "９3559316", "TRUE"],
)
def test_case_number_in_another_form_is_a_problem(written):
    problem = only_problem(row_of(case=written))
    assert (problem.row_number, problem.column) == (2, "Case")
    assert problem.value == written.strip()


def test_case_number_that_fails_its_check_is_a_warning_only():
    parsed = parse(csv_of(row_of(case="93559317")))
    assert [row.case_number for row in parsed.rows] == ["93559317"]
    assert [(found.row_number, found.column) for found in parsed.warnings] == [(2, "Case")]


@pytest.mark.parametrize(
    ("written", "read"), [("1", "PF"), ("2", "HW"), (" 2 ", "HW"), ("2.0", "HW")]
)
def test_order_type_two_is_hw_and_one_is_pf(written, read):
    assert only_row(row_of(ord_type=written)).order_type == read


@pytest.mark.parametrize("written", ["", "0", "3", "12", "HW", "PF", "1.5", "one", "-1"])
def test_any_other_order_type_is_a_problem(written):
    assert only_problem(row_of(ord_type=written)).column == "Ord Type"


@pytest.mark.parametrize("written", ["0012", "12345.0", "A/12-b", "1E5", "=1+1", "N°7"])
def test_order_number_is_kept_as_it_stands(written):
    assert only_row(row_of(order_no=written)).order_number == written


def test_order_number_may_be_blank():
    assert only_row(row_of(order_no="  ")).order_number == ""


@pytest.mark.parametrize(
    "written",
    [
        "1-Aug-2018",
        "01-Aug-18",
        "1 August 2018",
        "01/08/2018",
        "1/8/2018",
        "1.8.2018",
        "01/08/18",
        "2018-08-01",
        "2018-08-01 00:00:00",
        "2018-08-01T00:00:00.000Z",
        "01/08/2018 00:00",
        " 01-AUG-2018 ",
    ],
)
def test_dates_are_read_day_first(written):
    assert only_row(row_of(made_date=written)).made_date == dt.date(2018, 8, 1)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "31-Feb-2018",
        "08/13/2018",
        "1-Foo-2018",
        "1/8/0218",
        "43313",
        "2018",
        "0/0/2018",
    ],
)
def test_a_date_that_is_none_is_a_problem_with_its_column_and_value(written):
    problem = only_problem(row_of(made_date=written))
    assert (problem.column, problem.value) == ("Made Date", written)


def test_issued_before_made_is_a_problem_of_the_issue_date():
    problem = only_problem(row_of(made_date="11-Aug-2018"))
    assert (problem.column, problem.value) == ("Issue Date", "10-Aug-2018")


def test_issued_on_the_day_it_was_made_is_fine():
    assert only_row(row_of(made_date="10-Aug-2018")).issue_date == dt.date(2018, 8, 10)


@pytest.mark.parametrize("column", ["forename", "surname"])
@pytest.mark.parametrize("written", ["", " ", "x" * 256, "A\x07B", "#REF!"])
def test_a_name_that_could_never_be_served_is_a_problem(column, written):
    assert only_problem(row_of(**{column: written})).column == column.capitalize()


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u202e", "\u200e", "\ufeff", "\xad", "\u2028", "\u3164"]
)
@pytest.mark.parametrize("column", ["forename", "surname", "order_no"])
def test_what_nobody_sees_is_a_problem_of_a_name_and_of_an_order_number(column, hidden):
    problem = only_problem(row_of(**{column: f"1{hidden}2"}))
    assert problem.column.lower().replace(" ", "_") == column


def test_a_name_of_nothing_that_can_be_seen_is_a_problem():
    for hidden in ("\u200b", "\u3164", "\u200d\u200d"):
        assert only_problem(row_of(surname=hidden)).column == "Surname"


@pytest.mark.parametrize(
    "name", ["می\u200cخواهم", "क्\u200dष", "Llŷr", "D’Arcy", "-", "?", "Ann\xa0Lee"]
)
def test_names_of_any_script_are_read(name):
    assert only_row(row_of(forename=name)).forename == name


@pytest.mark.parametrize("error", ["#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!"])
def test_what_newer_formulas_fail_with_is_no_name(error):
    assert "formula" in only_problem(row_of(surname=error)).message


def test_names_are_kept_as_given():
    row = only_row(row_of(forename=" mary  Ann ", surname="O'Brien-Ńíç"))
    assert (row.forename, row.surname) == ("mary  Ann", "O'Brien-Ńíç")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"case": ""}, "There is no case number"),
        ({"case": "12AB"}, "A case number must be 8 digits, or 7 digits and T"),
        ({"forename": ""}, "There is no forename"),
        ({"surname": "x" * 256}, "A surname must be 255 characters or less"),
        ({"ord_type": "3"}, "An order type must be 1 (PFA) or 2 (HW)"),
        ({"order_no": "1\x07"}, "An order number must not have line breaks"),
        ({"made_date": ""}, "There is no made date"),
        ({"issue_date": "soon"}, "An issue date must be a real date, like 1-Aug-2018"),
        ({"issue_date": "1-Jul-2018"}, "The issue date is before the made date"),
    ],
)
def test_problems_are_told_in_plain_words(cells, message):
    assert only_problem(row_of(**cells)).message.startswith(message)


def test_every_problem_of_a_row_is_told_and_the_row_counts_once():
    parsed = parse(csv_of(row_of(case="x", ord_type="9", surname=""), GOOD))
    assert [problem.column for problem in parsed.problems] == ["Case", "Surname", "Ord Type"]
    assert (parsed.rows_read, parsed.rows_with_problems, len(parsed.rows)) == (2, 1, 1)


def test_same_order_twice_in_a_file_counts_once():
    parsed = parse(csv_of(GOOD, ALSO_GOOD, GOOD))
    assert [row.row_number for row in parsed.rows] == [2, 3]
    assert (parsed.rows_read, parsed.repeated, parsed.problems) == (3, 1, [])


def test_same_order_told_otherwise_is_a_problem_of_the_later_row():
    parsed = parse(csv_of(GOOD, row_of(surname="BROWN", issue_date="11-Aug-2018")))
    assert [row.surname for row in parsed.rows] == ["JONES"]
    assert [(p.row_number, p.column, p.value) for p in parsed.problems] == [
        (3, "Surname", "BROWN"),
        (3, "Issue Date", "11 Aug 2018"),
    ]
    assert "Row 2" in parsed.problems[0].message


def test_orders_without_a_number_are_known_by_the_day_they_were_made():
    parsed = parse(
        csv_of(
            row_of(order_no=""),
            row_of(order_no="", made_date="2-Aug-2018"),
            row_of(order_no="", ord_type="1"),
            row_of(order_no=""),
        )
    )
    assert [row.row_number for row in parsed.rows] == [2, 3, 4]
    assert parsed.repeated == 1


def test_another_name_for_the_same_case_is_a_warning():
    parsed = parse(csv_of(GOOD, row_of(ord_type="1", surname="SMYTHE")))
    assert len(parsed.rows) == 2
    assert [(w.row_number, w.column, w.value) for w in parsed.warnings] == [
        (3, "Surname", "SMYTHE")
    ]


def test_headings_are_found_in_any_order_case_and_spacing():
    headings = [
        "issue  date",
        "MADE DATE",
        "ordtype",
        " Order No",
        "x",
        "surname",
        "Forename ",
        "CASE",
    ]
    columns = COURT_COLUMNS.find(headings)
    assert columns["Case"] == 7
    assert columns["Issue Date"] == 0
    assert len(columns) == 7


def test_a_value_is_shown_on_one_short_line_without_anything_json_refuses():
    assert shown("a\r\nb\x00c\ud800d") == "a b c d"
    assert len(shown("x" * 5000)) == 100
    assert shown(None) == ""


def test_a_date_of_excel_is_shown_as_pages_show_dates():
    assert shown(dt.datetime(2018, 8, 1, 9, 30)) == shown(dt.date(2018, 8, 1)) == "1 Aug 2018"
