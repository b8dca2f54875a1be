"""What staff declare and what operators decide."""

from dataclasses import replace

import pytest
from django.utils import timezone

from audit.models import Entry
from orders import queries, rules
from orders.models import Order, Submission
from orders.rules import Reason, State
from orders.services import serving
from orders.services.errors import (
    AlreadyBeingServed,
    MoveNotAllowed,
    OrderNotEditable,
    OrderNotReady,
    SecondOperatorNeeded,
)
from orders.services.serving import serve_order
from orders.sirius_payload import payload_sha256


def events(*subjects):
    return [entry.event for entry in Entry.objects.about(*subjects)]


def test_serve_order_writes_submission_status_and_diary_together(ready_order, sam, now):
    order = ready_order()
    submission = serve_order(order_id=order.pk, by=sam, now=now)
    order.refresh_from_db()
    assert order.status == "SERVING"
    assert (submission.state, submission.reason, submission.maybe_applied) == ("QUEUED", "", False)
    assert (submission.declared_by, submission.declared_at) == (sam, now)
    assert events(order)[-1] == "SUBMISSION_DECLARED"
    assert list(Submission.objects.due()) == [submission]


def test_payload_is_frozen_as_the_contract_wants_it(ready_order, sam, now):
    submission = serve_order(order_id=ready_order().pk, by=sam, now=now)
    submission.refresh_from_db()
    payload = submission.payload
    documents = payload.pop("documents")
    assert payload == {
        "courtReference": "93559316",
        "type": "PF",
        "subType": "NEW_APPLICATION",
        "date": "2026-05-01",
        "issueDate": "2026-05-15",
        "appointmentType": "SOLE",
        "assetLevel": "HIGH",
        "client": {"firstName": "Joni", "lastName": "Mitchell"},
        "deputies": [
            {
                "type": "LAY",
                "firstName": "Dana",
                "lastName": "Deputy",
                "dob": "1980-02-29",
                "email": "dana@example.com",
                "daytimeNumber": "020 7946 0000",
                "mobileNumber": "07700 900000",
                "addressLine1": "1 High Street",
                "town": "Leeds",
                "postcode": "LS1 1AA",
            }
        ],
    }
    assert [document["type"] for document in documents] == ["COURT_ORDER", "COP1A", "COP3", "COP4"]
    assert [document["filename"] for document in documents] == [
        entry["key"] for entry in submission.manifest
    ]
    assert submission.payload_sha256 == payload_sha256({**payload, "documents": documents})


def test_asset_level_is_never_sent_for_health_and_welfare(ready_order, sam, now):
    submission = serve_order(order_id=ready_order(order_type="HW").pk, by=sam, now=now)
    assert "assetLevel" not in submission.payload


def test_order_that_is_not_ready_is_refused_with_what_is_missing(pending_order, sam, now):
    order = pending_order()
    with pytest.raises(OrderNotReady) as refusal:
        serve_order(order_id=order.pk, by=sam, now=now)
    assert "Add the court order" in refusal.value.missing
    order.refresh_from_db()
    assert order.status == "PENDING"
    assert not Submission.objects.exists()


def test_second_click_is_refused_and_sends_nothing_twice(ready_order, sam, now):
    order = ready_order()
    serve_order(order_id=order.pk, by=sam, now=now)
    with pytest.raises(OrderNotEditable, match="being sent"):
        serve_order(order_id=order.pk, by=sam, now=now)
    assert Submission.objects.count() == 1


def test_another_order_of_the_case_and_type_must_wait(ready_order, sam, now):
    serve_order(order_id=ready_order(case_number="93559316").pk, by=sam, now=now)
    second = ready_order(case_number="93559316", order_number="A2")
    with pytest.raises(AlreadyBeingServed, match="Wait until it is done"):
        serve_order(order_id=second.pk, by=sam, now=now)
    second.refresh_from_db()
    assert second.status == "PENDING"


# --- Operators ---
@pytest.fixture
def held(declared, worker, sirius):
    """A submission that Sirius says it has from somebody else; it never had an unknown."""
    submission = declared()
    sirius.take((submission.court_reference, submission.order_type))
    worker.deliver(submission)
    assert submission.state == State.HELD
    return submission


@pytest.fixture
def unconfirmed(declared, worker, sirius):
    """One that Sirius created and then dropped the line."""
    submission = declared()
    sirius.faults({"kind": "drop-after"})
    worker.deliver(submission)
    worker.deliver(submission)
    assert (submission.state, submission.reason) == (State.HELD, Reason.UNCONFIRMED)
    return submission


