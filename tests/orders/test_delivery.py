"""One delivery and every answer it can get, against the real simulator, bucket and database."""

import pytest

from audit.models import Entry
from filestore import DocumentAltered, DocumentMissing, StoreUnavailable
from orders.models import Document, Order, Submission
from orders.rules import Reason, ScanState, State
from orders.services import serving, settling
from orders.services.doors import door_from_settings


def test_served_order_reaches_sirius_once_with_its_documents(declared, worker, sirius):
    submission = declared()
    assert worker.deliver(submission) == State.ACCEPTED
    (record,) = sirius.accepted()
    assert record["payload"] == submission.payload
    assert submission.sirius_order_id == record["ids"]["id"]
    assert {document["filename"]: document["sha256"] for document in record["documents"]} == {
        entry["key"]: entry["sha256"] for entry in submission.manifest
    }
    order = Order.objects.get(pk=submission.order_id)
    assert order.status == "SERVED"
    assert order.served_at == submission.settled_at
    (attempt,) = submission.attempts.all()
    assert (attempt.outcome, attempt.http_status) == ("accepted", 201)
    assert attempt.started_at < attempt.ended_at
    assert Entry.objects.about(submission).last().event == "ORDER_SERVED"


def test_every_post_has_an_attempt_by_its_request_id(declared, worker, sirius):
    submission = declared()
    sirius.faults({"kind": "500-before"})
    worker.deliver(submission)
    worker.deliver(submission)
    posted = [attempt["request_id"] for attempt in sirius.attempts()]
    assert posted == [attempt.request_id for attempt in submission.attempts.order_by("number")]


def test_delivery_again_does_nothing(declared, worker, sirius):
    submission = declared()
    worker.deliver(submission)
    assert worker.deliver(submission) is None
    assert len(sirius.accepted()) == 1
    assert submission.attempts.count() == 1


def test_submission_that_is_not_due_is_left(declared, worker, sirius, now):
    submission = declared()
    submission.next_attempt_at = now.replace(year=2126)
    submission.save()
    assert worker.deliver(submission) is None
    assert sirius.attempts() == []


# (fault, state, reason, maybe_applied, records at Sirius)
ANSWERS = [
    ({"kind": "429", "retry_after": "60"}, State.QUEUED, Reason.BUSY, False, 0),
    ({"kind": "401", "times": 2}, State.QUEUED, Reason.SESSION, False, 0),
    ({"kind": "403", "times": 2}, State.QUEUED, Reason.SESSION, False, 0),
    ({"kind": "redirect-to-sign-in", "times": 2}, State.QUEUED, Reason.SESSION, False, 0),
    ({"kind": "401", "call": "sign-in"}, State.QUEUED, Reason.SIGN_IN, False, 0),
    ({"kind": "500-before", "call": "sign-in"}, State.QUEUED, Reason.SIGN_IN, False, 0),
    ({"kind": "400-invalid"}, State.REJECTED, Reason.INVALID, False, 0),
    ({"kind": "400-duplicate"}, State.HELD, Reason.ALREADY_IN_SIRIUS, False, 0),
    ({"kind": "400-unreadable"}, State.HELD, Reason.CONFIGURATION, False, 0),
    ({"kind": "404"}, State.HELD, Reason.CONFIGURATION, False, 0),
    ({"kind": "413"}, State.HELD, Reason.CONFIGURATION, False, 0),
    ({"kind": "500-before"}, State.UNKNOWN, Reason.NO_ANSWER, True, 0),
    ({"kind": "500-after"}, State.UNKNOWN, Reason.NO_ANSWER, True, 1),
    ({"kind": "502-before"}, State.UNKNOWN, Reason.NO_ANSWER, True, 0),
    ({"kind": "503-after"}, State.UNKNOWN, Reason.NO_ANSWER, True, 1),
    ({"kind": "drop-after"}, State.UNKNOWN, Reason.NO_ANSWER, True, 1),
    ({"kind": "reset-before"}, State.UNKNOWN, Reason.NO_ANSWER, True, 0),
    ({"kind": "redirect-elsewhere"}, State.UNKNOWN, Reason.NO_ANSWER, True, 1),
    ({"kind": "201-html"}, State.UNKNOWN, Reason.NO_ANSWER, True, 1),
    ({"kind": "201-without-id"}, State.UNKNOWN, Reason.NO_ANSWER, True, 1),
    ({"kind": "truncated"}, State.UNKNOWN, Reason.NO_ANSWER, True, 1),
]


