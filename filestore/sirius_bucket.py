"""Sirius's own bucket: a server-side copy of each document, proved byte for byte before the post.

Source: the Sirius contract, "The documents". The copy is made by S3 itself; where it keeps a
SHA-256 nothing is downloaded, else the object is read back and hashed.
"""

from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError
from django.conf import settings

from filestore.errors import DocumentAltered, DocumentMissing, StoreUnavailable
from filestore.s3 import (
    client_from_settings,
    error_code,
    find_head,
    is_exactly,
    storage_errors,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CopyObjectRequestTypeDef


class SiriusBucket:
    """Sirius's documents bucket, written to from ours."""

    def __init__(
        self, client: "S3Client", *, bucket: str, documents_bucket: str, kms_key_id: str = ""
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._documents_bucket = documents_bucket
        self._kms_key_id = kms_key_id

    @classmethod
    def from_settings(cls) -> "SiriusBucket":
        """Make the bucket that the settings describe; cheap after the first in a process."""
        return cls(
            client_from_settings(),
            bucket=settings.SIRIUS_BUCKET,
            documents_bucket=settings.DOCUMENTS_BUCKET,
            kms_key_id=settings.SIRIUS_KMS_KEY_ID,
        )

    def ensure(self, *, key: str, size: int, sha256: str) -> Literal["copied", "already_there"]:
        """Make the document stand in Sirius's bucket with this size (bytes) and SHA-256 (hex).

        Safe to repeat. Our own copy is held to the record before it leaves, the other after it
        has arrived. Raises `DocumentMissing` or `DocumentAltered` for our own copy, which need a
        person, and `StoreUnavailable` for all that another try may mend, such as a short copy.
        """
        with storage_errors(key):
            if self._stands(key, size, sha256):
                return "already_there"
            self._copy(key, etag=self._proved_etag(key, size, sha256))
            if self._stands(key, size, sha256):
                return "copied"
        raise StoreUnavailable(f"{key}: the copy is not what was copied")

    def _stands(self, key: str, size: int, sha256: str) -> bool:
        """Tell whether Sirius's bucket holds exactly this; not allowed to look is a no."""
        try:
            head = find_head(self._client, self._bucket, key)
            return head is not None and is_exactly(
                self._client, self._bucket, key, head, size=size, sha256=sha256
            )
        except ClientError as error:
            # Without the right to list the bucket S3 answers 403 for a key that is not there.
            if error_code(error) in {"403", "AccessDenied", "NoSuchKey"}:
                return False
            raise

    def _proved_etag(self, key: str, size: int, sha256: str) -> str:
        """Give the ETag of our own copy once it is proved to be what was recorded."""
        head = find_head(self._client, self._documents_bucket, key)
        if head is None:
            raise DocumentMissing(key)
        if not is_exactly(
            self._client, self._documents_bucket, key, head, size=size, sha256=sha256
        ):
            raise DocumentAltered(key)
        return head["ETag"]

    def _copy(self, key: str, *, etag: str) -> None:
        request: CopyObjectRequestTypeDef = {
            "Bucket": self._bucket,
            "Key": key,
            "CopySource": {"Bucket": self._documents_bucket, "Key": key},
            # Should our own copy change after it was proved, S3 refuses to copy the other one.
            "CopySourceIfMatch": etag,
            "ACL": "bucket-owner-full-control",
            "ChecksumAlgorithm": "SHA256",
        }
        if self._kms_key_id:
            request["ServerSideEncryption"] = "aws:kms"
            request["SSEKMSKeyId"] = self._kms_key_id
        self._client.copy_object(**request)
