"""Our own bucket of documents: save, read as a stream, delete. It holds bytes; rows hold facts."""

import io
from typing import TYPE_CHECKING, BinaryIO, cast

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from filestore.s3 import CHUNK, FOR_HEALTH, client_from_settings, find_head, storage_errors

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client


class DocumentStore:
    """The documents bucket. Every method raises `StoreUnavailable` when storage is in trouble.

    Nothing here is public: no ACL is set and no URL is handed out; pages stream `open`.
    Metadata is not leant on: name, type, size and SHA-256 are kept in the database.
    """

    def __init__(self, client: "S3Client", *, bucket: str, health_client: "S3Client") -> None:
        self._client = client
        self._health_client = health_client
        self._bucket = bucket

    @classmethod
    def from_settings(cls) -> "DocumentStore":
        """Make the store that the settings describe; cheap after the first in a process."""
        return cls(
            client_from_settings(),
            bucket=settings.DOCUMENTS_BUCKET,
            health_client=client_from_settings(FOR_HEALTH),
        )

    def save(self, key: str, file: BinaryIO, *, content_type: str) -> None:
        """Store the whole file (from its start) under the key, over anything that was there.

        One put with a SHA-256 that S3 checks on arrival and keeps: a save cut short stores nothing.
        """
        file.seek(0)
        with storage_errors(key):
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=file,
                ContentType=content_type,
                ChecksumAlgorithm="SHA256",
            )

    def open(self, key: str) -> BinaryIO:
        """Give the bytes as a stream to be closed by the caller. Raises `DocumentMissing`."""
        with storage_errors(key):
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
        return cast(BinaryIO, io.BufferedReader(_ObjectStream(body, key), CHUNK))

    def delete(self, key: str) -> None:
        """Remove the object; a missing one is fine."""
        with storage_errors(key):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def exists(self, key: str) -> bool:
        """Tell whether an object stands under the key."""
        with storage_errors(key):
            return find_head(self._client, self._bucket, key) is not None

    def is_up(self) -> bool:
        """Tell whether the bucket answers; for the health check: one try, 5 s at most, no raise."""
        try:
            self._health_client.head_bucket(Bucket=self._bucket)
        except (ClientError, BotoCoreError):
            return False
        return True


class _ObjectStream(io.RawIOBase):
    """An S3 answer's body as a file, with its errors turned into ours."""

    def __init__(self, body: "StreamingBody", key: str) -> None:
        self._body = body
        self._key = key

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        with storage_errors(self._key):
            chunk = self._body.read(len(view))
        view[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()
