"""Makes orders and declares them, as staff would through the pages; one request a line, in JSON."""

import datetime as dt
import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from django.core.management import call_command
from django.db import connections, transaction

from accounts.models import Role, User
from devstack.chaos.papers import contents_of
from devstack.chaos.plan import Trial
from devstack.chaos.traps import Trap, TrapFolder
from orders.models import Deputy, Document, Order, SendingSwitch, Submission
from orders.rules import AppointmentType, NewOrder, OrderSubtype
from orders.services.errors import AlreadyBeingServed, MoveNotAllowed, OrderNotEditable
from orders.services.orders import register_orders
from orders.services.serving import cancel_submission, retry_submission, serve_order
from orders.tasks import nudge

MADE = dt.date(2026, 5, 1)
ISSUED = dt.date(2026, 5, 15)

Answer = dict[str, Any]


class Clerk:
    """Sits at a database of its own; every answer is a dict that goes out as a line of JSON."""

    def __init__(self, traps: TrapFolder, *, email: str, password: str) -> None:
        self._traps = traps
        self._user = User(email=email, first_name="C", last_name="Clerk", role=Role.CASE_MANAGER)
        self._user.set_password(password)
        self._user.save()
        self._buckets = boto3.client(
            "s3",
            endpoint_url=os.environ["S3_ENDPOINT"],
            region_name=os.environ["AWS_REGION"],
            config=Config(s3={"addressing_style": "path"}),
        )

    # --- Orders that are ready to be served ---
    def make(self, trials: list[Trial]) -> list[int]:
        """Complete orders with their documents in the bucket; their ids, in the trials' order."""
        register_orders(
            rows=[_row(trial) for trial in trials], by=self._user, now=dt.datetime.now(dt.UTC)
        )
        found = Order.objects.filter(case__case_number__in=[trial.reference for trial in trials])
        by_reference = {order.case.case_number: order for order in found.select_related("case")}
        orders = [by_reference[trial.reference] for trial in trials]
        for order in orders:
            # The shortest list of required documents: the court order alone.
            order.order_subtype = OrderSubtype.INTERIM_ORDER
            order.appointment_type = AppointmentType.SOLE
            order.bond_over_21000 = True if order.order_type == "PF" else None
        Order.objects.bulk_update(
            orders, ["order_subtype", "appointment_type", "bond_over_21000"], batch_size=100
        )
        Deputy.objects.bulk_create(
            Deputy(order=order, deputy_type="LAY", first_name="Dana", last_name="Deputy")
            for order in orders
        )
        Document.objects.bulk_create(
            self._document(order, number, trial, content)
            for trial, order in zip(trials, orders, strict=True)
            for number, content in enumerate(contents_of(trial))
        )
        return [order.pk for order in orders]

    def _document(self, order: Order, number: int, trial: Trial, content: bytes) -> Document:
        key = f"dc_doc_{order.pk}_{number + 1:010}.pdf"
        ours, theirs = os.environ["DOCUMENTS_BUCKET"], os.environ["SIRIUS_BUCKET"]
        short = content[:-9]
        # Of the same size: only the bytes tell.
        other = short + bytes(9)
        stored = other if trial.damage == "altered document" else content
        if trial.damage != "missing document":
            self._buckets.put_object(Bucket=ours, Key=key, Body=stored)
        if trial.damage == "short copy":
            self._buckets.put_object(Bucket=theirs, Key=key, Body=short)
        elif trial.damage == "wrong copy":
            self._buckets.put_object(Bucket=theirs, Key=key, Body=other)
        return Document(
            order=order,
            document_type="COURT_ORDER" if number == 0 else "OTHER",
            key=key,
            name=f"Document {number}.pdf",
            content_type="application/pdf",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            scan_state="CLEAN",
            uploaded_by=self._user,
            uploaded_at=dt.datetime.now(dt.UTC),
        )

    # --- Declarations ---
    def declare(self, order_id: int, trial: Trial) -> list[int]:
        """Serve with as many clicks at once as the trial says; the ids of what came of them."""
        if trial.clicks == 1:
            made = [self._serve(order_id, list(trial.traps))]
        else:
            made = self._click_together(order_id, trial.clicks)
        for submission_id in made:
            for _ in range(trial.rings):
                nudge(submission_id)
            if trial.cancel_after is not None:
                time.sleep(trial.cancel_after)
                self._operate(cancel_submission, submission_id)
        return made

    def _serve(self, order_id: int, traps: list[Trap]) -> int:
        # The traps must lie before any worker can see the row.
        with transaction.atomic():
            submission = serve_order(order_id=order_id, by=self._user, now=dt.datetime.now(dt.UTC))
            if traps:
                self._traps.lay(str(submission.pk), traps)
        return submission.pk

    def _click_together(self, order_id: int, clicks: int) -> list[int]:
        made: list[int] = []
        starting = threading.Barrier(clicks)

        def click() -> None:
            starting.wait()
            try:
                made.append(self._serve(order_id, []))
            except (OrderNotEditable, AlreadyBeingServed):
                pass
            finally:
                connections.close_all()

        threads = [threading.Thread(target=click) for _ in range(clicks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return made

    # --- Operators ---
    def retry(self, submission_ids: list[int]) -> list[int]:
        """Send these again, where an operator may; the ids of those."""
        return [one for one in submission_ids if self._operate(retry_submission, one)]

    def open_breaker(self) -> bool:
        """As five failures of Sirius in a row would; its next trial is due at once."""
        now = dt.datetime.now(dt.UTC)
        SendingSwitch.objects.update_or_create(
            pk=1, defaults={"failures": 5, "opened_at": now, "next_trial_at": now}
        )
        return True

    def _operate(self, move: Callable[..., Submission], submission_id: int) -> bool:
        try:
            move(
                submission_id=submission_id,
                reason="The fault harness tries it",
                by=self._user,
                now=dt.datetime.now(dt.UTC),
            )
        except MoveNotAllowed:
            return False
        return True


def _row(trial: Trial) -> NewOrder:
    return NewOrder(
        case_number=trial.reference,
        order_type=trial.order_type,
        order_number=f"N{trial.number}",
        forename="Joni",
        surname=trial.surname,
        made_date=MADE,
        issue_date=ISSUED,
    )


def main() -> None:
    """Bring the tables up, say ready, then answer line by line until standard input ends."""
    wanted = json.loads(sys.stdin.readline())
    call_command("migrate", interactive=False, verbosity=0)
    traps = TrapFolder(Path(wanted["folder"]))
    clerk = Clerk(traps, email=wanted["email"], password=wanted["password"])
    _say("ready")
    for line in sys.stdin:
        request = json.loads(line)
        trials = [Trial.from_json(trial) for trial in request["trials"]]
        match request["do"]:
            case "make":
                _say(clerk.make(trials))
            case "declare":
                pairs = zip(request["ids"], trials, strict=True)
                _say([clerk.declare(order_id, trial) for order_id, trial in pairs])
            case "retry":
                _say(clerk.retry(request["ids"]))
            case "open breaker":
                _say(clerk.open_breaker())
        # The database may be restarted before the next request.
        connections.close_all()


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
