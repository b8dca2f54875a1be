"""Orders of the gallery, one for each state that staff can meet; made by the services."""

import datetime as dt
import io
import random
from collections.abc import Iterator
from dataclasses import replace

from django.conf import settings

from accounts.models import User
from devstack.management.commands.seed_demo import DEPUTY
from devstack.samples import HEADING, Kind, sample_document
from devstack.servers.sirius_control import SiriusControl
from filestore import DocumentStore, SiriusBucket
from orders import queries, rules
from orders.models import Order, Submission
from orders.rules import AppointmentType, DocumentType, NewOrder, OrderSubtype, OrderType
from orders.services.by_email import record_served_by_email
from orders.services.court_orders import upload_court_order
from orders.services.delivery import deliver
from orders.services.deputies import DeputyAnswers, add_deputy
from orders.services.documents import attach_document
from orders.services.doors import door_from_settings
from orders.services.orders import answer_order, register_orders
from orders.services.policy import DeliveryPolicy
from orders.services.serving import serve_order

LONG_NAME = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch-Featherstonehaugh"
LAY: DeputyAnswers = {
    **DEPUTY,
    "deputy_type": rules.DeputyType.LAY,
    "first_name": "Zażółć-Gęślą Жанна",
    "last_name": LONG_NAME,
    "date_of_birth": dt.date(1980, 3, 31),
    "email": "",
    "address_line_1": "",
    "town": "",
    "postcode": "",
}


class Desk:
    """One person at work: short words for what the services do. Case numbers are dealt out."""

    def __init__(self, by: User, now: dt.datetime) -> None:
        self.by, self.now = by, now
        self.store = DocumentStore.from_settings()
        self._numbers = _case_numbers()

    def order(
        self,
        order_type: OrderType = OrderType.PF,
        *,
        case_number: str = "",
        surname: str = "Client",
    ) -> Order:
        """A new order that nobody has touched."""
        row = NewOrder(
            case_number=case_number or next(self._numbers),
            order_type=order_type,
            order_number="7",
            forename="Charlie",
            surname=surname,
            made_date=self.now.date() - dt.timedelta(days=40),
            issue_date=self.now.date() - dt.timedelta(days=30),
        )
        register_orders(rows=[row], by=self.by, now=self.now)
        return Order.objects.select_related("case").get(
            case__case_number=row.case_number, order_type=order_type
        )

    def answer(self, order: Order, subtype: OrderSubtype = OrderSubtype.NEW_APPLICATION) -> Order:
        """Every question answered."""
        answer_order(
            order_id=order.pk,
            order_subtype=subtype,
            appointment_type=AppointmentType.SOLE,
            bond_over_21000=True if order.order_type == OrderType.PF else None,
            store=self.store,
            by=self.by,
            now=self.now,
        )
        return order

    def deputy(self, order: Order, answers: DeputyAnswers = DEPUTY) -> None:
        """One more deputy."""
        add_deputy(order_id=order.pk, answers=answers, by=self.by, now=self.now)

    def document(self, order: Order, kind: DocumentType, *, name: str = "") -> None:
        """One more document."""
        attach_document(
            order_id=order.pk,
            document_type=kind,
            file=io.BytesIO(sample_document("pdf", words=f"A sample {kind.label}.")),
            name=name or f"{kind.label}.pdf",
            store=self.store,
            by=self.by,
            now=self.now,
        )

    def court_order(
        self, order: Order, kind: Kind, *, case_number: str = "", heading: str = HEADING
    ) -> None:
        """A court order that is read for its answers."""
        upload_court_order(
            order_id=order.pk,
            file=io.BytesIO(sample_document(kind, case_number=case_number, heading=heading)),
            name=f"Court order.{kind}",
            store=self.store,
            by=self.by,
            now=self.now,
        )

    def ready(self, order_type: OrderType = OrderType.PF, *, surname: str = "Client") -> Order:
        """An order with all that it needs."""
        order = self.answer(self.order(order_type, surname=surname))
        self.deputy(order)
        for kind in rules.required_for(queries.facts_of(queries.get_order(order.pk))):
            self.document(order, kind)
        return order

    def declare(self, order: Order, *, minutes_ago: int = 0) -> Submission:
        """Served as far as staff go; nobody delivers it."""
        moment = self.now - dt.timedelta(minutes=minutes_ago)
        return serve_order(order_id=order.pk, by=self.by, now=moment)

    def deliver(self, order: Order, **fault: object) -> Order:
        """One attempt at the simulator, with a fault of its own where one is named."""
        submission = self.declare(order)
        if fault:
            control = SiriusControl(settings.SIRIUS_URL)
            control.faults({**fault, "reference": submission.court_reference})
        deliver(
            submission_id=submission.pk,
            worker="gallery",
            door=door_from_settings(),
            bucket=SiriusBucket.from_settings(),
            policy=replace(DeliveryPolicy.from_settings(), first_back_off=3600),
            dice=random.Random(1),
        )
        return order


