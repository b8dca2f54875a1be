"""Two people, or two clicks, at the same moment: real threads against the real database."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic, sleep

import pytest
from django.contrib.messages import get_messages
from django.db import connection, transaction

from orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_once(client_of, sam):
    """Serves an order by so many clicks, all of which wait until the block inside has ended."""

    @contextmanager
    def click(order, *, clicks):
        answers, browsers = [], [client_of(sam) for _ in range(clicks)]
        with ThreadPoolExecutor(clicks) as pool:
            with transaction.atomic():
                Order.objects.select_for_update().get(pk=order.pk)
                clicked = [pool.submit(serve, browser, order) for browser in browsers]
                wait_until_waiting(clicks)
                yield answers
            answers += [one.result() for one in clicked]

    return click


def serve(browser, order):
    try:
        return browser.post(f"/order/{order.pk}/declaration")
    finally:
        connection.close()


def wait_until_waiting(count):
    """Until so many sessions wait for a lock."""
    deadline = monotonic() + 20
    with connection.cursor() as cursor:
        while monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] >= count:
                return
            sleep(0.02)
    raise AssertionError("the clicks never came as far as the lock")


def test_two_clicks_at_once_serve_once_and_lead_the_same_way(at_once, ready_order):
    order = ready_order()
    with at_once(order, clicks=2) as answers:
        pass
    assert [answer.url for answer in answers] == [f"/order/{order.pk}/progress"] * 2
    assert order.submissions.count() == 1


def test_an_order_that_lost_a_part_meanwhile_is_not_served(at_once, ready_order):
    order = ready_order()
    with at_once(order, clicks=1) as answers:
        order.deputies.all().delete()
    [answer] = answers
    assert answer.url == f"/order/{order.pk}/summary"
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        "This order is not ready to be served: Add at least one deputy"
    ]
    assert order.submissions.count() == 0
