"""Each field is the component that GOV.UK Frontend publishes, with errors in its words."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from govuk.boundfields import ErrorLink
from govuk.forms import (
    CheckboxesField,
    CheckboxField,
    DateField,
    DateParts,
    FileField,
    GovukForm,
    GovukFormMixin,
    MultipleFilesField,
    RadioField,
    SelectField,
    TextareaField,
    TextField,
)
from tests.govuk.published import html_of, options_of, tree

TEXT_KEYWORDS = {
    "default": {},
    "with hint text": {},
    "with error message": {},
    "with error and hint": {},
    "with width-10 class": {"width": 10},
    "with label as page heading": {},
    "with prefix and suffix": {"prefix": "£", "suffix": "per item"},
    "with prefix and suffix and error": {"prefix": "£", "suffix": "per item"},
    "value": {},
    "inputmode": {"inputmode": "decimal"},
    "with autocomplete attribute": {"autocomplete": "postal-code"},
    "with spellcheck disabled": {"spellcheck": False},
    "disabled": {"disabled": True},
}


def drawn(field_class, options, **keywords):
    """The field of a form as the options of a published component ask for it."""
    name = options.get("idPrefix") or options.get("id") or options["name"]
    title = options.get("label") or options["fieldset"]["legend"]
    error = options.get("errorMessage", {}).get("text", "")
    field = field_class(
        label=title["text"],
        hint=options.get("hint", {}).get("text", ""),
        is_heading=title.get("isPageHeading", False),
        size="l" if title.get("isPageHeading") else None,
        missing=error,
        **keywords,
    )
    form_class = type("OneFieldForm", (GovukForm,), {name: field})
    initial = {name: options["value"]} if "value" in options else keywords.get("initial", {})
    form = form_class({} if error else None, {} if error else None, auto_id="%s", initial=initial)
    return tree(str(form[name]))


def items_of(options):
    items = options.get("items", [])
    choices = [(str(item["value"]), item["text"]) for item in items]
    hints = {str(item["value"]): item["hint"]["text"] for item in items if "hint" in item}
    return choices, hints


@pytest.mark.parametrize("name", TEXT_KEYWORDS)
def test_a_text_field_is_the_published_input(name):
    options = options_of("input", name)

    assert drawn(TextField, options, **TEXT_KEYWORDS[name]) == tree(html_of("input", name))


@pytest.mark.parametrize(
    "name",
    [
        "default",
        "with hint",
        "with default value",
        "with custom rows",
        "with label as page heading",
        "with hint and error message",
    ],
)
def test_a_textarea_field_is_the_published_textarea(name):
    options = options_of("textarea", name)

    html = drawn(TextareaField, options, rows=options.get("rows", 5))

    assert html == tree(html_of("textarea", name))


@pytest.mark.parametrize(
    "name", ["default", "with hints on parent and items", "with hint and error message"]
)
def test_a_radio_field_is_the_published_radios(name):
    options = options_of("radios", name)
    choices, hints = items_of(options)

    html = drawn(RadioField, options, choices=choices, hints=hints)

    assert html == tree(html_of("radios", name))


def test_a_radio_field_shows_the_given_answer_in_line():
    options = options_of("radios", "inline")
    choices, _ = items_of(options)

    html = drawn(RadioField, {**options, "value": "no"}, choices=choices, inline=True)

    assert html == tree(html_of("radios", "inline"))


@pytest.mark.parametrize("name", ["default", "with hint", "with error message and hint"])
def test_a_checkboxes_field_is_the_published_checkboxes(name):
    options = options_of("checkboxes", name)

    html = drawn(CheckboxesField, options, choices=items_of(options)[0])

    assert html == tree(html_of("checkboxes", name))


@pytest.mark.parametrize("name", ["hint", "with hint text and error message"])
def test_a_select_field_is_the_published_select(name):
    options = options_of("select", name)

    html = drawn(SelectField, options, choices=items_of(options)[0])

    assert html == tree(html_of("select", name))


@pytest.mark.parametrize("name", ["default", "with hint text", "with error message and hint"])
def test_a_file_field_is_the_published_file_upload(name):
    assert drawn(FileField, options_of("file-upload", name)) == tree(html_of("file-upload", name))


def test_a_field_for_several_files_is_the_published_file_upload():
    name = "allows multiple files"

    html = drawn(MultipleFilesField, options_of("file-upload", name))

    assert html == tree(html_of("file-upload", name))


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


class DeputyForm(GovukForm):
    kind = RadioField(label="Deputy type", choices=[("LAY", "Lay"), ("PRO", "Professional")])
    email = TextField(label="Email address", type="email", max_length=20, required=False)
    phone = TextField(label="Mobile number", type="tel", min_length=3, required=False)
    password = TextField(label="Password", type="password", required=False)
    born = DateField(label="Date of birth", limit="past", required=False)
    agreed = CheckboxField(label="I agree", required=False)
    county = SelectField(
        label="County", choices=[("K", "Kent")], nothing="Choose a county", required=False
    )
    order = FileField(label="Court order", required=False)
    others = MultipleFilesField(label="Additional documents", max_files=2, required=False)


def errors_of(name, **typed):
    return DeputyForm({"kind": "LAY", **typed}).errors.get(name, [])


def born(day, month, year):
    return {"born-day": day, "born-month": month, "born-year": year}


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            {"email": "nobody"},
            "Enter an email address in the correct format, like name@example.com",
        ),
        ({"email": "a@" + "b" * 30 + ".uk"}, "Email address must be 20 characters or less"),
        ({"phone": "12"}, "Mobile number must be 3 characters or more"),
        ({"kind": "KING"}, "Select one of the answers"),
        ({"kind": ""}, "Select deputy type"),
    ],
)
def test_what_is_wrong_is_said_in_govuk_words(typed, message):
    form = DeputyForm({"kind": "LAY", **typed})

    assert [error.text for error in form.error_summary] == [message]


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
        assert errors_of("born", **born("1", "6", "2026")) == ["Date of birth must be in the past"]
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


def test_a_password_is_kept_as_typed_and_never_shown_again():
    form = DeputyForm({"kind": "", "password": " correct horse "})

    assert "horse" not in str(form)
    assert form.cleaned_data["password"] == " correct horse "


def test_what_was_typed_is_escaped():
    form = DeputyForm({"email": '"><script>alert(1)</script>'})

    assert "<script" not in str(form)


def test_nothing_is_chosen_beforehand_and_every_summary_link_has_its_input():
    page = BeautifulSoup(str(DeputyForm()), "html.parser")
    assert not page.select("[checked], [selected]")

    form = DeputyForm({"email": "x", **born("1", "3", "80")})
    page = BeautifulSoup(str(form), "html.parser")
    for link in form.error_summary:
        assert page.find(id=link.href.removeprefix("#")).name == "input"
    assert [link.href for link in form.error_summary] == ["#id_kind", "#id_email", "#id_born-year"]


def test_every_input_has_a_label_and_everything_that_describes_it_exists():
    page = BeautifulSoup(str(DeputyForm({})), "html.parser")

    labelled = {label["for"] for label in page.find_all("label")}
    assert {tag["id"] for tag in page.select("input, select, textarea")} == labelled
    for tag in page.select("[aria-describedby]"):
        for target in tag["aria-describedby"].split():
            assert page.find(id=target)


def upload(name, content=b"x"):
    return SimpleUploadedFile(name, content)


def test_one_file_comes_as_it_was_sent():
    form = DeputyForm({"kind": "LAY"}, MultiValueDict({"order": [upload("order.docx")]}))

    assert form.is_valid()
    assert form.cleaned_data["order"].name == "order.docx"


def test_an_empty_file_is_refused_in_words():
    form = DeputyForm({"kind": "LAY"}, MultiValueDict({"order": [upload("order.docx", b"")]}))

    assert form.errors["order"] == ["The selected file is empty"]


def test_several_files_come_as_a_list_and_none_as_an_empty_one():
    files = MultiValueDict({"others": [upload("a.pdf"), upload("b.pdf")]})
    two, none = DeputyForm({"kind": "LAY"}, files), DeputyForm({"kind": "LAY"})

    assert two.is_valid()
    assert none.is_valid()
    assert [file.name for file in two.cleaned_data["others"]] == ["a.pdf", "b.pdf"]
    assert none.cleaned_data["others"] == []


def test_too_many_files_or_an_empty_one_among_them_are_refused():
    three = MultiValueDict({"others": [upload(f"{name}.pdf") for name in "abc"]})
    empty = MultiValueDict({"others": [upload("a.pdf"), upload("b.pdf", b"")]})

    assert DeputyForm({"kind": "LAY"}, three).errors["others"] == [
        "You can only select up to 2 files at once"
    ]
    assert DeputyForm({"kind": "LAY"}, empty).errors["others"] == [
        "b.pdf: the selected file is empty"
    ]


def test_a_label_that_is_a_question_is_no_part_of_the_message():
    class BondForm(GovukForm):
        bond = RadioField(label="Is the bond over £21,000?", choices=[("yes", "Yes")])
        document = TextField(label="COP 3")

    assert BondForm({}).errors["bond"] == ["Select an answer"]
    assert BondForm({}).errors["document"] == ["Enter COP 3"]


def test_an_address_is_not_spell_checked():
    assert 'spellcheck="false"' in str(DeputyForm()["email"])


def test_answers_become_values_of_ours():
    class BondForm(GovukForm):
        bond = RadioField(
            label="Bond", choices=[("yes", "Yes"), ("no", "No")], coerce=lambda text: text == "yes"
        )

    form = BondForm({"bond": "no"})

    assert form.is_valid()
    assert form.cleaned_data["bond"] is False


def test_an_optional_radio_left_alone_is_none():
    class BondForm(GovukForm):
        bond = RadioField(label="Bond", choices=[("yes", "Yes")], required=False)

    form = BondForm({})

    assert form.is_valid()
    assert form.cleaned_data["bond"] is None


def test_forms_that_django_ships_are_drawn_too():
    class PlainForm(GovukFormMixin, forms.Form):
        name = forms.CharField(label="Name", help_text="As on the order")

    html = str(PlainForm({}))

    assert "govuk-form-group--error" in html
    assert 'class="govuk-input"' in html
    assert PlainForm({}).error_summary[0].href == "#id_name"
