"""A date is the published component, and says which of its boxes is wrong."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError

from govuk.boundfields import ErrorLink
from govuk.forms import DateField, DateParts, GovukForm
from tests.govuk.published import drawn, html_of, options_of, tree
from tests.govuk.sample import DeputyForm, born


def test_a_date_field_is_the_published_date_input():
    name = "with values and name prefix"
    published = html_of("date-input", name).replace("with-values-name-prefix", "dob")
    options = {**options_of("date-input", name), "id": "dob", "value": DateParts("31", "3", "1980")}

    assert drawn(DateField, options) == tree(published)


def with_prefix(html):
    """The fixture's boxes are named day, month and year; ours carry the field's name."""
    for part in ("day", "month", "year"):
        html = html.replace(f'name="{part}"', f'name="dob-errors-{part}"')
    return html


def test_a_date_field_with_an_error_is_the_published_date_input():
    name = "with error message and hint"

    html = drawn(DateField, options_of("date-input", name))

    assert html == tree(with_prefix(html_of("date-input", name)))


def test_a_date_field_marks_only_the_box_at_fault_as_published():
    name = "with error on single field"
    options = options_of("date-input", name)
    published = with_prefix(html_of("date-input", name))
    for box, typed in (("month", "3"), ("year", "1980")):
        start = f'name="dob-errors-{box}" type="text"'
        published = published.replace(start, f'{start} value="{typed}"')
    published = published.replace(options["errorMessage"]["text"], "The date must include a day")
    field = DateField(
        label=options["fieldset"]["legend"]["text"],
        hint=options["hint"]["text"],
        subject="The date",
    )
    form = type("OneDateForm", (GovukForm,), {"dob-errors": field})(
        {"dob-errors-day": " ", "dob-errors-month": "3", "dob-errors-year": "1980"}, auto_id="%s"
    )

    assert tree(str(form["dob-errors"])) == tree(published)


@pytest.mark.parametrize(
    ("typed", "message", "boxes"),
    [
        (("", "3", "1980"), "Date of birth must include a day", ["day"]),
        (("", "", "1980"), "Date of birth must include a day and month", ["day", "month"]),
        (("1", "3", ""), "Date of birth must include a year", ["year"]),
        (("31", "2", "1980"), "Date of birth must be a real date", ["day", "month", "year"]),
        (("32", "1", "1980"), "Date of birth must be a real date", ["day"]),
        (("1", "13", "1980"), "Date of birth must be a real date", ["month"]),
        (("1", "Juno", "1980"), "Date of birth must be a real date", ["month"]),
        (("1", "٣", "1980"), "Date of birth must be a real date", ["month"]),
        (("1", "3", "0000"), "Date of birth must be a real date", ["year"]),
        (("1", "3", "80"), "Year must include 4 numbers", ["year"]),
        (("1", "3", "19800"), "Date of birth must be a real date", ["year"]),
        (("1", "3", "2980"), "Date of birth must be in the past", ["day", "month", "year"]),
    ],
)
def test_a_wrong_date_is_named_box_by_box_and_stays_as_typed(typed, message, boxes):
    form = DeputyForm({"kind": "LAY", **born(*typed)})

    assert list(form.errors["born"]) == [message]
    assert form["born"].parts_in_error == boxes
    assert form.error_summary[0].href == f"#id_born-{boxes[0]}"
    assert tuple(box.value for box in form["born"].boxes) == typed


@pytest.mark.parametrize(
    "typed",
    [("1", "8", "2018"), ("01", "08", "2018"), (" 1 ", "Aug", "2018"), ("1", "august", "2018")],
)
def test_a_date_is_read_however_the_month_is_written(typed):
    form = DeputyForm({"kind": "LAY", **born(*typed)})

    assert form.is_valid()
    assert form.cleaned_data["born"] == date(2018, 8, 1)


def test_a_date_that_was_not_answered_is_none_or_asked_for():
    class BornForm(GovukForm):
        born = DateField(label="Date of birth")

    assert DeputyForm({"kind": "LAY", **born("", "", "")}).is_valid()
    assert BornForm({}).errors["born"] == ["Enter date of birth"]
    assert BornForm(born(" ", "", "")).error_summary[0].href == "#id_born-day"


def test_today_is_not_in_the_past_but_may_be_allowed():
    class MadeForm(GovukForm):
        made = DateField(label="Date made", limit="today_or_past")

    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC)):
        assert DeputyForm({"kind": "LAY", **born("1", "6", "2026")}).errors["born"] == [
            "Date of birth must be in the past"
        ]
        today = {"made-day": "1", "made-month": "6", "made-year": "2026"}
        assert MadeForm(today).is_valid()
        tomorrow = MadeForm({**today, "made-day": "2"})

        assert tomorrow.errors["made"] == ["Date made must be today or in the past"]


def test_a_date_field_knows_whether_its_date_changed():
    same = DeputyForm(born("1", "8", "2018"), initial={"born": date(2018, 8, 1)})
    other = DeputyForm(born("2", "8", "2018"), initial={"born": date(2018, 8, 1)})

    assert "born" not in same.changed_data
    assert "born" in other.changed_data


def test_a_form_shows_the_date_it_begins_with():
    form = DeputyForm(initial={"born": date(2018, 8, 1)})

    assert [box.value for box in form["born"].boxes] == ["1", "8", "2018"]


def test_an_error_added_later_may_name_its_box():
    form = DeputyForm({"kind": "LAY", **born("1", "8", "2018")})
    form.add_error("born", ValidationError("Too long ago", params={"parts": ["year"]}))

    assert form.error_summary[-1] == ErrorLink("Too long ago", "#id_born-year")
