"""Text that would run where a page forgot to escape it, put into every field there is."""

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

# What a browser would do with it sets `ran`, or asks for /ran; the shortest only breaks out.
WORDS = (
    '"><script>ran=1</script><img src=/ran onerror="ran=1"><svg onload=ran=1>{{7*7}}{% debug %}',
    'javascript:ran=1//\'"><iframe srcdoc="<script>parent.ran=1</script>"></iframe>\u202egnp',
    "</title></textarea></script><script>ran=1</script><details open ontoggle=ran=1>${7*7}",
    "' autofocus onfocus=ran=1 x='\"><style>*{background:url(/ran)}</style><base href=//ran.test>",
    '"><img src=x onerror=ran=1>',
    "'><svg onload=ran=1>",
    '"><svg onload=ran=1>',
    "<b id=ran>",
    "'\"<>&",
)
# What our code looks things up by, what was signed or hashed, and what names a thing and no words.
NOT_WORDS = re.compile(
    r"(^|_)(key|sha256|state|status|type|kind|role|password|hash|hashed|digest|token|id|event|"
    r"subtype|signature|link|account|fence|worker|owner|codename|model|app_label|category|field|"
    r"class|outcome|reason_code|failure|scan_state|action|head|chain|trace|release|search_text)($|_)"
)
APPS = ("accounts_", "audit_", "csv_ingest_", "orders_", "serve_opg_")
CODE = re.compile(r"[A-Z0-9_]*|[\d:.TZ+-]+|[a-z_]+|[0-9a-f]{32,}")


def poison(database_url: str) -> int:
    """Put a word into each field of each row that takes one; how many columns took it.

    By SQL, and without the triggers that keep what was served: what an import or a form refuses may
    have come in another way.
    """
    with psycopg.connect(database_url) as connection:
        columns = list(_columns(connection))
        for table in {column[0] for column in columns}:
            statement = sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER")
            connection.execute(statement.format(sql.Identifier(table)))
        return sum(_poison_column(connection, *column) for column in columns)


def _columns(connection: psycopg.Connection) -> Iterator[tuple[str, str, str, int | None]]:
    found = connection.execute(
        "SELECT table_name, column_name, data_type, character_maximum_length"
        " FROM information_schema.columns WHERE table_schema = 'public'"
        " AND is_generated = 'NEVER' AND data_type IN ('character varying', 'text', 'jsonb')"
        " ORDER BY 1, 2"
    )
    for table, column, kind, longest in found.fetchall():
        if table.startswith(APPS) and (kind == "jsonb" or not NOT_WORDS.search(column)):
            yield table, column, kind, longest


def _poison_column(
    connection: psycopg.Connection, table: str, column: str, kind: str, longest: int | None
) -> bool:
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
    rows = connection.execute(
        sql.SQL("SELECT ctid::text, {column} FROM {table} WHERE {column} IS NOT NULL").format(
            **names
        )
    ).fetchall()
    update = sql.SQL("UPDATE {table} SET {column} = %s WHERE ctid = %s::tid").format(**names)
    taken = False
    for number, (place, value) in enumerate(row for row in rows if row[1] is not None):
        new = json.dumps(poisoned(value, number)) if kind == "jsonb" else word(longest, number)
        try:
            with connection.transaction():
                connection.execute(update, [new, place])
        except psycopg.errors.IntegrityError:
            continue
        taken = True
    return taken


def word(longest: int | None, number: int) -> str:
    """One that fits; another for each row."""
    fitting = [one for one in WORDS if longest is None or len(one) <= longest] or ["<"]
    return fitting[number % max(1, min(len(fitting), 5))]


def poisoned(value: Any, number: int) -> Any:
    """The same JSON with its words replaced; codes, dates and numbers stay what they are."""
    if isinstance(value, dict):
        return {key: poisoned(one, number) for key, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one, number + at) for at, one in enumerate(value)]
    if isinstance(value, str) and not CODE.fullmatch(value):
        return word(None, number)
    return value
