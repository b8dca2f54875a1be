"""A request that breaks off on its way: nothing of it is done."""

import io

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from csv_ingest.models import Upload
from orders.models import Order
from serve_opg.bodies import WholeBody, with_whole_bodies
from tests.csv_ingest.files import ALSO_GOOD, GOOD, csv_of

# From the last line back to the middle of the first row; each is a whole form but for its end.
CUTS = (1, 3, 40, 60, 90)


@pytest.fixture
def form():
    content = io.BytesIO(csv_of(GOOD, ALSO_GOOD))
    content.name = "export.csv"
    return encode_multipart(BOUNDARY, {"file": content})


@pytest.fixture
def posted(signed_in, wsgi_status):
    """The status of a form that was posted, and of which so much came."""

    def post(body: bytes, came: bytes) -> int:
        return wsgi_status(signed_in, "/upload-csv", body=body, kind=MULTIPART_CONTENT, came=came)

    return post


def test_a_form_that_came_whole_is_taken(posted, form):
    assert posted(form, form) == 302
    assert Order.objects.count() == 2


@pytest.mark.parametrize("cut", CUTS)
def test_a_spreadsheet_that_came_in_part_is_not_imported(posted, form, cut):
    assert posted(form, form[:-cut]) != 302
    assert not Upload.objects.exists()
    assert not Order.objects.exists()


def test_a_body_is_read_as_it_came_and_ends_with_an_error_where_it_broke_off():
    body = WholeBody(io.BytesIO(b"one\ntwo\nthr"), 13)
    assert (body.readline(), body.read(2), body.read(0)) == (b"one\n", b"tw", b"")
    assert (body.readline(1), body.readline()) == (b"o", b"\n")
    with pytest.raises(ConnectionResetError):
        body.read(4)
    ended = WholeBody(io.BytesIO(b"one\n"), 5)
    assert ended.readline() == b"one\n"
    with pytest.raises(ConnectionResetError):
        ended.readline()
    assert WholeBody(io.BytesIO(b"one and the next request"), 3).read() == b"one"


def test_a_body_without_a_length_is_left_alone():
    seen = []
    site = with_whole_bodies(lambda environ, _start: [seen.append(environ["wsgi.input"])])
    stream = io.BytesIO(b"a")
    for length in ({}, {"CONTENT_LENGTH": "x"}):
        list(site({"wsgi.input": stream, **length}, None))
    assert isinstance(seen[0], WholeBody)
    assert seen[1] is stream
