"""Notify's stand-in as a process of its own, holding callers to a key of ours."""

import uuid
from collections.abc import Iterator

import pytest
import requests

from notify_client import NotifyClient
from tests.sirius_client.running import start

SERVICE_ID, SECRET = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
KEY = f"our-key-{SERVICE_ID}-{SECRET}"


@pytest.fixture(scope="module")
def running() -> Iterator[str]:
    process, url = start("notify_client.simulator", NOTIFY_API_KEY=KEY)
    yield url
    process.terminate()
    assert process.wait(timeout=5) == 0
    process.stdout.close()


@pytest.fixture
def notify(running) -> str:
    """Its address, with nothing received and no fault set."""
    assert requests.post(f"{running}/control/reset", timeout=5).status_code == 200
    return running


@pytest.fixture
def fault(notify):
    """Set a fault, for so many calls or until the next reset."""

    def set_fault(kind, times=None):
        wanted = {"kind": kind, "times": times}
        assert requests.post(f"{notify}/control/fault", json=wanted, timeout=5).ok

    yield set_fault
    requests.post(f"{notify}/control/reset", timeout=5)


@pytest.fixture
def received(notify):
    """What it took."""
    return lambda: requests.get(f"{notify}/control/received", timeout=5).json()["received"]


@pytest.fixture
def client(notify) -> NotifyClient:
    return client_of(notify)


def client_of(url: str, **changed) -> NotifyClient:
    """Patient enough for a busy machine, unless told otherwise."""
    return NotifyClient(url, **{"key": KEY, "allowed_hosts": ["127.0.0.1"], **changed})
