"""The S3 API over a folder, by the wheel localbucket, with both buckets made."""

import sys

import boto3
import botocore.config
import botocore.exceptions

from devstack.errors import StackTrouble
from devstack.servers.server import Server
from devstack.servers.wheels import wheel_folder

# Its own command line announces itself in large letters and then names every call: too loud here.
_QUIETLY = (
    "import logging, localbucket; logging.disable(logging.INFO); "
    "localbucket.BANNER = ''; localbucket.main()"
)


class Bucket(Server):
    """The object store. It checks no secret, so it listens on the loopback address alone."""

    name = "bucket"
    title = "The document store (S3)"
    variable = "S3_ENDPOINT"
    example = "http://127.0.0.1:9000"

    @property
    def url(self) -> str:
        return self.given or f"http://127.0.0.1:{self.port}"

    @property
    def region(self) -> str:
        return self._site.given.get("AWS_REGION", "") or "eu-west-1"

    @property
    def key_id(self) -> str:
        """The caller's own account goes only to the store that the caller gave."""
        return self._callers("AWS_ACCESS_KEY_ID") or "workbench"

    @property
    def key_secret(self) -> str:
        return self._callers("AWS_SECRET_ACCESS_KEY") or self._site.state.secret("bucket")

    def make_buckets(self, *names: str) -> None:
        """Make those that are missing."""
        client = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id=self.key_id,
            aws_secret_access_key=self.key_secret,
            config=botocore.config.Config(s3={"addressing_style": "path"}, proxies={}),
        )
        # The stubs list the regions there are; ours is whatever the environment names.
        where = {"LocationConstraint": self.region}
        try:
            there = {each["Name"] for each in client.list_buckets()["Buckets"]}
            for name in sorted(set(names) - there):
                client.create_bucket(Bucket=name, CreateBucketConfiguration=where)  # type: ignore[arg-type]
        except (
            botocore.exceptions.ClientError,
            botocore.exceptions.BotoCoreError,
        ) as error:
            raise StackTrouble(f"{self.title} did not make its buckets: {error}") from error
        finally:
            client.close()

    def prepare(self) -> None:
        self.port = self.port or self._site.state.port(self.name)
        wheel_folder("localbucket", wheel="localbucket")

    def command(self) -> list[str]:
        folder = self._site.state.folder(self.name)
        return [sys.executable, "-c", _QUIETLY, "--port", str(self.port), str(folder)]

    def _callers(self, name: str) -> str:
        return self._site.given.get(name, "") if self.given else ""
