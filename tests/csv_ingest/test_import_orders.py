"""`manage.py import_orders`: what a script gets, in words, in JSON and as an exit code."""

import json

import pytest
from django.core.management import CommandError, call_command

from csv_ingest.models import Upload
from orders.models import Order
from tests.csv_ingest.files import ALSO_GOOD, BAD, GOOD, csv_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(tmp_path):
    """A function that writes a file and gives its path."""

    def write(*rows: str):
        path = tmp_path / "export.csv"
        path.write_bytes(csv_of(*rows))
        return path

    return write


def run(capsys, *arguments) -> tuple[int, str]:
    """The exit code and what was written, the reason of a failure included."""
    try:
        call_command("import_orders", *map(str, arguments))
    except CommandError as error:
        return error.returncode, f"{capsys.readouterr().out}{error}"
    return 0, capsys.readouterr().out


def test_a_good_file_is_imported(capsys, export, sam):
    code, written = run(capsys, export(GOOD, ALSO_GOOD), "--by", " SAM@example.com")
    assert code == 0
    assert "Processed 2 orders." in written
    assert Order.objects.count() == 2
    assert Upload.objects.get().uploaded_by == sam


def test_a_file_with_problems_imports_nothing_and_prints_them(capsys, export):
    code, written = run(capsys, export(GOOD, BAD))
    assert code == 1
    assert "row 3, column Ord Type, value 3: An order type must be 1 (PFA) or 2 (HW)" in written
    assert "Nothing was imported: 1 row with problems." in written
    assert not Order.objects.exists()
    assert Upload.objects.get().state == "CANCELLED"


def test_good_rows_are_imported_when_asked_for(capsys, export):
    code, written = run(capsys, export(GOOD, BAD), "--good-rows")
    assert code == 0
    assert "Processed 1 order. Left out 1 row with problems." in written
    assert Order.objects.count() == 1


def test_good_rows_of_a_file_that_has_none_is_a_failure(capsys, export):
    assert run(capsys, export(BAD), "--good-rows")[0] == 1


@pytest.mark.parametrize(("rows", "code"), [((GOOD, ALSO_GOOD), 0), ((GOOD, BAD), 1)])
def test_a_dry_run_changes_nothing(capsys, export, rows, code):
    found, written = run(capsys, export(*rows), "--dry-run")
    assert found == code
    assert "This was a dry run" in written
    assert not Order.objects.exists()
    assert not Upload.objects.exists()


def test_json_carries_counts_and_problems(capsys, export):
    code, written = run(capsys, export(GOOD, BAD), "--good-rows", "--json")
    receipt = json.loads(written)
    assert code == 0
    assert (receipt["state"], receipt["new"], receipt["with_problems"]) == ("IMPORTED", 1, 1)
    assert receipt["problems"][0]["column"] == "Ord Type"
    assert receipt["upload"] == Upload.objects.get().pk


def test_a_refusal_is_json_too(capsys, tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"")
    with pytest.raises(CommandError):
        call_command("import_orders", str(path), "--json")
    assert json.loads(capsys.readouterr().out) == {
        "state": "REFUSED",
        "error": "The selected file has no orders in it. Check that it is the right file",
    }


def test_a_file_that_cannot_be_read_is_refused(capsys, tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"%PDF-1.7")
    assert run(capsys, path) == (3, "The selected file must be a CSV or XLSX file.")


@pytest.mark.parametrize("arguments", [["/no/such/file"], [__file__, "--by", "who@example.com"]])
def test_wrong_use_is_told_apart(capsys, arguments):
    assert run(capsys, *arguments)[0] == 2


def test_a_user_who_may_no_longer_sign_in_uploads_nothing(capsys, export, sam):
    type(sam).objects.filter(pk=sam.pk).update(is_active=False)
    assert run(capsys, export(GOOD), "--by", sam.email)[0] == 2


def test_help_tells_a_stranger_what_it_does(capsys):
    with pytest.raises(SystemExit):
        call_command("import_orders", "--help")
    text = capsys.readouterr().out
    assert "exit codes:" in text
    assert "--good-rows" in text
