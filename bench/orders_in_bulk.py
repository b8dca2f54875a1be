"""A database with as many orders as asked: written by COPY past the guards, as no service writes.

Nobody in it exists. A seed gives the same rows on every machine. One order in ten is to do, the
others were served, each with a document and the submission that brought it to OPG.
"""

import datetime as dt
import random
from collections.abc import Iterator
from itertools import accumulate

from django.db import connection

SEED = 3
TO_DO_OF_TEN = 1
BEING_SENT = 20
FIRST_DAY = dt.date(2000, 1, 3)
DAYS = 9000
SURNAMES = 5000
SYLLABLES = (
    *("ab", "ash", "bar", "bel", "bern", "bur", "cal", "cox", "dal", "den", "dun", "eck", "fal"),
    *("far", "ger", "gil", "hal", "ham", "hol", "jen", "kel", "kin", "lan", "ley", "lo", "mar"),
    *("mon", "nor", "ock", "per", "quin", "rad", "ris", "sal", "ston", "tan", "ton", "ur", "wen"),
)
FORENAMES = (
    *("Ada", "Alun", "Beryl", "Bronwen", "Cedric", "Daphne", "Dilys", "Edwin", "Fergus", "Gwen"),
    *("Harold", "Iris", "Jean-Marie", "Kenneth", "Leonard", "Mabel", "Niamh", "Olwen", "Percy"),
    *("Queenie", "Ruaridh", "Siân", "Thora", "Una", "Violet", "Winifred", "Zoë"),
)
# One client has it: what a search for a rare name finds.
RARE = "Zzyzewski"
COMMON = "Smith"
GUARDED = ("orders_case", "orders_order", "orders_document", "orders_submission")


def fill(orders: int) -> None:
    """Write `orders` orders of about two thirds as many cases into the empty, migrated database."""
    with connection.cursor() as cursor:
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        _copy(cursor, "orders_case (id, case_number, forename, surname)", _cases(orders))
        _copy(
            cursor,
            "orders_order (id, case_id, order_type, order_number, made_date, issue_date,"
            " order_subtype, appointment_type, status, served_at)",
            _orders(orders),
        )
        cursor.execute(DOCUMENTS)
        cursor.execute(SUBMISSIONS)
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE")


def _copy(cursor, columns: str, rows: Iterator[tuple]) -> None:
    with cursor.copy(f"COPY {columns} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _cases(orders: int) -> Iterator[tuple]:
    dice = random.Random(SEED)
    surnames = [COMMON] + [
        "".join(dice.choices(SYLLABLES, k=dice.choice((2, 2, 3)))).title() for _ in range(SURNAMES)
    ]
    # As in a telephone book: the nth name is about n times rarer than the first.
    weights = list(accumulate(1 / (rank + 7) for rank in range(len(surnames))))
    number_of = orders * 2 // 3 + 1
    for number in range(1, number_of + 1):
        [surname] = dice.choices(surnames, cum_weights=weights)
        surname = RARE if number == number_of // 2 else surname
        yield number, f"{number:08}", dice.choice(FORENAMES), surname


def _orders(orders: int) -> Iterator[tuple]:
    dice = random.Random(SEED + 1)
    for number in range(1, orders + 1):
        made = FIRST_DAY + dt.timedelta(days=dice.randrange(DAYS))
        served = dice.random() * 10 >= TO_DO_OF_TEN
        moment = dt.datetime.combine(made, dt.time(9), tzinfo=dt.UTC)
        status = "SERVED" if served else "SERVING" if number <= BEING_SENT else "PENDING"
        yield (
            number,
            (number - 1) * 2 // 3 + 1,
            "PF" if number % 2 else "HW",
            f"N{number}",
            made,
            made + dt.timedelta(days=7),
            "NEW_APPLICATION" if served else "",
            "SOLE" if served else "",
            status,
            moment + dt.timedelta(days=30, seconds=dice.randrange(28800)) if served else None,
        )


DOCUMENTS = """
INSERT INTO orders_document (order_id, document_type, key, name, content_type, size, sha256,
                             scan_state, uploaded_by_id, uploaded_at)
SELECT id, 'COURT_ORDER', 'dc_doc_' || id || '_1.pdf', 'order.pdf', 'application/pdf', 1000,
       repeat('0', 64), 'CLEAN', (SELECT min(id) FROM accounts_user), served_at
FROM orders_order WHERE status = 'SERVED'
"""
SUBMISSIONS = """
INSERT INTO orders_submission (order_id, court_reference, order_type, payload, payload_sha256,
    manifest, declared_by_id, declared_at, trace_id, state, reason, maybe_applied, documents_copied,
    attempts_made, crashes, retry_seconds_used, lease_owner, fence, sirius_order_id, event_id,
    sirius_answer, settled_at, proposed_move, proposed_evidence)
SELECT o.id, c.case_number, o.order_type, '{}', repeat('0', 64), '[]',
       (SELECT min(id) FROM accounts_user), coalesce(o.served_at, now()), '',
       CASE o.status WHEN 'SERVED' THEN 'ACCEPTED' ELSE 'QUEUED' END, '', false, 0, 1, 0, 0, '', 1,
       CASE o.status WHEN 'SERVED' THEN o.id END, '', '{}', o.served_at, '', '{}'
FROM orders_order o JOIN orders_case c ON c.id = o.case_id WHERE o.status <> 'PENDING'
"""
