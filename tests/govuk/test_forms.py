"""Whole forms: every message has its input, every input its label."""

import pytest
from bs4 import BeautifulSoup
from django import forms

from govuk.forms import GovukForm, GovukFormMixin, RadioField, TextField
from tests.govuk.sample import DeputyForm, born


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


def test_a_label_that_is_a_question_is_no_part_of_the_message():
    class BondForm(GovukForm):
        bond = RadioField(label="Is the bond over £21,000?", choices=[("yes", "Yes")])
        document = TextField(label="COP 3")

    assert BondForm({}).errors["bond"] == ["Select an answer"]
    assert BondForm({}).errors["document"] == ["Enter COP 3"]


def test_forms_that_django_ships_are_drawn_too():
    class PlainForm(GovukFormMixin, forms.Form):
        name = forms.CharField(label="Name", help_text="As on the order")

    html = str(PlainForm({}))

    assert "govuk-form-group--error" in html
    assert 'class="govuk-input"' in html
    assert PlainForm({}).error_summary[0].href == "#id_name"