def test_retry_sends_a_held_one_again(held, worker, sirius, olive, now):
    sirius.reset()
    serving.retry_submission(submission_id=held.pk, reason="removed there", by=olive, now=now)
    assert worker.deliver(held) == State.ACCEPTED
    assert "SUBMISSION_RETRIED" in events(held)


def test_retry_of_one_that_may_be_applied_stays_so(unconfirmed, worker, sirius, olive, now):
    retried = serving.retry_submission(
        submission_id=unconfirmed.pk, reason="again", by=olive, now=now
    )
    assert (retried.state, retried.maybe_applied) == (State.UNKNOWN, True)
    worker.deliver(unconfirmed)
    assert unconfirmed.reason == Reason.UNCONFIRMED
    assert len(sirius.accepted()) == 1


@pytest.mark.parametrize("used", [0, 48 * 3600])
def test_retry_keeps_the_settle_time_of_an_unknown(declared, worker, sirius, policy, olive, used):
    """Held by an operator, or because 48 hours are used up: the first post may still be running."""
    submission = declared()
    submission.retry_seconds_used = used
    submission.save()
    sirius.faults({"kind": "500-before"})
    worker.deliver(submission, policy=replace(policy, settle=180))
    if submission.state == State.UNKNOWN:
        serving.hold_submission(
            submission_id=submission.pk, reason="look", by=olive, now=timezone.now()
        )
    serving.retry_submission(
        submission_id=submission.pk, reason="again", by=olive, now=timezone.now()
    )
    assert worker.deliver(submission) is None
    assert submission.state == State.UNKNOWN
    assert (submission.next_attempt_at - timezone.now()).total_seconds() > 170


def test_retry_forgets_the_workers_that_were_lost(held, olive, now):
    """Else the next lost worker would be the third in a row, and hold it again."""
    held.crashes = 2
    held.save()
    retried = serving.retry_submission(submission_id=held.pk, reason="again", by=olive, now=now)
    assert retried.crashes == 0


def test_retry_begins_the_48_hours_anew(held, olive, now):
    held.retry_seconds_used = rules.RETRY_BUDGET_SECONDS + 1
    held.save()
    retried = serving.retry_submission(submission_id=held.pk, reason="again", by=olive, now=now)
    assert retried.retry_seconds_used == 0


def test_return_gives_the_order_back_to_staff(held, olive, now):
    serving.return_submission(submission_id=held.pk, reason="wrong case", by=olive, now=now)
    order = queries.get_order(held.order_id)
    assert (order.status, queries.tag_of(order)) == ("PENDING", rules.Tag.RETURNED)
    held.refresh_from_db()
    assert (held.state, held.reason) == (State.CANCELLED, Reason.RETURNED)
    assert events(held)[-1] == "SUBMISSION_RETURNED"


def test_return_of_one_that_may_be_applied_needs_two(unconfirmed, olive, ada, now):
    with pytest.raises(SecondOperatorNeeded):
        serving.return_submission(submission_id=unconfirmed.pk, reason="looked", by=olive, now=now)
    with pytest.raises(SecondOperatorNeeded):
        serving.return_submission(submission_id=unconfirmed.pk, reason="looked", by=olive, now=now)
    serving.return_submission(submission_id=unconfirmed.pk, reason="looked too", by=ada, now=now)
    unconfirmed.refresh_from_db()
    assert unconfirmed.state == State.CANCELLED


def test_what_was_proposed_before_a_retry_counts_no_more(unconfirmed, worker, olive, ada, now):
    """Whoever looked into Sirius looked before another post left."""
    told = {"submission_id": unconfirmed.pk, "reason": "looked", "now": now}
    with pytest.raises(SecondOperatorNeeded):
        serving.return_submission(**told, by=olive)
    serving.retry_submission(**told, by=ada)
    worker.deliver(unconfirmed)
    assert unconfirmed.state == State.HELD
    with pytest.raises(SecondOperatorNeeded):
        serving.return_submission(**told, by=ada)


def test_who_proposes_to_confirm_has_not_agreed_to_a_return(unconfirmed, olive, ada, now):
    with pytest.raises(SecondOperatorNeeded):
        serving.confirm_submission(
            submission_id=unconfirmed.pk, sirius_order_id=7, evidence="seen", by=olive, now=now
        )
    with pytest.raises(SecondOperatorNeeded):
        serving.return_submission(submission_id=unconfirmed.pk, reason="looked", by=ada, now=now)


