"""A spreadsheet with a virus is neither read nor stored, by whichever door it comes."""

import hashlib
import io
import logging

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from audit.models import Entry
from csv_ingest import services
from csv_ingest.models import Removal, Upload
from csv_ingest.parsing import FileRefused, UnsafeWorkbook
from devstack.court_export import court_export
from devstack.eicar import EICAR
from orders.models import Order
from tests.csv_ingest.files import GOOD, csv_of
from tests.filestore.scripted_scanner import answers, scripted

pytestmark = pytest.mark.django_db
AWAY = "The file could not be checked for viruses, so it was not kept. Try again in a few minutes"
VIRUS = "The selected file contains a virus, so it was not kept. Upload a clean copy"
DOORS = ("/upload-csv", "/multiple-case-removal")


def infected():
    return csv_of(GOOD) + EICAR


def send(browser, address, content):
    file = SimpleUploadedFile("smith.csv", content)
    return browser.post(address, {"file": file})


def infected_workbook():
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append([EICAR.decode()])
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("address", DOORS)
@pytest.mark.parametrize("content", [infected(), infected_workbook()], ids=["csv", "xlsx"])
def test_a_virus_in_a_spreadsheet_is_refused_and_only_the_diary_knows(
    signed_in, sam, caplog, address, content
):
    with caplog.at_level(logging.INFO):
        page = send(signed_in, address, content).content.decode()
    assert VIRUS in page
    assert not Upload.objects.exists()
    assert not Removal.objects.exists()
    assert not Order.objects.exists()
    [entry] = Entry.objects.filter(event="VIRUS_FOUND")
    assert (entry.subject_kind, entry.subject_id, entry.by_id) == ("accounts.user", sam.pk, sam.pk)
    assert entry.facts["sha256"] == hashlib.sha256(content).hexdigest()
    assert "Serve.Test.EICAR" in caplog.text
    assert sam.last_name not in caplog.text
    assert "smith" not in caplog.text


def test_a_large_spreadsheet_is_scanned_before_it_is_stored(signed_in, settings, infrastructure):
    settings.SMALL_UPLOAD_BYTES = 10
    folder = infrastructure.state.path / "bucket" / "serve-documents"
    before = {file.name for file in folder.glob("upload_*")}
    assert VIRUS in send(signed_in, "/upload-csv", infected()).content.decode()
    assert {file.name for file in folder.glob("upload_*")} == before
    assert not Upload.objects.exists()


@pytest.mark.parametrize("address", DOORS)
def test_with_the_scanner_away_staff_are_asked_to_try_again_and_that_works(
    signed_in, settings, address
):
    there, settings.CLAMD_URL = settings.CLAMD_URL, "tcp://127.0.0.1:1"
    content = court_export(3, seed=1)
    if address == "/multiple-case-removal":
        content = b"Case number,Court order\r\n93559316,7\r\n"
    assert AWAY in send(signed_in, address, content).content.decode()
    assert not Upload.objects.exists()
    assert not Removal.objects.exists()
    settings.CLAMD_URL = there
    assert send(signed_in, address, content).status_code == 302


def test_what_a_scanner_cannot_look_into_is_refused(settings, sam, now):
    said = b"stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0"
    with scripted(answers(said)) as settings.CLAMD_URL, pytest.raises(UnsafeWorkbook):
        services.receive_upload(file=io.BytesIO(csv_of(GOOD)), name="a.csv", by=sam, now=now)
    assert not Entry.objects.filter(event="VIRUS_FOUND").exists()


def test_without_a_person_a_virus_is_refused_all_the_same(now):
    with pytest.raises(FileRefused, match=VIRUS):
        services.receive_upload(file=io.BytesIO(infected()), name="a.csv", by=None, now=now)


@pytest.mark.parametrize("command", ["import_orders", "remove_orders"])
def test_a_command_takes_no_file_unscanned(tmp_path, settings, sam, command):
    path = tmp_path / "file.csv"
    path.write_bytes(infected())
    with pytest.raises(CommandError, match="contains a virus") as refused:
        call_command(command, str(path), "--by", sam.email)
    assert Entry.objects.filter(event="VIRUS_FOUND").count() == 1
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    with pytest.raises(CommandError, match="could not be checked for viruses") as away:
        call_command(command, str(path), "--by", sam.email)
    assert (refused.value.returncode, away.value.returncode) == (3, 4)