@pytest.mark.parametrize(
    ("fault", "state", "reason", "maybe_applied", "records"),
    ANSWERS,
    ids=[f"{answer[0]['kind']}-{answer[0].get('call', 'orders')}" for answer in ANSWERS],
)
def test_each_answer_leads_to_its_state(
    declared, worker, sirius, fault, state, reason, maybe_applied, records
):
    submission = declared()
    sirius.faults(fault)
    assert worker.deliver(submission) == state
    assert (submission.reason, submission.maybe_applied) == (reason, maybe_applied)
    assert len(sirius.accepted()) == records
    order = Order.objects.get(pk=submission.order_id)
    assert order.status == ("PENDING" if state == State.REJECTED else "SERVING")
    assert submission.attempts.get().ended_at is not None


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "fault", [{"kind": "hang-after", "seconds": 3}, {"kind": "drip-headers", "seconds": 0.5}]
)
def test_an_answer_that_does_not_come_in_time_is_unknown(declared, worker, sirius, fault):
    submission = declared()
    sirius.faults(fault)
    assert worker.deliver(submission) == State.UNKNOWN
    assert (submission.reason, submission.maybe_applied) == (Reason.NO_ANSWER, True)
    assert submission.attempts.get().ended_at is not None


@pytest.mark.parametrize("fault", [None, "404", "500-before"])
def test_every_attempt_ends_with_signing_out(declared, worker, sirius, fault):
    submission, states = declared(), []
    if fault:
        sirius.faults({"kind": fault})
    door = door_from_settings()
    close = door.close

    def close_and_look():
        close()
        states.append(Submission.objects.get(pk=submission.pk).state)

    door.close = close_and_look
    state = worker.deliver(submission, door=door)
    # After the settling: nothing that signing out brings may come between answer and row.
    assert states == [state]


@pytest.mark.parametrize("kind", ["session-expired", "csrf-refused", "401", "403"])
def test_ended_session_is_renewed_within_the_attempt(declared, worker, sirius, kind):
    submission = declared()
    sirius.faults({"kind": kind})
    assert worker.deliver(submission) == State.ACCEPTED
    assert submission.attempts.count() == 1
    assert len(sirius.accepted()) == 1


def test_sirius_away_is_not_applied(declared, worker, infrastructure):
    submission = declared()
    infrastructure.sirius.stop()
    try:
        worker.deliver(submission)
    finally:
        infrastructure.sirius.start()
    assert (submission.state, submission.reason) == (State.QUEUED, Reason.UNREACHABLE)
    assert worker.deliver(submission) == State.ACCEPTED


# (first fault, second fault, state, reason): the second comes to a row that had an unknown
AFTER_UNKNOWN = [
    ("500-before", None, State.ACCEPTED, ""),
    ("500-after", None, State.HELD, Reason.UNCONFIRMED),
    ("500-before", "429", State.UNKNOWN, Reason.BUSY),
    ("500-before", "400-invalid", State.HELD, Reason.UNCONFIRMED),
    ("500-before", "404", State.UNKNOWN, Reason.CONFIGURATION),
    ("500-before", "400-duplicate", State.HELD, Reason.UNCONFIRMED),
    ("500-before", "500-before", State.UNKNOWN, Reason.NO_ANSWER),
]


@pytest.mark.parametrize(("first", "second", "state", "reason"), AFTER_UNKNOWN)
def test_each_answer_after_an_unknown(declared, worker, sirius, first, second, state, reason):
    submission = declared()
    sirius.faults({"kind": first}, *([{"kind": second}] if second else []))
    worker.deliver(submission)
    assert submission.state == State.UNKNOWN
    assert worker.deliver(submission) == state
    assert (submission.reason, submission.maybe_applied) == (reason, True)


def test_unknown_waits_for_the_settle_time(declared, worker, sirius, policy):
    submission = declared()
    sirius.faults({"kind": "500-after"})
    settle = type(policy)(**{**vars(policy), "settle": 180})
    worker.deliver(submission, policy=settle)
    waits = (submission.next_attempt_at - submission.attempts.get().ended_at).total_seconds()
    assert 179 < waits < 182
    assert worker.deliver(submission) is None


def test_retry_after_is_obeyed(declared, worker, sirius):
    submission = declared()
    sirius.faults({"kind": "429", "retry_after": "600"})
    worker.deliver(submission)
    waits = (submission.next_attempt_at - submission.attempts.get().ended_at).total_seconds()
    assert 599 < waits < 602
    assert submission.retry_seconds_used == pytest.approx(600)


