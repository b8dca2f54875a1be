"""Mistakes that can be made in the application on purpose, to see that the harness notices each.

A harness that cannot fail proves nothing. Each mistake is one that such services are known for;
it is made inside the harness' own worker processes alone, and only when its name is asked for.
What each must show is in `mistakes`.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from filestore import SiriusBucket
from orders import queries, rules
from orders.models import Submission
from orders.rules import Outcome, Reason, State
from orders.services import delivery, outcomes, settling
from orders.services.doors import Proof
from orders.services.policy import DeliveryPolicy
from sirius_client import DuplicateOrder, OutcomeUnknown, SiriusError


def make_mistake(name: str) -> None:
    """Make the mistake of this name; "" makes none. Raises `KeyError` for an unknown one."""
    if name:
        MUTANTS[name]()


def _read_unknown_as(outcome: Outcome, reason: Reason) -> Callable[[], None]:
    def make() -> None:
        read = outcomes.read_sirius

        def misread(error: SiriusError) -> outcomes.Ending:
            ending = read(error)
            if isinstance(error, OutcomeUnknown):
                return replace(ending, outcome=outcome, reason=reason)
            return ending

        _replace(outcomes, "read_sirius", misread)

    return make


def _read_duplicate_as_success() -> None:
    read = outcomes.read_sirius

    def misread(error: SiriusError) -> outcomes.Ending:
        if isinstance(error, DuplicateOrder):
            made_up = time.time_ns()
            return outcomes.accepted(Proof(order_id=made_up, client_id=made_up, http_status=400))
        return read(error)

    _replace(outcomes, "read_sirius", misread)


def _mark_after_the_post() -> None:
    """The commit that says "a post may have left" comes when it has come back."""

    def post_and_mark(claim: Any, standing: State, *, door: Any, policy: DeliveryPolicy) -> Proof:
        not_after = time.monotonic() + policy.lease - policy.post
        request_id = claim.attempt.request_id
        try:
            proof: Proof = door.send(claim.submission, request_id=request_id, not_after=not_after)
        finally:
            delivery._renew(claim, standing, policy=policy, state=State.SENDING)
        return proof

    _replace(delivery, "_mark_and_post", post_and_mark)


def _take_lost_leases_for_unsent() -> None:
    """The classical retry: whatever a lost worker was doing, it is done again at once."""

    def verdict(*_: Any, **__: Any) -> rules.Verdict:
        return rules.Verdict(State.QUEUED, Reason.WORKER_LOST)

    after = rules.after_lost_lease

    def as_unsent(was: State, *, maybe_applied: bool, crashes: int) -> rules.Verdict:
        found = after(State.PREPARING, maybe_applied=False, crashes=crashes)
        return verdict() if found.state != State.HELD else found

    _replace(rules, "after_lost_lease", as_unsent)
    save = Submission.save

    def forgetful(self: Submission, *args: Any, **options: Any) -> None:
        if self.state == State.QUEUED:
            self.maybe_applied = False
        save(self, *args, **options)

    _replace(Submission, "save", forgetful)


def _repeat_lost_leases_at_once() -> None:
    """What a lost worker may have posted is posted again without its settle time."""
    recover = settling.recover_lost

    def impatient(*, policy: DeliveryPolicy) -> int:
        return recover(policy=replace(policy, settle=0.0))

    _replace(settling, "recover_lost", impatient)


def _do_not_wait() -> None:
    settle = DeliveryPolicy.from_settings

    def impatient() -> DeliveryPolicy:
        return replace(settle(), settle=0.0, first_back_off=0.0)

    _replace(DeliveryPolicy, "from_settings", staticmethod(impatient))


def _trust_documents() -> None:
    """Whatever stands in Sirius' bucket under this key is taken for the document."""

    def stands(self: SiriusBucket, key: str, size: int, sha256: str) -> bool:
        there = self._client.list_objects_v2(Bucket=self._bucket, Prefix=key)
        return bool(there.get("KeyCount"))

    _replace(SiriusBucket, "_stands", stands)


def _lose_the_doorbell() -> None:
    """The message is the queue: nobody looks at the rows."""
    _replace(queries, "due_submission_ids", lambda *, most: [])


def _never_take_back() -> None:
    _replace(settling, "recover_lost", lambda *, policy: 0)


def _post_under_another_name() -> None:
    """Posts leave under a request id that no attempt row has."""
    send = delivery._send

    def anonymous(claim: Any, *, door: Any, policy: DeliveryPolicy) -> Proof:
        claim.attempt.request_id = f"{claim.attempt.request_id}x"
        return send(claim, door=door, policy=policy)

    _replace(delivery, "_send", anonymous)


def _replace(owner: Any, name: str, by: Any) -> None:
    # Looked up first: a mistake in a name that is no longer there would be none.
    getattr(owner, name)
    setattr(owner, name, by)


MUTANTS: dict[str, Callable[[], None]] = {
    "no settle time": _do_not_wait,
    "no settle time, strict": _do_not_wait,
    "unknown read as not applied": _read_unknown_as(Outcome.NOT_APPLIED, Reason.UNREACHABLE),
    "unknown read as refused": _read_unknown_as(Outcome.INVALID, Reason.INVALID),
    "duplicate read as success": _read_duplicate_as_success,
    "marked after the post": _mark_after_the_post,
    "lost lease taken for unsent": _take_lost_leases_for_unsent,
    "lost lease repeated at once": _repeat_lost_leases_at_once,
    "documents not checked": _trust_documents,
    "message is the queue": _lose_the_doorbell,
    "leases never taken back": _never_take_back,
    "post without its attempt": _post_under_another_name,
}
