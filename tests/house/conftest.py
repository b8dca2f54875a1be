"""One world for all tests of who may do what: made once, and every request to it undone."""

import pytest
from django.db import transaction
from django.test import override_settings

from tests.house.world import World
from tests.orders.conftest import pending_order, store

__all__ = ["pending_order", "store"]


@pytest.fixture(scope="module")
def whole_world(django_db_setup, django_db_blocker, infrastructure):
    """The world, in a transaction that is never kept. Each test's own lies within it."""
    quick = override_settings(PASSWORD_HASHERS=["tests.factories.QuickHasher"])
    with django_db_blocker.unblock(), quick, transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture
def world(whole_world, db, settings):
    """The same for a test: the loopback is the only network that is let in."""
    settings.ALLOWED_NETWORKS = ["127.0.0.0/8"]
    whole_world.restore_files()
    return whole_world
