"""What is taken, what is refused and in which words; no bytes make it crash."""

import hashlib
import io
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from devstack.samples import sample_document
from filestore import MAX_SIZE, FileRejected, inspect_document
from filestore.errors import (
    ContentDiffers,
    DoubleExtension,
    FileDamaged,
    FileEmpty,
    FileTooLarge,
    TypeRefused,
)
from filestore.inspection import CONTENT_TYPES, SIGNATURES
from tests.filestore.making import real_docx, real_image, real_pdf, zip_of

KINDS = sorted(CONTENT_TYPES)


def inspect(content, name):
    return inspect_document(io.BytesIO(content), name=name)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [None, 100_001, MAX_SIZE])
def test_every_kind_is_taken_up_to_twenty_megabytes(kind, size):
    content = sample_document(kind, words="Zoë's order (copy)", size=size)
    file = io.BytesIO(content)
    inspection = inspect_document(file, name=f"My order.{kind.upper()}")
    assert inspection.extension == kind
    assert inspection.content_type == CONTENT_TYPES[kind]
    assert inspection.size == len(content) == (size or len(content))
    assert inspection.sha256 == hashlib.sha256(content).hexdigest()
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (real_pdf(), "a.pdf"),
        (b"\xef\xbb\xbf\r\n" + real_pdf(), "a.pdf"),
        (real_image("JPEG"), "a.jpeg"),
        (real_image("JPEG", mode="CMYK"), "a.jpg"),
        (real_image("PNG", mode="RGBA"), "a.png"),
        (real_image("TIFF"), "a.tif"),
        (real_image("TIFF", mode="1", pages=5), "a.tiff"),
        (real_docx(), "a.docx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_other_programs_make_is_taken(content, name):
    assert inspect(content, name).size == len(content)


def test_an_upload_as_django_gives_it_is_taken():
    upload = SimpleUploadedFile("order.docx", real_docx())
    upload.read()
    assert inspect_document(upload, name=upload.name).extension == "docx"


def test_different_words_make_different_samples():
    for kind in KINDS:
        assert sample_document(kind, words="one") != sample_document(kind, words="two")
        assert sample_document(kind, words="one") == sample_document(kind, words="one")
    with pytest.raises(ValueError, match="more than 10 bytes"):
        sample_document("pdf", size=10)


def test_an_empty_file_is_refused():
    with pytest.raises(FileEmpty, match=r"^The selected file is empty$"):
        inspect(b"", "a.pdf")


def test_one_byte_more_than_twenty_megabytes_is_refused():
    with pytest.raises(FileTooLarge, match=r"^The selected file must be smaller than 20MB$"):
        inspect(sample_document("pdf", size=MAX_SIZE + 1), "a.pdf")


def test_an_endless_file_is_not_read_to_its_end():
    class Endless(io.RawIOBase):
        given = 0

        def seek(self, position, whence=0):
            return position

        def read(self, count=-1):
            self.given += count
            return b"\x00" * count

    endless = Endless()
    with pytest.raises(FileTooLarge):
        inspect_document(endless, name="a.pdf")
    assert endless.given <= MAX_SIZE + 1024 * 1024


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("named", KINDS)
def test_content_under_another_types_name_is_refused(kind, named):
    if kind == named:
        return
    words = f"its content is {kind.upper()} but its name ends in .{named}$"
    with pytest.raises(ContentDiffers, match=words):
        inspect(sample_document(kind), f"a.{named}")


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"just text",
        b"MZ" + b"\x00" * 500,
        b"MZ" + b"\x00" * 500 + real_pdf(),
        b"<html>%PDF-1.4 " + real_pdf(),
        b"{\\rtf1 hello}",
        b"\x7fELF" + b"\x00" * 100,
        zip_of({"a.txt": b"hello"}),
    ],
)
def test_other_content_is_refused_under_a_good_name(content):
    for kind in KINDS:
        with pytest.raises(TypeRefused):
            inspect(content, f"a.{kind}")


def test_the_name_is_judged_too():
    with pytest.raises(DoubleExtension) as caught:
        inspect(real_pdf(), "invoice.exe.pdf")
    assert caught.value.code == "double_extension"
    with pytest.raises(TypeRefused):
        inspect(real_pdf(), "invoice.exe")


def every_refusal(kind):
    for refusal in kind.__subclasses__():
        yield refusal
        yield from every_refusal(refusal)


def test_each_refusal_has_its_own_code_and_words():
    refusals = list(every_refusal(FileRejected))
    assert len({refusal.code for refusal in refusals}) == len(refusals)
    plain = [r for r in refusals if r.__init__ is FileRejected.__init__]
    assert len({str(refusal()) for refusal in plain}) == len(plain)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (real_pdf(), "a.pdf"),
        (real_image("JPEG", side=200), "a.jpg"),
        (real_image("PNG", side=200), "a.png"),
        (real_image("TIFF", side=200), "a.tif"),
        (real_docx(), "a.docx"),
    ],
    ids=["pdf", "jpg", "png", "tiff", "docx"],
)
def test_part_of_a_file_is_damaged(content, name, part):
    with pytest.raises(FileDamaged):
        inspect(content[: int(len(content) * part)], name)


@how(max_examples=300, deadline=None)
@given(content=st.binary(min_size=1, max_size=2000), head=st.sampled_from(sorted(SIGNATURES)))
def test_random_bytes_are_refused_and_never_crash(content, head):
    for start in (b"", head, b"%PDF-1.7\n"):
        with pytest.raises(FileRejected):
            inspect(start + content, "a.pdf")


SAMPLES = {kind: sample_document(kind) for kind in KINDS} | {"docx": real_docx()}


@how(max_examples=1000, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    at=st.floats(0, 1, exclude_max=True),
    change=st.binary(min_size=1, max_size=8),
)
def test_a_changed_file_is_taken_or_refused_and_never_crashes(kind, at, change):
    content = bytearray(SAMPLES[kind])
    place = int(at * len(content))
    content[place : place + len(change)] = change
    with suppress(FileRejected):
        inspect(bytes(content), f"a.{kind}")
