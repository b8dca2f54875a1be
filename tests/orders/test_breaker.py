"""The breaker: what counts as a failure of Sirius itself, when it opens, and how it closes."""

import time
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.db.models.functions import Now

from audit.models import Entry
from filestore import StoreUnavailable
from orders.models import SendingSwitch, Submission
from orders.rules import State
from orders.services import breaker
from orders.services.doors import door_from_settings


def fail_twice():
    """Two failures in a row were counted before."""
    SendingSwitch.objects.update_or_create(pk=1, defaults={"failures": 2})


def failures():
    return SendingSwitch.objects.get().failures


# (fault, failures in a row after two): Sirius failed itself, or it answered.
COUNTED = [
    ({"kind": "401", "call": "sign-in"}, 3),
    ({"kind": "500-before", "call": "sign-in"}, 3),
    ({"kind": "500-before"}, 3),
    ({"kind": "503-after"}, 3),
    ({"kind": "reset-before"}, 3),
    ({"kind": "drop-after"}, 3),
    ({"kind": "201-html"}, 3),
    ({"kind": "429"}, 0),
    ({"kind": "401", "times": 2}, 0),
    ({"kind": "400-invalid"}, 0),
    ({"kind": "400-duplicate"}, 0),
    ({"kind": "404"}, 0),
]


@pytest.mark.parametrize(
    ("fault", "counted"),
    COUNTED,
    ids=[f"{fault['kind']}-{fault.get('call', 'orders')}" for fault, _ in COUNTED],
)
def test_what_counts_as_a_failure_of_sirius_itself(declared, worker, sirius, fault, counted):
    submission = declared()
    fail_twice()
    sirius.faults(fault)
    worker.deliver(submission)
    assert failures() == counted


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_does_not_come_in_time_counts(declared, worker, sirius):
    submission = declared()
    fail_twice()
    sirius.faults({"kind": "hang-after", "seconds": 3})
    worker.deliver(submission)
    assert failures() == 3


def test_nobody_at_the_address_of_sirius_counts(declared, worker, settings):
    submission = declared()
    fail_twice()
    settings.SIRIUS_URL = "http://127.0.0.1:1"
    worker.deliver(submission)
    assert failures() == 3


def test_where_sirius_was_not_asked_nothing_is_counted(declared, worker):
    submission = declared()
    fail_twice()

    class Away:
        def ensure(self, **_document):
            raise StoreUnavailable("key")

    worker.deliver(submission, bucket=Away())
    assert failures() == 2

    door = door_from_settings()
    send = door.send
    door.send = lambda one, *, request_id, not_after: send(
        one, request_id=request_id, not_after=time.monotonic() - 1
    )
    worker.deliver(submission, door=door)
    assert failures() == 2


@pytest.mark.parametrize("away", [True, False])
def test_it_opens_also_when_sirius_is_away_or_does_not_answer(
    declared, worker, sirius, settings, away
):
    submission = declared()
    if away:
        settings.SIRIUS_URL = "http://127.0.0.1:1"
    sirius.faults({"kind": "500-before", "times": 5})
    for number in range(5):
        assert not SendingSwitch.objects.filter(opened_at__isnull=False).exists(), number
        worker.deliver(submission)
    assert SendingSwitch.objects.get().opened_at is not None


def test_breaker_opens_after_five_failures_and_tries_one_a_minute(declared, worker, sirius, policy):
    submissions = [declared(case_number=number) for number in ("93559316", "61429461")]
    sirius.faults({"kind": "500-before", "call": "sign-in", "times": 6})
    for _ in range(5):
        worker.deliver(submissions[0])
    switch = SendingSwitch.objects.get()
    assert switch.opened_at is not None
    attempts_before = submissions[0].attempts_made
    assert worker.deliver(submissions[1]) is None

    due_again = type(policy)(**{**vars(policy), "breaker_trial": 0})
    SendingSwitch.objects.update(next_trial_at=switch.opened_at)
    worker.deliver(submissions[0], policy=due_again)
    assert submissions[0].attempts_made == attempts_before
    SendingSwitch.objects.update(next_trial_at=switch.opened_at)
    assert worker.deliver(submissions[0]) == State.ACCEPTED
    assert (SendingSwitch.objects.get().opened_at, failures()) == (None, 0)
    assert worker.deliver(submissions[1]) == State.ACCEPTED
    told = Entry.objects.order_by("id").values_list("event", flat=True)
    assert [event for event in told if event.startswith("BREAKER")] == [
        "BREAKER_OPENED",
        "BREAKER_CLOSED",
    ]


def open_with_a_trial_due(**changes):
    """The breaker is open; returns when its next trial may begin, which is now."""
    SendingSwitch.objects.update(opened_at=Now(), next_trial_at=Now(), **changes)
    return SendingSwitch.objects.get().next_trial_at


def test_while_sending_is_paused_no_trial_begins(declared, worker):
    submission = declared()
    due = open_with_a_trial_due(paused=True)
    assert worker.deliver(submission) is None
    assert SendingSwitch.objects.get().next_trial_at == due


def test_a_trial_that_got_no_submission_is_given_back(declared, worker, monkeypatch):
    """Another worker was quicker. Whoever is next need not wait for a minute."""
    submission = declared()
    due = open_with_a_trial_due()
    may_begin = breaker.may_begin

    def and_lose_it(**options):
        begins = may_begin(**options)
        Submission.objects.update(next_attempt_at=Now() + timedelta(hours=1))
        return begins

    monkeypatch.setattr(breaker, "may_begin", and_lose_it)
    assert worker.deliver(submission) is None
    assert SendingSwitch.objects.get().next_trial_at == due


@pytest.mark.django_db(transaction=True)
def test_nobody_pauses_between_the_last_look_and_the_mark_of_a_post(in_another_connection):
    """The pause waits for the mark, so that it is true that nothing leaves after it."""

    def begin_to_pause():
        with transaction.atomic():
            SendingSwitch.objects.select_for_update(nowait=True).get(pk=1)

    in_another_connection(begin_to_pause)
    with transaction.atomic():
        assert not breaker.is_paused_for_sure()
        with pytest.raises(OperationalError, match="could not obtain lock"):
            in_another_connection(begin_to_pause)


def test_any_answer_of_sirius_starts_the_count_again(declared, worker, sirius):
    submission = declared()
    sirius.faults({"kind": "500-before", "call": "sign-in", "times": 4})
    for _ in range(4):
        worker.deliver(submission)
    assert SendingSwitch.objects.get().failures == 4
    assert worker.deliver(submission) == State.ACCEPTED
    assert SendingSwitch.objects.get().failures == 0
