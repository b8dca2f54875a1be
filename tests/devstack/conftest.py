"""What the workbench's tests share."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A loopback port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def state_folder() -> Iterator[Path]:
    """A folder for one workbench, where PostgreSQL can enter also when root starts it.

    pytest's own folders are shut to others; there the data would go to a folder outside, and stay.
    """
    folder = Path(tempfile.mkdtemp(prefix="serve-opg-tests-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def shut_folder(tmp_path) -> Path:
    """A folder for one workbench inside one that only this user can enter."""
    tmp_path.chmod(0o700)
    return tmp_path / "state"