def test_confirm_needs_two_operators_and_the_same_id(unconfirmed, sirius, olive, ada, now):
    (record,) = sirius.accepted()

    def confirm(by, sirius_order_id):
        return serving.confirm_submission(
            submission_id=unconfirmed.pk,
            sirius_order_id=sirius_order_id,
            evidence="seen in Sirius",
            by=by,
            now=now,
        )

    for by, number in (
        (olive, record["ids"]["id"]),
        (olive, record["ids"]["id"]),
        (ada, 1),
        (ada, 1),
    ):
        with pytest.raises(SecondOperatorNeeded):
            confirm(by, number)
    with pytest.raises(SecondOperatorNeeded):
        confirm(olive, record["ids"]["id"])
    confirmed = confirm(ada, record["ids"]["id"])
    assert (confirmed.state, confirmed.reason) == (State.ACCEPTED, Reason.CONFIRMED)
    assert Order.objects.get(pk=confirmed.order_id).status == "SERVED"
    assert events(unconfirmed)[-1] == "SUBMISSION_CONFIRMED"


def test_cancel_gives_back_what_never_left(declared, olive, now):
    submission = declared()
    serving.cancel_submission(submission_id=submission.pk, reason="mistake", by=olive, now=now)
    order = Order.objects.get(pk=submission.order_id)
    assert order.status == "PENDING"
    assert events(submission)[-1] == "SUBMISSION_CANCELLED"


def test_cancelled_order_can_be_served_again(declared, worker, olive, sam, now):
    submission = declared()
    serving.cancel_submission(submission_id=submission.pk, reason="mistake", by=olive, now=now)
    again = serve_order(order_id=submission.order_id, by=sam, now=now)
    assert worker.deliver(again) == State.ACCEPTED


def test_cancel_is_refused_once_something_may_have_left(declared, worker, sirius, olive, now):
    submission = declared()
    sirius.faults({"kind": "500-after"})
    worker.deliver(submission)
    assert submission.state == State.UNKNOWN
    with pytest.raises(MoveNotAllowed):
        serving.cancel_submission(submission_id=submission.pk, reason="no", by=olive, now=now)


def test_cancel_is_refused_by_what_is_known_and_not_by_the_state_alone(declared, olive, now):
    submission = declared()
    Submission.objects.update(maybe_applied=True)
    with pytest.raises(MoveNotAllowed, match="may have left"):
        serving.cancel_submission(submission_id=submission.pk, reason="no", by=olive, now=now)


def test_hold_keeps_a_waiting_one_from_being_sent(declared, worker, olive, now):
    submission = declared()
    serving.hold_submission(submission_id=submission.pk, reason="ask first", by=olive, now=now)
    assert worker.deliver(submission) is None
    assert (submission.state, submission.reason) == (State.HELD, Reason.OPERATOR)


@pytest.mark.parametrize("act", ["retry_submission", "return_submission", "cancel_submission"])
def test_nothing_can_be_done_to_an_accepted_one(declared, worker, olive, now, act):
    submission = declared()
    worker.deliver(submission)
    with pytest.raises(MoveNotAllowed, match="accepted"):
        getattr(serving, act)(submission_id=submission.pk, reason="no", by=olive, now=now)


def test_pause_stops_sending_and_resume_goes_on(declared, worker, sirius, olive, now):
    submission = declared()
    serving.pause_sending(reason="restore", by=olive, now=now)
    assert worker.deliver(submission) is None
    assert sirius.attempts() == []
    serving.resume_sending(reason="done", by=olive, now=now)
    assert worker.deliver(submission) == State.ACCEPTED
    told = list(Entry.objects.order_by("id").values_list("event", flat=True))
    assert [event for event in told if event.startswith("SENDING")] == [
        "SENDING_PAUSED",
        "SENDING_RESUMED",
    ]


@pytest.mark.parametrize("number", [0, -5, 2**63, 10**30])
def test_confirm_refuses_what_is_no_id(held, olive, now, number):
    with pytest.raises(MoveNotAllowed, match="not the id"):
        serving.confirm_submission(
            submission_id=held.pk, sirius_order_id=number, evidence="x", by=olive, now=now
        )


def test_confirm_refuses_the_id_of_another_order(held, declared, worker, olive, now):
    other = declared()
    worker.deliver(other)
    with pytest.raises(MoveNotAllowed, match=f"is the order of submission {other.pk}"):
        serving.confirm_submission(
            submission_id=held.pk,
            sirius_order_id=other.sirius_order_id,
            evidence="x",
            by=olive,
            now=now,
        )
