"""Every (before, after) of every stored state, by the ORM and by SQL: just the page's moves.

The tables are written here from the page "Serving", not taken from the rules or the migrations.
"""

import itertools

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from csv_ingest.models import Upload
from orders.models import Deputy, Document, Order, ServedByEmail, Submission
from orders.rules import OrderStatus, State

MOVES = {
    "QUEUED": {"PREPARING", "ACCEPTED", "HELD", "CANCELLED"},
    "PREPARING": {"QUEUED", "SENDING", "UNKNOWN", "HELD", "ACCEPTED"},
    "SENDING": {"QUEUED", "UNKNOWN", "ACCEPTED", "REJECTED", "HELD"},
    "UNKNOWN": {"PREPARING", "ACCEPTED", "HELD"},
    "HELD": {"QUEUED", "UNKNOWN", "ACCEPTED", "CANCELLED"},
    "ACCEPTED": set(),
    "REJECTED": set(),
    "CANCELLED": set(),
}
WAYS = {
    "QUEUED": [],
    "PREPARING": ["PREPARING"],
    "SENDING": ["PREPARING", "SENDING"],
    "UNKNOWN": ["PREPARING", "SENDING", "UNKNOWN"],
    "HELD": ["HELD"],
    "ACCEPTED": ["ACCEPTED"],
    "REJECTED": ["PREPARING", "SENDING", "REJECTED"],
    "CANCELLED": ["CANCELLED"],
}
ORDER_MOVES = {
    "PENDING": {"SERVING", "SERVED"},
    "SERVING": {"PENDING", "SERVED"},
    "SERVED": set(),
}


class Undone(Exception):
    """Ends a trial; its savepoint is rolled back."""


def tried(change) -> str:
    """What the database says to a change that is then undone: "" where it takes it."""
    try:
        with transaction.atomic():
            change()
            raise Undone
    except Undone:
        return ""
    except IntegrityError as error:
        return str(error)


def by_sql(table, pk, **values):
    names = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {names} WHERE id = %s", [*values.values(), pk])


def by_orm(model, pk, **values):
    row = model.objects.get(pk=pk)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def with_needs(state, *, was_maybe=False) -> dict:
    """All that a state's own constraints ask, so that only the move itself can be refused."""
    leased = state in ("PREPARING", "SENDING")
    values = {"state": state, "lease_expires_at": timezone.now() if leased else None}
    if state == "ACCEPTED":
        values["sirius_order_id"] = 1
    if state == "UNKNOWN" or was_maybe:
        values["maybe_applied"] = True
    return values


WRITERS = {
    "SQL": (
        lambda pk, values: by_sql("orders_submission", pk, **values),
        lambda pk, values: by_sql("orders_order", pk, **values),
    ),
    "ORM": (
        lambda pk, values: by_orm(Submission, pk, **values),
        lambda pk, values: by_orm(Order, pk, **values),
    ),
}


@pytest.mark.parametrize("how", WRITERS)
def test_submission_makes_the_moves_of_the_page_and_no_other(declared, how):
    write, _ = WRITERS[how]
    pk = declared().pk
    passed = set()
    for before, after in itertools.product(State.values, State.values):

        def change(before=before, after=after):
            for step in WAYS[before]:
                by_sql("orders_submission", pk, **with_needs(step))
            values = with_needs(after, was_maybe=before == "UNKNOWN")
            if before == after == "ACCEPTED":
                values["reason"] = "changed"
            write(pk, values)

        said = tried(change)
        if not said:
            passed.add((before, after))
        elif before not in ("REJECTED", "CANCELLED", "ACCEPTED"):
            assert f"no move from {before} to {after}" in said or "never_applied" in said, said
    staying = {(state, state) for state in State.values if MOVES[state]}
    # Nothing about a finished one changes; writing it as it stands changes nothing.
    staying |= {(state, state) for state in ("REJECTED", "CANCELLED")}
    expected = {(before, after) for before, afters in MOVES.items() for after in afters}
    assert passed == expected | staying


@pytest.mark.parametrize("how", WRITERS)
def test_submission_begins_in_one_state_alone(declared, how):
    submission = declared()
    began = set()
    for state in State.values:

        def insert(state=state):
            values = with_needs(state)
            if how == "ORM":
                new = Submission.objects.get(pk=submission.pk)
                new.pk, new.court_reference = None, "61429461"
                for name, value in values.items():
                    setattr(new, name, value)
                new.save()
                return
            values = {**values, "court_reference": "61429461", "id": 10**6}
            fields = [field.column for field in Submission._meta.concrete_fields]
            chosen = ", ".join("%s" if name in values else name for name in fields)
            with connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO orders_submission ({', '.join(fields)})"
                    f" SELECT {chosen} FROM orders_submission WHERE id = %s",
                    [*(values[name] for name in fields if name in values), submission.pk],
                )

        if not tried(insert):
            began.add(state)
    assert began == {"QUEUED"}


def test_submission_is_deleted_in_no_state(declared):
    pk = declared().pk
    for state in State.values:

        def walk(state=state):
            for step in WAYS[state]:
                by_sql("orders_submission", pk, **with_needs(step))

        for delete in (
            lambda: Submission.objects.filter(pk=pk).delete(),
            lambda: _run("DELETE FROM orders_submission WHERE id = %s", pk),
        ):
            said = tried(lambda walk=walk, delete=delete: (walk(), delete()))
            assert "never deleted" in said, state


def _run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _served_at(status):
    return {"status": status, "served_at": timezone.now() if status == "SERVED" else None}


