"""Serving from the side of people: staff declare, operators decide. Sending is `delivery`."""

import datetime as dt
import uuid
from typing import Any

from django.db import IntegrityError, transaction

import audit
from accounts.models import User
from audit.trace import current_trace_id
from orders import queries, rules
from orders.models import Document, Order, SendingSwitch, Submission
from orders.rules import OrderStatus, Reason, State
from orders.services import breaker, images
from orders.services.clock import database_now
from orders.services.errors import (
    AlreadyBeingServed,
    MoveNotAllowed,
    OrderChanged,
    OrderNotReady,
    SecondOperatorNeeded,
)
from orders.services.locking import lock_case_and_type, lock_editable_order, lock_sirius_id
from orders.sirius_payload import Payload, build_payload, payload_sha256


# --- Staff ----------------------------------------------------------------------------------------
def fingerprint(order: Order) -> str:
    """What would be sent of an order from `get_order`, and what became of it when it was last sent.

    Letters that change with either, so that an old page does not serve again what was refused.
    """
    return _fingerprint(order, payload_sha256(_payload(order, _documents_on_the_wire(order))))


def _fingerprint(order: Order, content_sha256: str) -> str:
    earlier = queries.find_latest_submission(order)
    return f"{content_sha256}-{earlier.pk if earlier else 0}"


def serve_order(
    *, order_id: int, seen: str | None = None, by: User, now: dt.datetime
) -> Submission:
    """Declare the order: freeze what will be sent in a Submission, in one transaction.

    Nothing is sent here; the row is the queue. `seen` is the `fingerprint` of what the person was
    shown; without it nobody was shown anything, as from a terminal.
    Raises `Order.DoesNotExist`, `OrderNotEditable` (also for the second click), `OrderNotReady`,
    `OrderChanged` when it is no longer what was seen, and `AlreadyBeingServed` when another order
    of the case and type is on its way.
    """
    with transaction.atomic():
        lock_case_and_type(lock_editable_order(order_id))
        order = queries.get_order(order_id)
        if missing := rules.missing(queries.facts_of(order)):
            raise OrderNotReady(missing)
        submission = _freeze(order, by=by, now=now)
        if seen is not None and seen != _fingerprint(order, submission.payload_sha256):
            raise OrderChanged(
                "This order was changed or returned after you opened the page. "
                "Check it again before serving."
            )
        _insert(submission)
        order.status = OrderStatus.SERVING
        order.save(update_fields=["status"])
        audit.record(
            audit.Event.SUBMISSION_DECLARED,
            by=by,
            subject=order,
            submission=submission.pk,
            payload_sha256=submission.payload_sha256,
            images=images.declared(submission) | audit.after(order, "status"),
        )
    return submission


def _documents_on_the_wire(order: Order) -> list[tuple[Document, rules.DocumentType]]:
    facts = queries.facts_of(order)
    return [
        (document, rules.type_on_the_wire(document.document_type, facts))
        for document in documents_in_order(order)
    ]


def _payload(order: Order, documents: list[tuple[Document, rules.DocumentType]]) -> Payload:
    return build_payload(order, deputies=order.deputies.all(), documents=documents)


def _freeze(order: Order, *, by: User, now: dt.datetime) -> Submission:
    documents = _documents_on_the_wire(order)
    payload = _payload(order, documents)
    return Submission(
        order=order,
        court_reference=order.case.case_number,
        order_type=order.order_type,
        payload=payload,
        payload_sha256=payload_sha256(payload),
        manifest=[
            {
                "key": document.key,
                "name": document.name,
                "document_type": str(wire_type),
                "size": document.size,
                "sha256": document.sha256,
            }
            for document, wire_type in documents
        ],
        declared_by=by,
        declared_at=now,
        trace_id=current_trace_id() or uuid.uuid4().hex,
    )


def documents_in_order(order: Order) -> list[Document]:
    """The documents as pages list them and as they are sent: by type, then by age."""
    rank = {kind.value: number for number, kind in enumerate(rules.DocumentType)}
    return sorted(order.documents.all(), key=lambda one: (rank[one.document_type], one.pk))


def _insert(submission: Submission) -> None:
    try:
        with transaction.atomic():
            submission.save()
    except IntegrityError as error:
        if "submission_one_live_a_key" not in str(error):
            raise
        raise AlreadyBeingServed(
            "Another order of this type for this case is being sent to OPG. Wait until it is done."
        ) from error


# --- Operators ------------------------------------------------------------------------------------
def _lock(submission_id: int) -> Submission:
    return Submission.objects.select_for_update(of=("self",)).get(pk=submission_id)


