"""The client that both stores share."""

import subprocess
import sys

from django.conf import settings

from filestore.s3 import FOR_HEALTH, FOR_WORK, client_for


def test_the_client_is_made_once_for_a_process_and_place():
    first = client_for("http://127.0.0.1:1", "eu-west-1")
    assert client_for("http://127.0.0.1:1", "eu-west-1") is first
    assert client_for("http://127.0.0.1:2", "eu-west-1") is not first


FORK = """
import os
from filestore.s3 import client_for
client = client_for("http://127.0.0.1:1", "eu-west-1")
child = os.fork()
if child == 0:
    os._exit(client_for("http://127.0.0.1:1", "eu-west-1") is client)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_process_makes_its_own_client():
    # In a process of its own: one that runs threads, as this does, is not to be forked.
    assert subprocess.run([sys.executable, "-c", FORK], cwd=settings.BASE_DIR).returncode == 0


def test_every_call_has_its_limits():
    config = client_for("http://127.0.0.1:1", "eu-west-1").meta.config
    assert (config.connect_timeout, config.read_timeout) == (5, 30) == FOR_WORK[:2]
    assert config.retries["total_max_attempts"] == FOR_WORK.tries == 2
    assert FOR_HEALTH.tries == 1


def test_without_an_endpoint_it_is_amazons():
    client = client_for("", "eu-west-2")
    assert client.meta.endpoint_url == "https://s3.eu-west-2.amazonaws.com"
