"""Deliveries whose lease runs out: what a worker may still do, and what a late answer is worth."""

import time
from dataclasses import replace

import pytest
from django.db.models.functions import Now

from orders.models import Attempt, Submission
from orders.rules import Reason, State
from orders.services import serving
from orders.services.delivery import claim_submission
from orders.services.doors import door_from_settings
from orders.services.errors import SecondOperatorNeeded
from orders.services.settling import recover_lost
from sirius_client import LeaseRanOut, OutcomeUnknown, SessionEnded


class StubDoor:
    """A door of which the test says what happens when something is sent."""

    kind = Attempt.Kind.HTTP

    def __init__(self, send):
        self._send = send

    def open(self):
        """Nothing to open."""

    def send(self, submission, **_options):
        return self._send(submission)

    def close(self):
        """Nothing to close."""


def lose(submission, run_out, policy):
    run_out(submission)
    assert recover_lost(policy=policy) == 1
    submission.refresh_from_db()


def test_row_is_marked_sending_before_the_post(declared, worker):
    submission, seen = declared(), []

    def look(_submission):
        submission.refresh_from_db()
        seen.append((submission.state, submission.documents_copied))
        raise OutcomeUnknown("for the test")

    worker.deliver(submission, door=StubDoor(look))
    assert seen == [(State.SENDING, 4)]


def test_second_post_within_the_attempt_is_marked_too(declared, worker):
    submission, leases = declared(), []

    def refuse(_submission):
        submission.refresh_from_db()
        leases.append(submission.lease_expires_at)
        raise SessionEnded("for the test")

    worker.deliver(submission, door=StubDoor(refuse))
    assert leases[0] < leases[1]
    assert (submission.state, submission.reason) == (State.QUEUED, Reason.SESSION)


def test_lost_while_preparing_goes_back_to_the_queue(declared, worker, policy, run_out):
    submission = declared()

    class Stuck:
        def ensure(self, **_document):
            lose(submission, run_out, policy)
            return "copied"

    assert worker.deliver(submission, bucket=Stuck()) is None
    assert (submission.state, submission.crashes) == (State.QUEUED, 1)
    assert not submission.maybe_applied
    assert submission.attempts.get().outcome == "lease_lost"
    assert worker.deliver(submission) == State.ACCEPTED


def test_lost_while_sending_is_unknown(declared, worker, policy, run_out):
    submission = declared()

    def die(_submission):
        lose(submission, run_out, policy)
        raise OutcomeUnknown("told too late")

    worker.deliver(submission, door=StubDoor(die))
    assert (submission.state, submission.reason) == (State.UNKNOWN, Reason.WORKER_LOST)
    assert submission.maybe_applied
    assert submission.attempts.get().outcome == "lease_lost"


def test_lost_while_sending_waits_for_the_settle_time(declared, worker, policy, run_out):
    """The post of the lost worker may still be running: a repeat beside it could be taken too."""
    submission = declared()

    def die(_submission):
        lose(submission, run_out, replace(policy, settle=180))
        raise OutcomeUnknown("told too late")

    worker.deliver(submission, door=StubDoor(die))
    assert worker.deliver(submission) is None
    assert submission.state == State.UNKNOWN


def slow_door(meanwhile):
    """The real one, whose answer comes only after something else has happened."""
    door = door_from_settings()
    send = door.send

    def send_slowly(*args, **options):
        proof = send(*args, **options)
        meanwhile()
        return proof

    door.send = send_slowly
    return door


def test_late_acceptance_counts_although_the_lease_was_lost(
    declared, worker, sirius, policy, run_out
):
    submission = declared()

    def meanwhile():
        lose(submission, run_out, policy)
        assert submission.state == State.UNKNOWN

    assert worker.deliver(submission, door=slow_door(meanwhile)) == State.ACCEPTED
    assert submission.sirius_order_id == sirius.accepted()[0]["ids"]["id"]


def test_late_acceptance_counts_from_held(declared, worker, sirius, policy, run_out, olive, now):
    submission = declared()

    def meanwhile():
        lose(submission, run_out, policy)
        serving.hold_submission(submission_id=submission.pk, reason="look", by=olive, now=now)

    assert worker.deliver(submission, door=slow_door(meanwhile)) == State.ACCEPTED


def test_an_acceptance_after_the_end_changes_nothing_and_is_an_alarm(
    declared, worker, sirius, policy, run_out, olive, ada, now, caplog
):
    """Two operators said that it never arrived. Staff have the order again, and Sirius has it."""
    submission = declared()

    def meanwhile():
        lose(submission, run_out, policy)
        told = {"submission_id": submission.pk, "reason": "not there", "now": now}
        serving.hold_submission(**told, by=olive)
        with pytest.raises(SecondOperatorNeeded):
            serving.return_submission(**told, by=olive)
        serving.return_submission(**told, by=ada)

    assert worker.deliver(submission, door=slow_door(meanwhile)) == State.CANCELLED
    assert submission.order.status == "PENDING"
    alarms = [line.getMessage() for line in caplog.records if line.levelname == "CRITICAL"]
    assert alarms == [f"submission {submission.pk} was accepted after its end"]


