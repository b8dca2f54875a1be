"""The stand-in as a process of its own, and a client on its line."""

from collections.abc import Iterator

import pytest
import requests

from places_client import PlacesClient
from tests.sirius_client.running import start

KEY = "a-key-that-nobody-sees"


class Places:
    """The running stand-in."""

    def __init__(self, url: str) -> None:
        self.url = url

    def fault(self, kind: str, **more) -> None:
        """What the next look-up gets."""
        wanted = {"queue": [{"kind": kind, **more}]} if kind else {"queue": []}
        requests.post(f"{self.url}/control/faults", json=wanted, timeout=5).raise_for_status()

    @property
    def received(self) -> list[dict]:
        return requests.get(f"{self.url}/control/received", timeout=5).json()["received"]

    def client(self, **changes) -> PlacesClient:
        options = {"key": KEY, "allowed_hosts": ["127.0.0.1"], **changes}
        return PlacesClient(options.pop("url", self.url), **options)


@pytest.fixture(scope="module")
def running_places() -> Iterator[Places]:
    process, url = start("places_client.simulator")
    yield Places(url)
    process.terminate()
    assert process.wait(timeout=5) == 0
    process.stdout.close()


@pytest.fixture
def places(running_places) -> Places:
    """With no fault set and nothing received."""
    running_places.fault("")
    return running_places
