"""Text and files: the published components, with errors in GOV.UK words."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from govuk.forms import FileField, MultipleFilesField, TextareaField, TextField
from tests.govuk.published import drawn, html_of, options_of, tree
from tests.govuk.sample import DeputyForm

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


@pytest.mark.parametrize("name", ["default", "with hint text", "with error message and hint"])
def test_a_file_field_is_the_published_file_upload(name):
    assert drawn(FileField, options_of("file-upload", name)) == tree(html_of("file-upload", name))


def test_a_field_for_several_files_is_the_published_file_upload():
    name = "allows multiple files"

    html = drawn(MultipleFilesField, options_of("file-upload", name))

    assert html == tree(html_of("file-upload", name))


def test_a_password_is_kept_as_typed_and_never_shown_again():
    form = DeputyForm({"kind": "", "password": " correct horse "})

    assert "horse" not in str(form)
    assert form.cleaned_data["password"] == " correct horse "


@pytest.mark.parametrize("kind", [TextField, TextareaField])
@pytest.mark.parametrize(
    ("label", "what"), [("Reason", "Reason"), ("Why was it not?", "Your answer")]
)
def test_a_null_character_is_refused_in_words(kind, label, what):
    with pytest.raises(ValidationError) as refused:
        kind(label=label).clean("typed\x00 or pasted")

    assert refused.value.messages == [
        f"{what} must not have an invisible character in it. Type it, do not paste it"
    ]


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


def test_an_address_is_not_spell_checked():
    assert 'spellcheck="false"' in str(DeputyForm()["email"])
