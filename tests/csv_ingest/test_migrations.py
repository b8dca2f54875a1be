"""What a migration of the post room does when it is asked to go back."""

import pytest
from django.db import connection
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db(transaction=True)


def test_large_files_have_no_way_back():
    """The guard would stay and ask for columns that are gone: no upload could be changed."""
    applied = MigrationRecorder(connection).applied_migrations().keys()
    try:
        with pytest.raises(IrreversibleError):
            MigrationExecutor(connection).migrate([("csv_ingest", "0003_removal")])
        assert MigrationRecorder(connection).applied_migrations().keys() == applied
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes("csv_ingest"))
