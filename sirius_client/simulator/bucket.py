"""Whether each document that an order names stands in the Sirius bucket, and what its bytes are."""

import hashlib
from collections.abc import Iterable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

CHUNK = 1024 * 1024


class DocumentNotThere(Exception):
    """No object with this key stands in the bucket."""


class Bucket:
    """The Sirius bucket, read as Sirius reads it."""

    def __init__(self, *, name: str, endpoint: str, region: str) -> None:
        self._name = name
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            config=Config(
                s3={"addressing_style": "path"},
                connect_timeout=3,
                read_timeout=10,
                max_pool_connections=32,
                retries={"total_max_attempts": 3, "mode": "standard"},
            ),
        )

    def inspect(self, filename: str) -> dict[str, object]:
        """`filename`, `size` in bytes and `sha256` of an object; raises DocumentNotThere and
        botocore's own errors.
        """
        try:
            stream: Iterable[bytes] = self._client.get_object(Bucket=self._name, Key=filename)[
                "Body"
            ].iter_chunks(CHUNK)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                raise DocumentNotThere(filename) from error
            raise
        digest = hashlib.sha256()
        size = 0
        for chunk in stream:
            digest.update(chunk)
            size += len(chunk)
        return {"filename": filename, "size": size, "sha256": digest.hexdigest()}
