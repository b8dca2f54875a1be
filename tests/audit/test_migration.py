"""What stood in the diary before it was chained is chained by the migration."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from audit.models import Entry, Link
from serve_opg import rights

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = [("audit", "0003_events_by_name")], [("audit", "0004_chain")]


def migrate(target):
    MigrationExecutor(connection).migrate(target)


def test_entries_from_before_the_chain_are_chained_in_order(verified, write, sign):
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes("audit")
    migrate(BEFORE)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_entry (event, by_name, subject_kind, subject_id, facts,"
                " trace_id, release) SELECT 'USER_CHANGED', 'Zoë', 'accounts.user', number,"
                " jsonb_build_object('number', number), '', '' FROM generate_series(1, 2500)"
                " AS number"
            )
    finally:
        migrate(AFTER)
        migrate(newest)
        rights.grant("default", role=rights.role_from_settings())
    assert list(Link.objects.values_list("position", "entries", "total")) == [
        (1, 1000, 1000),
        (2, 1000, 2000),
        (3, 500, 2500),
    ]
    assert Entry.objects.filter(digest=b"").count() == 0
    write(2)
    assert sign() == 4
    assert verified().findings == []