def test_forty_eight_hours_of_waiting_used_up_hold_it(declared, worker, sirius, caplog):
    submission = declared()
    submission.retry_seconds_used = 48 * 3600
    submission.save()
    sirius.faults({"kind": "429", "retry_after": "60"})
    worker.deliver(submission)
    assert (submission.state, submission.reason) == (State.HELD, Reason.EXHAUSTED)
    assert f"submission {submission.pk} is held: exhausted" in caplog.text


def test_rejection_keeps_each_error_beside_its_field(declared, worker, sirius):
    submission = declared()
    sirius.faults({"kind": "400-invalid"})
    worker.deliver(submission)
    assert list(submission.sirius_answer["validation_errors"]) == ["client.lastName"]


# --- Documents ---
class BrokenBucket:
    """A bucket that fails on the second document."""

    def __init__(self, error):
        self._error, self._asked = error, 0

    def ensure(self, **_document):
        self._asked += 1
        if self._asked == 2:
            raise self._error
        return "copied"


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (DocumentMissing("key"), State.HELD, Reason.DOCUMENT),
        (DocumentAltered("key"), State.HELD, Reason.DOCUMENT),
        (StoreUnavailable("key"), State.QUEUED, Reason.STORAGE),
    ],
)
def test_nothing_is_posted_before_every_document_stands(
    declared, worker, sirius, error, state, reason
):
    submission = declared()
    worker.deliver(submission, bucket=BrokenBucket(error))
    assert (submission.state, submission.reason) == (state, reason)
    assert submission.documents_copied == 1
    assert sirius.attempts() == []


def test_document_that_is_gone_holds_the_submission(declared, worker, sirius, store):
    submission = declared()
    store.delete(submission.manifest[1]["key"])
    worker.deliver(submission)
    assert (submission.state, submission.reason) == (State.HELD, Reason.DOCUMENT)
    assert submission.manifest[1]["key"] in submission.attempts.get().answer
    assert sirius.attempts() == []


# --- The pause ---
def test_pause_stops_a_delivery_that_has_begun(declared, worker, sirius, olive, now):
    submission = declared()

    class Pausing:
        def ensure(self, **_document):
            serving.pause_sending(reason="now", by=olive, now=now)
            return "copied"

    worker.deliver(submission, bucket=Pausing())
    assert (submission.state, submission.reason) == (State.QUEUED, Reason.PAUSED)
    assert (submission.attempts_made, sirius.accepted()) == (0, [])


# --- Settling through a restart of the database ---
@pytest.mark.django_db(transaction=True)
def test_answer_survives_a_restart_of_the_database(
    declared, worker, sirius, infrastructure, monkeypatch
):
    submission = declared()
    door = door_from_settings()
    send = door.send

    def send_and_restart(*args, **options):
        proof = send(*args, **options)
        infrastructure.postgres.restart()
        return proof

    door.send = send_and_restart
    monkeypatch.setattr(settling, "SECONDS_BETWEEN_TRIES", 0.05)
    assert worker.deliver(submission, door=door) == State.ACCEPTED
    assert len(sirius.accepted()) == 1


# --- The event bus ---
def test_event_bus_door_serves_with_the_event_id(declared, worker, sirius, settings):
    settings.SIRIUS_DOOR = "event_bus"
    submission = declared()
    assert worker.deliver(submission) == State.ACCEPTED
    (event,) = sirius.events()
    assert event["source"] == "opg.supervision.serve"
    assert event["detail"]["orderId"] == submission.order_id
    assert event["detail"]["payload"] == submission.payload
    assert submission.reference == submission.event_id == event["event_id"]
    assert Order.objects.get().status == "SERVED"


def test_a_virus_that_is_found_while_documents_are_copied_holds_the_order(declared, worker, sirius):
    submission = declared()

    class Bucket:
        def ensure(self, *, key, size, sha256):
            Document.objects.filter(key=key).update(scan_state=ScanState.INFECTED)
            return "copied"

    assert worker.deliver(submission, bucket=Bucket()) == State.HELD
    assert (submission.reason, submission.crashes) == (Reason.DOCUMENT, 0)
    assert sirius.attempts() == []


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("bus-entry-failed", State.UNKNOWN),
        ("bus-entry-throttled", State.QUEUED),
        ("bus-entry-refused", State.HELD),
    ],
)
def test_event_bus_answers(declared, worker, sirius, settings, kind, state):
    settings.SIRIUS_DOOR = "event_bus"
    submission = declared()
    sirius.faults({"kind": kind, "call": "bus"})
    assert worker.deliver(submission) == state