@pytest.mark.parametrize("how", WRITERS)
def test_order_makes_the_moves_of_the_page_and_no_other(pending_order, how):
    """Whether its submissions tell the same story is looked at in the end, below."""
    _, write = WRITERS[how]
    pk = pending_order().pk
    passed = set()
    for before, after in itertools.product(OrderStatus.values, OrderStatus.values):

        def change(before=before, after=after):
            if before != "PENDING":
                by_sql("orders_order", pk, **_served_at(before))
            write(pk, {**_served_at(after), "status": after})

        if not tried(change):
            passed.add((before, after))
    expected = {(before, after) for before, afters in ORDER_MOVES.items() for after in afters}
    assert passed == expected | {("PENDING", "PENDING"), ("SERVING", "SERVING")}


@pytest.mark.parametrize("how", WRITERS)
def test_order_stands_nowhere_without_what_must_stand_beside_it(pending_order, how):
    """At the end of a transaction: being served needs a live submission, served an accepted one."""
    _, write = WRITERS[how]
    pk = pending_order().pk
    for after in ("SERVING", "SERVED"):

        def change(after=after):
            write(pk, _served_at(after))
            _run("SET CONSTRAINTS ALL IMMEDIATE")

        assert "with 0 live and 0 accepted" in tried(change), after


@pytest.mark.parametrize("status", ["SERVING", "SERVED"])
def test_nothing_of_an_order_that_is_served_is_changed_added_or_deleted(ready_order, status):
    order = ready_order()
    deputy, document = order.deputies.first(), order.documents.first()
    changes = {
        "order by ORM": lambda: by_orm(Order, order.pk, order_number="x"),
        "order by SQL": lambda: by_sql("orders_order", order.pk, made_date="2020-01-01"),
        "case by SQL": lambda: by_sql("orders_case", order.case_id, surname="x"),
        "deputy by ORM": lambda: by_orm(Deputy, deputy.pk, town="x"),
        "deputy by SQL": lambda: by_sql("orders_deputy", deputy.pk, town="x"),
        "document by ORM": lambda: by_orm(Document, document.pk, name="x"),
        "document by SQL": lambda: by_sql("orders_document", document.pk, name="x"),
        "new deputy": lambda: Deputy.objects.create(
            order=order, deputy_type="LAY", first_name="A", last_name="B"
        ),
        **{
            f"{table} deleted by SQL": lambda table=table, pk=pk: _run(
                f"DELETE FROM orders_{table} WHERE id = %s", pk
            )
            for table, pk in (
                ("order", order.pk),
                ("deputy", deputy.pk),
                ("document", document.pk),
            )
        },
        "order deleted by ORM": lambda pk=order.pk: Order.objects.filter(pk=pk).delete(),
        "deputy deleted by ORM": lambda pk=deputy.pk: Deputy.objects.filter(pk=pk).delete(),
        "document deleted by ORM": lambda pk=document.pk: Document.objects.filter(pk=pk).delete(),
    }
    for name, change in changes.items():
        assert tried(change) == "" or "case" in name or "document by" in name, name

    def while_it_is_served() -> None:
        by_sql("orders_order", order.pk, **_served_at(status))
        taken = {name for name, change in changes.items() if not tried(change)}
        assert taken == set()

    assert tried(while_it_is_served) == ""


def test_what_was_recorded_of_an_email_is_never_changed(pending_order, sam, now):
    order = pending_order()
    values = {"sent_date": now.date(), "evidence": "seen", "reason": "away"}
    record = ServedByEmail.objects.create(order=order, recorded_by=sam, recorded_at=now, **values)
    by_sql("orders_order", order.pk, **_served_at("SERVED"))
    for change in (
        lambda: by_orm(ServedByEmail, record.pk, reason="x"),
        lambda: by_sql("orders_servedbyemail", record.pk, reason="x"),
        lambda: ServedByEmail.objects.filter(pk=record.pk).delete(),
        lambda: _run("DELETE FROM orders_servedbyemail WHERE id = %s", record.pk),
    ):
        assert "never changed" in tried(change)


UPLOAD_MOVES = {
    "QUEUED": {"READING", "CANCELLED", "FAILED"},
    "READING": {"QUEUED", "AWAITING_ANSWER", "IMPORTING", "REFUSED", "CANCELLED", "FAILED"},
    "AWAITING_ANSWER": {"IMPORTING", "IMPORTED", "CANCELLED"},
    "IMPORTING": {"IMPORTED", "FAILED"},
}


def test_database_refuses_every_other_move_of_an_upload(db):
    """Asked of the guard itself, with rows that never were: only states differ."""
    states = list(Upload.State.values)
    _run(
        "CREATE TEMP TABLE trial (LIKE csv_ingest_upload); "
        "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON trial"
        " FOR EACH ROW EXECUTE FUNCTION csv_ingest_upload_guard()"
    )
    for column in Upload._meta.concrete_fields:
        _run(f"ALTER TABLE trial ALTER {column.column} DROP NOT NULL")
    passed = set()
    for before, after in itertools.product(states, states):

        def change(before=before, after=after):
            _run("INSERT INTO trial (state, has_bytes) VALUES (%s, true)", before)
            _run("UPDATE trial SET state = %s, fence = 7", after)

        if not tried(change):
            passed.add((before, after))
    expected = {(before, after) for before, afters in UPLOAD_MOVES.items() for after in afters}
    assert passed == expected | {(state, state) for state in UPLOAD_MOVES}


def test_emptying_a_table_needs_a_test_database(declared):
    """TRUNCATE is no way round the guards: the function asks for the name of the database."""
    declared()
    with pytest.raises(DatabaseError), transaction.atomic():
        _run("TRUNCATE orders_submission")
