"""Radio buttons, checkboxes and a select are the published components."""

import pytest

from govuk.forms import CheckboxesField, GovukForm, RadioField, SelectField
from tests.govuk.published import drawn, html_of, items_of, options_of, tree


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
