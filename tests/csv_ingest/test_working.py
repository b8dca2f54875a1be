"""A worker and a large file: every end, and every place where a worker can be lost."""

import io
import threading
from dataclasses import replace

import pytest
from django.db import connection, transaction

from audit.models import Entry
from csv_ingest import services
from csv_ingest.models import Upload
from csv_ingest.parsing import EmptyFile, NotASpreadsheet, refuse_at_sight
from csv_ingest.services import ImportPolicy, claims
from csv_ingest.services.claims import ClaimLost
from devstack.court_export import court_export
from filestore import DocumentStore, StoreUnavailable
from orders.models import Case, Order
from tests.csv_ingest.files import ALSO_GOOD, BAD, GOOD, csv_of, row_of

pytestmark = pytest.mark.django_db

# Every file is a large one, and each word about progress is written down.
POLICY = ImportPolicy(small=0, lease=60, beat=0)


class StoreThatIsAway(DocumentStore):
    """Storage in trouble, for as long as a test wants."""

    def save(self, key, file, *, content_type):
        raise StoreUnavailable(key)

    def open(self, key):
        raise StoreUnavailable(key)

    def delete(self, key):
        raise StoreUnavailable(key)


@pytest.fixture
def store() -> DocumentStore:
    return DocumentStore.from_settings()


@pytest.fixture
def away() -> StoreThatIsAway:
    return StoreThatIsAway.from_settings()


@pytest.fixture
def take(sam, now, store):
    """A function that uploads a file as a page would."""

    def upload(*rows: str, content: bytes = b"", policy=POLICY, store=store) -> Upload:
        return services.take_upload(
            file=io.BytesIO(content or csv_of(*rows)),
            name="export.csv",
            policy=policy,
            store=store,
            by=sam,
            now=now,
        )

    return upload


@pytest.fixture
def work(now, store):
    """A function that does one worker's turn and gives the state it left."""

    def turn(upload: Upload, *, store=store, worker: str = "w1"):
        state = services.work_on_upload(
            upload_id=upload.pk, worker=worker, store=store, policy=POLICY, clock=lambda: now
        )
        upload.refresh_from_db()
        return state

    return turn


@pytest.fixture
def claim(now):
    """A function that claims an upload, as a worker that is lost right afterwards."""

    def take(upload: Upload, worker: str = "lost") -> claims.Claim | None:
        return claims.claim_upload(
            upload_id=upload.pk, worker=worker, policy=POLICY, clock=lambda: now
        )

    return take


