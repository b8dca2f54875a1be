"""What staff type becomes a value, or a sentence beside the field."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from orders.forms.cases import Search
from orders.forms.deputies import DeputyDetails, DeputyKind
from orders.forms.documents import Upload
from orders.forms.orders import OrderDetails
from orders.models import Order
from orders.rules import AppointmentType, DeputyType, DocumentType, OrderSubtype

NAMED = {"first_name": "Dana", "last_name": "Deputy"}


def deputy(deputy_type="LAY", **typed):
    return DeputyDetails({**NAMED, **typed}, deputy_type=deputy_type)


def born(day, month, year):
    return {
        "date_of_birth-day": day,
        "date_of_birth-month": month,
        "date_of_birth-year": year,
    }


def test_a_lay_deputys_answers_are_those_the_service_takes():
    form = deputy(**born("29", "2", "1980"), email="dana@example.com", postcode="LS1 1AA")
    assert form.is_valid()
    assert form.answers == {
        "deputy_type": "LAY",
        **NAMED,
        "date_of_birth": dt.date(1980, 2, 29),
        "email": "dana@example.com",
        "daytime_number": "",
        "evening_number": "",
        "mobile_number": "",
        "address_line_1": "",
        "address_line_2": "",
        "town": "",
        "county": "",
        "postcode": "LS1 1AA",
    }


@pytest.mark.parametrize("kind", ["PUBLIC_AUTHORITY", "PROFESSIONAL"])
def test_only_a_lay_deputy_is_asked_for_the_date_of_birth(kind):
    form = deputy(kind, **born("29", "2", "1980"))
    assert "date_of_birth" not in form.fields
    assert form.is_valid()
    assert form.answers["date_of_birth"] is None
    assert form.answers["deputy_type"] == kind


LONG = "x" * 256
TOO_MUCH = "must be 255 characters or less"

REFUSED = [
    ("first_name", "", "Please enter the deputy's first name"),
    ("first_name", "   ", "Please enter the deputy's first name"),
    ("last_name", "", "Please enter the deputy's surname"),
    ("first_name", LONG, f"First name {TOO_MUCH}"),
    ("last_name", LONG, f"Last name {TOO_MUCH}"),
    ("address_line_1", LONG, f"Building and street {TOO_MUCH}"),
    ("address_line_2", LONG, f"Building and street line 2 {TOO_MUCH}"),
    ("town", LONG, f"Town or city {TOO_MUCH}"),
    ("county", LONG, f"County {TOO_MUCH}"),
    ("email", "dana", "Enter an email address in the correct format, like name@example.com"),
    ("email", "d" * 50 + "@example.com", "Email address must be 60 characters or less"),
    (
        "daytime_number",
        "020 7946",
        "Daytime number is too short. It must be between 10 and 20 characters",
    ),
    (
        "mobile_number",
        "07700 900000 ext 1234",
        "Mobile number is too long. It must be between 10 and 20 characters",
    ),
    (
        "evening_number",
        "O20 7946 0000",
        "Evening number must only include digits, spaces, plus signs, brackets and hyphens",
    ),
    ("postcode", "L", "Postcode is too short. It must be between 2 and 10 characters"),
    ("postcode", "LS1 1AA LS1", "Postcode is too long. It must be between 2 and 10 characters"),
    (
        "town",
        "Le\x00eds",
        "Town or city must not have an invisible character in it. Type it, do not paste it",
    ),
    (
        "last_name",
        "\x07Deputy",
        "Last name must not have an invisible character in it. Type it, do not paste it",
    ),
]


@pytest.mark.parametrize(("name", "typed", "message"), REFUSED)
def test_what_a_deputy_page_refuses_and_in_which_words(name, typed, message):
    assert deputy(**{name: typed}).errors == {name: [message]}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("first_name", "x" * 255),
        ("first_name", "Zoë-Łucja Ὀδυσσεύς"),
        ("email", "d" * 48 + "@example.com"),
        ("daytime_number", "+44 (0)20-7946 00001"),
        ("daytime_number", "0207946000"),
        ("postcode", "M1"),
        ("postcode", "BFPO 12345"),
    ],
)
def test_what_a_deputy_page_takes_at_its_limits(name, typed):
    form = deputy(**{name: typed})
    assert form.is_valid(), form.errors
    assert form.answers[name] == typed


def test_what_a_paste_brings_along_is_dropped():
    form = deputy(
        first_name="\u00a0Dana\u200b ", last_name="\tvan  der\nBerg", postcode=" LS1\u00a01AA "
    )
    assert form.is_valid()
    assert form.answers["first_name"] == "Dana"
    assert form.answers["last_name"] == "van der Berg"
    assert form.answers["postcode"] == "LS1 1AA"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("31", "2", "1980"), "Date of birth must be a real date"),
        (("1", "1", "2999"), "Date of birth must be in the past"),
        (("1", "", "1980"), "Date of birth must include a month"),
    ],
)
def test_a_date_of_birth_is_a_real_date_in_the_past(typed, message):
    assert deputy(**born(*typed)).errors == {"date_of_birth": [message]}


def test_a_changed_type_wins_over_the_stored_one():
    form = DeputyDetails(
        {**NAMED, "deputy_type": "PROFESSIONAL", **born("31", "2", "1980")},
        deputy_type="LAY",
        may_change_type=True,
    )
    assert form.is_valid(), form.errors
    assert form.answers["deputy_type"] == DeputyType.PROFESSIONAL
    assert form.answers["date_of_birth"] is None


@pytest.mark.parametrize("typed", [{}, {"deputy_type": "CAT"}])
def test_a_changed_deputy_still_has_a_type(typed):
    form = DeputyDetails({**NAMED, **typed}, deputy_type="LAY", may_change_type=True)
    assert list(form.errors) == ["deputy_type"]


def test_no_type_of_deputy_is_chosen_beforehand():
    assert not [item for item in DeputyKind()["deputyType"].items if item.is_chosen]
    assert DeputyKind({}).errors == {"deputyType": ["Please select a deputy type"]}


def test_the_bond_is_asked_for_property_and_affairs_alone():
    asked = {"order_subtype": "INTERIM_ORDER", "appointment_type": "JOINT"}
    hw = OrderDetails({**asked, "bond_over_21000": "yes"}, order_type="HW")
    assert hw.is_valid()
    assert hw.cleaned_data == {
        "order_subtype": OrderSubtype.INTERIM_ORDER,
        "appointment_type": AppointmentType.JOINT,
        "bond_over_21000": None,
    }
    pf = OrderDetails({**asked, "bond_over_21000": "no"}, order_type="PF")
    assert pf.is_valid()
    assert pf.cleaned_data["bond_over_21000"] is False


def test_every_question_about_an_order_wants_an_answer():
    assert OrderDetails({}, order_type="PF").errors == {
        "bond_over_21000": ["Select yes if the bond is over £21,000"],
        "order_subtype": ["Select the order subtype"],
        "appointment_type": ["Select the appointment type"],
    }


@pytest.mark.parametrize(
    ("typed", "words"),
    [({}, ""), ({"q": "  Joni\t Mitchell "}, "Joni Mitchell"), ({"q": "\0"}, "")],
)
def test_search_words(typed, words):
    assert Search(typed).words == words


@pytest.mark.parametrize("kind", DocumentType)
def test_only_additional_documents_may_come_several_at_once(kind):
    files = [SimpleUploadedFile("a.pdf", b""), SimpleUploadedFile("b.pdf", b"1")]
    form = Upload({}, MultiValueDict({"file": files}), order=Order(pk=1), kind=kind)
    assert form.is_valid(), form.errors
    chosen = [one.file for one in form.chosen]
    assert chosen == (files if kind == DocumentType.OTHER else files[-1:])


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (DocumentType.COP3, "Select a file"),
        (DocumentType.OTHER, "Select at least one file"),
    ],
)
def test_an_upload_without_a_file_is_refused(kind, words):
    form = Upload({}, MultiValueDict(), order=Order(pk=1), kind=kind)
    assert list(form.errors) == ["file"]
    assert form.errors["file"] == [words]
