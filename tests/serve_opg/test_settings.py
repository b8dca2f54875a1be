"""What a deployed service runs with where its environment says nothing: the specified figures."""

import os
import runpy

import pytest
from django.conf import global_settings
from django.utils.module_loading import import_string
from kombu.exceptions import ContentDisallowed
from kombu.serialization import dumps, loads, prepare_accept_content

from devstack.servers.server import CHECKOUT
from serve_opg.celery import app

# Serving, "the one hard problem": the rules 1 and 3, and "Deadlines".
OF_SERVING = {
    "SIRIUS_CONNECT_SECONDS": 5,
    "SIRIUS_READ_SECONDS": 30,
    "SIRIUS_TOTAL_SECONDS": 45,
    "SUBMISSION_LEASE_SECONDS": 120,
    "SUBMISSION_SETTLE_SECONDS": 180,
    "SUBMISSION_BACKOFF_SECONDS": 5,
    "BREAKER_TRIAL_SECONDS": 60,
    "SWEEP_SECONDS": 10,
}
# So long is another system waited for; then it counts as away.
OF_OTHERS = {
    "CLAMD_CONNECT_SECONDS": 3,
    "CLAMD_READ_SECONDS": 45,
    "CLAMD_TOTAL_SECONDS": 60,
    "NOTIFY_TOTAL_SECONDS": 10,
    "PLACES_TOTAL_SECONDS": 5,
}
OF_SESSIONS = {"SESSION_COOKIE_AGE": 65 * 60, "SESSION_LIFETIME_SECONDS": 12 * 60 * 60}


@pytest.fixture
def read(monkeypatch):
    """Every setting, as the module gives it in an environment with nothing in it."""
    monkeypatch.setattr(os, "environ", {"ENVIRONMENT": "production"})
    return runpy.run_path(str(CHECKOUT / "serve_opg" / "settings.py"))


@pytest.mark.parametrize(
    ("name", "figure"), {**OF_SERVING, **OF_OTHERS, **OF_SESSIONS}.items(), ids=str
)
def test_a_figure_that_nobody_sets_is_the_specified_one(read, name, figure):
    assert read[name] == figure


def test_passwords_are_hashed_by_pbkdf2_at_the_count_of_today(read):
    """The suite itself hashes quickly (tests/conftest.py), and so proves nothing of this."""
    first = import_string(read.get("PASSWORD_HASHERS", global_settings.PASSWORD_HASHERS)[0])
    assert first().algorithm == "pbkdf2_sha256"
    # OWASP's least is 600,000; Django's own grows with each release.
    assert first().iterations >= 1_000_000


def test_what_quotes_requests_and_statements_is_never_logged(monkeypatch):
    """Whoever asks for more in the log gets more of ours, and no body, query or key of others."""
    monkeypatch.setattr(os, "environ", {"ENVIRONMENT": "production", "LOG_LEVEL": "DEBUG"})
    loggers = runpy.run_path(str(CHECKOUT / "serve_opg" / "settings.py"))["LOGGING"]["loggers"]
    quiet = ("urllib3", "botocore", "boto3", "s3transfer", "celery", "kombu", "django.db")
    assert {
        name: loggers[name]["level"] for name in quiet if loggers[name]["level"] == "DEBUG"
    } == {}


def test_sessions_are_json(read):
    serializer = read.get("SESSION_SERIALIZER", global_settings.SESSION_SERIALIZER)
    assert serializer == "django.contrib.sessions.serializers.JSONSerializer"


def test_a_worker_takes_and_sends_json_alone():
    """Whoever reaches the broker would run what they like by a pickled message."""
    accepted = prepare_accept_content(app.conf.accept_content)
    kind, encoding, body = dumps({"id": 1}, serializer="pickle")

    assert accepted == {"application/json"}
    with pytest.raises(ContentDisallowed):
        loads(body, kind, encoding, accept=accepted)
    app.loader.import_default_modules()
    senders = {task.name: task.serializer for task in app.tasks.values()}
    assert set(senders.values()) == {"json"}
    assert "orders.tasks.deliver" in senders
