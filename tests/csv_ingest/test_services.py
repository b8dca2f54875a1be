"""From a file to orders and a receipt: the rows, the diary, and that a failure leaves neither."""

import datetime as dt
import hashlib
import io
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Entry
from csv_ingest import services
from csv_ingest.models import Upload, UploadState
from csv_ingest.parsing import FileRefused, MissingColumns
from filestore import DocumentStore
from orders.models import Case, Order
from tests.csv_ingest.files import ALSO_GOOD, BAD, GOOD, csv_of, row_of

pytestmark = pytest.mark.django_db


def receive(content: bytes, *, by, now, name: str = "export.csv") -> Upload:
    return services.receive_upload(file=io.BytesIO(content), name=name, by=by, now=now)


def events_of(upload: Upload) -> list[str]:
    entries = Entry.objects.filter(subject_kind="csv_ingest.upload", subject_id=upload.pk)
    return list(entries.order_by("pk").values_list("event", flat=True))


def test_a_file_without_problems_goes_straight_in(sam, now):
    content = csv_of(GOOD, ALSO_GOOD)

    upload = receive(content, by=sam, now=now)

    assert upload.state == UploadState.IMPORTED
    assert (upload.rows_read, upload.new, upload.already_known) == (2, 2, 0)
    assert (upload.uploaded_by, upload.finished_by, upload.finished_at) == (sam, sam, now)
    assert upload.sha256 == hashlib.sha256(content).hexdigest()
    assert upload.size == len(content)
    order = Order.objects.get(case__case_number="93559316")
    assert (order.order_type, order.order_number) == ("HW", "1001")
    assert (order.made_date, order.issue_date) == (dt.date(2018, 8, 1), dt.date(2018, 8, 10))
    assert (order.case.forename, order.case.surname) == ("MARY", "JONES")
    assert events_of(upload) == ["UPLOAD_RECEIVED", "UPLOAD_IMPORTED"]


def test_the_same_file_again_changes_nothing(sam, now):
    receive(csv_of(GOOD, ALSO_GOOD), by=sam, now=now)
    before = list(Order.objects.order_by("pk").values())

    for _ in range(3):
        upload = receive(csv_of(GOOD, ALSO_GOOD), by=sam, now=now)

    assert (upload.new, upload.already_known, upload.differences) == (0, 2, [])
    assert list(Order.objects.order_by("pk").values()) == before


def test_a_changed_date_is_a_difference_and_changes_nothing(sam, now):
    receive(csv_of(GOOD), by=sam, now=now)

    upload = receive(csv_of(row_of(issue_date="12-Aug-2018")), by=sam, now=now)

    assert upload.is_imported
    assert [(d["field"], d["ours"], d["theirs"]) for d in upload.differences] == [
        ("Issue Date", "2018-08-10", "2018-08-12")
    ]
    assert Order.objects.get().issue_date == dt.date(2018, 8, 10)


def test_a_file_with_problems_imports_nothing_until_somebody_answers(sam, now):
    receive(csv_of(ALSO_GOOD), by=sam, now=now)

    upload = receive(csv_of(GOOD, ALSO_GOOD, BAD), by=sam, now=now)

    assert upload.state == UploadState.AWAITING_ANSWER
    # What importing would do.
    assert (upload.rows_read, upload.new, upload.already_known) == (3, 1, 1)
    assert [(p["row_number"], p["column"], p["value"]) for p in upload.problems] == [
        (4, "Ord Type", "3")
    ]
    assert Order.objects.count() == Case.objects.count() == 1
    assert events_of(upload) == ["UPLOAD_RECEIVED"]


def test_import_good_rows_imports_exactly_what_was_shown(sam, ada, now):
    waiting = receive(csv_of(GOOD, row_of(order_no="", ord_type="1"), BAD), by=sam, now=now)
    later = now + dt.timedelta(hours=3)

    upload = services.import_good_rows(upload_id=waiting.pk, by=ada, now=later)

    assert (upload.state, upload.finished_by, upload.finished_at) == ("IMPORTED", ada, later)
    assert (upload.new, upload.with_problems, upload.good_rows) == (2, 1, [])
    assert sorted(Order.objects.values_list("order_number", "made_date")) == [
        ("", dt.date(2018, 8, 1)),
        ("1001", dt.date(2018, 8, 1)),
    ]
    assert events_of(upload) == ["UPLOAD_RECEIVED", "UPLOAD_IMPORTED"]


def test_what_became_known_meanwhile_is_counted_as_known(sam, now):
    waiting = receive(csv_of(GOOD, ALSO_GOOD, BAD), by=sam, now=now)
    receive(csv_of(GOOD), by=sam, now=now)

    upload = services.import_good_rows(upload_id=waiting.pk, by=sam, now=now)

    assert (upload.new, upload.already_known) == (1, 1)


def test_cancel_upload_imports_nothing(sam, now):
    waiting = receive(csv_of(GOOD, BAD), by=sam, now=now)

    upload = services.cancel_upload(upload_id=waiting.pk, by=sam, now=now)

    assert (upload.state, upload.good_rows) == ("CANCELLED", [])
    assert Order.objects.count() == 0
    assert events_of(upload) == ["UPLOAD_RECEIVED", "UPLOAD_CANCELLED"]


