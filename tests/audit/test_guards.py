"""What keeps the diary append-only: whichever guard is taken away, and however, it is missed."""

import contextlib

import pytest
from psycopg import sql

from audit import guards
from audit.reading import DiaryRows

pytestmark = pytest.mark.django_db(transaction=True)

# A trigger that is merely enabled, not always, is silent in a session that calls itself a replica.
TAKEN_AWAY = {
    "dropped": "DROP TRIGGER {trigger} ON {table}",
    "disabled": "ALTER TABLE {table} DISABLE TRIGGER {trigger}",
    "silent in a replica": "ALTER TABLE {table} ENABLE TRIGGER {trigger}",
    "silent but in a replica": "ALTER TABLE {table} ENABLE REPLICA TRIGGER {trigger}",
}


@contextlib.contextmanager
def undone(superuser):
    """What the superuser does in here is undone."""
    superuser.execute("BEGIN")
    try:
        yield
    finally:
        superuser.execute("ROLLBACK")


def words_of(report):
    assert {str(finding.kind) for finding in report.findings} <= {"guard"}
    return [finding.words for finding in report.findings]


def test_the_triggers_of_the_diary_are_the_known_ones(superuser):
    """Or else the list could lose one, and nobody would look for it."""
    there = superuser.execute(
        "SELECT relname::text, tgname::text, tgenabled FROM pg_trigger"
        " JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE relname LIKE 'audit\\_%' AND NOT tgisinternal"
    ).fetchall()
    assert {(table, trigger) for table, trigger, _ in there} == guards.TRIGGERS
    assert {enabled for *_, enabled in there} == {"A"}


def test_the_functions_of_the_diary_are_the_known_ones(superuser):
    there = DiaryRows(superuser).functions()
    assert {name: guards.digest_of(source) for name, source in there.items()} == guards.FUNCTIONS


@pytest.mark.parametrize("how", TAKEN_AWAY)
def test_a_guard_that_is_off_is_told(superuser, verified, how):
    for table, trigger in sorted(guards.TRIGGERS):
        names = {"table": sql.Identifier(table), "trigger": sql.Identifier(trigger)}
        with undone(superuser):
            superuser.execute(sql.SQL(TAKEN_AWAY[how]).format(**names))
            told = words_of(verified())
        assert told == [f"the trigger {trigger} of {table} is gone or switched off"]
    assert verified().is_sound


def test_a_function_that_was_replaced_is_told(superuser, verified):
    """By one that does the same and has one space more."""
    for name in guards.FUNCTIONS:
        [[source]] = superuser.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = %s", [name]
        )
        with undone(superuser):
            superuser.execute(source.replace("BEGIN", "BEGIN ", 1).encode())
            told = words_of(verified())
        assert told == [f"the function {name} is gone or was replaced"]


def test_a_function_that_was_dropped_is_told(superuser, verified):
    """The triggers that call it go with it, and are told besides."""
    for name in guards.FUNCTIONS:
        with undone(superuser):
            superuser.execute(sql.SQL("DROP FUNCTION {} CASCADE").format(sql.Identifier(name)))
            told = words_of(verified())
        assert told[-1] == f"the function {name} is gone or was replaced"
