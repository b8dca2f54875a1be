"""The declared table of who gets what (access.txt), and how an answer is put into its words."""

from pathlib import Path

from django.db import connection

TABLE = Path(__file__).with_name("access.txt")
WORDS = ("ok", "on", "in", "code", "door", "up")
NUMBERS = ("401", "403", "404", "405", "410")
OTHER_METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# All that may be written for somebody who only looks. Health writes by a connection of its own.
WRITTEN_BY_LOOKING = {
    # Every page: when the session was used last. A look-up: how many there were.
    None: {"django_session"},
    # Who took which report stands in the diary.
    "report/download": {"audit_entry"},
    "report/download-orders-not-served": {"audit_entry"},
    "report/download-served-orders": {"audit_entry"},
}


def declared():
    """{route: {column: (GET, HEAD, POST)}}, each cell in the words of the table."""
    lines = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines()]
    (_, *columns), *rows = [words for words in lines if words and words[0] != "#"]
    table = {}
    for route, *cells in rows:
        assert len(cells) == len(columns), f"{route}: {len(cells)} cells"
        route = "" if route == "''" else route
        assert route not in table, f"{route} stands there twice"
        table[route] = dict(zip(columns, map(_outcomes, cells), strict=True))
    return table


def _outcomes(cell):
    outcomes = cell.split("/")
    assert set(outcomes) <= {*WORDS, *NUMBERS}, cell
    get, head, post = outcomes if len(outcomes) == 3 else (outcomes[0], *outcomes)
    return {"GET": get, "HEAD": head, "POST": post}


def expected(table, route, column, method):
    """What the table says of a method, also of those that no page has."""
    if method not in OTHER_METHODS:
        return table[route][column][method]
    is_refused = column == "outside" and route != "health-check"
    return "403" if is_refused else "405"


def outcome_of(route, response):
    """An answer in the words of the table; a redirect away from us is said in full."""
    if response.status_code in (301, 302, 303, 307, 308):
        return _where(response["Location"])
    if route == "health-check/service" and response.status_code in (200, 503):
        return "up"
    return {200: "ok"}.get(response.status_code, str(response.status_code))


def _where(address):
    if not address.startswith("/") or address.startswith("//"):
        return f"away to {address}"
    path = address.partition("?")[0]
    if path == "/login":
        return "in"
    return {"/login/": "code", "/admin/login/": "door"}.get(path[: path.rfind("/") + 1], "on")


def may_be_written(route):
    """The tables that somebody who only looks may cause to be written."""
    return WRITTEN_BY_LOOKING[None] | WRITTEN_BY_LOOKING.get(route, set())


def rows_written():
    """{table: rows inserted, updated and deleted} by this connection's transaction so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        )
        return dict(cursor.fetchall())