def test_two_acceptances_keep_the_first(declared, worker, sirius, policy, run_out):
    """A stopped worker wakes up after the repeat was accepted."""
    submission = declared()

    def overtaken(_submission):
        lose(submission, run_out, policy)
        worker.deliver(submission)
        assert submission.state == State.ACCEPTED
        raise OutcomeUnknown("the line is long dead")

    assert worker.deliver(submission, door=StubDoor(overtaken)) == State.ACCEPTED
    assert len(sirius.accepted()) == 1
    assert [attempt.outcome for attempt in submission.attempts.order_by("number")] == [
        "lease_lost",
        "accepted",
    ]


def test_stale_worker_changes_nothing_but_its_own_attempt(declared, worker, policy, run_out):
    submission = declared()

    def overtaken(_submission):
        lose(submission, run_out, policy)
        raise LeaseRanOut("for the test")

    worker.deliver(submission, door=StubDoor(overtaken))
    assert submission.state == State.UNKNOWN


def take_over(submission, policy):
    """Another worker has it now, in the very state in which the first one left it."""
    Submission.objects.filter(pk=submission.pk).update(next_attempt_at=Now())
    claim = claim_submission(
        submission_id=submission.pk, worker="another", kind=Attempt.Kind.HTTP, policy=policy
    )
    assert claim.fence == 2


def is_with_the_other(submission):
    submission.refresh_from_db()
    return (submission.state, submission.lease_owner, submission.documents_copied) == (
        *(State.PREPARING, "another", 0),
    )


def test_a_worker_that_wakes_beside_the_next_one_posts_nothing(
    declared, worker, sirius, policy, run_out
):
    submission = declared()

    class Slow:
        def ensure(self, **_document):
            lose(submission, run_out, policy)
            take_over(submission, policy)
            return "copied"

    assert worker.deliver(submission, bucket=Slow()) is None
    assert is_with_the_other(submission)
    assert sirius.received()["attempts"] == []


def test_what_a_worker_finds_beside_the_next_one_settles_nothing(declared, worker, policy, run_out):
    submission = declared()

    def overtaken(_submission):
        lose(submission, run_out, policy)
        take_over(submission, policy)
        raise LeaseRanOut("for the test")

    worker.deliver(submission, door=StubDoor(overtaken))
    assert is_with_the_other(submission)


@pytest.mark.parametrize("kind", ["http", "event_bus"])
def test_nothing_leaves_after_the_lease(declared, worker, sirius, settings, kind):
    """The worker was stopped between marking and posting for longer than its lease allows."""
    settings.SIRIUS_DOOR = kind
    submission = declared()
    door = door_from_settings()
    send = door.send
    door.send = lambda one, *, request_id, not_after: send(
        one, request_id=request_id, not_after=time.monotonic() - 1
    )
    worker.deliver(submission, door=door)
    assert (submission.state, submission.reason) == (State.QUEUED, Reason.LEASE)
    assert (submission.maybe_applied, submission.attempts_made) == (False, 0)
    assert (sirius.accepted(), sirius.events()) == ([], [])


def test_each_post_may_leave_only_while_it_can_end_within_the_lease(declared, worker, policy):
    """Also the second within the attempt. It counts from just before the lease is renewed."""
    within, spans = policy.lease - policy.post, []

    class Watching(StubDoor):
        def send(self, submission, *, request_id, not_after):
            spans.append((began, not_after, time.monotonic()))
            raise SessionEnded("for the test")

    began = time.monotonic()
    worker.deliver(declared(), door=Watching(None))
    assert len(spans) == 2
    for before, not_after, after in spans:
        assert before + within <= not_after <= after + within


def test_three_leases_lost_in_a_row_hold_it(declared, worker, policy, run_out, caplog):
    submission = declared()

    class Deadly:
        def ensure(self, **_document):
            lose(submission, run_out, policy)
            return "copied"

    for _ in range(3):
        worker.deliver(submission, bucket=Deadly())
    assert (submission.state, submission.reason) == (State.HELD, Reason.POISON)
    assert f"submission {submission.pk} is held: poison" in caplog.text


def test_an_outcome_starts_the_count_of_lost_leases_again(
    declared, worker, sirius, policy, run_out
):
    submission = declared()
    submission.crashes = 2
    submission.save()
    sirius.faults({"kind": "429"})
    worker.deliver(submission)
    assert submission.crashes == 0
