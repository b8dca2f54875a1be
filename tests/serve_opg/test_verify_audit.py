"""`manage.py verify_audit` and the task that signs, against the real bucket."""

import io
import json
import uuid

import pytest
from django.core.management import call_command
from django.db import connection, transaction

import audit
from audit.models import Head
from serve_opg.tasks import sign_diary

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_bucket(settings, infrastructure):
    """Other tests' diaries had heads too."""
    settings.AUDIT_BUCKET = f"audit-{uuid.uuid4().hex[:12]}"
    infrastructure.bucket.make_buckets(settings.AUDIT_BUCKET)


@pytest.fixture
def _written(sam):
    for _ in range(3):
        with transaction.atomic():
            audit.record(audit.Event.USER_CHANGED, by=sam, subject=sam)


def verify(*arguments):
    """The exit code and both outputs."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        return ended.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.usefixtures("_written")
def test_sound_diary_ends_with_0_and_says_what_is_proved():
    sign_diary()
    code, words, _ = verify()
    assert code == 0
    assert "3 entries in 3 links, 1 signed heads" in words
    assert "up to: link 3" in words
    assert "The diary is sound." in words


@pytest.mark.usefixtures("_written")
def test_signing_twice_lays_down_one_head():
    sign_diary()
    sign_diary()
    assert Head.objects.count() == 1


@pytest.mark.usefixtures("_written")
def test_what_is_not_signed_yet_is_said():
    code, words, _ = verify()
    assert code == 0
    assert "Not provable yet: the 3 entries in 3 links" in words


@pytest.mark.usefixtures("_written")
def test_tampering_ends_with_1_and_names_the_entry_also_for_a_script():
    sign_diary()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER entry_append_only")
        cursor.execute("UPDATE audit_entry SET by_name = 'Nobody' RETURNING id")
        first = cursor.fetchone()[0]
        cursor.execute("ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER entry_append_only")
    code, words, _ = verify()
    assert code == 1
    assert f"CHANGED: entries {first} to {first + 2} were changed" in words
    code, words, _ = verify("--json")
    report = json.loads(words)
    assert (code, report["is_sound"]) == (1, False)
    assert report["findings"][0]["kind"] == "changed"
    assert report["findings"][0]["first_entry"] == first


def test_no_key_ends_with_2(settings):
    settings.AUDIT_SIGNING_KEY = ""
    assert verify() == (2, "", "The diary could not be checked: AUDIT_SIGNING_KEY is not set.\n")


def test_no_bucket_ends_with_2(settings):
    settings.AUDIT_BUCKET = "there-is-no-such-bucket"
    code, words, why = verify()
    assert (code, words) == (2, "")
    assert "could not be checked" in why


@pytest.mark.usefixtures("_written")
def test_signing_waits_for_a_storage_that_is_away(settings, caplog):
    settings.AUDIT_BUCKET = "there-is-no-such-bucket"
    sign_diary()
    assert "signed a minute later" in caplog.text
    assert not Head.objects.exists()
