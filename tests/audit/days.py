"""Days in the life of the service, at random: every command that people and workers can give.

Each act picks what it does with from what is there, so any order of acts makes sense; what the
services refuse is refused, as for people. Everything is drawn from one seed.
"""

import datetime as dt
import io
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import Role, User
from accounts.services import lockout, mails, passwords, second_factor, sessions, users
from accounts.services.lockout import Origin
from csv_ingest import removal, services
from csv_ingest.models import Removal, RemovalState, Upload, UploadState
from csv_ingest.parsing import FileRefused
from csv_ingest.services import ImportPolicy, claims
from devstack.samples import sample_document
from filestore import (
    DocumentStore,
    FileRejected,
    ReadingFailed,
    ReadingFailure,
    SiriusBucket,
    StoreUnavailable,
)
from orders import queries, rules
from orders.models import CourtOrderReading, Deputy, Document, Order, Submission
from orders.rules import DocumentType, State
from orders.services import by_email, copying, court_orders, deputies, documents, serving, settling
from orders.services.delivery import deliver
from orders.services.differences import take_over
from orders.services.doors import door_from_settings
from orders.services.errors import DocumentsWouldGo, Refused
from orders.services.orders import Difference, answer_order
from orders.services.policy import DeliveryPolicy
from tests.csv_ingest.files import HEADINGS, csv_of
from tests.csv_ingest.test_removal_views import file_of, row_of
from tests.orders.words import ANSWERS

# What is refused is part of the day.
REFUSALS = (
    *(Refused, FileRejected, FileRefused, ValidationError),
    *(users.ChangeRefused, users.EmailTaken, passwords.PasswordRefused, mails.TooManyMails),
    *(sessions.SignInRefused, second_factor.ResetRefused, second_factor.CodeRefused),
)
NUMBERS = ("93559316", "61429461", "33370455", "12345678", "1234567T")
NAMES = ("Joni", "Перси", "Zoë")
# No fault that hangs: an act takes milliseconds.
FAULTS = (
    *({"kind": kind} for kind in ("400-invalid", "400-duplicate", "404", "429")),
    *({"kind": kind} for kind in ("500-before", "500-after", "201-html", "truncated", "401")),
    {"kind": "401", "times": 2},
    {"kind": "500-before", "call": "sign-in"},
)
POLICY = DeliveryPolicy(lease=120, post=45, settle=0, first_back_off=0, breaker_trial=0)
LARGE = ImportPolicy(small=0, lease=60, beat=60)
SMALL = ImportPolicy(small=1_000_000, lease=60, beat=60)


MOST_TRIES = 20


class Killed(BaseException):
    """A worker dies here."""


class StoreThatIsAway(DocumentStore):
    """Storage in trouble."""

    def open(self, key):
        raise StoreUnavailable(key)


