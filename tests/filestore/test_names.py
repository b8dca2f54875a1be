"""Names made plain and held to one ending."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filestore.errors import DoubleExtension, FileRejected, NameMissing, NameTooLong, TypeRefused
from filestore.names import read_extension, tidy_name


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("order.pdf", "order.pdf"),
        (r"C:\Users\sam\Court orders\order.pdf", "order.pdf"),
        ("../../etc/order.pdf", "order.pdf"),
        ("  Order   of\tthe\ncourt.pdf  ", "Order of the court.pdf"),
        ("order.pdf. .", "order.pdf"),
        ("ord\u202eer\u200b\u2066.pdf", "order.pdf"),
        ("order.exe\x00.pdf", "order.exe.pdf"),
        ("cafe\u0301 Zoë 王.pdf", "café Zoë 王.pdf"),
        (".pdf", ".pdf"),
    ],
)
def test_tidy_name_keeps_the_name_and_nothing_unseen(name, tidy):
    assert tidy_name(name) == tidy


@pytest.mark.parametrize("name", ["", " ", "/", "folder/", "\u202e", "..", "a/.."])
def test_tidy_name_refuses_a_name_of_nothing(name):
    with pytest.raises(NameMissing, match="must have a name"):
        tidy_name(name)


def test_tidy_name_takes_255_characters_and_no_more():
    assert tidy_name("é" * 251 + ".pdf") == "é" * 251 + ".pdf"
    with pytest.raises(NameTooLong, match="255 characters or less"):
        tidy_name("a" * 252 + ".pdf")


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("a.pdf", "pdf"),
        ("a.PDF", "pdf"),
        ("a.Jpeg", "jpg"),
        ("a.tif", "tiff"),
        ("a.docx", "docx"),
        ("Order v1.2.pdf", "pdf"),
        ("12.03.2019 order.pdf", "pdf"),
        ("Mr. Z. Smith.pdf", "pdf"),
        ("Re smith.com.pdf", "pdf"),
        ("order...pdf", "pdf"),
        ("exe.pdf", "pdf"),
        (".order.pdf", "pdf"),
    ],
)
def test_read_extension_takes_honest_names(name, extension):
    assert read_extension(name) == extension


@pytest.mark.parametrize(
    "name", ["name.pdf.exe", "invoice.exe.pdf", "a.PDF .exe", "a.docm.docx", "a.js.old.pdf"]
)
def test_read_extension_refuses_a_double_extension(name):
    with pytest.raises(DoubleExtension, match="must have one file ending, not "):
        read_extension(name)


@pytest.mark.parametrize("name", ["order", "order.exe", "order.docm", "order.pdf2", "order.com"])
def test_read_extension_refuses_other_types(name):
    with pytest.raises(TypeRefused, match="must be a PDF, JPG, PNG, TIFF, DOC or DOCX"):
        read_extension(name)


@pytest.mark.parametrize("name", [".pdf", ".DOCX", "..pdf", ". .pdf"])
def test_read_extension_refuses_an_ending_alone(name):
    with pytest.raises(NameMissing, match="must have a name"):
        read_extension(name)


@given(st.text(max_size=300))
def test_any_name_is_tidied_or_refused(name):
    try:
        tidy = tidy_name(name)
    except FileRejected:
        return
    assert 0 < len(tidy) <= 255
    assert not set(tidy) & set("/\\\x00\r\n\u202e")
    assert tidy_name(tidy) == tidy
