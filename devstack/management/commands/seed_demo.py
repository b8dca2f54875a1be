"""`manage.py seed_demo`: people and orders to try the service with, made by the services."""

import io
import os
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Role, User
from accounts.services import second_factor
from accounts.services.passwords import set_password
from accounts.services.users import create_user
from csv_ingest.services import receive_upload
from devstack.court_export import court_export
from devstack.running import DEMO_KEY
from devstack.samples import sample_document
from filestore import DocumentStore
from orders import queries, rules
from orders.models import Order
from orders.services.deputies import DeputyAnswers, add_deputy
from orders.services.documents import attach_document
from orders.services.orders import answer_order

ORDERS = 60
SEED = 2026
PEOPLE = (
    ("case.manager@example.com", "Casey", "Manager", Role.CASE_MANAGER, False),
    ("administrator@example.com", "Addy", "Ministrator", Role.ADMINISTRATOR, False),
    ("operator.one@example.com", "Olive", "Operator", Role.CASE_MANAGER, True),
    ("operator.two@example.com", "Otis", "Operator", Role.CASE_MANAGER, True),
)
DEPUTY = DeputyAnswers(
    deputy_type=rules.DeputyType.PROFESSIONAL,
    first_name="Dana",
    last_name="Example",
    date_of_birth=None,
    email="dana@example.com",
    daytime_number="020 7946 0000",
    evening_number="",
    mobile_number="",
    address_line_1="1 Example Street",
    address_line_2="",
    town="Exampleton",
    county="",
    postcode="EX1 1EX",
)


class Command(BaseCommand):
    """Running it again changes nothing but the passwords."""

    help = (
        f"Make {len(PEOPLE)} people to sign in as (password: the variable DEMO_PASSWORD) and "
        f"{ORDERS} invented orders, one of them ready to serve. For a developer's machine only."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Raises `CommandError` where real data may be, and without a password."""
        if settings.IS_DEPLOYED:
            raise CommandError("Demo data is for development only.")
        password = os.environ.get("DEMO_PASSWORD", "")
        if not password:
            raise CommandError("Set DEMO_PASSWORD to the password that the demo people shall have.")
        people = [_person(password, *person) for person in PEOPLE]
        for person in people:
            _set_up_app(person)
        if not Order.objects.exists():
            _make_orders(by=people[0])
        self.stdout.write(f"{len(people)} people and {Order.objects.count()} orders are there.")


def _person(
    password: str, email: str, first_name: str, last_name: str, role: Role, operations: bool
) -> User:
    known: User | None = User.objects.with_email(email).first()
    if known is None:
        return create_user(
            email=email,
            first_name=first_name,
            last_name=last_name,
            role=role,
            password=password,
            is_staff=operations,
            by=None,
            now=timezone.now(),
        )
    if not known.check_password(password):
        set_password(user=known, password=password, by=None)
    return known


def _set_up_app(user: User) -> None:
    """The same key for all who need a second factor, so that it can be printed and tried."""
    if second_factor.is_needed_from_settings(user) and not second_factor.has_app(user):
        # An hour ago: the code that shows now is not used up by this.
        then = timezone.now() - timedelta(hours=1)
        code = second_factor.code_at(key=DEMO_KEY, now=then)
        second_factor.set_up(user=user, key=DEMO_KEY, code=code, now=then)


def _make_orders(*, by: User) -> None:
    export = io.BytesIO(court_export(ORDERS, seed=SEED))
    receive_upload(file=export, name="demo-orders.csv", by=by, now=timezone.now())
    _complete(Order.objects.filter(order_type=rules.OrderType.PF).order_by("issue_date")[0], by=by)


def _complete(order: Order, *, by: User) -> None:
    """Answers, a deputy and every required document: ready to serve."""
    store, now = DocumentStore.from_settings(), timezone.now()
    answer_order(
        order_id=order.pk,
        order_subtype=rules.OrderSubtype.NEW_APPLICATION,
        appointment_type=rules.AppointmentType.SOLE,
        bond_over_21000=True,
        store=store,
        by=by,
        now=now,
    )
    add_deputy(order_id=order.pk, answers=DEPUTY, by=by, now=now)
    for kind in rules.required_for(queries.facts_of(queries.get_order(order.pk))):
        attach_document(
            order_id=order.pk,
            document_type=kind,
            file=io.BytesIO(sample_document("pdf", words=f"A sample {kind.label}.")),
            name=f"{kind.label}.pdf",
            store=store,
            by=by,
            now=now,
        )
