"""The application's database role: everything it must not do is tried, by a real connection."""

from contextlib import closing

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg.errors import InsufficientPrivilege, RestrictViolation

from serve_opg import rights

PRIVILEGES = (
    *("SELECT", "INSERT", "UPDATE", "DELETE"),
    *("TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"),
)


def all_rows(cursor, query, *values):
    cursor.execute(query, values)
    return cursor.fetchall()


@pytest.fixture
def application(infrastructure, db):
    """A connection to the test's database as web, worker and beat have it."""
    name = connection.settings_dict["NAME"]
    url = infrastructure.postgres.application_url(infrastructure.postgres.database_url(name))
    # Closed whatever state it is in: one that was let into a COPY would keep its locks for ever.
    with closing(psycopg.connect(url, autocommit=True)) as opened:
        yield opened


def test_every_table_has_declared_rights(db):
    """A new table? Say in serve_opg/rights.py what the application does with it, and no more."""
    with connection.cursor() as cursor:
        found = all_rows(cursor, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert {row[0] for row in found} == set(rights.TABLES)


def test_the_role_has_what_is_declared_and_nothing_else(application):
    query = """SELECT relname, privilege FROM pg_class, unnest(%s::text[]) AS privilege
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'f')
        AND (has_table_privilege(pg_class.oid, privilege)
             OR privilege NOT IN ('DELETE', 'TRUNCATE', 'TRIGGER', 'MAINTAIN')
                AND has_any_column_privilege(pg_class.oid, privilege))"""
    found = all_rows(application.cursor(), query, list(PRIVILEGES))
    declared = {(table, right) for table, given in rights.TABLES.items() for right in given}
    assert set(found) == declared


def test_the_role_may_use_no_sequence(application):
    """Columns take their numbers themselves; who may set a sequence can break every insert."""
    query = """SELECT seqrelid::regclass::text,
        has_sequence_privilege(seqrelid, 'USAGE, SELECT, UPDATE') FROM pg_sequence"""
    may_use = dict(all_rows(application.cursor(), query))
    assert "orders_submission_id_seq" in may_use
    assert [name for name, may in may_use.items() if may] == []


def test_the_role_may_call_no_other_function_of_ours(application):
    query = """SELECT proname FROM pg_proc JOIN pg_roles ON pg_roles.oid = proowner
        WHERE rolname <> 'postgres' AND has_function_privilege(pg_proc.oid, 'EXECUTE')"""
    assert {row[0] for row in all_rows(application.cursor(), query)} == rights.FUNCTIONS


def test_what_runs_with_the_owners_rights_looks_names_up_nowhere_else(db):
    with connection.cursor() as cursor:
        found = all_rows(cursor, "SELECT proname, proconfig FROM pg_proc WHERE prosecdef")
    assert {name for name, _ in found} == {"audit_append", "audit_close_batch", "audit_chain"}
    assert all(config == ["search_path=pg_catalog, pg_temp"] for _, config in found)


FORBIDDEN = {
    "change a line of the diary": "UPDATE audit_entry SET by_name = 'x'",
    "remove a line of the diary": "DELETE FROM audit_entry",
    "slip in a line": "INSERT INTO audit_entry (event) VALUES ('x')",
    "empty the diary": "TRUNCATE audit_entry",
    "copy into the diary": "COPY audit_entry FROM STDIN",
    "lock the diary against everybody": "BEGIN; LOCK TABLE audit_entry IN EXCLUSIVE MODE",
    "change a link": "UPDATE audit_link SET hash = ''",
    "remove a link": "DELETE FROM audit_link",
    "slip in a link": "INSERT INTO audit_link (batch_id) VALUES (1)",
    "forget a head": "DELETE FROM audit_head",
    "change a head": "UPDATE audit_head SET position = 0",
    "turn the numbering back": "SELECT setval('audit_entry_id_seq', 1)",
    "take a number": "SELECT nextval('audit_entry_id_seq')",
    "drop a trigger": "DROP TRIGGER entry_append_only ON audit_entry",
    "disable a trigger": "ALTER TABLE audit_entry DISABLE TRIGGER entry_append_only",
    "disable all triggers": "ALTER TABLE orders_order DISABLE TRIGGER ALL",
    "make a trigger": (
        "CREATE TRIGGER mine BEFORE INSERT ON orders_order"
        " FOR EACH ROW EXECUTE FUNCTION orders_order_guard()"
    ),
    "make a rule": "CREATE RULE mine AS ON DELETE TO orders_order DO INSTEAD NOTHING",
    "replace a guard": (
        "CREATE OR REPLACE FUNCTION orders_order_guard() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'"
    ),
    "replace the append function": (
        "CREATE OR REPLACE FUNCTION audit_append(timestamptz, text, bigint, text, text, text,"
        " jsonb) RETURNS void LANGUAGE sql AS 'SELECT NULL::void'"
    ),
    "drop a guard": "DROP FUNCTION orders_order_guard() CASCADE",
    "change whose rights a function has": "ALTER FUNCTION audit_chain() SECURITY INVOKER",
    "change a table": "ALTER TABLE orders_order ADD COLUMN mine text",
    "drop a constraint": "ALTER TABLE orders_order DROP CONSTRAINT orders_order_pkey",
    "drop a table": "DROP TABLE orders_order",
    "rename a table": "ALTER TABLE audit_entry RENAME TO gone",
    "take a table over": "ALTER TABLE audit_entry OWNER TO serve_opg_app",
    "drop an index": "DROP INDEX entry_subject",
    "make a table": "CREATE TABLE mine (id int)",
    "make a table of its own for a while": "CREATE TEMP TABLE audit_entry (id int)",
    "make a view": "CREATE VIEW mine AS SELECT 1",
    "make a function": "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "make a schema": "CREATE SCHEMA mine",
    "make an extension": "CREATE EXTENSION hstore",
    "make a database": "CREATE DATABASE mine",
    "make a role": "CREATE ROLE mine",
    "make itself a superuser": "ALTER ROLE serve_opg_app SUPERUSER",
    "become the owner": "SET ROLE serve_opg",
    "become the superuser": "SET SESSION AUTHORIZATION postgres",
    "give itself the owner's role": "GRANT serve_opg TO serve_opg_app",
    "call itself a replica": "SET session_replication_role = replica",
    "forge the list of migrations": "UPDATE django_migrations SET name = 'x'",
    "add to the list of migrations": "INSERT INTO django_migrations (app) VALUES ('x')",
    "delete a submission": "DELETE FROM orders_submission",
    "delete an attempt": "DELETE FROM orders_attempt",
    "delete an upload": "DELETE FROM csv_ingest_upload",
    "delete a person": "DELETE FROM accounts_user",
    "give out permissions": "INSERT INTO auth_group_permissions VALUES (1, 1, 1)",
    "give one person a permission": "INSERT INTO accounts_user_user_permissions VALUES (1, 1, 1)",
    "change what was recorded as served": "UPDATE orders_servedbyemail SET reason = 'x'",
    "empty the orders": "TRUNCATE orders_order CASCADE",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "write a file": "COPY (SELECT 1) TO '/tmp/mine'",
    "read a file": "SELECT pg_read_file('/etc/passwd')",
    "read the passwords": "SELECT rolpassword FROM pg_authid",
    "change the server's settings": "ALTER SYSTEM SET fsync = off",
    "end the superuser's sessions": "SELECT pg_reload_conf()",
    "chain by itself": "SELECT audit_chain()",
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_the_role_is_refused(application, statement):
    with pytest.raises(InsufficientPrivilege):
        application.execute(statement)


def test_the_role_cannot_give_itself_a_right(application):
    """PostgreSQL answers such a GRANT with a warning, not an error: nothing was granted."""
    application.execute("GRANT ALL ON audit_entry TO serve_opg_app")
    query = "SELECT has_table_privilege('audit_entry', 'INSERT, UPDATE, DELETE, TRUNCATE')"
    assert all_rows(application.cursor(), query) == [(False,)]


def test_a_served_order_is_frozen_for_the_role_too(application):
    """Its rights end where the guards begin; that the guards refuse is said in words."""
    application.execute("BEGIN")
    application.execute(
        "INSERT INTO orders_case (id, case_number, forename, surname, created_at)"
        " VALUES (9999999, '12345678', 'A', 'B', now())"
    )
    with pytest.raises(RestrictViolation, match="an order begins pending"):
        application.execute(
            "INSERT INTO orders_order (case_id, order_type, order_number, made_date, issue_date,"
            " status, created_at, order_subtype, appointment_type)"
            " VALUES (9999999, 'PF', '1', now(), now(), 'SERVED', now(), '', '')"
        )


def test_what_may_be_appended_is_chained_like_all_else(application):
    application.execute("BEGIN")
    application.execute(
        "SELECT audit_append(now(), 'USER_CHANGED', 1, 'x', '', '', '[[\"accounts.user\", 1, {}]]')"
    )
    application.execute("SET CONSTRAINTS ALL IMMEDIATE")
    [(links,)] = all_rows(
        application.cursor(),
        "SELECT count(*) FROM audit_link JOIN audit_entry USING (batch_id) WHERE position > 0",
    )
    assert links == 1
    application.execute("ROLLBACK")


def test_granting_again_takes_back_what_was_given_besides(db, application):
    with connection.cursor() as cursor:
        cursor.execute("GRANT UPDATE ON audit_entry TO serve_opg_app")
        cursor.execute("GRANT UPDATE ON SEQUENCE audit_entry_id_seq TO serve_opg_app")
        cursor.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        assert rights.grant("default", role="serve_opg_app")
        cursor.execute(
            "SELECT has_table_privilege('serve_opg_app', 'audit_entry', 'UPDATE'),"
            " has_sequence_privilege('serve_opg_app', 'audit_entry_id_seq', 'UPDATE'),"
            " has_schema_privilege('serve_opg_app', 'public', 'CREATE')"
        )
        assert cursor.fetchone() == (False, False, False)


def test_where_one_role_does_everything_nothing_is_granted(db, caplog):
    assert not rights.grant("default", role="there_is_no_such_role")
    assert not rights.grant("default", role="serve_opg")
    assert caplog.text.count("no rights were granted") == 2


def test_a_new_table_and_function_are_nobodys(db):
    with connection.cursor() as cursor:
        # What somebody once gave away in advance is taken back too.
        cursor.execute("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO serve_opg_app")
        assert rights.grant("default", role="serve_opg_app")
        cursor.execute("CREATE TABLE a_new_one (id int)")
        cursor.execute("CREATE FUNCTION a_new_one() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        cursor.execute(
            "SELECT has_table_privilege('serve_opg_app', 'a_new_one', 'SELECT'),"
            " has_function_privilege('serve_opg_app', 'a_new_one()', 'EXECUTE')"
        )
        assert cursor.fetchone() == (False, False)


def test_a_deployed_process_that_owns_its_tables_is_warned_of(db, settings):
    settings.IS_DEPLOYED = True
    [found] = rights.application_owns_nothing(databases=["default"])
    assert found.id == "serve_opg.W070"
    assert found.hint
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE serve_opg_app")
    assert rights.application_owns_nothing(databases=["default"]) == []
    settings.IS_DEPLOYED = False
    assert rights.application_owns_nothing(databases=["default"]) == []


@pytest.mark.parametrize(
    "too_much",
    ["ALTER ROLE {} CREATEROLE", "ALTER ROLE {} BYPASSRLS", "GRANT landlord TO {}"],
    ids=["it makes roles", "it passes over rules of rows", "it can become an owner"],
)
def test_a_deployed_process_that_could_own_its_tables_is_warned_of(
    transactional_db, settings, infrastructure, too_much
):
    settings.IS_DEPLOYED = True
    address = infrastructure.postgres.superuser_url(connection.settings_dict["NAME"])
    with psycopg.connect(address, autocommit=True) as superuser:
        superuser.execute("CREATE ROLE another NOINHERIT; CREATE ROLE landlord")
        superuser.execute("CREATE TABLE theirs (id int); ALTER TABLE theirs OWNER TO landlord")
        try:
            superuser.execute("GRANT another TO serve_opg")
            superuser.execute(too_much.format("another"))
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE another")
            assert [one.id for one in rights.application_owns_nothing(databases=["default"])] == [
                "serve_opg.W070"
            ]
        finally:
            connection.close()
            superuser.execute("DROP TABLE theirs; DROP ROLE another; DROP ROLE landlord")


def test_tables_are_up_to_date_for_who_may_not_change_them(db):
    """`migrate --check` is what a release asks before it starts: it must not need the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE serve_opg_app")
    call_command("migrate", check_unapplied=True, verbosity=0)
