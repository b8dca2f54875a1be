"""The database's clock, moved: what waits for hours there is tried in milliseconds here.

A schema before `pg_catalog` in the search path answers `statement_timestamp()` and
`clock_timestamp()`, which are all the clocks that the application asks. Columns' own defaults keep
the true time: a new row is due at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

SCHEMA = """
DROP SCHEMA IF EXISTS moved_clock CASCADE;
CREATE SCHEMA moved_clock;
CREATE FUNCTION moved_clock.moved(moment timestamptz) RETURNS timestamptz STABLE LANGUAGE sql AS
$$ SELECT moment + make_interval(secs => coalesce(nullif(
    pg_catalog.current_setting('moved_clock.seconds', true), ''), '0')::float8) $$;
CREATE FUNCTION moved_clock.statement_timestamp() RETURNS timestamptz STABLE LANGUAGE sql AS
$$ SELECT moved_clock.moved(pg_catalog.statement_timestamp()) $$;
CREATE FUNCTION moved_clock.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql AS
$$ SELECT moved_clock.moved(pg_catalog.clock_timestamp()) $$;
"""


class DatabaseClock:
    """The clock of this process' connection; it only goes forward."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def move(self, seconds: float) -> None:
        """Later by so many seconds."""
        self.set(self._seconds + seconds)

    def set(self, seconds: float) -> None:
        """So many seconds ahead of the true time."""
        self._seconds = seconds
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('moved_clock.seconds', %s, false)", [str(seconds)])

    def read(self) -> float:
        """Seconds since 1970."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
            return float(cursor.fetchone()[0])


@contextmanager
def moved_clock() -> Iterator[DatabaseClock]:
    """Inside a test that has the database; the connection is as it was afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        cursor.execute("SET search_path = moved_clock, pg_catalog, public")
    try:
        yield DatabaseClock()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET search_path")
            cursor.execute("RESET moved_clock.seconds")


def put_clock(url: str, *, speed: float) -> None:
    """For every later session of a database: from this moment its clock goes `speed` times faster.

    `url` may alter the database. Harmless only in a database that is thrown away.
    """
    faster = SCHEMA.split("CREATE FUNCTION moved_clock.statement", maxsplit=1)[1]
    moved = f"""
    CREATE FUNCTION moved_clock.moved(moment timestamptz) RETURNS timestamptz STABLE LANGUAGE sql AS
    $$ SELECT b.began + (moment - b.began) * {speed} FROM moved_clock.beginning b $$;
    """
    with psycopg.connect(url, autocommit=True) as session:
        database = session.info.dbname
        session.execute(
            "DROP SCHEMA IF EXISTS moved_clock CASCADE; CREATE SCHEMA moved_clock;"
            "CREATE TABLE moved_clock.beginning AS SELECT pg_catalog.clock_timestamp() AS began;"
            f"{moved} CREATE FUNCTION moved_clock.statement{faster}"
        )
        session.execute(
            f'ALTER DATABASE "{database}" SET search_path = moved_clock, pg_catalog, public'
        )
