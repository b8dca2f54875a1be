"""The one clock that waiting and leases go by: the database's.

A worker's or a web server's own clock may be wrong by a day; the moments that decide who may try
what, and when, are written and compared by PostgreSQL alone (serving, "States of a Submission").
"""

import datetime as dt

from django.db import connection


def database_now() -> dt.datetime:
    """This moment, also inside a long transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    moment: dt.datetime = row[0]
    return moment
