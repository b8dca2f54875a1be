"""Files on their way in: the whole name, and a bound to what is written to disk."""

import io
import os
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.files.uploadhandler import load_handler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from csv_ingest.parsing import FileTooLarge, parse_file
from orders import rules
from serve_opg import uploads


def a_file(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


@pytest.fixture
def received():
    """The files of a form as Django reads it with this service's settings."""
    opened = []

    def receive(name: str, content: bytes):
        files = read(io.BytesIO(encode_multipart(BOUNDARY, {"file": a_file(name, content)})))
        opened.append(files["file"])
        return files["file"]

    yield receive
    for file in opened:
        file.close()


def read(body: io.BytesIO):
    meta = {"CONTENT_TYPE": MULTIPART_CONTENT, "CONTENT_LENGTH": len(body.getvalue())}
    steps = [load_handler(path, HttpRequest()) for path in settings.FILE_UPLOAD_HANDLERS]
    return MultiPartParser(meta, body, steps).parse()[1]


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


@pytest.fixture
def written(monkeypatch):
    """The bytes that reached the disk."""
    sizes = []
    write = uploads.TemporaryFileUploadHandler.receive_data_chunk
    monkeypatch.setattr(
        uploads.TemporaryFileUploadHandler,
        "receive_data_chunk",
        lambda handler, chunk, start: sizes.append(len(chunk)) or write(handler, chunk, start),
    )
    return sizes


def test_of_a_request_that_brings_too_much_all_is_read_and_nothing_written(written, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 1024**2)
    files = [a_file(f"{number}.pdf", b"x" * 600_000) for number in range(2)]
    body = io.BytesIO(encode_multipart(BOUNDARY, {"file": files}))
    with pytest.raises(uploads.UploadRefused, match="larger than 1MB together. Upload fewer"):
        read(body)
    assert body.read() == b""
    assert written == []


def test_of_too_many_files_the_rest_is_read_and_not_written(written, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    files = [a_file(f"{number}.pdf", b"x") for number in range(4)]
    body = io.BytesIO(encode_multipart(BOUNDARY, {"file": files}))
    with pytest.raises(uploads.UploadRefused, match="You selected more than 2 files."):
        read(body)
    assert body.read() == b""
    assert written == [1, 1]


def test_what_was_refused_is_said_on_the_page(signed_in):
    files = [a_file(f"{number}.pdf", b"x") for number in range(uploads.MOST_FILES + 1)]
    response = signed_in.post("/order/1/document/OTHER/add", {"file": files})
    page = response.content.decode()
    assert response.status_code == 400
    assert "You selected more than 200 files. Upload fewer of them at a time." in page
    assert "Nothing was saved. Go back and try again." in page


# --- What could not be read is told in words that fit ---------------------------------------------
BROKEN = b'--edge\r\nContent-Disposition: form-data; name="reason"'
A_PAGE = "/order/1/deputy/add"


def told(response):
    assert response.status_code == 400
    page = BeautifulSoup(response.content, "html.parser").main
    return " ".join(page.get_text(" ", strip=True).split())


def fields(number):
    return {f"field{n}": "x" for n in range(number)}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (fields(10_000), "more answers than any page of this service asks for."),
        ({"reason": "x" * 3_000_000}, "more text than any page of this service takes."),
    ],
)
@pytest.mark.parametrize("kind", ["form", "multipart"])
def test_too_much_of_a_form_is_told_as_that(signed_in, sent, words, kind):
    if kind == "form":
        form = {"content_type": "application/x-www-form-urlencoded"}
        page = told(signed_in.post(A_PAGE, urlencode(sent), **form))
    else:
        page = told(signed_in.post(A_PAGE, sent))
    assert words in page
    assert "Nothing was saved. Go back and try again." in page
    assert "file" not in page


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=edge", BROKEN + b"; x" * 600 + b"\r\n\r\nx\r\n--edge--"),
    ],
)
def test_what_cannot_be_read_speaks_of_no_file_that_was_not_there(signed_in, content_type, body):
    page = told(signed_in.post(A_PAGE, body, content_type=content_type))
    assert "We could not read what your browser sent. Nothing was saved." in page
    assert "file" not in page


def test_where_a_file_was_among_what_cannot_be_read_its_size_is_asked_about(signed_in):
    a_file_first = BROKEN.replace(b"reason", b'file"; filename="a.pdf') + b"\r\n\r\nx\r\n"
    body = a_file_first + BROKEN + b"; x" * 600 + b"\r\n\r\nx\r\n--edge--"
    kind = "multipart/form-data; boundary=edge"
    response = signed_in.post("/order/1/documents/add", body, content_type=kind)
    assert "Check that the file is not larger than the page allows." in told(response)


@pytest.mark.parametrize("breaks", [True, False])
def test_of_a_request_that_is_refused_no_file_stays_open(signed_in, monkeypatch, breaks):
    opened, init = [], uploads.WholeNameFile.__init__
    monkeypatch.setattr(
        uploads.WholeNameFile,
        "__init__",
        lambda file, *given: opened.append(file) or init(file, *given),
    )
    monkeypatch.setattr(uploads, "MOST_FILES", 3 if breaks else 2)
    parts = [
        BROKEN.replace(b"reason", b'file"; filename="%d.pdf' % number) + b"\r\n\r\nx\r\n"
        for number in range(3)
    ]
    body = b"".join(parts) + BROKEN + (b"; x" * 600 if breaks else b"") + b"\r\n\r\nx\r\n--edge--"
    kind = "multipart/form-data; boundary=edge"
    told(signed_in.post("/order/1/documents/add", body, content_type=kind))
    assert [file.closed for file in opened] == [True] * (3 if breaks else 2)


def test_a_request_may_bring_250_mb_and_200_files():
    assert (uploads.MOST_BYTES, uploads.MOST_FILES) == (250 * 1024**2, 200)


def test_a_form_may_bring_as_many_documents_as_an_order_may_have():
    assert rules.MOST_DOCUMENTS < uploads.MOST_FILES < settings.DATA_UPLOAD_MAX_NUMBER_FILES
    assert uploads.MOST_BYTES > uploads.LARGEST_FILE
