"""Two who serve or decide at the same moment: real threads against the real database."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from orders.models import Submission
from orders.services import serving
from orders.services.errors import MoveNotAllowed, SecondOperatorNeeded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meanwhile():
    """Begins something before the block's transaction ends: it waits for that, or is done."""

    def call(act):
        try:
            return act()
        finally:
            connection.close()

    @contextmanager
    def begin():
        with ThreadPoolExecutor(1) as pool, transaction.atomic():

            def start(act):
                begun = pool.submit(call, act)
                until_done_or_waiting(begun)
                return begun

            yield start

    return begin


def until_done_or_waiting(begun: Future) -> None:
    with connection.cursor() as cursor:
        while not begun.done():
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE datname = current_database() AND NOT granted"
            )
            if cursor.fetchone()[0]:
                return


def test_two_submissions_are_not_confirmed_with_one_id(declared, meanwhile, olive, ada, now):
    def confirm(submission, by):
        return serving.confirm_submission(
            submission_id=submission.pk, sirius_order_id=5, evidence="seen", by=by, now=now
        )

    first, second = declared(), declared()
    for submission in (first, second):
        serving.hold_submission(submission_id=submission.pk, reason="look", by=olive, now=now)
        with pytest.raises(SecondOperatorNeeded):
            confirm(submission, olive)
    with meanwhile() as begin:
        confirm(first, ada)
        other = begin(lambda: confirm(second, ada))
    with pytest.raises(MoveNotAllowed, match=f"5 is the order of submission {first.pk}"):
        other.result()
    assert list(Submission.objects.filter(sirius_order_id=5)) == [first]