def _refuse_unless(submission: Submission, *states: State) -> None:
    if submission.state not in states:
        words = " or ".join(str(state.label).lower() for state in states)
        raise MoveNotAllowed(
            f"Submission {submission.pk} is {submission.get_state_display().lower()}; "
            f"this needs one that is {words}."
        )


def _record(event: audit.Event, submission: Submission, *, by: User, **facts: Any) -> None:
    audit.record(event, by=by, subject=submission, order=submission.order_id, **facts)


def retry_submission(*, submission_id: int, reason: str, by: User, now: dt.datetime) -> Submission:
    """Send a held one again, with a fresh 48 hours; or a waiting one now rather than later.

    One that may have been applied goes on as such: the repeat is the same frozen payload, and not
    before its settle time is over. Raises `Submission.DoesNotExist`, `MoveNotAllowed`.
    """
    with transaction.atomic():
        submission = _lock(submission_id)
        _refuse_unless(submission, State.HELD, State.QUEUED)
        was = submission.state
        at_once = database_now()
        if submission.maybe_applied:
            submission.state = State.UNKNOWN
            submission.next_attempt_at = max(submission.next_attempt_at, at_once)
        else:
            submission.state, submission.next_attempt_at = State.QUEUED, at_once
        submission.retry_seconds_used = 0
        submission.crashes = 0
        _withdraw_proposal(submission)
        submission.save()
        told = images.moved(submission)
        _record(
            audit.Event.SUBMISSION_RETRIED, submission, by=by, reason=reason, was=was, images=told
        )
    return submission


def hold_submission(*, submission_id: int, reason: str, by: User, now: dt.datetime) -> Submission:
    """Keep a waiting one from being sent until someone decides. Raises as `retry_submission`."""
    with transaction.atomic():
        submission = _lock(submission_id)
        _refuse_unless(submission, State.QUEUED, State.UNKNOWN)
        submission.state, submission.reason = State.HELD, Reason.OPERATOR
        submission.save()
        told = images.moved(submission)
        _record(audit.Event.SUBMISSION_HELD, submission, by=by, reason=reason, images=told)
    return submission


def cancel_submission(*, submission_id: int, reason: str, by: User, now: dt.datetime) -> Submission:
    """Withdraw one of which nothing ever left; the order is staff's again.

    Raises `Submission.DoesNotExist`, and `MoveNotAllowed` when something may have left.
    """
    with transaction.atomic():
        submission = _lock(submission_id)
        _refuse_unless(submission, State.QUEUED)
        if submission.maybe_applied:
            raise MoveNotAllowed("A post may have left; this can no longer be cancelled.")
        told = _give_back(submission, Reason.WITHDRAWN, now=now)
        _record(audit.Event.SUBMISSION_CANCELLED, submission, by=by, reason=reason, images=told)
    return submission


def return_submission(*, submission_id: int, reason: str, by: User, now: dt.datetime) -> Submission:
    """Give the order of a held submission back to staff to correct.

    Where a post may have been applied, the operator vouches that Sirius has no such record, and a
    second one must say the same: the first call stores the proposal and raises
    `SecondOperatorNeeded`. Raises `Submission.DoesNotExist`, `MoveNotAllowed`.
    """
    with transaction.atomic():
        submission = _lock(submission_id)
        _refuse_unless(submission, State.HELD)
        if not submission.maybe_applied or _is_seconded(submission, "return", by=by):
            submission.sirius_answer = {**submission.sirius_answer, "operator_reason": reason}
            told = _give_back(submission, Reason.RETURNED, now=now)
            _record(audit.Event.SUBMISSION_RETURNED, submission, by=by, reason=reason, images=told)
            return submission
        _propose(submission, "return", {"reason": reason}, by=by)
    raise SecondOperatorNeeded(
        "Noted. A post may have reached Sirius, so another operator must agree to the return."
    )