class Days:
    """One service with its people. `act` does one thing; `done` counts what was not refused."""

    def __init__(self, seed: int | str, *, sirius) -> None:
        self.dice = random.Random(seed)
        self.sirius = sirius
        self.store = DocumentStore.from_settings()
        self.now = dt.datetime(2026, 6, 1, 8, 30, tzinfo=dt.UTC)
        self.done: Counter[str] = Counter()
        self.acts = [getattr(self, name) for name in dir(self) if name.startswith("act_")]
        self.weights = [getattr(act, "weight", 1) for act in self.acts]
        for number in range(2):
            self._create(is_staff=True, role=Role.CASE_MANAGER, number=number)
            self._create(role=Role.ADMINISTRATOR, number=number)
        self._create(role=Role.CASE_MANAGER, number=9)
        for _ in range(3):
            self.act_upload_small()

    def step(self) -> str:
        """Acts until one is not refused, rather what was done seldom; what was tried."""
        tried = []
        while len(tried) < MOST_TRIES:
            weights = [
                weight / (1 + self.done[act.__name__])
                for act, weight in zip(self.acts, self.weights, strict=True)
            ]
            (act,) = self.dice.choices(self.acts, weights)
            self.now += dt.timedelta(minutes=self.dice.randrange(1, 200))
            tried.append(act.__name__)
            try:
                act()
            except REFUSALS:
                continue
            self.done[act.__name__] += 1
            break
        return " or ".join(tried)

    def do_the_rest(self) -> None:
        """What was never done, if it can be."""
        for act in self.acts:
            for _ in range(MOST_TRIES):
                if not self.done[act.__name__]:
                    with suppress(*REFUSALS):
                        act()
                        self.done[act.__name__] += 1

    # --- Picking ---
    def pick(self, rows):
        """One of the rows, or nothing to do."""
        found = list(rows.order_by("pk"))
        if not found:
            raise Refused
        return self.dice.choice(found)

    def order(self) -> Order:
        """A pending one, mostly: of the others everything is refused."""
        orders = Order.objects.select_related("case")
        if self.dice.random() < 0.9:
            orders = orders.filter(status="PENDING")
        return self.pick(orders)

    def clerk(self, **which) -> User:
        return self.pick(User.objects.active().filter(**which))

    def operator(self) -> User:
        return self.clerk(is_staff=True)

    def by(self) -> dict:
        return {"by": self.clerk(), "now": self.now}

    # --- The court's files ---
    def _row(self) -> str:
        made = dt.date(2026, 5, self.dice.randrange(1, 5))
        issued = made + dt.timedelta(days=self.dice.randrange(3))
        cells = (
            *(self.dice.choice(NUMBERS), self.dice.choice(NAMES), "Mitchell"),
            *(self.dice.choice(("A1", "A2", "")), self.dice.choice("12")),
            *(f"{made:%d/%m/%Y}", f"{issued:%d/%m/%Y}"),
        )
        return ",".join(cells)

    def _file(self) -> io.BytesIO:
        rows = [self._row() for _ in range(self.dice.randrange(1, 5))]
        if self.dice.random() < 0.4:
            rows.append("33370455,ANN,BROWN,1003,3,2-Aug-2018,10-Aug-2018")
        is_wrong = self.done and self.dice.random() < 0.1
        headings = "Of,another,kind" if is_wrong else HEADINGS
        return io.BytesIO(csv_of(*rows, headings=headings))

    def _take(self, policy: ImportPolicy) -> None:
        services.take_upload(
            file=self._file(), name="x.csv", policy=policy, store=self.store, **self.by()
        )

    def act_upload_small(self):
        self._take(SMALL)

    act_upload_small.weight = 3

    def act_upload_large(self):
        self._take(LARGE)

    def act_work_on_upload(self):
        upload = self.pick(Upload.objects.in_hand())
        if self.dice.random() < 0.5:
            claims.claim_upload(
                upload_id=upload.pk, worker="lost", policy=LARGE, clock=lambda: self.now
            )
            self._run_out("csv_ingest_upload")
            return
        store = self.store if self.dice.random() < 0.7 else StoreThatIsAway.from_settings()
        services.work_on_upload(
            upload_id=upload.pk, worker="w", store=store, policy=LARGE, clock=lambda: self.now
        )

    act_work_on_upload.weight = 6

    def act_answer_upload(self):
        upload = self.pick(Upload.objects.filter(state=UploadState.AWAITING_ANSWER))
        services.import_good_rows(upload_id=upload.pk, **self.by())

    def act_cancel_upload(self):
        upload = self.pick(Upload.objects.exclude(state=UploadState.IMPORTED))
        services.cancel_upload(upload_id=upload.pk, **self.by())

    def act_take_over(self):
        upload = self.pick(Upload.objects.exclude(differences=[]))
        found = [Difference(**one) for one in upload.differences]
        chosen = self.dice.sample(found, self.dice.randrange(1, len(found) + 1))
        take_over(differences=chosen, upload_id=upload.pk, **self.by())

    act_take_over.weight = 4

    def act_receive_removal(self):
        rows = [row_of(self.order()) for _ in range(self.dice.randrange(1, 3))]
        removal.receive_removal(file=io.BytesIO(file_of(*rows)), name="x.csv", **self.by())

    act_receive_removal.weight = 2

    def act_answer_removal(self):
        waiting = self.pick(Removal.objects.filter(state=RemovalState.AWAITING_ANSWER))
        if self.dice.random() < 0.2:
            removal.cancel_removal(removal_id=waiting.pk, **self.by())
        else:
            removal.remove_shown_orders(removal_id=waiting.pk, **self.by())
            removal.delete_documents(removal_id=waiting.pk, store=self.store, most=100)

    act_answer_removal.weight = 3

    # --- Completing an order ---
    def act_answer_order(self):
        order = self.order()
        answers = {
            "order_subtype": self.dice.choice(rules.OrderSubtype.values),
            "appointment_type": self.dice.choice(rules.AppointmentType.values),
            "bond_over_21000": self.dice.choice((True, False)),
        }
        try:
            answer_order(order_id=order.pk, store=self.store, **answers, **self.by())
        except DocumentsWouldGo:
            answer_order(
                order_id=order.pk,
                store=self.store,
                remove_documents=True,
                **answers,
                **self.by(),
            )

    act_answer_order.weight = 2

    def _answers(self):
        return {
            **ANSWERS,
            "first_name": self.dice.choice(NAMES),
            "deputy_type": self.dice.choice(rules.DeputyType.values),
            "town": self.dice.choice(("", "Leeds", '‎Łódź\t"x"')),
        }

    def act_add_deputy(self):
        deputies.add_deputy(order_id=self.order().pk, answers=self._answers(), **self.by())

    def act_change_deputy(self):
        deputy = self.pick(Deputy.objects.filter(order__status="PENDING"))
        deputies.change_deputy(
            order_id=deputy.order_id, deputy_id=deputy.pk, answers=self._answers(), **self.by()
        )

    def act_remove_deputy(self):
        deputy = self.pick(Deputy.objects.filter(order__status="PENDING"))
        deputies.remove_deputy(order_id=deputy.order_id, deputy_id=deputy.pk, **self.by())

    def act_copy_deputies(self):
        order = self.order()
        source = self.dice.choice(copying.orders_to_copy_from(order) or [None])
        if source is None:
            raise Refused
        marks = [one.mark for one in copying.candidates_of(order, source)]
        copying.copy_deputies(order_id=order.pk, source_id=source.pk, marks=marks, **self.by())

    act_copy_deputies.weight = 2

    def _attach(self, order: Order, kind: DocumentType) -> None:
        words = self.dice.choice(("one", "two", "three"))
        documents.attach_document(
            order_id=order.pk,
            document_type=kind,
            file=io.BytesIO(sample_document("pdf", words=words)),
            name=f"{words}.pdf",
            store=self.store,
            **self.by(),
        )

    def act_attach_document(self):
        self._attach(self.order(), self.dice.choice(list(DocumentType)))

    def act_remove_document(self):
        document = self.pick(Document.objects)
        documents.remove_document(
            order_id=document.order_id, document_id=document.pk, store=self.store, **self.by()
        )

    def act_keep_as_additional(self):
        wanted = Document.objects.exclude(document_type=DocumentType.OTHER)
        document = self.pick(wanted.filter(order__status="PENDING"))
        documents.keep_as_additional(
            order_id=document.order_id, document_id=document.pk, **self.by()
        )

    def act_upload_court_order(self):
        order = self.order()
        number = self.dice.choice((f"No. {order.case.case_number}", "", None))

        def read(_file):
            if number is None:
                raise ReadingFailed(ReadingFailure.CRASHED)
            return [number, "ORDER APPOINTING A NEW DEPUTY", "the sum of £22,000 in all"]

        court_orders.upload_court_order(
            order_id=order.pk,
            file=io.BytesIO(sample_document("docx", words="order")),
            name="order.docx",
            store=self.store,
            read_words=read,
            **self.by(),
        )

    act_upload_court_order.weight = 2

    def act_answer_for_held_court_order(self):
        held = self.pick(CourtOrderReading.objects.exclude(held_key=""))
        which = {"order_id": held.order_id, "reading_id": held.pk, "store": self.store}
        if self.dice.random() < 0.5:
            court_orders.keep_held_court_order(**which, **self.by())
        else:
            court_orders.discard_held_court_order(**which, **self.by())

    def act_sweep_readings(self):
        court_orders.sweep_readings(store=self.store, now=self.now)

    # --- Serving ---
    def _complete(self) -> Order:
        """Whatever the order still needs."""
        order = queries.get_order(self.order().pk)
        if order.is_unanswered:
            answer_order(
                order_id=order.pk,
                order_subtype="NEW_APPLICATION",
                appointment_type="SOLE",
                bond_over_21000=True,
                store=self.store,
                **self.by(),
            )
        if not order.deputies.all():
            deputies.add_deputy(order_id=order.pk, answers=self._answers(), **self.by())
        order = queries.get_order(order.pk)
        there = {document.document_type for document in order.documents.all()}
        for kind in rules.required_for(queries.facts_of(order)):
            if kind not in there:
                self._attach(order, kind)
        return order

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

    # --- People ---
    def _create(self, *, role, number: int, is_staff: bool = False) -> User:
        return users.create_user(
            email=f"{role.lower()}{'-operations' if is_staff else ''}{number}@example.com",
            first_name=self.dice.choice(NAMES),
            last_name="Person",
            role=role,
            password=None if number > 20 else "correct horse battery",
            by=None,
            now=self.now,
            is_staff=is_staff,
        )

    def act_create_user(self):
        self._create(role=self.dice.choice(Role.values), number=self.dice.randrange(10, 40))

    def act_change_user(self):
        user = self.pick(User.objects.present())
        users.change_user(
            user=user,
            email=user.email if self.dice.random() < 0.5 else f"x{user.pk}@example.com",
            first_name=self.dice.choice(NAMES),
            last_name="Person",
            role=self.dice.choice(Role.values),
            **self.by(),
        )

    def act_disable_user(self):
        users.disable_user(user=self.clerk(is_staff=False), by=self.clerk())

    def act_enable_user(self):
        users.enable_user(user=self.pick(User.objects.filter(is_active=False)), by=self.clerk())

    act_enable_user.weight = 2

    def act_remove_user(self):
        users.remove_user(user=self.pick(User.objects.filter(is_staff=False)), **self.by())

    def act_set_password(self):
        passwords.set_password(
            user=self.clerk(), password="seventeen green bottles", by=self.clerk()
        )

    def act_sign_in_and_out(self):
        user = self.clerk()
        password = self.dice.choice(("correct horse battery", "wrong"))
        sessions.check_sign_in(
            email=user.email, password=password, origin=Origin("192.0.2.1"), now=self.now
        )
        sessions.begin_session(user=user)
        sessions.sign_out(user=user)

    def act_unlock(self):
        lockout.unlock(user=self.clerk(), by=self.operator())

    def act_set_up_second_factor(self):
        user, key = self.clerk(second_factor__isnull=True), second_factor.new_key()
        code = second_factor.code_at(key=key, now=self.now)
        codes = second_factor.set_up(user=user, key=key, code=code, now=self.now)
        second_factor.use_recovery_code(user=user, code=codes[0])

    def act_reset_second_factor(self):
        second_factor.reset(user=self.clerk(second_factor__isnull=False), by=self.operator())

    def act_ask_for_mail(self):
        mails.request_reset(email=self.clerk().email, now=self.now)
        mails.request_link(user=self.clerk(), by=self.operator(), now=self.now)

    # --- Time ---
    def _run_out(self, table: str) -> None:
        """End every lease, as the passing of time would."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET lease_expires_at = now() - interval '1 second'"
                " WHERE lease_expires_at IS NOT NULL"
            )


def dies(*_args, **_options):
    raise Killed
