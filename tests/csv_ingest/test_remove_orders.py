"""`manage.py remove_orders` as a script meets it."""

import json

import pytest
from django.core.management import CommandError, call_command

from csv_ingest.models import Removal
from orders.models import Order
from tests.csv_ingest.test_removal_views import file_of, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def path_of(tmp_path):
    def write(content: bytes):
        path = tmp_path / "remove.csv"
        path.write_bytes(content)
        return path

    return write


def run(path, *options: str, by: str = "sam@example.com") -> int:
    """The exit code."""
    try:
        call_command("remove_orders", str(path), "--by", by, *options)
    except CommandError as error:
        return error.returncode
    return 0


def test_orders_go_with_their_documents(ready_order, path_of, store, capsys):
    order = ready_order()
    keys = [document.key for document in order.documents.all()]
    assert run(path_of(file_of(row_of(order)))) == 0
    assert not Order.objects.exists()
    assert not any(map(store.exists, keys))
    told = capsys.readouterr().out
    assert "row 2, case 93559316, court order A1: removed" in told
    assert "Removed 1 order and 1 case." in told


def test_a_dry_run_says_the_same_and_changes_nothing(ready_order, path_of, store, capsys):
    order = ready_order()
    assert run(path_of(file_of(row_of(order))), "--dry-run") == 0
    told = capsys.readouterr().out
    assert "Removed 1 order and 1 case." in told
    assert "This was a dry run: nothing was changed." in told
    assert all(store.exists(document.key) for document in order.documents.all())
    assert not Removal.objects.exists()


def test_skipped_rows_are_told_by_the_exit_code_and_the_others_go(pending_order, path_of, capsys):
    order = pending_order()
    path = path_of(file_of(row_of(order), row_of(order, number="A2")))
    assert run(path, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["orders"], told["rows_skipped"], told["documents_left"]) == (1, 1, 0)
    assert told["removal"] == Removal.objects.get().pk
    assert [row["fate"] for row in told["rows"]] == ["REMOVED", "NO_SUCH_ORDER"]
    assert not Order.objects.exists()


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_file_that_cannot_be_read_is_told_by_the_exit_code(sam, path_of, options, capsys):
    assert run(path_of(b"%PDF-1.7"), *options) == 3
    if options:
        assert json.loads(capsys.readouterr().out)["state"] == "REFUSED"


def test_wrong_use_is_told_by_the_exit_code(sam, tmp_path, path_of):
    assert run(tmp_path / "nothing.csv") == 2
    assert run(path_of(b""), by="nobody@example.com") == 2
    with pytest.raises(CommandError):
        call_command("remove_orders", "x.csv")