@pytest.mark.parametrize("first", [services.import_good_rows, services.cancel_upload])
@pytest.mark.parametrize("second", [services.import_good_rows, services.cancel_upload])
def test_the_second_answer_changes_nothing(sam, ada, now, first, second):
    waiting = receive(csv_of(GOOD, BAD), by=sam, now=now)
    first(upload_id=waiting.pk, by=sam, now=now)
    before = Upload.objects.values().get()

    upload = second(upload_id=waiting.pk, by=ada, now=now)

    assert upload.finished_by == sam
    assert Upload.objects.values().get() == before
    assert len(events_of(upload)) == 2


def test_a_refused_file_leaves_nothing(sam, now):
    with pytest.raises(MissingColumns):
        receive(b"a,b\n1,2\n", by=sam, now=now)
    assert not Upload.objects.exists()
    assert not Entry.objects.filter(event__startswith="UPLOAD").exists()


@pytest.fixture
def diary_refuses_uploads(transactional_db):
    """The diary's line about an upload is the last thing written: here it fails."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE audit_entry ADD CONSTRAINT no_uploads"
            " CHECK (event NOT LIKE 'UPLOAD%%') NOT VALID"
        )
        yield
        cursor.execute("ALTER TABLE audit_entry DROP CONSTRAINT no_uploads")


@pytest.mark.parametrize("rows", [(GOOD, ALSO_GOOD), (GOOD, ALSO_GOOD, BAD)])
def test_a_failure_at_the_end_leaves_neither_orders_nor_receipt(
    diary_refuses_uploads, sam, now, rows
):
    with pytest.raises(IntegrityError, match="no_uploads"):
        receive(csv_of(*rows), by=sam, now=now)
    assert not Order.objects.exists()
    assert not Case.objects.exists()
    assert not Upload.objects.exists()


def test_a_large_file_that_is_not_written_down_leaves_no_bytes(
    diary_refuses_uploads, infrastructure, sam, now
):
    bucket = infrastructure.state.path / "bucket" / "serve-documents"
    before = set(bucket.glob("upload_*"))
    with pytest.raises(IntegrityError, match="no_uploads"):
        services.take_upload(
            file=io.BytesIO(csv_of(GOOD)),
            name="export.csv",
            policy=services.ImportPolicy(small=0, lease=60, beat=0),
            store=DocumentStore.from_settings(),
            by=sam,
            now=now,
        )
    assert set(bucket.glob("upload_*")) == before


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (r"C:\Users\sam\export.csv", "export.csv"),
        ("../../etc/export.csv", "export.csv"),
        ("a\x00b\n\u202ec.csv", "a b c.csv"),
        ("x" * 400 + ".csv", "x" * 255),
        ("", "No name"),
    ],
)
def test_the_name_of_a_file_is_tidied(sam, now, given, kept):
    assert receive(csv_of(GOOD), by=sam, now=now, name=given).original_name == kept


def test_values_that_json_cannot_hold_do_not_stop_an_upload(sam, now):
    upload = receive(csv_of(row_of(case="\x01'--<script>\x7f"), GOOD), by=sam, now=now)
    upload.refresh_from_db()
    assert upload.problems[0]["value"] == "'--<script>"


def test_nobody_may_upload_from_the_command_line(now, db):
    upload = receive(csv_of(GOOD), by=None, now=now)
    assert upload.uploaded_by is None


@pytest.mark.parametrize(
    "change",
    [
        {"new": 5, "rows_read": 6},
        {"state": "AWAITING_ANSWER", "finished_at": None, "with_problems": 1},
        {"original_name": "other.csv"},
    ],
)
def test_a_finished_upload_is_frozen_by_the_database(sam, now, change):
    upload = receive(csv_of(GOOD), by=sam, now=now)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(**change)


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"good_rows": []}, {"problems": []}])
def test_what_was_received_and_shown_is_frozen_while_it_waits(sam, now, change):
    upload = receive(csv_of(GOOD, BAD), by=sam, now=now)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(**change)


def test_an_upload_is_never_deleted(sam, now):
    upload = receive(csv_of(GOOD), by=sam, now=now)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        upload.delete()


def test_counts_that_do_not_add_up_are_refused_by_the_database(sam, now):
    upload = receive(csv_of(GOOD, BAD), by=sam, now=now)
    with pytest.raises(IntegrityError, match="upload_counts"), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(new=7)


def together(*jobs) -> list:
    """Run the jobs in threads of their own, let go at the same moment; their results or errors."""
    barrier, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place, job):
        try:
            barrier.wait(10)
            results[place] = job()
        except (FileRefused, IntegrityError, RuntimeError) as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_people_who_press_import_at_once_import_once(sam, ada, now):
    waiting = receive(csv_of(GOOD, ALSO_GOOD, BAD), by=sam, now=now)

    def press(who):
        return lambda: services.import_good_rows(upload_id=waiting.pk, by=who, now=now)

    results = together(press(sam), press(ada))

    assert [(upload.state, upload.new) for upload in results] == [("IMPORTED", 2)] * 2
    assert results[0].finished_by_id == results[1].finished_by_id
    assert Order.objects.count() == 2
    assert events_of(waiting) == ["UPLOAD_RECEIVED", "UPLOAD_IMPORTED"]


@pytest.mark.django_db(transaction=True)
def test_the_same_file_from_four_people_at_once_goes_in_once(sam, now):
    content = csv_of(GOOD, ALSO_GOOD, row_of(order_no=""))

    results = together(*[lambda: receive(content, by=sam, now=now)] * 4)

    assert sorted((u.new, u.already_known) for u in results) == [(0, 3)] * 3 + [(3, 0)]
    assert Order.objects.count() == 3
    assert Case.objects.count() == 2
