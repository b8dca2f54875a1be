"""The S3 client both stores share: its time limits, its retries, and what its errors mean."""

import base64
import functools
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from filestore.errors import DocumentMissing, StoreUnavailable
from wire.trust import ca_file

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

CHUNK = 64 * 1024


class Patience(NamedTuple):
    """How long a call may take: seconds to connect, seconds of silence, and tries in all."""

    connect: float
    read: float
    tries: int


# Two tries: a storage that has gone silent is given up after 70 s, within a delivery's lease.
FOR_WORK = Patience(connect=5, read=30, tries=2)
FOR_HEALTH = Patience(connect=2, read=3, tries=1)


def client_from_settings(patience: Patience = FOR_WORK) -> "S3Client":
    """Give the process's client for the storage that the settings describe."""
    return client_for(settings.S3_ENDPOINT, settings.AWS_REGION, patience, settings.CA_BUNDLE)


def client_for(
    endpoint: str, region: str, patience: Patience = FOR_WORK, ca_bundle: str = ""
) -> "S3Client":
    """Give the process's client for this endpoint (empty: AWS); credentials are boto3's business.

    `ca_bundle`: the file of authorities for https, "" for the public ones. No proxy that the
    environment names is used: it would see every document.
    Made once a process, since it costs about 0.1 s; a forked child makes its own, because
    two processes must not share the parent's open connections.
    """
    return _client(endpoint, region, patience, ca_bundle, os.getpid())


@functools.cache
def _client(
    endpoint: str, region: str, patience: Patience, ca_bundle: str, _process_id: int
) -> "S3Client":
    # A session of its own: boto3's default session is not safe to share between threads.
    return Session().client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region,
        verify=ca_file(ca_bundle),
        config=Config(
            proxies={},
            connect_timeout=patience.connect,
            read_timeout=patience.read,
            retries={"mode": "standard", "total_max_attempts": patience.tries},
            s3={"addressing_style": "path" if endpoint else "auto"},
            signature_version="s3v4",
        ),
    )


@contextmanager
def storage_errors(key: str) -> Iterator[None]:
    """Turn boto3's errors into ours: `DocumentMissing` for this key, else `StoreUnavailable`."""
    try:
        yield
    except ClientError as error:
        code = error_code(error)
        if code == "NoSuchKey":
            raise DocumentMissing(key) from error
        raise StoreUnavailable(f"{key}: {error.operation_name} answered {code}") from error
    except BotoCoreError as error:
        raise StoreUnavailable(f"{key}: {type(error).__name__}") from error


def error_code(error: ClientError) -> str:
    """Give S3's own word for the error, or the HTTP status where it gave none (HEAD)."""
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def find_head(client: "S3Client", bucket: str, key: str) -> "HeadObjectOutputTypeDef | None":
    """Give the object's head with its checksum, or None when the bucket has no such key.

    A HEAD's 404 does not say whether key or bucket is missing, so the bucket is asked:
    a missing bucket is an error of storage, never a missing document.
    """
    try:
        return client.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    except ClientError as error:
        if error_code(error) not in {"404", "NoSuchKey"}:
            raise
    client.head_bucket(Bucket=bucket)
    return None


def is_exactly(
    client: "S3Client",
    bucket: str,
    key: str,
    head: "HeadObjectOutputTypeDef",
    *,
    size: int,
    sha256: str,
) -> bool:
    """Tell whether the object has this size in bytes and this SHA-256 (hex)."""
    if head["ContentLength"] != size:
        return False
    stored = head.get("ChecksumSHA256", "")
    # The checksum of an object sent in parts is one of checksums, and ends in "-" and their number.
    if stored and "-" not in stored and head.get("ChecksumType") != "COMPOSITE":
        return base64.b64decode(stored).hex() == sha256.lower()
    return _read_sha256(client, bucket, key) == sha256.lower()


def _read_sha256(client: "S3Client", bucket: str, key: str) -> str:
    digest = hashlib.sha256()
    body = client.get_object(Bucket=bucket, Key=key)["Body"]
    for chunk in body.iter_chunks(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
