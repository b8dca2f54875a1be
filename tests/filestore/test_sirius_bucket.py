"""The copy into Sirius's bucket: made once, proved byte for byte, honest about what is wrong."""

import base64
import hashlib
import io

import pytest
from django.conf import settings

from devstack.samples import sample_document
from filestore import DocumentAltered, DocumentMissing, SiriusBucket, StoreUnavailable

OURS, THEIRS = settings.DOCUMENTS_BUCKET, settings.SIRIUS_BUCKET
CONTENT = sample_document("pdf", size=50_000)
RECORD = {"size": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}
# Of the same size, but not the same.
OTHER = CONTENT[:-1] + b" "


@pytest.fixture
def saved(store, key):
    """The key of a document that stands in our bucket as it was recorded."""
    store.save(key, io.BytesIO(CONTENT), content_type="application/pdf")
    return key


@pytest.fixture
def sirius():
    return SiriusBucket.from_settings()


def put(s3, bucket, key, content):
    s3.put_object(Bucket=bucket, Key=key, Body=content)


def read(s3, bucket, key):
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def listed(s3, bucket, key):
    return s3.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"]


def test_ensure_copies_once_and_then_finds_it_there(sirius, saved, s3):
    assert sirius.ensure(key=saved, **RECORD) == "copied"
    assert read(s3, THEIRS, saved) == CONTENT
    assert sirius.ensure(key=saved, **RECORD) == "already_there"


def test_a_copy_that_is_there_needs_no_original(sirius, saved, s3, store):
    sirius.ensure(key=saved, **RECORD)
    store.delete(saved)
    assert sirius.ensure(key=saved, **RECORD) == "already_there"


@pytest.mark.parametrize("wrong", [OTHER, CONTENT[:-5], b"", CONTENT + b"more"])
def test_a_wrong_object_at_the_target_is_replaced(sirius, saved, s3, wrong):
    put(s3, THEIRS, saved, wrong)
    assert sirius.ensure(key=saved, **RECORD) == "copied"
    assert read(s3, THEIRS, saved) == CONTENT


@pytest.mark.parametrize("altered", [OTHER, CONTENT[:-5], b""])
def test_our_own_altered_copy_never_leaves(sirius, saved, s3, altered):
    put(s3, OURS, saved, altered)
    with pytest.raises(DocumentAltered, match=saved):
        sirius.ensure(key=saved, **RECORD)
    assert listed(s3, THEIRS, saved) == 0


def test_an_object_of_another_size_is_not_read_to_know_that_it_is_wrong(
    sirius_behind, saved, door, s3
):
    for bucket in (OURS, THEIRS):
        put(s3, bucket, saved, CONTENT[:-5])
    with pytest.raises(DocumentAltered):
        sirius_behind.ensure(key=saved, **RECORD)
    assert door.count("GET") == 0


def test_a_missing_original_is_said_to_be_missing(sirius, key, s3):
    with pytest.raises(DocumentMissing, match=key):
        sirius.ensure(key=key, **RECORD)
    put(s3, THEIRS, key, OTHER)
    with pytest.raises(DocumentMissing):
        sirius.ensure(key=key, **RECORD)


def test_a_missing_bucket_is_trouble_and_not_a_missing_document(saved, s3):
    for ours, theirs in (("no-such-bucket", THEIRS), (OURS, "no-such-bucket")):
        bucket = SiriusBucket(s3, bucket=theirs, documents_bucket=ours)
        with pytest.raises(StoreUnavailable):
            bucket.ensure(key=saved, **RECORD)


def test_storage_that_is_away_is_trouble(away, key):
    bucket = SiriusBucket(away, bucket=THEIRS, documents_bucket=OURS)
    with pytest.raises(StoreUnavailable):
        bucket.ensure(key=key, **RECORD)


def test_the_copy_is_made_as_the_contract_asks(sirius_behind, saved, door):
    sirius_behind.ensure(key=saved, **RECORD)
    (copy,) = [passing for passing in door.seen if passing.is_copy]
    assert copy.headers["x-amz-copy-source"] == f"{OURS}/{saved}"
    assert copy.headers["x-amz-acl"] == "bucket-owner-full-control"
    assert copy.headers["x-amz-server-side-encryption"] == "aws:kms"
    assert copy.headers["x-amz-server-side-encryption-aws-kms-key-id"] == "the-key-of-sirius"
    assert copy.headers["x-amz-checksum-algorithm"] == "SHA256"
    assert copy.headers["x-amz-copy-source-if-match"]


