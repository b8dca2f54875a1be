"""What the application's database role may do: a table of rights, granted after each migrate.

Migrations run as the owner of the tables; web, worker and beat as a role that owns nothing, can
change no schema, no guard and no line of the diary (docs/adr/0019).
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections, transaction
from psycopg import sql

log = logging.getLogger(__name__)

READ = ("SELECT",)
ADD = ("SELECT", "INSERT")
KEEP = ("SELECT", "INSERT", "UPDATE")
ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")

# Every table there is; a test fails where one is missing. Nobody is ever given TRUNCATE,
# REFERENCES, TRIGGER or MAINTAIN.
TABLES: dict[str, tuple[str, ...]] = {
    "accounts_failedtries": ALL,
    "accounts_link": ALL,
    "accounts_mail": ALL,
    "accounts_recoverycode": ALL,
    "accounts_secondfactor": ALL,
    # Those who left are marked, not deleted.
    "accounts_user": KEEP,
    "accounts_user_groups": ALL,
    "accounts_user_user_permissions": READ,
    # The diary is written by audit_append and by the triggers, which run as their owner.
    "audit_entry": READ,
    "audit_head": ADD,
    "audit_link": READ,
    "auth_group": READ,
    "auth_group_permissions": READ,
    "auth_permission": READ,
    "csv_ingest_removal": KEEP,
    "csv_ingest_upload": KEEP,
    "django_admin_log": ADD,
    "django_content_type": READ,
    "django_migrations": READ,
    "django_session": ALL,
    "orders_attempt": KEEP,
    "orders_case": ALL,
    "orders_courtorderreading": ALL,
    "orders_deputy": ALL,
    "orders_document": ALL,
    "orders_order": ALL,
    "orders_sendingswitch": KEEP,
    "orders_servedbyemail": ADD,
    "orders_submission": KEEP,
    "serve_opg_sign": KEEP,
}
# Functions of ours that a statement of the application calls, itself or inside a guard. Trigger
# functions are called by the database and need no right.
FUNCTIONS = frozenset({"audit_append", "orders_refuse", "orders_search_text"})

# Whether the role of this session is a superuser, may make roles, or can act as a table's owner.
TOO_MUCH = """
SELECT rolsuper OR rolcreaterole OR rolbypassrls OR EXISTS (
    SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND pg_has_role(current_user, relowner, 'MEMBER'))
FROM pg_roles WHERE rolname = current_user"""


def grant_after_migrate(sender: AppConfig, using: str, **more: Any) -> None:
    """For `post_migrate`: after `manage.py migrate`, not each time tests empty the tables."""
    if "plan" in more:
        grant(using, role=role_from_settings())


def role_from_settings() -> str:
    """The application's role; where it does not exist, one role does everything."""
    role: str = settings.DATABASE_APPLICATION_ROLE
    return role


def grant(using: str, *, role: str) -> bool:
    """Give the role exactly what is declared, and take all else; False where there is no such role.

    Run as the owner of the tables. Repeatable; running queries see all of it at once or nothing.
    """
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s, current_database()", [role])
        itself, database = cursor.fetchone()
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if itself or cursor.fetchone() is None:
            log.warning("no rights were granted: there is no database role of its own, %s", role)
            return False
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT p.oid::regprocedure::text, p.proname FROM pg_proc AS p"
            " JOIN pg_roles ON pg_roles.oid = p.proowner AND rolname = current_user"
            " WHERE p.pronamespace = 'public'::regnamespace"
        )
        functions = cursor.fetchall()
        for statement in [
            *_schema(role, database),
            *_tables(role, tables),
            *_functions(role, functions),
        ]:
            cursor.execute(statement)
    return True


def _schema(role: str, database: str) -> list[sql.Composable]:
    names = {"role": sql.Identifier(role), "database": sql.Identifier(database)}
    statements = (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC, {role}",
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC, {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}",
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role}",
        # What a later migration makes is nobody's until it is declared here.
        "ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC, {role}",
        "ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM PUBLIC, {role}",
        "ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC, {role}",
    )
    return [sql.SQL(statement).format(**names) for statement in statements]


def _tables(role: str, there: set[str]) -> list[sql.Composable]:
    return [
        sql.SQL("GRANT {} ON public.{} TO {}").format(
            sql.SQL(", ").join(map(sql.SQL, rights)), sql.Identifier(table), sql.Identifier(role)
        )
        for table, rights in TABLES.items()
        if table in there
    ]


def _functions(role: str, there: list[tuple[str, str]]) -> list[sql.Composable]:
    """`there`: signature and name of each function that the owner of the tables made."""
    statements: list[sql.Composable] = []
    for signature, name in there:
        texts = ["REVOKE ALL ON FUNCTION {function} FROM PUBLIC, {role}"]
        if name in FUNCTIONS:
            texts.append("GRANT EXECUTE ON FUNCTION {function} TO {role}")
        words = {"function": sql.SQL(signature), "role": sql.Identifier(role)}
        statements.extend(sql.SQL(text).format(**words) for text in texts)
    return statements


@register(Tags.database)
def application_owns_nothing(
    *, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """For `manage.py check --database default --fail-level WARNING`, before a release is started.

    A warning, since `migrate` checks too, and is rightly run as the owner.
    """
    if not settings.IS_DEPLOYED or "default" not in (databases or ()):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(TOO_MUCH)
        found = cursor.fetchone()[0]
    if not found:
        return []
    return [
        Warning(
            "The database role of this process may change tables, guards or the diary.",
            hint="Only `manage.py migrate` runs as the owner: give everything else the role of "
            "DATABASE_APPLICATION_ROLE (docs/adr/0019).",
            id="serve_opg.W070",
        )
    ]
