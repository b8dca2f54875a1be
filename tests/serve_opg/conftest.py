"""The service as it is behind TLS, in the test's own process."""

import runpy

import pytest
from django.conf import settings as current
from django.test import Client

from tests.orders.conftest import attach, pending_order, policy, ready_order, store, worker

__all__ = ["attach", "pending_order", "policy", "ready_order", "store", "worker"]

# What the run has chosen for itself, and what Django has read for good.
CHOSEN = {"ALLOWED_HOSTS", "CELERY_TASK_QUEUES", "DATABASES", "LOGGING", "PASSWORD_HASHERS"}


@pytest.fixture
def over_tls(settings, monkeypatch) -> None:
    """Every setting as the same environment with TLS gives it."""
    monkeypatch.setenv("SERVED_OVER_TLS", "true")
    monkeypatch.setenv("SITE_URL", "https://testserver")
    read = runpy.run_path(str(current.BASE_DIR / "serve_opg" / "settings.py"))
    for name, value in read.items():
        known = name.isupper() and name not in CHOSEN and hasattr(current, name)
        if known and getattr(current, name) != value:
            setattr(settings, name, value)
    # Read when its module is imported, as a process does once.
    monkeypatch.setattr("serve_opg.headers.MessagesInCookie.cookie_name", read["MESSAGES_COOKIE"])


@pytest.fixture
def tls_client(over_tls) -> Client:
    """A browser that reaches us by our proxy, which ends TLS."""
    return Client(headers={"X-Forwarded-Proto": "https"})
