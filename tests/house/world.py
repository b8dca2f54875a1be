"""Rows of every kind behind the addresses, so that a 404 is never mistaken for a refusal."""

import io
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import half_way
from accounts.models import Mail, User
from accounts.services import links, mails, sessions, users
from audit.models import Entry
from csv_ingest.models import Removal, Upload
from devstack.samples import sample_document
from filestore import DocumentStore
from orders import queries, rules
from orders.models import Deputy, Document, Order, SendingSwitch
from orders.services.by_email import record_served_by_email
from orders.services.court_orders import upload_court_order
from orders.services.deputies import add_deputy
from orders.services.documents import attach_document
from orders.services.orders import answer_order, register_orders
from orders.services.serving import serve_order
from tests.csv_ingest.files import BAD, GOOD, csv_of
from tests.factories import PASSWORD, SecondFactorFactory, UserFactory
from tests.house.routes import address_of, every_route
from tests.orders.court_orders import word_file
from tests.orders.words import ANSWERS, new_order

OUTSIDE = "203.0.113.9"
EMAILED = {"sent_date": timezone.localdate(), "evidence": "Pat rang", "reason": "Sirius was out"}


@dataclass
class Actor:
    """Somebody who asks: the cookies they hold and the machine they sit at."""

    name: str
    column: str  # of tests/house/access.txt
    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    address: str = "127.0.0.1"

    def browser(self, **options) -> Client:
        """A new browser with those cookies; what an answer sets stays in it."""
        opened = Client(raise_request_exception=False, REMOTE_ADDR=self.address, **options)
        self.takes_place_in(opened)
        return opened

    def takes_place_in(self, browser: Client) -> None:
        """With those cookies and no others."""
        browser.cookies = SimpleCookie({name: one.value for name, one in self.cookies.items()})


@dataclass
class Parts:
    """An order with one deputy and its documents."""

    order: Order

    @property
    def deputy(self) -> Deputy:
        return self.order.deputies.earliest("pk")

    @property
    def document(self) -> Document:
        return self.order.documents.earliest("pk")


