"""Images, the fold, the comparison and the command: what each notices."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now

import audit
from accounts.models import Role, User
from accounts.services import users
from audit import images
from audit.models import Entry
from audit.replay import Difference, Kind, compare, differences, fold, read_images
from orders.models import Attempt, Case, Order, Submission
from orders.services.orders import register_orders
from tests.orders.words import new_order


# --- Images ---------------------------------------------------------------------------------------
def test_an_image_keeps_moments_to_the_microsecond_and_days_as_days():
    zone = dt.timezone(dt.timedelta(hours=1))
    order = Order(
        pk=3,
        made_date=dt.date(2026, 5, 1),
        created_at=dt.datetime(2026, 6, 1, 9, 30, 0, 123456, tzinfo=zone),
    )
    assert audit.after(order, "made_date", "created_at") == {
        "orders.order:3": {
            "made_date": "2026-05-01",
            "created_at": "2026-06-01T08:30:00.123456+00:00",
        }
    }


def test_a_whole_image_has_every_column_that_is_told():
    image = audit.whole(Case(pk=1, case_number="1", created_at=dt.datetime.now(dt.UTC)))
    assert set(image["orders.case:1"]) == {"case_number", "forename", "surname", "created_at"}
    assert audit.gone(Case(pk=1)) == {"orders.case:1": None}


def test_a_value_that_only_the_database_knows_must_be_read_first():
    with pytest.raises(ValueError, match="read the row again"):
        audit.whole(Attempt(pk=1))
    with pytest.raises(ValueError, match="read the row again"):
        audit.after(Submission(pk=1, next_attempt_at=Now()), "next_attempt_at")


def test_a_row_that_is_not_stored_has_no_image():
    for make in (audit.whole, audit.gone, audit.after):
        with pytest.raises(ValueError, match="not stored"):
            make(Order())


def test_what_people_are_told_is_without_the_images():
    assert images.without_images({"role": "X", "images": {"a.b:1": {}}}) == {"role": "X"}


# --- The fold and the comparison ------------------------------------------------------------------
def test_the_fold_goes_row_by_row_in_the_order_of_the_diary():
    tables = fold(
        [
            {"a.b:1": {"x": 1, "y": 1}, "a.b:2": {"x": 2}},
            {"a.b:1": {"x": 3}},
            {"a.b:2": None, "a.c:2": {"z": 0}},
            {"a.b:7": None},
        ],
        onto={},
    )
    assert tables == {"a.b": {1: {"x": 3, "y": 1}}, "a.c": {2: {"z": 0}}}


@pytest.mark.parametrize(
    ("told", "found", "wrong"),
    [
        ({1: {"x": 1}}, {1: {"x": 1}}, []),
        ({}, {}, []),
        ({}, {1: {"x": 1}}, [(1, Kind.NOT_IN_DIARY, ())]),
        ({1: {"x": 1}}, {}, [(1, Kind.NOT_IN_TABLE, ())]),
        ({1: {"x": 1}}, {1: {"x": 2}}, [(1, Kind.OTHERWISE, ("x",))]),
        # Never told is not the same as told to be empty.
        ({1: {}}, {1: {"x": None}}, [(1, Kind.OTHERWISE, ("x",))]),
        ({1: {"x": 1, "y": 2}}, {1: {"x": 1}}, [(1, Kind.OTHERWISE, ("y",))]),
        ({1: {"x": "1"}}, {1: {"x": 1}}, [(1, Kind.OTHERWISE, ("x",))]),
        ({1: {"x": 1}, 2: {"x": 1}}, {2: {"x": 1}, 3: {"x": 1}}, None),
    ],
)
def test_every_way_to_differ_is_named(told, found, wrong):
    if wrong is None:
        wrong = [(3, Kind.NOT_IN_DIARY, ()), (1, Kind.NOT_IN_TABLE, ())]
    assert list(compare(told, found.items(), table="t")) == [
        Difference("t", number, kind, columns) for number, kind, columns in wrong
    ]


ONE_MORE_CASE = """
INSERT INTO orders_case (case_number, forename, surname, created_at)
VALUES ('33370455', 'Nobody', 'Told', now())
"""


# --- The command ----------------------------------------------------------------------------------
def replay(*options):
    said = StringIO()
    try:
        call_command("replay_audit", *options, stdout=said)
    except CommandError as error:
        return error.returncode, said.getvalue() + str(error)
    return 0, said.getvalue()


@pytest.fixture
def told(db, now) -> User:
    """A service whose every row came by its services."""
    user = users.create_user(
        email="grace@example.com",
        first_name="Grace",
        last_name="Newcomer",
        role=Role.CASE_MANAGER,
        password="seventeen green bottles",
        by=None,
        now=now,
    )
    register_orders(rows=[new_order(), new_order(order_number="A2")], by=user, now=now)
    return user


@pytest.mark.django_db
def test_the_diary_of_a_service_that_nobody_touched_rebuilds_it(told):
    code, said = replay()
    assert code == 0
    assert said.count(": the same") == said.count("\n")


@pytest.mark.parametrize(
    ("sql", "row", "columns"),
    [
        ("UPDATE orders_case SET surname = 'Changed'", "orders.case", ["surname"]),
        ("UPDATE accounts_user SET role = 'ADMINISTRATOR'", "accounts.user", ["role"]),
        ("UPDATE orders_order SET bond_over_21000 = true", "orders.order", ["bond_over_21000"]),
        (
            ONE_MORE_CASE,
            "orders.case",
            [],
        ),
        ("DELETE FROM orders_order", "orders.order", []),
        ("UPDATE orders_sendingswitch SET paused = true", "orders.sendingswitch", ["paused"]),
    ],
)
@pytest.mark.django_db
def test_what_was_written_past_the_services_is_found_and_not_quoted(told, sql, row, columns):
    with connection.cursor() as cursor:
        cursor.execute(sql)
    code, said = replay("--json")
    assert code == 1
    found = json.loads(said.splitlines()[0])
    assert {table for table, wrong in found.items() if wrong} == {row}
    assert found[row][0]["columns"] == columns
    code, said = replay("--table", row)
    assert code == 1
    assert not any(word in said for word in ("Mitchell", "Changed", "Nobody", "grace"))
    assert (replay("--table", "orders.deputy")[0]) == 0


@pytest.mark.django_db
def test_a_long_list_is_cut_short_and_says_so(told, now):
    register_orders(
        rows=[new_order(order_number=f"B{number}") for number in range(30)], by=told, now=now
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM orders_order")
    _, said = replay()
    assert "orders.order: 32 rows differ" in said
    assert "and 12 more" in said


@pytest.mark.django_db(transaction=True)
def test_the_command_looks_at_one_moment_and_writes_nothing(told):
    before = Entry.objects.count()
    assert replay("--table", "accounts.user", "--table", "orders.order")[0] == 0
    assert Entry.objects.count() == before


@pytest.mark.django_db
def test_the_diary_can_be_read_up_to_an_event(told, now):
    until = Entry.objects.latest("id").pk
    register_orders(rows=[new_order(order_number="C1")], by=told, now=now)
    assert len(fold(read_images(until=until))["orders.order"]) == 2
    assert len(fold(read_images())["orders.order"]) == 3
    assert len(list(read_images(after=until))) == len(list(read_images())) - len(
        list(read_images(until=until))
    )
    assert not any(differences().values())


# --- The admin ------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_operations_read_an_event_and_its_rows_apart(told, olive, client_of):
    entry = Entry.objects.filter(event="ORDER_REGISTERED").earliest("id")
    page = client_of(olive).get(f"/admin/audit/entry/{entry.pk}/change/").content.decode()
    assert "rows as they then were" in page.lower()
    assert page.count("orders.case:") == 1