def test_the_copy_is_encrypted_with_the_key_of_the_settings(settings, saved, door, monkeypatch):
    settings.SIRIUS_KMS_KEY_ID = "the-key-of-the-settings"
    monkeypatch.setattr("filestore.sirius_bucket.client_from_settings", lambda: door.client)

    SiriusBucket.from_settings().ensure(key=saved, **RECORD)

    (copy,) = [passing for passing in door.seen if passing.is_copy]
    used = copy.headers["x-amz-server-side-encryption-aws-kms-key-id"]
    assert used == "the-key-of-the-settings"


def test_without_a_key_of_sirius_the_bucket_decides(door, saved):
    bucket = SiriusBucket(door.client, bucket=THEIRS, documents_bucket=OURS)
    bucket.ensure(key=saved, **RECORD)
    (copy,) = [passing for passing in door.seen if passing.is_copy]
    assert not [name for name in copy.headers if "server-side-encryption" in name]


def with_checksums(checksum_of):
    """Answer HEAD as S3 does where it keeps a SHA-256; localbucket keeps none."""

    def add(passing):
        if passing.method == "HEAD" and passing.status == 200:
            passing.answer_headers |= checksum_of(passing)

    return add


def test_where_the_server_keeps_a_checksum_nothing_is_downloaded(sirius_behind, saved, door):
    checksum = base64.b64encode(bytes.fromhex(RECORD["sha256"])).decode()
    door.after = with_checksums(
        lambda _: {"x-amz-checksum-sha256": checksum, "x-amz-checksum-type": "FULL_OBJECT"}
    )
    assert sirius_behind.ensure(key=saved, **RECORD) == "copied"
    assert sirius_behind.ensure(key=saved, **RECORD) == "already_there"
    assert door.count("GET") == 0
    heads = [passing for passing in door.seen if passing.method == "HEAD" and saved in passing.path]
    assert all(head.headers["x-amz-checksum-mode"] == "ENABLED" for head in heads)


@pytest.mark.parametrize("kind", ["COMPOSITE", ""])
def test_a_checksum_of_parts_is_not_taken_for_the_files(sirius_behind, saved, door, kind):
    of_parts = base64.b64encode(b"x" * 32).decode() + ("-2" if not kind else "")
    door.after = with_checksums(
        lambda _: {"x-amz-checksum-sha256": of_parts, "x-amz-checksum-type": kind}
    )
    assert sirius_behind.ensure(key=saved, **RECORD) == "copied"
    assert door.count("GET") == 2


@pytest.mark.parametrize("arrived", [CONTENT[:100], OTHER])
def test_a_copy_that_arrives_wrong_is_trouble_and_mended_by_the_next(
    sirius_behind, saved, door, s3, arrived
):
    def spoil(passing):
        if passing.is_copy:
            put(s3, THEIRS, saved, arrived)

    door.after = spoil
    with pytest.raises(StoreUnavailable, match="not what was copied"):
        sirius_behind.ensure(key=saved, **RECORD)
    door.reset()
    assert sirius_behind.ensure(key=saved, **RECORD) == "copied"
    assert read(s3, THEIRS, saved) == CONTENT


def test_an_original_that_changes_under_the_copy_is_not_copied(sirius_behind, saved, door, s3):
    def change(passing):
        if passing.is_copy:
            put(s3, OURS, saved, OTHER)

    door.before = change
    with pytest.raises(StoreUnavailable, match="PreconditionFailed"):
        sirius_behind.ensure(key=saved, **RECORD)
    assert listed(s3, THEIRS, saved) == 0
    with pytest.raises(DocumentAltered):
        sirius_behind.ensure(key=saved, **RECORD)


def test_a_bucket_that_may_not_be_listed_is_written_to_all_the_same(sirius_behind, saved, door):
    """S3 answers 403, not 404, for a key that is not there to one who may not list."""

    def forbid(passing):
        if passing.method == "HEAD" and THEIRS in passing.path and not any_copy(door):
            passing.status = 403

    def any_copy(door):
        return any(passing.is_copy for passing in door.seen)

    door.before = forbid
    assert sirius_behind.ensure(key=saved, **RECORD) == "copied"


@pytest.mark.parametrize("failing", ["HEAD", "GET", "PUT"])
def test_an_error_of_the_server_at_any_step_is_trouble(sirius_behind, saved, door, failing):
    def fail(passing):
        if passing.method == failing:
            passing.status = 500

    door.before = fail
    with pytest.raises(StoreUnavailable):
        sirius_behind.ensure(key=saved, **RECORD)
    door.reset()
    assert sirius_behind.ensure(key=saved, **RECORD) == "copied"
