"""A simulator for each test module, empty before each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sirius_client import SiriusClient
from tests.sirius_client.running import RunningSirius


@pytest.fixture(scope="module")
def running_sirius(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSirius]:
    running = RunningSirius(Path(tmp_path_factory.mktemp("sirius")))
    yield running
    running.kill()


@pytest.fixture
def sirius(running_sirius: RunningSirius) -> RunningSirius:
    running_sirius.control("POST", "reset")
    running_sirius.control(
        "POST", "settings", {"checksum": True, "racy": False, "csrf_in": "header"}
    )
    return running_sirius


@pytest.fixture
def client(sirius: RunningSirius) -> Iterator[SiriusClient]:
    """Signed in."""
    with sirius.client() as signed_in:
        signed_in.sign_in()
        yield signed_in
