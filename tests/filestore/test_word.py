"""Word .docx files with macros, programs, passwords or far too much in them."""

import io
import os
import struct
import zipfile

import pytest

from devstack.samples import sample_document
from filestore import inspect_document
from filestore.errors import (
    FileDamaged,
    FileEncrypted,
    FileIsBomb,
    MacrosInside,
    PathsInside,
    ProgramEmbedded,
    TwoKindsInOne,
    TypeRefused,
)
from tests.filestore.making import WORD_TYPE, changed_docx, zip_of


def inspect(content):
    return inspect_document(io.BytesIO(content), name="a.docx")


@pytest.mark.parametrize(
    "content",
    [
        changed_docx(add={"word/vbaProject.bin": b"macros"}),
        changed_docx(add={"WORD/VBAPROJECT.BIN": b"macros"}),
        changed_docx(
            types=lambda text: text.replace(
                WORD_TYPE, "application/vnd.ms-word.document.macroEnabled.main+xml"
            )
        ),
        changed_docx(
            types=lambda text: text.replace(
                'Extension="png" ContentType="image/png"',
                'Extension="dat" ContentType="application/vnd.ms-office.vbaProject"',
            )
        ),
    ],
)
def test_macros_are_refused_under_whatever_name(content):
    with pytest.raises(MacrosInside, match="must not contain macros"):
        inspect(content)


@pytest.mark.parametrize(
    "content",
    [
        changed_docx(add={"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}),
        changed_docx(add={"word/activeX/activeX1.bin": b"control"}),
        changed_docx(
            add={"word/media/picture.dat": b"\xd0\xcf\x11\xe0"},
            types=lambda text: text.replace(
                "</Types>",
                '<Override PartName="/word/media/picture.dat" '
                'ContentType="application/vnd.openxmlformats-officedocument.oleObject"/></Types>',
            ),
        ),
    ],
)
def test_embedded_programs_are_refused(content):
    with pytest.raises(ProgramEmbedded):
        inspect(content)


def test_a_type_that_no_part_has_is_no_program():
    content = changed_docx(
        types=lambda text: text.replace(
            "</Types>",
            '<Default Extension="bin" '
            'ContentType="application/vnd.openxmlformats-officedocument.oleObject"/></Types>',
        )
    )
    assert inspect(content).extension == "docx"


def test_the_main_part_may_have_another_number():
    with zipfile.ZipFile(io.BytesIO(sample_document("docx"))) as source:
        body = source.read("word/document.xml")
    content = changed_docx(
        add={"word/document2.xml": body},
        drop="word/document.xml",
        types=lambda text: text.replace("/word/document.xml", "/word/document2.xml"),
    )
    assert inspect(content).extension == "docx"


def test_a_locked_zip_is_refused():
    content = bytearray(changed_docx())
    place = content.index(b"PK\x01\x02")
    struct.pack_into("<H", content, place + 8, 1)
    with pytest.raises(FileEncrypted):
        inspect(bytes(content))


# What does not pack: enough of it hides a part of zeros in the ratio of the whole file.
BALLAST = os.urandom(1_000_000)


@pytest.mark.parametrize(
    "content",
    [
        changed_docx(add={"word/media/zeros.bmp": b"\x00" * 25_000_000}),
        changed_docx(
            add={"word/media/zeros.bmp": b"\x00" * 15_000_000, "word/media/photo.jpg": BALLAST}
        ),
        changed_docx(add={f"word/media/{n}.bmp": b"" for n in range(6_000)}),
        changed_docx(types=lambda text: text + " " * 2_000_000),
    ],
    ids=["dense", "one dense part", "many", "types"],
)
def test_a_bomb_is_refused(content):
    with pytest.raises(FileIsBomb):
        inspect(content)


def test_long_text_that_packs_as_well_as_words_do_is_no_bomb():
    paragraphs = "".join(f"<w:p><w:r><w:t>{n}</w:t></w:r></w:p>" for n in range(230_000))
    comments = f'<w:comments xmlns:w="urn:w">{paragraphs}</w:comments>'
    content = changed_docx(add={"word/comments.xml": comments.encode()})
    assert inspect(content).extension == "docx"


def test_a_bomb_that_lies_about_its_size_is_refused():
    content = bytearray(changed_docx(add={"word/media/zeros.bmp": b"\x00" * 25_000_000}))
    place = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, place + 24, 1000)
    with pytest.raises(FileDamaged):
        inspect(bytes(content))


def test_a_directory_too_large_to_read_is_refused_unread():
    content = bytearray(changed_docx())
    place = content.rindex(b"PK\x05\x06")
    struct.pack_into("<I", content, place + 12, 2_000_000)
    with pytest.raises(FileIsBomb):
        inspect(bytes(content))


def patched(at, form, value, **changes):
    """A .docx of which a field of the directory's last entry is overwritten."""
    content = bytearray(changed_docx(**changes))
    struct.pack_into(form, content, content.rindex(b"PK\x01\x02") + at, value)
    return bytes(content)


STORED = {"add": {"word/media/a.bmp": b"x"}, "method": zipfile.ZIP_STORED}
FAR_AWAY = zipfile.ZipInfo("word/media/a.bmp")
FAR_AWAY.extra = struct.pack("<HHQ", 1, 8, 2**63)


@pytest.mark.parametrize(
    "content",
    [
        patched(6, "<H", 99),  # a version of zip that is not yet invented
        patched(20, "<Q", 0x0010_0000_0010_0000, **STORED),  # sizes beyond the end
        patched(42, "<I", 0xFFFFFFFF, add={FAR_AWAY: b"x"}),  # a place beyond all ends
        patched(42, "<I", 0x7FFFFFFF),  # a place beyond the end
        changed_docx()[:-6],
        changed_docx(drop="word/document.xml"),
        changed_docx(types=lambda text: text[:40]),
        changed_docx(method=zipfile.ZIP_BZIP2),
        changed_docx()[:-30],
    ],
)
def test_a_package_that_does_not_hold_together_is_damaged(content):
    with pytest.raises(FileDamaged):
        inspect(content)


@pytest.mark.parametrize(
    "content",
    [
        zip_of({"hello.txt": b"hello"}),
        changed_docx(drop="[Content_Types].xml"),
        changed_docx(types=lambda text: text.replace("wordprocessingml.document", "sheet")),
    ],
)
def test_a_zip_of_another_kind_is_not_word(content):
    with pytest.raises(TypeRefused):
        inspect(content)


@pytest.mark.parametrize("name", ["../../evil.xml", "word/../../evil.xml", "WORD/document.xml"])
def test_parts_that_lead_out_or_stand_there_twice_are_refused(name):
    with pytest.raises(PathsInside, match="names that Word does not write"):
        inspect(changed_docx(add={name: b"<x/>"}))


def test_something_before_the_zip_makes_it_two_files():
    with pytest.raises(TwoKindsInOne):
        inspect(b"PK\x03\x04 put before" + changed_docx())
