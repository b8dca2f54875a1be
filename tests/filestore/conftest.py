"""The session's real S3 API, a key of one's own in it, and a door to put faults in its way."""

import uuid

import pytest
from django.conf import settings

from filestore import DocumentStore, SiriusBucket
from filestore.s3 import client_for
from tests.filestore.s3_door import HURRIED, S3Door


@pytest.fixture
def s3():
    """S3 itself, to look at and to spoil things with."""
    return client_for(settings.S3_ENDPOINT, settings.AWS_REGION)


@pytest.fixture
def key():
    return f"dc_doc_1_{uuid.uuid4().int}.pdf"


@pytest.fixture
def store():
    return DocumentStore.from_settings()


@pytest.fixture(scope="session")
def _standing_door():
    door = S3Door(settings.S3_ENDPOINT)
    yield door
    door.close()


@pytest.fixture
def door(_standing_door):
    _standing_door.reset()
    return _standing_door


@pytest.fixture
def store_behind(door):
    return DocumentStore(door.client, bucket=settings.DOCUMENTS_BUCKET, health_client=door.client)


@pytest.fixture
def sirius_behind(door):
    return SiriusBucket(
        door.client,
        bucket=settings.SIRIUS_BUCKET,
        documents_bucket=settings.DOCUMENTS_BUCKET,
        kms_key_id="the-key-of-sirius",
    )


@pytest.fixture
def away():
    """A client whose S3 is not there."""
    return client_for("http://127.0.0.1:1", "eu-west-1", HURRIED)
