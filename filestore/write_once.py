"""A bucket in which each key is written once: evidence, kept outside the database."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from django.conf import settings

from filestore.errors import DocumentMissing
from filestore.s3 import client_from_settings, error_code, storage_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# S3's words for "there is something already".
_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})


class WriteOnceBucket:
    """Small objects, each laid down once. Every method raises `StoreUnavailable` in trouble.

    Nothing here overwrites or deletes; in production the bucket's object lock and the task's role
    see to it that nobody else does either.
    """

    def __init__(self, client: "S3Client", *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @classmethod
    def audit_from_settings(cls) -> "WriteOnceBucket":
        """Where the signed heads of the diary are laid down."""
        return cls(client_from_settings(), bucket=settings.AUDIT_BUCKET)

    def save_once(self, key: str, content: bytes) -> bool:
        """Store under a key that has nothing yet; False, and no change, where it has."""
        with storage_errors(key):
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=content,
                    ContentType="application/json",
                    ChecksumAlgorithm="SHA256",
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if error_code(error) not in _TAKEN:
                    raise
                return False
        return True

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that begins so, in order."""
        with storage_errors(prefix):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                yield from (each["Key"] for each in page.get("Contents", []))

    def find(self, key: str) -> bytes | None:
        """The bytes under the key, or None."""
        try:
            with storage_errors(key):
                return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except DocumentMissing:
            return None
