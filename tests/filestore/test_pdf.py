"""PDF files that are locked, loaded or broken."""

import io

import pytest

from filestore import inspect_document
from filestore.errors import FileDamaged, FileEncrypted, ProgramEmbedded
from filestore.pdf import CHUNK
from tests.filestore.making import real_pdf

END = b"\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def inspect(content):
    return inspect_document(io.BytesIO(content), name="a.pdf")


def test_a_pdf_with_a_password_is_refused():
    with pytest.raises(FileEncrypted, match="must not be password protected"):
        inspect(real_pdf(password="secret words"))


@pytest.mark.parametrize("before", [0, CHUNK - 20, CHUNK - 8, CHUNK, 3 * CHUNK - 12])
@pytest.mark.parametrize(
    "key", [b"/Encrypt 12 0 R", b"/Encrypt<</V 4>>", b"/#45ncr#79pt\r\n 12 0 R"]
)
def test_the_key_of_a_lock_is_found_wherever_it_stands(before, key):
    with pytest.raises(FileEncrypted):
        inspect(b"%PDF-1.4\n".ljust(before) + key + b" " * 100 + END)


def test_a_page_about_encryption_is_not_locked():
    inspect(b"%PDF-1.4\n (see /Encrypt and /EncryptMetadata true) " + END)


def test_an_attached_file_is_refused():
    with pytest.raises(ProgramEmbedded, match="other files or programs embedded"):
        inspect(real_pdf(attachment=b"MZ"))


def test_a_pdf_that_starts_a_program_is_refused():
    with pytest.raises(ProgramEmbedded):
        inspect(b"%PDF-1.4\n<< /S /Launch /F (cmd.exe) >>" + END)


@pytest.mark.parametrize(
    "end",
    [
        b"",
        b"%%EOF",
        b"startxref\n0\n",
        END.replace(b"9", b"9999"),
        END.replace(b"/Root", b"/Rot"),
        END + b" " * 5000,
    ],
)
def test_a_pdf_without_its_end_is_damaged(end):
    with pytest.raises(FileDamaged, match="damaged and cannot be opened"):
        inspect(b"%PDF-1.4\n" + end)
