"""What was typed before a session ended, shown again in a form that is not bound."""

import pytest
from bs4 import BeautifulSoup
from django.forms import IntegerField
from django.http import QueryDict

from govuk.forms import (
    CheckboxesField,
    CheckboxField,
    DateField,
    FileField,
    GovukForm,
    KeptFields,
    RadioField,
    SelectField,
    TextareaField,
    TextField,
)

KINDS = [("LAY", "Lay"), ("PRO", "Professional"), ("PA", "Public authority")]


class Everything(GovukForm):
    name = TextField(label="Name")
    password = TextField(label="Password", type="password")
    notes = TextareaField(label="Notes")
    kind = RadioField(label="Kind", choices=KINDS)
    other = SelectField(label="Other", choices=KINDS, nothing="None")
    several = CheckboxesField(label="Several", choices=KINDS)
    agreed = CheckboxField(label="Agreed", required=False)
    born = DateField(label="Date of birth")
    file = FileField(label="File")
    number = IntegerField()


TYPED = (
    "name=+Jo+%3Cb%3E&password=secret+words&notes=one%0Atwo&kind=PRO&other=PA&several=LAY&several=PA"
    "&agreed=on&born-day=31&born-month=Feb&born-year=80&number=x7"
)
STORED = {"name": "Stored", "kind": "LAY", "agreed": True, "several": ["PRO"]}


def shown(form):
    return BeautifulSoup(str(form), "html.parser")


def test_every_kind_of_field_shows_what_was_typed_as_it_was_typed():
    page = shown(Everything(KeptFields(TYPED), initial=STORED))

    assert page.find(id="id_name")["value"] == " Jo <b>"
    assert page.find("textarea").text.strip() == "one\ntwo"
    chosen = [one["value"] for one in page.select("input:checked, input[checked]")]
    assert chosen == ["PRO", "LAY", "PA", "on"]
    assert page.find("option", selected=True)["value"] == "PA"
    boxes = [page.find(id=f"id_born-{part}")["value"] for part in ("day", "month", "year")]
    assert boxes == ["31", "Feb", "80"]
    assert page.find(id="id_number")["value"] == "x7"


def test_what_was_left_empty_stays_empty_whatever_is_stored():
    page = shown(Everything(KeptFields("name="), initial=STORED))

    assert not page.find(id="id_name").get("value")
    assert not page.select("[checked], [selected]")


def test_nothing_is_checked_and_nothing_can_be_saved():
    form = Everything(KeptFields(TYPED))

    assert not form.is_bound
    assert not form.is_valid()
    assert form.error_summary == []


def test_a_password_is_never_shown_again():
    assert "secret words" not in str(Everything(KeptFields(TYPED)))


def test_a_disabled_field_shows_what_is_stored():
    form = Everything(KeptFields(TYPED), initial=STORED)
    form.fields["name"].disabled = True

    assert shown(form).find(id="id_name")["value"] == "Stored"


def test_a_form_that_looks_into_its_data_finds_what_was_typed():
    assert Everything(KeptFields(TYPED)).data["kind"] == "PRO"
    assert Everything(data=KeptFields(TYPED)).kept["kind"] == "PRO"


@pytest.mark.parametrize("data", [None, QueryDict("name=x")])
def test_other_forms_are_as_ever(data):
    form = Everything(data, initial=STORED)

    assert form.is_bound == (data is not None)
    assert form.kept is None
