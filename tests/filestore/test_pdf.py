"""PDF files that are locked, loaded or broken."""

import io

import pytest

from filestore import inspect_document
from filestore.errors import ActionInside, FileCutShort, FileDamaged, FileEncrypted, ProgramEmbedded
from tests.filestore.making import real_pdf

PAGE = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
END = b"\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def inspect(content):
    return inspect_document(io.BytesIO(content), name="a.pdf")


def test_a_pdf_with_a_password_is_refused():
    with pytest.raises(FileEncrypted, match="must not be password protected"):
        inspect(real_pdf(password="secret words"))


@pytest.mark.parametrize("before", [0, 300_000])
@pytest.mark.parametrize(
    "key", [b"/Encrypt 12 0 R", b"/Encrypt<</V 4>>", b"/#45ncr#79pt\r\n 12 0 R"]
)
def test_the_key_of_a_lock_is_found_wherever_it_stands(before, key):
    with pytest.raises(FileEncrypted):
        inspect(PAGE + b" " * before + b"trailer << " + key + b" " * 100 + b">>" + END)


def test_a_page_about_encryption_is_not_locked():
    inspect(PAGE + b"2 0 obj (see /Encrypt 5 0 R and /EncryptMetadata true) endobj" + END)


def test_an_attached_file_is_refused():
    with pytest.raises(ProgramEmbedded, match="other files or programs embedded"):
        inspect(real_pdf(attachment=b"MZ"))


def test_a_pdf_that_starts_a_program_is_refused():
    with pytest.raises(ActionInside):
        inspect(PAGE + b"2 0 obj << /S /Launch /F (cmd.exe) >> endobj" + END)


@pytest.mark.parametrize(
    "end",
    [
        b"%%EOF",
        END.replace(b"9", b"9999"),
        END.replace(b"/Root", b"/Rot"),
    ],
)
def test_a_pdf_without_its_end_is_damaged(end):
    with pytest.raises(FileDamaged, match="damaged and cannot be opened"):
        inspect(PAGE + end)


@pytest.mark.parametrize("end", [b"", b"startxref\n0\n"])
def test_a_pdf_that_breaks_off_is_not_complete(end):
    with pytest.raises(FileCutShort, match="is not complete"):
        inspect(PAGE + end)
