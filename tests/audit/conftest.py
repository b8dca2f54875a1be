"""A diary with something in it, a place for its signed heads, and a superuser."""

import itertools
import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

import audit
from audit.findings import Report
from audit.signing import sign_heads
from audit.verification import verify

KEY = "the key of these tests"
NUMBERS = itertools.count(1000)


class Subject:
    """Anything that has a kind and an id."""

    def __init__(self, model, number: int) -> None:
        self._meta = model._meta
        self.pk = number


class Shelf:
    """A place for heads, in memory: each key once."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def save_once(self, key: str, content: bytes) -> bool:
        return self.objects.setdefault(key, content) is content

    def keys(self, prefix: str) -> Iterator[str]:
        return (key for key in sorted(self.objects) if key.startswith(prefix))

    def find(self, key: str) -> bytes | None:
        return self.objects.get(key)


@pytest.fixture
def shelf() -> Shelf:
    """Where this test's heads are laid down."""
    return Shelf()


@pytest.fixture
def write(sam) -> Callable[..., None]:
    """Commits one transaction with a batch of so many entries for each number given."""

    def commit(*sizes: int) -> None:
        with transaction.atomic():
            for number in sizes:
                some = ((Subject(sam, next(NUMBERS)), _facts()) for _ in range(number))
                audit.record_many(audit.Event.USER_CHANGED, by=sam, subjects=some)

    return commit


def _facts() -> dict[str, object]:
    return {
        "role": uuid.uuid4().hex,
        "words": 'Zoë "said"\n\t\x7f\u2028 £1.50 \\',
        "numbers": [1.10],
    }


@pytest.fixture
def sign(shelf) -> Callable[..., int]:
    """What beat's task does."""

    def laid_down(*, keys: tuple[str, ...] = (KEY,), now=None) -> int:
        return sign_heads(store=shelf, keys=keys, now=now or timezone.now())

    return laid_down


@pytest.fixture
def superuser(infrastructure, transactional_db) -> Iterator[psycopg.Connection]:
    """A connection of PostgreSQL's superuser to the test's database, with no transaction begun."""
    address = infrastructure.postgres.superuser_url(connection.settings_dict["NAME"])
    with psycopg.connect(address, autocommit=True) as opened:
        yield opened


@pytest.fixture
def verified(superuser, shelf) -> Callable[..., Report]:
    """What `verify_audit` reports, seen by the superuser's connection."""

    def report(*, keys: tuple[str, ...] = (KEY,), now=None) -> Report:
        return verify(superuser, store=shelf, keys=keys, now=now or timezone.now())

    return report
