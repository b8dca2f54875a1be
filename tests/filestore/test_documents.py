"""Our own bucket, against the real S3 API."""

import io
import shutil

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from devstack.samples import sample_document
from filestore import DocumentMissing, DocumentStore, StoreUnavailable

PDF = "application/pdf"


@pytest.fixture
def store_away(away):
    return DocumentStore(away, bucket=settings.DOCUMENTS_BUCKET, health_client=away)


def test_what_is_saved_is_what_is_read(store, key):
    content = sample_document("pdf", size=300_000)
    file = io.BytesIO(content)
    file.seek(1000)
    store.save(key, file, content_type=PDF)
    assert store.exists(key)
    with store.open(key) as stream:
        assert stream.read(10) == content[:10]
        assert stream.readable()
        assert stream.read() == content[10:]


def test_uploads_as_django_gives_them_are_saved(store, key):
    content = sample_document("pdf", size=100_000)
    temporary = TemporaryUploadedFile("a.pdf", PDF, len(content), None)
    temporary.write(content)
    for upload in (temporary, SimpleUploadedFile("a.pdf", content, PDF)):
        store.save(key, upload, content_type=PDF)
        with store.open(key) as stream:
            assert stream.read() == content
        upload.close()


def test_a_stream_is_fetched_as_it_is_read_and_not_before(store_behind, store, key, door):
    store.save(key, io.BytesIO(sample_document("pdf", size=2_000_000)), content_type=PDF)
    taken = io.BytesIO()
    with store_behind.open(key) as stream:
        shutil.copyfileobj(stream, taken)
    assert len(taken.getvalue()) == 2_000_000
    assert door.count("GET") == 1


def test_an_object_is_sent_with_its_type_and_checksum_and_no_acl(store_behind, key, door):
    store_behind.save(key, io.BytesIO(sample_document("pdf")), content_type=PDF)
    sent = door.seen[0].headers
    assert sent["content-type"] == PDF
    assert sent["x-amz-checksum-sha256"]
    assert "x-amz-acl" not in sent


def test_a_missing_document_is_said_to_be_missing(store, key):
    assert not store.exists(key)
    with pytest.raises(DocumentMissing, match=key):
        store.open(key)


def test_delete_removes_and_does_not_mind_nothing(store, key):
    store.save(key, io.BytesIO(b"bytes"), content_type=PDF)
    store.delete(key)
    store.delete(key)
    assert not store.exists(key)


def test_a_missing_bucket_is_trouble_and_not_a_missing_document(s3, key):
    store = DocumentStore(s3, bucket="no-such-bucket", health_client=s3)
    with pytest.raises(StoreUnavailable, match="NoSuchBucket"):
        store.open(key)
    with pytest.raises(StoreUnavailable):
        store.exists(key)
    assert not store.is_up()


def test_everything_is_unavailable_while_storage_is_away(store_away, key):
    with pytest.raises(StoreUnavailable):
        store_away.save(key, io.BytesIO(b"bytes"), content_type=PDF)
    for call in (store_away.open, store_away.delete, store_away.exists):
        with pytest.raises(StoreUnavailable):
            call(key)


def test_is_up_says_whether_the_bucket_answers(store, store_away):
    assert store.is_up()
    assert not store_away.is_up()


def test_a_stream_cut_short_is_trouble_and_not_the_end(store, store_behind, key, door):
    store.save(key, io.BytesIO(sample_document("pdf", size=200_000)), content_type=PDF)

    def cut(passing):
        passing.answer = passing.answer[:1000]

    door.after = cut
    with store_behind.open(key) as stream, pytest.raises(StoreUnavailable):
        stream.read()


def test_an_error_of_the_server_is_trouble(store_behind, key, door):
    def fail(passing):
        passing.status = 503

    door.before = fail
    with pytest.raises(StoreUnavailable):
        store_behind.save(key, io.BytesIO(b"bytes"), content_type=PDF)
    assert not store_behind.is_up()