def confirm_submission(
    *, submission_id: int, sirius_order_id: int, evidence: str, by: User, now: dt.datetime
) -> Submission:
    """Take a held submission as served, on the word of two operators who saw it in Sirius.

    The first call stores the proposal and raises `SecondOperatorNeeded`; the second operator must
    name the same Sirius id. Raises `Submission.DoesNotExist`, and `MoveNotAllowed`, also for an id
    that cannot be one or is another submission's.
    """
    if not 0 < sirius_order_id <= rules.LARGEST_SIRIUS_ID:
        raise MoveNotAllowed(f"{sirius_order_id} is not the id of an order in Sirius.")
    proposal = {"sirius_order_id": sirius_order_id}
    with transaction.atomic():
        submission = _lock(submission_id)
        _refuse_unless(submission, State.HELD)
        _refuse_taken_id(sirius_order_id)
        if _is_seconded(submission, "confirm", by=by, proposal=proposal):
            told = accept(
                submission, sirius_order_id=sirius_order_id, reason=Reason.CONFIRMED, now=now
            )
            _record(
                audit.Event.SUBMISSION_CONFIRMED,
                submission,
                by=by,
                evidence=evidence,
                sirius_order_id=sirius_order_id,
                proposed_by=submission.proposed_by_id,
                images=told,
            )
            return submission
        _propose(submission, "confirm", {**proposal, "evidence": evidence}, by=by)
    raise SecondOperatorNeeded("Noted. Another operator must confirm the same Sirius order id.")


def _refuse_taken_id(sirius_order_id: int) -> None:
    lock_sirius_id(sirius_order_id)
    other = Submission.objects.filter(sirius_order_id=sirius_order_id).first()
    if other is not None:
        raise MoveNotAllowed(f"{sirius_order_id} is the order of submission {other.pk}.")


def _is_seconded(
    submission: Submission, move: str, *, by: User, proposal: dict[str, Any] | None = None
) -> bool:
    proposed = submission.proposed_move == move and all(
        submission.proposed_evidence.get(name) == value for name, value in (proposal or {}).items()
    )
    return proposed and submission.proposed_by_id != by.pk


def _propose(submission: Submission, move: str, evidence: dict[str, Any], *, by: User) -> None:
    submission.proposed_move = move
    submission.proposed_by = by
    submission.proposed_evidence = evidence
    submission.save()
    told = images.moved(submission)
    _record(
        audit.Event.CONFIRMATION_PROPOSED, submission, by=by, move=move, images=told, **evidence
    )


def _withdraw_proposal(submission: Submission) -> None:
    submission.proposed_move, submission.proposed_by, submission.proposed_evidence = "", None, {}


def _give_back(submission: Submission, reason: Reason, *, now: dt.datetime) -> audit.Images:
    submission.state, submission.reason = State.CANCELLED, reason
    submission.settled_at = now
    submission.save()
    return images.moved(submission) | reopen_order(submission)


# --- What both people and delivery do -------------------------------------------------------------
def reopen_order(submission: Submission) -> audit.Images:
    """The order of an ended submission is staff's to change again. For the caller's event."""
    order = _lock_order_of(submission)
    order.status = OrderStatus.PENDING
    order.save(update_fields=["status"])
    return audit.after(order, "status")


def _lock_order_of(submission: Submission) -> Order:
    """A live submission always has its order."""
    assert submission.order_id is not None
    return Order.objects.select_for_update(of=("self",)).get(pk=submission.order_id)


def accept(
    submission: Submission,
    *,
    sirius_order_id: int | None,
    reason: Reason | None = None,
    now: dt.datetime,
) -> audit.Images:
    """Submission ACCEPTED and order SERVED, in the caller's transaction and for its event."""
    submission.state, submission.reason = State.ACCEPTED, reason or ""
    submission.sirius_order_id = sirius_order_id
    submission.lease_expires_at, submission.lease_owner = None, ""
    submission.settled_at = now
    submission.save()
    order = _lock_order_of(submission)
    order.status, order.served_at = OrderStatus.SERVED, now
    order.save(update_fields=["status", "served_at"])
    return images.moved(submission) | audit.after(order, "status", "served_at")


# --- The switch -----------------------------------------------------------------------------------
def pause_sending(*, reason: str, by: User, now: dt.datetime) -> None:
    """No post leaves any more until `resume_sending`; declarations are still taken."""
    _set_paused(True, audit.Event.SENDING_PAUSED, reason=reason, by=by)


def resume_sending(*, reason: str, by: User, now: dt.datetime) -> None:
    """Sending goes on with whatever is due."""
    _set_paused(False, audit.Event.SENDING_RESUMED, reason=reason, by=by)


def _set_paused(paused: bool, event: audit.Event, *, reason: str, by: User) -> None:
    with transaction.atomic():
        breaker.ensure_switch()
        switch = SendingSwitch.objects.select_for_update().get(pk=1)
        if switch.paused == paused:
            return
        switch.paused = paused
        switch.save(update_fields=["paused"])
        told = audit.after(switch, "paused")
        audit.record(event, by=by, subject=switch, reason=reason, images=told)
