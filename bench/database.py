"""A PostgreSQL of a benchmark's own, and a program of ours that is run on it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from devstack.infrastructure import Infrastructure


@contextmanager
def throwaway_postgres() -> Iterator[Callable[[str], str]]:
    """A server for as long as the block lasts; gives the address of a database, made if missing."""
    with tempfile.TemporaryDirectory(prefix="serve-opg-bench-") as folder:
        infrastructure = Infrastructure(Path(folder), durable=False, throwaway=True, given={})
        infrastructure.open()
        try:
            infrastructure.postgres.settle()
            infrastructure.postgres.launch()
            infrastructure.postgres.wait_until_ready()
            yield infrastructure.postgres.ensure_database
        finally:
            infrastructure.stop()


def run_on(database_url: str, module: str, *arguments: str) -> Any:
    """What a module of ours prints as JSON, run as a process on this database."""
    answer = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={
            **os.environ,
            "ENVIRONMENT": "test",
            "SITE_URL": "http://testserver",
            "ALLOWED_HOSTS": "testserver",
            "LOG_LEVEL": "ERROR",
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "serve_opg.settings",
        },
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(answer.stdout)