def run_out(upload: Upload) -> None:
    """End the lease, as the passing of time would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE csv_ingest_upload SET lease_expires_at = now() - interval '1 second'"
            " WHERE id = %s",
            [upload.pk],
        )


def events_of(upload: Upload) -> list[tuple[str, str]]:
    entries = Entry.objects.filter(subject_kind="csv_ingest.upload", subject_id=upload.pk)
    return list(entries.order_by("pk").values_list("event", "by_name"))


def test_a_large_file_waits_in_the_bucket_and_a_worker_imports_it(take, work, store, sam):
    upload = take(GOOD, ALSO_GOOD)

    assert (upload.state, upload.rows_read) == ("QUEUED", 0)
    assert store.open(upload.key).read() == csv_of(GOOD, ALSO_GOOD)
    assert not Order.objects.exists()

    assert work(upload) == "IMPORTED"
    assert (upload.rows_read, upload.new, upload.already_known) == (2, 2, 0)
    assert (upload.finished_by, upload.lease_owner, upload.lease_expires_at) == (sam, "", None)
    assert Order.objects.count() == 2
    assert events_of(upload) == [
        ("UPLOAD_RECEIVED", str(sam)),
        ("UPLOAD_CLAIMED", ""),
        ("UPLOAD_READ", ""),
        ("UPLOAD_IMPORTED", str(sam)),
    ]
    assert not upload.has_bytes
    assert not store.exists(upload.key)


def test_a_small_file_goes_straight_in(take):
    upload = take(GOOD, policy=replace(POLICY, small=1_000_000))
    assert (upload.state, upload.key) == ("IMPORTED", "")


def test_the_bound_counts_the_small_file_in(take):
    size = len(csv_of(GOOD))
    assert take(GOOD, policy=replace(POLICY, small=size)).is_imported
    assert take(GOOD, policy=replace(POLICY, small=size - 1)).is_in_hand


def test_a_small_file_does_not_wait_for_a_large_import_in_the_request(take, work, claim):
    large = take(GOOD, BAD)
    work(large)
    services.import_good_rows(upload_id=large.pk, by=None, now=large.uploaded_at)

    small = take(ALSO_GOOD, policy=replace(POLICY, small=1_000_000))

    assert small.is_in_hand
    assert [work(large), work(small)] == ["IMPORTED", "IMPORTED"]
    assert Order.objects.count() == 2


def test_a_large_file_with_problems_waits_for_an_answer_with_its_bytes(take, work, store):
    upload = take(GOOD, ALSO_GOOD, BAD, GOOD)

    assert work(upload) == "AWAITING_ANSWER"
    assert (upload.rows_read, upload.new, upload.repeated, upload.with_problems) == (4, 2, 1, 1)
    assert upload.problems[0]["column"] == "Ord Type"
    assert (upload.good_rows, upload.lease_expires_at) == ([], None)
    assert store.exists(upload.key)
    assert not Order.objects.exists()
    assert work(upload) is None


def test_good_rows_of_a_large_file_are_imported_by_a_worker(take, work, store, ada, now):
    upload = take(GOOD, ALSO_GOOD, BAD)
    work(upload)

    answered = services.import_good_rows(upload_id=upload.pk, by=ada, now=now)

    assert answered.state == "IMPORTING"
    assert not Order.objects.exists()
    assert work(upload) == "IMPORTED"
    assert (upload.new, upload.with_problems, upload.finished_by) == (2, 1, ada)
    assert Order.objects.count() == 2
    assert not store.exists(upload.key)
    assert events_of(upload)[-1] == ("UPLOAD_IMPORTED", str(ada))


def test_good_rows_of_a_small_file_wait_their_turn_behind_a_large_import(take, work, sam, now):
    small = services.receive_upload(
        file=io.BytesIO(csv_of(ALSO_GOOD, BAD)), name="small.csv", by=sam, now=now
    )
    large = take(GOOD, BAD)
    work(large)
    for upload in (large, small):
        services.import_good_rows(upload_id=upload.pk, by=sam, now=now)
    small.refresh_from_db()

    assert (small.state, small.key) == ("IMPORTING", "")
    assert [work(large), work(small)] == ["IMPORTED", "IMPORTED"]
    assert (small.new, small.good_rows) == (1, [])


def test_progress_is_written_down_while_the_file_is_read(take, work):
    upload = take(content=court_export(1200, seed=3))
    work(upload)
    # The last of those that are told every 500 rows; of the bytes, the reader is a chunk ahead.
    assert upload.rows_done == 1000
    assert 50 < upload.percent_done < 100


@pytest.mark.parametrize(
    ("content", "refusal"), [(b"", EmptyFile), (b"%PDF-1.7 and so on", NotASpreadsheet)]
)
def test_what_is_seen_at_once_is_refused_at_once(take, content, refusal):
    with pytest.raises(refusal):
        take(content=content) if content else refuse_at_sight(io.BytesIO())
    assert not Upload.objects.exists()


def test_a_file_that_cannot_be_read_is_refused_by_the_worker_with_its_sentence(take, work, store):
    upload = take(content=b"Case,Surname\n1,2\n")

    assert work(upload) == "REFUSED"
    assert upload.why.startswith("The selected file does not have the columns Forename")
    assert events_of(upload)[-1] == ("UPLOAD_REFUSED", "")
    assert not store.exists(upload.key)


def test_storage_away_at_upload_leaves_nothing(take, away):
    with pytest.raises(StoreUnavailable):
        take(GOOD, store=away)
    assert not Upload.objects.exists()


def test_storage_away_at_work_puts_the_upload_back(take, work, away):
    upload = take(GOOD)
    assert work(upload, store=away) == "QUEUED"
    assert upload.crashes == 0
    assert work(upload) == "IMPORTED"


def test_storage_away_after_an_answer_puts_the_upload_back(take, work, away, sam, now):
    upload = take(GOOD, BAD)
    work(upload)
    services.import_good_rows(upload_id=upload.pk, by=sam, now=now)
    assert work(upload, store=away) == "IMPORTING"
    assert upload.lease_expires_at is None
    assert work(upload) == "IMPORTED"


def test_bytes_that_cannot_be_removed_are_removed_by_the_sweep(take, work, store, away):
    class StoreThatKeeps(DocumentStore):
        delete = StoreThatIsAway.delete

    upload = take(GOOD)
    assert work(upload, store=StoreThatKeeps.from_settings()) == "IMPORTED"
    assert upload.has_bytes
    services.remove_bytes_left(store=away)
    assert store.exists(upload.key)

    services.remove_bytes_left(store=store)

    assert not store.exists(upload.key)
    assert not Upload.objects.with_bytes_left().exists()


@pytest.mark.parametrize("spoil", ["delete", "change"])
def test_bytes_that_are_not_what_was_sent_fail_the_upload(take, work, store, spoil):
    upload = take(GOOD)
    if spoil == "delete":
        store.delete(upload.key)
    else:
        store.save(upload.key, io.BytesIO(csv_of(ALSO_GOOD)), content_type="text/csv")
    assert work(upload) == "FAILED"
    assert "Upload it again" in upload.why
    assert events_of(upload)[-1][0] == "UPLOAD_FAILED"
    assert not Order.objects.exists()


def test_a_release_that_reads_the_file_otherwise_imports_nothing_that_was_not_shown(
    take, work, store, sam, now
):
    upload = take(GOOD, BAD)
    work(upload)
    services.import_good_rows(upload_id=upload.pk, by=sam, now=now)
    # As if the rules of reading had changed since the page was shown.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE csv_ingest_upload DISABLE TRIGGER csv_ingest_upload_guard")
        cursor.execute(
            "UPDATE csv_ingest_upload SET rows_read = 3, new = 2 WHERE id = %s", [upload.pk]
        )
        cursor.execute("ALTER TABLE csv_ingest_upload ENABLE TRIGGER csv_ingest_upload_guard")
    assert work(upload) == "FAILED"
    assert not Order.objects.exists()


def test_a_release_that_cannot_read_what_was_shown_says_so_and_imports_nothing(
    take, work, sam, now, monkeypatch
):
    upload = take(GOOD, BAD)
    work(upload)
    services.import_good_rows(upload_id=upload.pk, by=sam, now=now)

    def refuse(_file, *, tell):
        raise EmptyFile

    monkeypatch.setattr("csv_ingest.services.working.parse_file", refuse)
    assert work(upload) == "FAILED"
    assert "not read the same way the second time" in upload.why
    assert not Order.objects.exists()


def test_a_cancelled_upload_is_not_worked_on(take, work, store, sam, now):
    upload = take(GOOD)
    services.cancel_upload(upload_id=upload.pk, by=sam, now=now)
    assert work(upload) is None
    assert (upload.state, upload.rows_read) == ("CANCELLED", 0)
    services.remove_bytes_left(store=store)
    assert not store.exists(upload.key)


def test_an_upload_cancelled_under_its_worker_imports_nothing(take, claim, sam, now):
    upload = take(GOOD)
    held = claim(upload)
    services.cancel_upload(upload_id=upload.pk, by=sam, now=now)

    with pytest.raises(ClaimLost):
        claims.beat(held, rows=1, percent=1, policy=POLICY)
    with pytest.raises(ClaimLost), transaction.atomic():
        claims.locked(held)
    assert not Order.objects.exists()


def test_an_upload_that_is_being_imported_is_not_cancelled(take, work, sam, now):
    upload = take(GOOD, BAD)
    work(upload)
    services.import_good_rows(upload_id=upload.pk, by=sam, now=now)
    assert services.cancel_upload(upload_id=upload.pk, by=sam, now=now).state == "IMPORTING"


# --- Lost workers ---
def test_only_one_worker_gets_an_upload(take, claim, work):
    upload = take(GOOD)
    assert claim(upload)
    assert claim(upload) is None
    assert work(upload) is None


def test_one_upload_at_a_time(take, claim, work):
    first, second = take(GOOD), take(ALSO_GOOD)
    claim(first)
    assert work(second) is None
    assert second.state == "QUEUED"


def test_a_worker_lost_while_reading_is_followed_by_another(take, claim, work):
    upload = take(GOOD, ALSO_GOOD)
    lost = claim(upload)
    claims.beat(lost, rows=1, percent=50, policy=POLICY)
    run_out(upload)

    assert work(upload) == "IMPORTED"
    assert (upload.crashes, upload.new) == (1, 2)


class Killed(BaseException):
    """What ends a worker in the middle."""


def killed() -> None:
    """The clock of a worker that dies when it is about to write the orders."""
    raise Killed


def test_an_answer_starts_the_count_of_lost_workers_again(take, claim, work):
    upload = take(GOOD, BAD)
    for _ in range(2):
        claim(upload)
        run_out(upload)
    assert (work(upload), upload.crashes) == ("AWAITING_ANSWER", 0)


def test_a_worker_lost_in_the_import_leaves_nothing_half_done(take, work, store):
    upload = take(GOOD, ALSO_GOOD)
    with pytest.raises(Killed):
        services.work_on_upload(
            upload_id=upload.pk, worker="w0", store=store, policy=POLICY, clock=killed
        )
    upload.refresh_from_db()
    assert (upload.state, upload.new, Order.objects.count()) == ("IMPORTING", 2, 0)
    assert work(upload) is None  # the lease still runs
    run_out(upload)

    assert work(upload) == "IMPORTED"
    assert (upload.new, upload.already_known, upload.crashes) == (2, 0, 1)
    assert [event for event, _ in events_of(upload)] == [
        *("UPLOAD_RECEIVED", "UPLOAD_CLAIMED", "UPLOAD_READ", "UPLOAD_CLAIMED", "UPLOAD_IMPORTED")
    ]


def test_a_worker_that_froze_and_woke_up_imports_nothing_a_second_time(take, work):
    upload = take(GOOD, ALSO_GOOD)

    class StoreOfAFrozenWorker(DocumentStore):
        def open(self, key):
            opened = super().open(key)
            run_out(upload)
            assert work(upload, worker="w2") == "IMPORTED"
            return opened

    assert work(upload, store=StoreOfAFrozenWorker.from_settings()) is None
    assert (upload.state, upload.new, upload.already_known) == ("IMPORTED", 2, 0)
    assert Order.objects.count() == 2
    assert [event for event, _ in events_of(upload)].count("UPLOAD_IMPORTED") == 1


def test_a_worker_that_woke_up_with_storage_away_puts_nothing_back(take, claim, work):
    upload = take(GOOD)

    class StoreOfAFrozenWorker(DocumentStore):
        def open(self, key):
            run_out(upload)
            assert claim(upload, worker="w2")
            raise StoreUnavailable(key)

    assert work(upload, store=StoreOfAFrozenWorker.from_settings()) is None
    assert (upload.state, upload.lease_owner) == ("READING", "w2")


@pytest.mark.django_db(transaction=True)
def test_nobody_takes_an_upload_that_is_being_imported_however_long_that_takes(
    take, work, now, store
):
    upload, next_one = take(GOOD, ALSO_GOOD), take(BAD)
    is_importing, may_end = threading.Event(), threading.Event()

    def slow_clock():
        is_importing.set()
        may_end.wait(20)
        return now

    def import_slowly():
        services.work_on_upload(
            upload_id=upload.pk,
            worker="slow",
            store=store,
            policy=replace(POLICY, lease=0.01),
            clock=slow_clock,
        )
        connection.close()

    slow = threading.Thread(target=import_slowly)
    slow.start()
    assert is_importing.wait(20)
    # Its lease is long over, and it is alive: a second one would count it as lost.
    assert work(upload, worker="w2") is None
    assert upload.state == "IMPORTING"
    # Nor the next one, which would take the place that deliveries need.
    assert work(next_one) is None
    may_end.set()
    slow.join(20)

    upload.refresh_from_db()
    assert (upload.state, upload.new, upload.crashes) == ("IMPORTED", 2, 0)


def test_a_file_over_which_three_workers_were_lost_fails_and_says_what_to_do(take, claim, work):
    upload = take(GOOD)
    for _ in range(3):
        assert claim(upload)
        run_out(upload)
    assert work(upload) is None
    assert (upload.state, upload.crashes) == ("FAILED", 3)
    assert "Split the file" in upload.why
    assert events_of(upload)[-1][0] == "UPLOAD_FAILED"


@pytest.fixture
def diary_refuses_the_end(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE audit_entry ADD CONSTRAINT no_end"
            " CHECK (event <> 'UPLOAD_IMPORTED') NOT VALID"
        )
        yield
        cursor.execute("ALTER TABLE audit_entry DROP CONSTRAINT no_end")


def test_an_import_that_breaks_off_at_its_end_leaves_no_order(diary_refuses_the_end, take, work):
    upload = take(GOOD, row_of(order_no="2"))
    with pytest.raises(Exception, match="no_end"):
        work(upload)
    upload.refresh_from_db()
    assert (upload.state, Order.objects.count(), Case.objects.count()) == ("IMPORTING", 0, 0)


@pytest.mark.parametrize(
    "change",
    [{"state": "QUEUED"}, {"state": "IMPORTED"}, {"key": "other"}, {"sha256": "0" * 64}],
)
def test_the_database_refuses_moves_that_are_none(take, work, change):
    upload = take(GOOD, BAD)
    work(upload)
    change = {**change, **({"finished_at": upload.uploaded_at} if change.get("state") else {})}
    if change.get("state") == "IMPORTED":
        change = {"state": "FAILED", "finished_at": upload.uploaded_at}
    with pytest.raises(Exception, match=r"frozen|does not go"), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(**change)