def make_orders(desk: Desk) -> dict[str, int]:
    """Every state, by name: the id of an order that stands in it."""
    control = SiriusControl(settings.SIRIUS_URL)
    control.reset()
    taken = desk.ready()
    control.take((taken.case.case_number, taken.order_type))
    made = {
        "untouched": desk.order(surname=LONG_NAME),
        "answered": desk.answer(desk.order(OrderType.HW)),
        "missing": _with_gaps(desk),
        "unneeded": _with_an_unneeded_document(desk),
        "ready": desk.ready(),
        "sending": desk.ready(),
        "delayed": desk.ready(),
        "checking": desk.deliver(desk.ready(), kind="500-after"),
        "held": desk.deliver(taken),
        "returned": desk.deliver(desk.ready(), kind="400-invalid"),
        "served": desk.deliver(desk.ready(OrderType.HW)),
        "emailed": desk.ready(),
    }
    made |= make_readings(desk)
    record_served_by_email(
        order_id=made["emailed"].pk,
        answers={
            "sent_date": desk.now.date(),
            "evidence": "Pat of OPG confirmed it by telephone.",
            "reason": "OPG's system was out for three days.",
        },
        by=desk.by,
        now=desk.now,
    )
    desk.declare(made["sending"])
    desk.declare(made["delayed"], minutes_ago=20)
    return {name: order.pk for name, order in made.items()}


def make_readings(desk: Desk) -> dict[str, Order]:
    """Orders whose court order was read, in part, not at all, and is held for an answer."""
    orders = {
        name: desk.order(surname="Reading") for name in ("read", "in_part", "held", "not_read")
    }
    number = {name: order.case.case_number for name, order in orders.items()}
    desk.court_order(orders["read"], "docx", case_number=number["read"])
    desk.court_order(orders["in_part"], "docx", case_number=number["in_part"], heading="ORDER")
    desk.court_order(orders["held"], "docx", case_number="")
    desk.court_order(orders["not_read"], "doc")
    return {f"reading_{name}": order for name, order in orders.items()}


def _with_gaps(desk: Desk) -> Order:
    """A PFA order with warnings, of a case whose HW order has deputies to copy."""
    order = desk.answer(desk.order(surname="Gaps"))
    desk.deputy(order)
    desk.deputy(order, LAY)
    other = desk.order(OrderType.HW, case_number=order.case.case_number, surname="Gaps")
    desk.deputy(other, {**DEPUTY, "first_name": "Otherwise"})
    return order


def _with_an_unneeded_document(desk: Desk) -> Order:
    """COP 4 was uploaded before the public authority came."""
    order = desk.ready()
    desk.deputy(order, {**DEPUTY, "deputy_type": rules.DeputyType.PUBLIC_AUTHORITY})
    desk.document(order, DocumentType.OTHER, name=f"{LONG_NAME}.pdf")
    return order


def _case_numbers() -> Iterator[str]:
    """Numbers whose check fails are warned about; that is a state of its own."""
    for number in range(7_000_000, 7_999_999):
        digits = [int(digit) for digit in str(number)]
        yield f"{number}{_check_character(digits)}"


def _check_character(digits: list[int]) -> str:
    """The character that `rules` accepts after these seven digits."""
    number = "".join(map(str, digits))
    return next(last for last in "0123456789T" if rules.case_number_checks(f"{number}{last}"))
