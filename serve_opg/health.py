"""What the health pages say: which parts of the service are up, and which systems it leans on.

Nothing here raises: a part that fails, hangs or was not heard of for long is one that is not up.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone

from filestore import DocumentStore, scanner_is_up
from serve_opg.models import Sign
from sirius_client import SiriusClient
from wire.line import LineFailed, Patience, ask

MOST_BYTES = 1024 * 1024
# A monitor counts anything slower than a second or two as down (operations, "Health and numbers").
ANSWER_SECONDS = 0.8
# A worker may be busy for 45 seconds with a slow Sirius; twice that is silence.
SILENT_AFTER = dt.timedelta(seconds=90)
# A dependency is asked by the worker every 10 seconds; what is older than this is not told.
STALE_AFTER = dt.timedelta(seconds=60)
WEB, WORKER, BEAT = "web", "worker", "beat"
T = TypeVar("T")

log = logging.getLogger(__name__)
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="health")


@dataclass(frozen=True)
class Dependency:
    """A system outside: what staff lose without it, and how it is asked."""

    title: str
    impact: str
    is_configured: Callable[[], bool]
    is_up: Callable[[], bool]


def _sirius_is_up() -> bool:
    with SiriusClient.from_settings() as sirius:
        return sirius.is_up()


def _answers(url: str) -> bool:
    """Whether somebody answers there, without trouble of its own. Costs no look-up and no mail."""
    try:
        parts = urlsplit(url)
        answer = ask(
            parts,
            method="GET",
            path=parts.path or "/",
            headers={"Accept-Encoding": "identity"},
            patience=Patience(connect=2, read=3, total=5),
            most_bytes=MOST_BYTES,
            ca_bundle=settings.CA_BUNDLE,
        )
    except LineFailed:
        return False
    return answer.status < 500


DEPENDENCIES = {
    "sirius": Dependency(
        "Sirius",
        "Orders can be served as usual. They are kept and reach OPG when Sirius is back.",
        lambda: bool(settings.SIRIUS_URL),
        _sirius_is_up,
    ),
    "notify": Dependency(
        "GOV.UK Notify",
        "Activation and password emails are kept, and sent when Notify is back.",
        lambda: bool(settings.NOTIFY_URL),
        lambda: _answers(f"{settings.NOTIFY_URL.rstrip('/')}/_status"),
    ),
    "postcodes": Dependency(
        "Postcode look-up",
        "Staff type the addresses of deputies instead of finding them.",
        lambda: bool(settings.PLACES_URL),
        lambda: _answers(settings.PLACES_URL),
    ),
    "scanner": Dependency(
        "Virus scanner",
        "Staff cannot add documents or upload spreadsheets, and are asked to try again. "
        "No file is taken without having been scanned.",
        lambda: bool(settings.CLAMD_URL),
        scanner_is_up,
    ),
}


def service_report() -> dict[str, bool]:
    """Each part of the service and whether it is up; answered within a second."""
    asked: dict[str, Future[bool]] = {
        "database": _threads.submit(_database_reads_and_writes),
        "broker": _threads.submit(_broker_answers),
        "storage": _threads.submit(lambda: DocumentStore.from_settings().is_up()),
    }
    signs = _threads.submit(_parts_heard_of)
    everything: list[Future[Any]] = [*asked.values(), signs]
    wait(everything, timeout=ANSWER_SECONDS)
    heard: set[str] = _answer(signs, set())
    report = {name: _answer(future, False) for name, future in asked.items()}
    return {**report, "worker": WORKER in heard, "beat": BEAT in heard}


def dependencies_report() -> dict[str, dict[str, str]]:
    """Each system outside: `state` up, down, unknown or "not configured"; and `impact` of no state
    but up. As the worker found it at most a minute ago: no one can use this page to hammer them.
    """
    asked = _threads.submit(_fresh_signs)
    wait([asked], timeout=ANSWER_SECONDS)
    found = _answer(asked, {})
    report = {}
    for name, dependency in DEPENDENCIES.items():
        words = {True: "up", False: "down", None: "unknown"}
        state = words[found.get(name)] if dependency.is_configured() else "not configured"
        report[name] = {"name": dependency.title, "state": state}
        if state != "up":
            report[name]["impact"] = dependency.impact
    return report


def note(name: str, *, is_well: bool = True) -> None:
    """Write down that a part was heard of. Without the database nothing is written, nor raised."""
    try:
        Sign.objects.update_or_create(
            name=name, defaults={"at": timezone.now(), "is_well": is_well}
        )
    except DatabaseError:
        log.warning("the database is away; the sign of %s was not written", name)


def ask_dependencies() -> None:
    """Ask each system outside and write down what it said; for the worker."""
    for name, dependency in DEPENDENCIES.items():
        if dependency.is_configured():
            note(name, is_well=dependency.is_up())


def _answer(future: "Future[T]", otherwise: T) -> T:
    """What a check found; `otherwise` where it failed or is still at it.

    One that has not begun is not needed any more: they would pile up behind one that hangs.
    """
    if future.cancel() or not future.done() or future.exception() is not None:
        return otherwise
    return future.result()


@contextmanager
def _own_connection() -> Iterator[None]:
    """A thread of the pool gives its connection back: the next check proves a new one."""
    try:
        yield
    finally:
        connections.close_all()


def _database_reads_and_writes() -> bool:
    with _own_connection():
        moment = timezone.now()
        Sign.objects.update_or_create(name=WEB, defaults={"at": moment, "is_well": True})
        return Sign.objects.filter(name=WEB, at__gte=moment).exists()


def _parts_heard_of() -> set[str]:
    with _own_connection():
        since = timezone.now() - SILENT_AFTER
        return set(Sign.objects.filter(at__gte=since).values_list("name", flat=True))


def _fresh_signs() -> dict[str, bool]:
    with _own_connection():
        since = timezone.now() - STALE_AFTER
        return dict(Sign.objects.filter(at__gte=since).values_list("name", "is_well"))


def _broker_answers() -> bool:
    with redis.Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_connect_timeout=ANSWER_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        **settings.CELERY_BROKER_USE_SSL,
    ) as broker:
        return bool(broker.ping())
