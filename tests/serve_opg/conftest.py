"""The service as it is behind TLS, in the test's own process."""

import pytest
from django.test import Client

from tests.orders.conftest import attach, pending_order, policy, ready_order, store, worker

__all__ = ["attach", "pending_order", "policy", "ready_order", "store", "worker"]


@pytest.fixture
def tls_client(over_tls) -> Client:
    """A browser that reaches us by our proxy, which ends TLS."""
    return Client(headers={"X-Forwarded-Proto": "https"})
