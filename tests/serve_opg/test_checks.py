"""A half-configured production start is refused, each fault by an id and a hint."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def deployed(settings, monkeypatch):
    """A complete production configuration."""
    settings.ENVIRONMENT, settings.IS_DEPLOYED = "production", True
    settings.SECRET_KEY = "k" * 50
    settings.ALLOWED_HOSTS = ["serve.example"]
    settings.ALLOWED_NETWORKS = ["192.0.2.0/24", "2001:db8::/48"]
    settings.TRUSTED_PROXY_HOPS = 1
    settings.SERVED_OVER_TLS = True
    settings.SIRIUS_URL = "https://sirius.example"
    settings.SIRIUS_EMAIL, settings.SIRIUS_PASSWORD = "a@example.com", "secret"
    settings.SIRIUS_KMS_KEY_ID = "key"
    settings.AUDIT_SIGNING_KEY = "a" * 32
    settings.PLACES_URL = "https://api.os.uk"
    settings.PLACES_ALLOWED_HOSTS = ["api.os.uk"]
    settings.SITE_URL = "https://serve.example"
    settings.NOTIFY_URL = "https://api.notifications.service.gov.uk"
    settings.NOTIFY_ALLOWED_HOSTS = ["api.notifications.service.gov.uk"]
    settings.NOTIFY_API_KEY = f"serve-{uuid.uuid4()}-{uuid.uuid4()}"
    tls = {"sslmode": "verify-full", "sslrootcert": "/etc/authorities.pem"}
    # Its own: what is set inside a setting would not be put back.
    monkeypatch.setitem(
        settings.DATABASES, "default", {**settings.DATABASES["default"], "OPTIONS": tls}
    )
    settings.CELERY_BROKER_URL = "rediss://:secret@broker.example:6379/0"
    settings.S3_ENDPOINT = settings.EVENT_BUS_ENDPOINT = ""
    settings.VARIABLES_THAT_LEAD_ASTRAY = []
    settings.NOTIFY_ACTIVATION_TEMPLATE_ID = str(uuid.uuid4())
    settings.NOTIFY_RESET_TEMPLATE_ID = str(uuid.uuid4())
    return settings


def ids():
    """What a start would be told of ours; asked as a start asks, so that each is registered."""
    found = [message for message in run_checks() if message.id.startswith("serve_opg.")]
    assert all(message.hint for message in found)
    return [message.id for message in found]


def test_complete_configuration_passes(deployed):
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ENVIRONMENT", "prodution", "E001"),
        ("SECRET_KEY", "short", "E002"),
        ("ALLOWED_HOSTS", [], "E003"),
        ("CELERY_BROKER_URL", "", "E004"),
        ("SIRIUS_URL", "", "E005"),
        ("SIRIUS_EMAIL", "", "E006"),
        ("SIRIUS_PASSWORD", "", "E007"),
        ("DOCUMENTS_BUCKET", "", "E008"),
        ("SIRIUS_BUCKET", "", "E009"),
        ("SIRIUS_KMS_KEY_ID", "", "E010"),
        ("AUDIT_SIGNING_KEY", "", "E016"),
        ("AUDIT_SIGNING_KEY", "a" * 31, "E016"),
        ("AUDIT_BUCKET", "", "E017"),
        ("DEBUG", True, "E012"),
        ("SIRIUS_URL", "http://sirius.example", "E013"),
        ("SUBMISSION_LEASE_SECONDS", 90, "E014"),
        ("SUBMISSION_SETTLE_SECONDS", 45, "E018"),
        ("SIRIUS_DOOR", "window", "E015"),
        ("PLACES_URL", "https://elsewhere.example", "E030"),
        ("PLACES_URL", "https://api.os.uk@elsewhere.example", "E030"),
        ("PLACES_URL", "https://api.os.uk:port", "E030"),
        ("PLACES_URL", "//api.os.uk", "E030"),
        ("PLACES_URL", "http://api.os.uk", "E031"),
        ("NOTIFY_URL", "https://elsewhere.example", "E040"),
        ("NOTIFY_URL", "http://api.notifications.service.gov.uk", "E041"),
        ("NOTIFY_API_KEY", "a-word", "E042"),
        ("NOTIFY_ACTIVATION_TEMPLATE_ID", "activation", "E043"),
        ("NOTIFY_RESET_TEMPLATE_ID", "reset", "E043"),
        ("NOTIFY_URL", "", "E044"),
        ("NOTIFY_API_KEY", "", "E044"),
        ("NOTIFY_ACTIVATION_TEMPLATE_ID", "", "E044"),
        ("NOTIFY_RESET_TEMPLATE_ID", "", "E044"),
        ("SITE_URL", "http://serve.example", "E045"),
        ("CELERY_BROKER_URL", "redis://:secret@broker.example:6379/0", "E071"),
        ("CELERY_BROKER_URL", "rediss://:s@broker.example/0?ssl_cert_reqs=none", "E071"),
        ("S3_ENDPOINT", "http://s3.example", "E072"),
        ("EVENT_BUS_ENDPOINT", "http://events.example", "E072"),
        ("CA_BUNDLE", "/no/such/file.pem", "E073"),
        ("CA_BUNDLE", __file__, "E073"),
        ("VARIABLES_THAT_LEAD_ASTRAY", ["HTTPS_PROXY"], "E074"),
        ("CLAMD_URL", "", "E050"),
        ("CLAMD_URL", "http://clamd:3310", "E051"),
        ("CLAMD_URL", "tcp://user@clamd:3310", "E051"),
        ("CLAMD_URL", "tcp://scanner.example.com:3310", "E052"),
        ("CLAMD_URL", "tcp://192.0.3.1:3310", "E052"),
        ("ALLOWED_NETWORKS", [], "E060"),
        ("ALLOWED_NETWORKS", ["192.0.2.1/24"], "E061"),
        ("ALLOWED_NETWORKS", ["the court"], "E061"),
        ("ALLOWED_NETWORKS", ["192.0.2.0/24", "0.0.0.0/0"], "E062"),
        ("ALLOWED_NETWORKS", ["::/0"], "E062"),
        ("ALLOWED_NETWORKS", ["10.0.0.0/7"], "E062"),
        ("ALLOWED_NETWORKS", ["2000::/18"], "E062"),
        ("TRUSTED_PROXY_HOPS", 0, "E063"),
        ("TRUSTED_PROXY_HOPS", -1, "E063"),
        ("ALLOWED_HOSTS", ["*"], "E064"),
        ("ALLOWED_HOSTS", ["serve.example", ".example"], "E064"),
        ("ALLOWED_HOSTS", ["serve.example:443"], "E064"),
        ("ALLOWED_HOSTS", ["https://serve.example"], "E064"),
        ("SERVED_OVER_TLS", False, "E065"),
    ],
)
def test_each_fault_is_named(deployed, name, value, expected):
    setattr(deployed, name, value)
    assert f"serve_opg.{expected}" in ids()


def test_networks_as_wide_as_one_organisation_s_are_accepted(deployed):
    deployed.ALLOWED_NETWORKS = ["10.0.0.0/8", "2000::/19"]
    assert ids() == []


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"sslmode": "require", "sslrootcert": "/etc/authorities.pem"},
        {"sslmode": "verify-ca", "sslrootcert": "/etc/authorities.pem"},
        {"sslmode": "verify-full"},
    ],
)
def test_a_database_that_could_be_anybody_is_refused(deployed, options):
    deployed.DATABASES["default"]["OPTIONS"] = options
    assert ids() == ["serve_opg.E070"]


def test_development_needs_no_secrets(settings):
    settings.SIRIUS_PASSWORD = ""
    assert ids() == []


def started(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What became of a process of ours in an environment with nothing else in it."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_production_start_with_nothing_set_is_refused():
    """As a container would start: no traceback, but the list of what is missing."""
    answer = started("manage.py", "check", ENVIRONMENT="production")
    assert answer.returncode != 0
    assert "serve_opg.E002" in answer.stderr
    assert "serve_opg.E011" in answer.stderr
    assert "Traceback" not in answer.stderr


PROCESSES = {
    "web": ("-c", "import serve_opg.wsgi"),
    "worker": ("-m", "celery", "-A", "serve_opg", "worker"),
    "beat": ("-m", "celery", "-A", "serve_opg", "beat", "--pidfile", "", "--schedule"),
}


@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_starts_on_settings_that_are_refused(process, tmp_path):
    """Whoever starts it, and whether or not they ran the checks before."""
    command = [*PROCESSES[process], *([str(tmp_path / "schedule")] if process == "beat" else [])]
    deployed = started(*command, ENVIRONMENT="production", DEBUG="true")
    assert deployed.returncode != 0
    for number in ("E002", "E012", "E060", "E063"):
        assert f"serve_opg.{number}" in deployed.stderr
    misspelt = started(*command, ENVIRONMENT="Production")
    assert misspelt.returncode != 0
    assert "serve_opg.E001" in misspelt.stderr


def test_a_deployed_image_says_where_it_is(settings, tmp_path):
    """It carries no workbench; a checkout does."""
    settings.BASE_DIR = tmp_path
    assert ids() == ["serve_opg.E066"]
    (tmp_path / "devstack").mkdir()
    assert ids() == []


def test_a_frozen_worker_cannot_keep_its_locks(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1min",)
