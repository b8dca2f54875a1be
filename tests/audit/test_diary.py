import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

import audit
from audit.models import Entry
from audit.trace import traced


def write(sam, **facts):
    audit.record(audit.Event.USER_CREATED, by=sam, subject=sam, **facts)
    return Entry.objects.latest("id")


def test_record_keeps_who_what_and_the_trace(sam):
    with traced("trace-of-this"):
        entry = write(sam, role="X")
    assert (entry.by_id, entry.by_name) == (sam.pk, "Sam Staff")
    assert (entry.subject_kind, entry.subject_id) == ("accounts.user", sam.pk)
    assert entry.facts == {"role": "X"}
    assert entry.trace_id == "trace-of-this"
    assert entry.at is not None


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused(sam):
    with pytest.raises(TransactionManagementError):
        write(sam)


@pytest.mark.parametrize("sql", ["UPDATE audit_entry SET by_name = 'x'", "DELETE FROM audit_entry"])
def test_diary_cannot_be_changed_by_sql(sam, sql):
    write(sam)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Entry.objects.count() == 1


def test_diary_cannot_be_changed_by_the_orm(sam):
    entry = write(sam)
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.delete()
    entry.by_name = "somebody else"
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()


def test_about_finds_what_happened_to_some_rows(sam, ada):
    write(sam)
    audit.record(audit.Event.USER_CREATED, by=None, subject=ada)
    assert [entry.subject_id for entry in Entry.objects.about(ada)] == [ada.pk]
    assert Entry.objects.about(sam, ada).count() == 2
