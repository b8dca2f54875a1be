"""What people and workers do with an order until it is complete, at random."""

import datetime as dt
import io

from csv_ingest import removal, services
from csv_ingest.models import Removal, RemovalState, Upload, UploadState
from csv_ingest.services import ImportPolicy, claims
from devstack.samples import sample_document
from filestore import DocumentStore, ReadingFailed, ReadingFailure, StoreUnavailable
from orders import queries, rules
from orders.models import CourtOrderReading, Deputy, Document, Order
from orders.rules import DocumentType
from orders.services import copying, court_orders, deputies, documents
from orders.services.differences import take_over
from orders.services.errors import DocumentsWouldGo, Refused
from orders.services.orders import Difference, answer_order
from tests.audit.picking import NAMES, Picks
from tests.csv_ingest.files import HEADINGS, csv_of
from tests.csv_ingest.test_removal_views import file_of, row_of
from tests.orders.words import ANSWERS

NUMBERS = ("93559316", "61429461", "33370455", "12345678", "1234567T")
LARGE = ImportPolicy(small=0, lease=60, beat=60)
SMALL = ImportPolicy(small=1_000_000, lease=60, beat=60)


class StoreThatIsAway(DocumentStore):
    """Storage in trouble."""

    def open(self, key):
        raise StoreUnavailable(key)


class OrderActs(Picks):
    """The court's files come in, and orders are answered for, with deputies and documents."""

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
        except DocumentsWouldGo as question:
            answer_order(
                order_id=order.pk,
                store=self.store,
                remove_documents=[document.pk for document in question.documents],
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
