"""What people and workers do with an order that is served, at random, with Sirius in trouble."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from filestore import SiriusBucket
from orders import rules
from orders.models import Submission
from orders.rules import State
from orders.services import by_email, serving, settling
from orders.services.delivery import deliver
from orders.services.doors import door_from_settings
from orders.services.errors import Refused
from orders.services.policy import DeliveryPolicy
from tests.audit.order_acts import OrderActs

# No fault that hangs: an act takes milliseconds.
FAULTS = (
    *({"kind": kind} for kind in ("400-invalid", "400-duplicate", "404", "429")),
    *({"kind": kind} for kind in ("500-before", "500-after", "201-html", "truncated", "401")),
    {"kind": "401", "times": 2},
    {"kind": "500-before", "call": "sign-in"},
)
POLICY = DeliveryPolicy(lease=120, post=45, settle=0, first_back_off=0, breaker_trial=0)


class Killed(BaseException):
    """A worker dies here."""


def dies(*_args, **_options):
    raise Killed


class ServingActs(OrderActs):
    """Orders are served, delivered, lost, found again and decided on."""

    def act_serve(self):
        serving.serve_order(order_id=self._complete().pk, **self.by())

    act_serve.weight = 6

    def act_serve_by_email(self):
        answers = by_email.EmailAnswers(
            sent_date=dt.date(2026, 5, 29), evidence="Call 12", reason="Sirius was out"
        )
        by_email.record_served_by_email(order_id=self.order().pk, answers=answers, **self.by())

    @contextmanager
    def _trouble(self) -> Iterator[dict]:
        """A door to Sirius, mostly with something wrong behind it."""
        door = door_from_settings()
        trouble = self.dice.choice(("none", "none", "fault", "killed", "killed open"))
        if trouble == "fault":
            self.sirius.faults(self.dice.choice(FAULTS))
        elif trouble == "killed":
            door.send = dies
        elif trouble == "killed open":
            door.open = dies
        yield {"door": door, "bucket": SiriusBucket.from_settings()}
        self.sirius.faults()

    def act_deliver(self):
        submission = self.pick(Submission.objects.filter(state__in=rules.WAITING_STATES))
        with self._trouble() as ways:
            try:
                deliver(
                    submission_id=submission.pk,
                    worker="w",
                    policy=POLICY,
                    dice=self.dice,
                    **ways,
                )
            except Killed:
                self.done["killed"] += 1

    act_deliver.weight = 10

    def act_recover(self):
        self._run_out("orders_submission")
        if not settling.recover_lost(policy=POLICY):
            raise Refused

    act_recover.weight = 3

    def act_late_answer(self):
        """A worker that was taken for lost comes back with an answer."""
        submission = self.pick(Submission.objects.filter(state__in=rules.WAITING_STATES))
        door = door_from_settings()
        real = door.send

        def late(*args, **options):
            proof = real(*args, **options)
            self._run_out("orders_submission")
            settling.recover_lost(policy=POLICY)
            return proof

        door.send = late
        bucket = SiriusBucket.from_settings()
        deliver(
            submission_id=submission.pk,
            worker="late",
            door=door,
            bucket=bucket,
            policy=POLICY,
            dice=self.dice,
        )

    def _decide(self, decision, *states: State) -> None:
        submission = self.pick(Submission.objects.filter(state__in=states))
        decision(submission_id=submission.pk, reason="because", by=self.operator(), now=self.now)

    def act_retry(self):
        self._decide(serving.retry_submission, State.HELD, State.QUEUED)

    def act_hold(self):
        self._decide(serving.hold_submission, State.QUEUED, State.UNKNOWN)

    def act_return(self):
        self._decide(serving.return_submission, State.HELD)

    act_return.weight = 2

    def act_cancel(self):
        self._decide(serving.cancel_submission, State.QUEUED)

    def act_confirm(self):
        submission = self.pick(Submission.objects.filter(state=State.HELD))
        serving.confirm_submission(
            submission_id=submission.pk,
            sirius_order_id=10_000_000 + submission.pk,
            evidence="seen",
            by=self.operator(),
            now=self.now,
        )

    act_confirm.weight = 2

    def act_pause(self):
        serving.pause_sending(reason="drill", by=self.operator(), now=self.now)
        self.act_deliver()

    def act_resume(self):
        serving.resume_sending(reason="over", by=self.operator(), now=self.now)

    act_resume.weight = 4
