"""The health pages: what they say when each part or system is away, one by one."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.utils import timezone

from devstack.ports import find_port
from serve_opg import health, tasks
from serve_opg.models import Sign

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("service", "dependencies")
# Before any test makes it longer.
ANSWERED_WITHIN = health.ANSWER_SECONDS


@pytest.fixture(autouse=True)
def _busy_machine(monkeypatch):
    """What answers late is no trouble here, but in the test that is about it."""
    monkeypatch.setattr(health, "ANSWER_SECONDS", 30)


@pytest.fixture
def nowhere():
    """An address on which nobody listens."""
    return f"127.0.0.1:{find_port(avoid=set())}"


@pytest.fixture
def alive():
    health.note(health.WORKER)
    health.note(health.BEAT)


def service(client):
    answer = client.get("/health-check/service")
    return answer.status_code, answer.json()["service"]


def dependencies(client):
    answer = client.get("/health-check/dependencies")
    return answer.status_code, answer.json()["dependencies"]


def test_service_is_up_when_every_part_is(client, alive):
    everything = ("database", "broker", "storage", "worker", "beat")
    assert service(client) == (200, dict.fromkeys(everything, "up"))


def test_service_says_that_the_broker_is_away(client, alive, settings, nowhere):
    settings.CELERY_BROKER_URL = f"redis://:secret@{nowhere}/0"
    status, parts = service(client)
    assert (status, [name for name in parts if parts[name] == "down"]) == (503, ["broker"])


def test_service_says_that_storage_is_away(client, alive, settings, nowhere):
    settings.S3_ENDPOINT = f"http://{nowhere}"
    status, parts = service(client)
    assert (status, [name for name in parts if parts[name] == "down"]) == (503, ["storage"])


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_service_says_who_has_been_silent_for_long(client, alive, name):
    before = timezone.now() - health.SILENT_AFTER - dt.timedelta(seconds=1)
    Sign.objects.filter(name=name).update(at=before)
    status, parts = service(client)
    assert (status, [each for each in parts if parts[each] == "down"]) == (503, [name])


def test_service_says_that_nobody_was_heard_of_yet(client):
    assert service(client)[1]["worker"] == service(client)[1]["beat"] == "down"


def test_the_page_itself_answers_within_a_second():
    assert ANSWERED_WITHIN < 1


def test_a_part_that_hangs_is_down_and_the_page_answers_all_the_same(client, alive, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(health, "ANSWER_SECONDS", 3)
    monkeypatch.setattr(health, "_broker_answers", answered.wait)
    status, parts = service(client)
    answered.set()
    assert (status, parts["broker"], parts["database"]) == (503, "down", "up")


def test_checks_that_nobody_waits_for_do_not_pile_up(monkeypatch):
    begun, answered = [], threading.Event()

    def hang():
        begun.append("a check")
        return answered.wait()

    monkeypatch.setattr(health, "ANSWER_SECONDS", 0.05)
    for check in ("_database_reads_and_writes", "_broker_answers", "_parts_heard_of"):
        monkeypatch.setattr(health, check, hang)
    with ThreadPoolExecutor(max_workers=1) as pool:
        monkeypatch.setattr(health, "_threads", pool)
        for _ in range(5):
            assert health.service_report()["database"] is False
        answered.set()
    assert begun == ["a check"]


def test_the_pulse_leaves_signs_of_worker_and_of_sirius(client, sirius):
    tasks.pulse()
    assert Sign.objects.filter(name=health.WORKER, is_well=True).exists()
    assert dependencies(client)[1]["sirius"] == {"name": "Sirius", "state": "up"}


def test_dependencies_say_what_it_means_that_sirius_is_away(client, settings, nowhere):
    settings.SIRIUS_URL = f"http://{nowhere}"
    tasks.pulse()
    status, found = dependencies(client)
    assert (status, found["sirius"]["state"]) == (503, "down")
    assert "They are kept" in found["sirius"]["impact"]


@pytest.mark.parametrize(
    ("name", "setting"), [("notify", "NOTIFY_URL"), ("postcodes", "PLACES_URL")]
)
def test_dependencies_say_what_else_is_away_and_what_is_back(
    client, sirius, settings, nowhere, name, setting
):
    address = getattr(settings, setting)
    setattr(settings, setting, f"http://{nowhere}")
    tasks.pulse()
    status, found = dependencies(client)
    assert (status, found[name]["state"]) == (503, "down")
    assert found[name]["impact"]
    setattr(settings, setting, address)
    tasks.pulse()
    assert dependencies(client)[1][name]["state"] == "up"


def test_dependencies_say_what_it_means_that_the_scanner_is_away_and_when_it_is_back(
    client, sirius, real_clamd
):
    real_clamd.kill()
    tasks.pulse()
    status, found = dependencies(client)
    assert (status, found["scanner"]["state"]) == (503, "down")
    assert "asked to try again" in found["scanner"]["impact"]
    real_clamd.start()
    tasks.pulse()
    assert dependencies(client)[1]["scanner"] == {"name": "Virus scanner", "state": "up"}


def test_what_was_found_over_a_minute_ago_is_not_told(client, sirius):
    tasks.pulse()
    Sign.objects.filter(name="sirius").update(at=timezone.now() - dt.timedelta(seconds=61))
    assert dependencies(client)[1]["sirius"]["state"] == "unknown"


def test_asking_for_the_dependencies_asks_nobody_outside(client, sirius):
    tasks.pulse()
    before = len(sirius.received()["attempts"])
    for _ in range(5):
        dependencies(client)
    assert len(sirius.received()["attempts"]) == before


def test_beat_leaves_its_sign_when_it_sends_the_pulse_also_without_a_broker(settings):
    tasks.before_task_publish.send(sender=tasks.PULSE)
    tasks.before_task_publish.send(sender="orders.tasks.sweep")
    assert list(Sign.objects.values_list("name", flat=True)) == [health.BEAT]


@pytest.mark.parametrize("page", PAGES)
def test_a_health_page_tells_no_secret(client, alive, settings, nowhere, page):
    settings.CELERY_BROKER_URL = f"redis://:hunter2@{nowhere}/0"
    settings.S3_ENDPOINT = f"http://{nowhere}"
    answer = client.get(f"/health-check/{page}").content.decode()
    assert "hunter2" not in answer
    assert nowhere not in answer