class World:
    """Everybody and everything, made by the services."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self._addresses: dict[object, dict[str, str]] = {}
        self.store = DocumentStore.from_settings()
        self.sam = UserFactory(last_name="Staff", email="sam@example.com")
        self.ada = UserFactory(last_name="Admin", email="ada@example.com", administrator=True)
        self.olive = UserFactory(last_name="Operator", email="olive@example.com", operations=True)
        self.target = UserFactory(last_name="Target", email="target@example.com")
        self.pending = self._ready("93559316")
        self._stop_requiring_cop4(self.pending.order)
        self._read_court_order(self.pending.order)
        self.another = self._ready("61429461")
        self.sending = self._ready("33370455")
        self.submission = serve_order(order_id=self.sending.order.pk, by=self.sam, now=self.now)
        self.served = self._ready("93559316", order_type="HW")
        record_served_by_email(
            order_id=self.served.order.pk, answers=EMAILED, by=self.ada, now=self.now
        )
        self.documents = list(Document.objects.all())
        self.token = self._link()
        mails.request_link(user=self.target, by=self.ada, now=self.now)
        self.actors = {actor.name: actor for actor in self._actors()}
        self.upload = self._sent("/upload-csv", csv_of(GOOD, BAD), Upload)
        # The case is known under another name.
        self.differing = self._sent("/upload-csv", csv_of(GOOD), Upload)
        headings = "Case number,Court order,Client Name,Order Made Date,Order Issue Date"
        row = "61429461,A1,Joni Mitchell,01/05/2026,15/05/2026"
        removal = f"{headings}\r\n{row}\r\n".encode()
        self.removal = self._sent("/multiple-case-removal", removal, Removal)

    def _ready(self, case_number: str, *, order_type: str = "PF") -> Parts:
        """An order with answers, a lay deputy and every required document."""
        row = new_order(case_number=case_number, order_type=order_type)
        register_orders(rows=[row], by=self.sam, now=self.now)
        order = Order.objects.get(case__case_number=case_number, order_type=order_type)
        who = {"by": self.sam, "now": self.now}
        answer_order(
            order_id=order.pk,
            order_subtype=rules.OrderSubtype.NEW_APPLICATION,
            appointment_type=rules.AppointmentType.SOLE,
            bond_over_21000=True if order_type == "PF" else None,
            store=self.store,
            **who,
        )
        add_deputy(order_id=order.pk, answers=ANSWERS, **who)
        for kind in rules.required_for(queries.facts_of(queries.get_order(order.pk))):
            attach_document(
                order_id=order.pk,
                document_type=kind,
                file=io.BytesIO(sample_document("pdf", words=case_number)),
                name=f"{kind.label}.pdf",
                store=self.store,
                **who,
            )
        return Parts(queries.get_order(order.pk))

    def _stop_requiring_cop4(self, order: Order) -> None:
        """By a public authority among the deputies: now there is something to keep."""
        authority = {**ANSWERS, "deputy_type": "PUBLIC_AUTHORITY", "date_of_birth": None}
        add_deputy(order_id=order.pk, answers=authority, by=self.sam, now=self.now)

    def _read_court_order(self, order: Order) -> None:
        """So that there is something to confirm."""
        file = word_file(number=order.case.case_number)
        upload_court_order(
            order_id=order.pk,
            file=file,
            name=file.name,
            store=self.store,
            by=self.sam,
            now=self.now,
        )

    def _link(self) -> str:
        with transaction.atomic():
            return links.make_link(user=self.target, now=self.now)

    def _sent(self, page: str, content: bytes, model):
        file = SimpleUploadedFile("orders.csv", content)
        answer = self.actors["case manager"].browser().post(page, {"file": file})
        assert answer.status_code == 302, page
        return model.objects.latest("pk")

    # --- People ---
    def _actors(self):
        yield Actor("anonymous", "anonymous")
        yield Actor("case manager", "staff", self._cookies(self.sam))
        yield Actor("administrator", "admin", self._cookies(self.ada))
        yield Actor("operations", "ops", self._cookies(self.olive))
        # Their sessions were begun while they were still let in.
        yield self._ended("disabled administrator", users.disable_user, administrator=True)
        yield self._ended("disabled operator", users.disable_user, operations=True)
        yield self._ended("removed administrator", self._remove, administrator=True)
        yield self._ended("signed out elsewhere", self._sign_out, administrator=True)
        for name, user in (("administrator", self.ada), ("operator", self.olive)):
            yield Actor(f"{name} without a code", "no-code", self._cookies(user, code=False))
        yield self._half_way("administrator half way in", administrator=True)
        yield self._half_way("operator half way in", operations=True)
        yield Actor("stranger outside", "outside", address=OUTSIDE)
        yield Actor("administrator outside", "outside", self._cookies(self.ada), OUTSIDE)
        yield Actor("operator outside", "outside", self._cookies(self.olive), OUTSIDE)

    def _cookies(self, user: User, *, code: bool = True) -> SimpleCookie:
        browser = Client()
        browser.force_login(user)
        session = browser.session
        session[half_way.SECOND_FACTOR] = code
        session.save()
        return browser.cookies

    def case_manager_without_code(self) -> Actor:
        """In the column of those who should have shown one."""
        return Actor("case manager without", "no-code", self._cookies(self.sam, code=False))

    def _ended(self, name: str, end, **traits) -> Actor:
        user = UserFactory(**traits)
        actor = Actor(name, "ended", self._cookies(user))
        end(user=user, by=self.ada)
        return actor

    def _remove(self, *, user: User, by: User) -> None:
        users.remove_user(user=user, by=by, now=self.now)

    def _sign_out(self, *, user: User, by: User) -> None:
        sessions.sign_out(user=user)

    def _half_way(self, name: str, **traits) -> Actor:
        user = UserFactory(**traits)
        SecondFactorFactory(user=user)
        browser = Client()
        answer = browser.post("/login", {"email": user.email, "password": PASSWORD})
        assert answer.url.startswith("/login/code")
        return Actor(name, "half-way", browser.cookies)

    # --- Addresses ---
    def addresses(self) -> dict[str, str]:
        """Every route of the service as it stands, and the address of a row of ours."""
        routes = tuple(every_route())
        if routes not in self._addresses:
            self._addresses[routes] = {
                route: address_of(route, pattern, self.values(route)) for route, pattern in routes
            }
        return self._addresses[routes]

    def values(self, route: str) -> dict[str, object]:
        """What stands in the place of each named part of a route."""
        of_admin = {
            "accounts/user": self.target,
            "accounts/mail": Mail.objects.earliest("pk"),
            "audit/entry": Entry.objects.earliest("pk"),
            "orders/case": self.pending.order.case,
            "orders/order": self.pending.order,
            "orders/submission": self.submission,
            "orders/sendingswitch": SendingSwitch.objects.get(),
            "csv_ingest/upload": self.upload,
            "csv_ingest/removal": self.removal,
        }
        model = "/".join(route.split("/")[1:3])
        row = of_admin.get(model, self.target)
        documents = self.pending.order.documents
        return {
            "order_id": self._order_for(route).pk,
            "deputy_id": self.pending.deputy.pk,
            "document_id": documents.get(document_type="COP4" if "keep" in route else "COP3").pk,
            "kind": "cop3",
            "upload_id": (self.differing if "update-orders" in route else self.upload).pk,
            "key": "problems",
            "removal_id": self.removal.pk,
            "user_id": self.target.pk,
            "token": self.token,
            "object_id": row.pk,
            "content_type_id": ContentType.objects.get_for_model(row).pk,
            "app_label": "orders",
            "url": "no/such/page",
        }

    def _order_for(self, route: str) -> Order:
        """Each page belongs to one stage of an order."""
        if route.endswith("/progress"):
            return self.sending.order
        return (self.served if route.endswith("/summary-served") else self.pending).order

    def restore_files(self) -> None:
        """A page that removes a document removes its bytes, which no database brings back."""
        for document in self.documents:
            content = io.BytesIO(sample_document("pdf"))
            self.store.save(document.key, content, content_type=document.content_type)
