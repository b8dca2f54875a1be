"""Old Word files with macros, programs or passwords, and other compound files."""

import io
import struct
import tracemalloc

import pytest

from devstack.samples import sample_document
from filestore import inspect_document
from filestore.errors import (
    CannotBeChecked,
    FetchesFromOutside,
    FieldFetches,
    FileDamaged,
    FileEncrypted,
    FileRejected,
    MacrosInside,
    ProgramEmbedded,
    TypeRefused,
)
from tests.filestore.hostile.docs_streams import (
    doc_with_long_table,
    renamed,
    template,
    word,
)
from tests.filestore.making import changed_doc, doc_of_pieces, small_stream_doc


def inspect(content, name="a.doc"):
    return inspect_document(io.BytesIO(content), name=name)


def test_a_doc_without_anything_else_is_taken():
    assert inspect(changed_doc(("1Table", 2), ("ObjectPool", 1))).extension == "doc"
    assert inspect(small_stream_doc()).extension == "doc"


@pytest.mark.parametrize("name", ["Macros", "VBA", "_VBA_PROJECT", "_vba_project_cur"])
def test_macros_are_refused(name):
    with pytest.raises(MacrosInside):
        inspect(changed_doc((name, 1)))


@pytest.mark.parametrize("entry", [("\x01Ole10Native", 2), ("_1234567890", 1), ("Package", 2)])
def test_embedded_programs_are_refused(entry):
    with pytest.raises(ProgramEmbedded):
        inspect(changed_doc(("ObjectPool", 1), entry))


def test_a_doc_with_a_password_is_refused():
    for content in (changed_doc(flags=0x0100), small_stream_doc(flags=0x0100)):
        with pytest.raises(FileEncrypted):
            inspect(content)


def test_a_docx_with_a_password_is_refused_as_such():
    locked = changed_doc(("EncryptionInfo", 2), word="EncryptedPackage")
    for name in ("a.docx", "a.doc"):
        with pytest.raises(FileEncrypted):
            inspect(locked, name)


@pytest.mark.parametrize("word", ["Workbook", "PowerPoint Document", "__properties_version1.0"])
def test_compound_files_of_other_programs_are_not_word(word):
    with pytest.raises(TypeRefused):
        inspect(changed_doc(word=word))


def changed(at, form, *values):
    content = bytearray(sample_document("doc"))
    struct.pack_into(form, content, at, *values)
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        changed(28, "<H", 0xFFFF),  # byte order
        changed(30, "<H", 3),  # sectors of eight bytes
        changed(48, "<I", 0x00FFFFFF),  # directory beyond the end
        changed(512 + 4, "<I", 1),  # directory that follows itself
        changed(76, "<I", 0xFFFFFFFF),  # no table at all
        changed(68, "<I", 0x00FFFFFF),  # more tables beyond the end
        changed(1024 + 66, "<B", 2),  # no root
        changed(1024 + 128 + 64, "<H", 900),  # a name longer than its field
        changed(1024 + 128 + 120, "<I", 10),  # a Word stream of ten bytes
        changed(1536, "<H", 0x1234),  # a Word stream that is not Word's
    ],
)
def test_a_broken_compound_file_is_damaged(content):
    with pytest.raises(FileDamaged):
        inspect(content)


def test_a_stream_that_follows_itself_ends():
    content = bytearray(small_stream_doc())
    struct.pack_into("<I", content, 512 + 2 * 4, 2)  # the root's first sector is its own next
    struct.pack_into("<I", content, 1024 + 128 + 116, 0xF0000000)  # the Word stream is far on
    with pytest.raises(FileDamaged):
        inspect(bytes(content))


def test_tables_that_follow_themselves_end():
    content = bytearray(changed(68, "<I", 0))
    struct.pack_into("<I", content, 512 + 508, 0)
    with pytest.raises(FileRejected):
        inspect(bytes(content))


def test_a_template_on_another_computer_is_refused_and_one_on_a_drive_is_taken():
    with pytest.raises(FetchesFromOutside):
        inspect(doc_of_pieces("Order", strings=template("http://evil.example/x.dotm")))
    content = doc_of_pieces("Order", strings=template("C:\\Templates\\order.dot"))
    assert inspect(content).extension == "doc"


def test_a_document_within_the_document_is_an_object_and_not_a_second_word_stream():
    content = doc_of_pieces("Order", pictures=word(), others={"Something": bytes(4096)})
    content = renamed(renamed(content, "Something", "_1234567890"), "Data", "WordDocument")
    as_storage = bytearray(content)
    as_storage[content.index("_1234567890".encode("utf-16-le")) + 66] = 1
    with pytest.raises(ProgramEmbedded):
        inspect(bytes(as_storage))
    with pytest.raises(CannotBeChecked):
        inspect(content)


def test_tables_of_sectors_stay_as_small_as_the_file_has_them():
    content = doc_with_long_table()
    tracemalloc.start()
    with pytest.raises(FieldFetches):
        inspect(content)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 * len(content)
