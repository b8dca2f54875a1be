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
# Libraries would take these in place of what the settings say (docs/adr/0022).
LEAD_ASTRAY = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSLKEYLOGFILE", "SSL_CERT_FILE"),
    *("SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"),
    *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_EVENTBRIDGE"),
    *("PGSSLMODE", "PGSSLROOTCERT", "PGSERVICE", "PGSERVICEFILE", "PGHOSTADDR"),
)


@pytest.fixture
def read_in(monkeypatch):
    """Every setting, as the module gives it in production with these variables and no other."""

    def read(**given):
        monkeypatch.setattr(os, "environ", {"ENVIRONMENT": "production", **given})
        return runpy.run_path(str(CHECKOUT / "serve_opg" / "settings.py"))

    return read


@pytest.fixture
def read(read_in):
    return read_in()


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


def test_what_quotes_requests_and_statements_is_never_logged(read_in):
    """Whoever asks for more in the log gets more of ours, and no body, query or key of others."""
    loggers = read_in(LOG_LEVEL="DEBUG")["LOGGING"]["loggers"]
    quiet = ("urllib3", "botocore", "boto3", "s3transfer", "celery", "kombu", "django.db")
    assert {
        name: loggers[name]["level"] for name in quiet if loggers[name]["level"] == "DEBUG"
    } == {}


@pytest.mark.parametrize("environment", ["production", "preproduction"])
def test_where_it_is_deployed_cookies_and_pages_go_over_tls_alone(read_in, environment):
    settings = read_in(ENVIRONMENT=environment)
    over_tls = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
    assert {name: settings[name] for name in over_tls} == dict.fromkeys(over_tls, True)


@pytest.mark.parametrize("name", LEAD_ASTRAY)
def test_a_variable_that_leads_astray_is_seen_however_it_is_written(read_in, name):
    for written in (name, name.lower()):
        assert read_in(**{written: "elsewhere"})["VARIABLES_THAT_LEAD_ASTRAY"] == [name]


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
