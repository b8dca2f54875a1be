"""Files on their way in: the whole name, and a bound to what is written to disk."""

import io
import os

import pytest
from django.conf import settings
from django.core.files.uploadhandler import load_handler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from csv_ingest.parsing import FileTooLarge, parse_file
from serve_opg import uploads


@pytest.fixture
def received():
    """The files of a form as Django reads it with this service's settings."""
    opened = []

    def receive(name: str, content: bytes):
        file = io.BytesIO(content)
        file.name = name
        body = encode_multipart(BOUNDARY, {"file": file})
        meta = {"CONTENT_TYPE": MULTIPART_CONTENT, "CONTENT_LENGTH": len(body)}
        steps = [load_handler(path, HttpRequest()) for path in settings.FILE_UPLOAD_HANDLERS]
        _, files = MultiPartParser(meta, io.BytesIO(body), steps).parse()
        opened.append(files["file"])
        return files["file"]

    yield receive
    for file in opened:
        file.close()


@pytest.mark.parametrize("name", ["order.pdf", "a" * 296 + ".pdf", "a." + "b" * 298])
def test_a_file_keeps_its_whole_name_and_all_its_bytes(received, name):
    file = received(name, b"content" * 100_000)
    assert file.name == name
    assert file.size == 700_000
    assert file.read() == b"content" * 100_000


def test_no_folder_comes_along_with_a_name(received):
    assert received(r"C:\Users\sam\order.pdf", b"x").name == "order.pdf"


def test_what_is_too_large_for_any_page_is_not_written_whole(received, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_FILE", 100_000)
    file = received("a.csv", b"x" * 1_000_000)
    assert file.size == 1_000_000
    assert 100_000 < os.path.getsize(file.temporary_file_path()) < 200_000


def test_of_a_file_too_large_enough_is_written_to_tell(received):
    file = received("a.csv", b"x" * (uploads.LARGEST_FILE + 1))
    with pytest.raises(FileTooLarge):
        parse_file(file.file)
