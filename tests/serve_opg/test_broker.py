"""A broker that is away costs a page no time, and one that was restarted costs no message."""

import pytest
import redis
from celery import Celery
from kombu.exceptions import OperationalError
from redis.backoff import NoBackoff
from redis.retry import Retry

from devstack.ports import find_port
from orders.tasks import nudge
from serve_opg.celery import app


def test_a_dead_broker_is_asked_twice_without_a_pause(infrastructure):
    """redis-py's own patience is four more times, with pauses that grow to seconds."""
    with app.connection_for_write() as connection:
        client = connection.default_channel.client
        client.ping()
        patience = client.connection_pool.make_connection().retry
    assert patience == Retry(NoBackoff(), 1)
    asked = []

    def dead():
        asked.append(1)
        raise redis.ConnectionError

    with pytest.raises(redis.ConnectionError):
        patience.call_with_retry(dead, lambda error: None)
    assert len(asked) == 2


def test_a_dead_broker_is_said_to_be_dead(settings):
    with Celery(set_as_current=False) as alone:
        alone.config_from_object("django.conf:settings", namespace="CELERY")
        alone.conf.broker_url = f"redis://127.0.0.1:{find_port(avoid=set())}/0"
        with alone.connection_for_write() as connection, pytest.raises(OperationalError):
            # To ask for it is to connect.
            connection.default_channel  # noqa: B018


def test_messages_go_by_our_own_transport(infrastructure):
    with app.connection_for_write() as connection:
        assert type(connection.transport).__module__ == "serve_opg.broker"
        assert connection.default_channel.client.ping()


def test_ring_after_the_broker_was_restarted_gets_through(infrastructure):
    nudge(1)
    infrastructure.broker.restart()
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        before = channel.queue_declare("serving", passive=True).message_count
        nudge(2)
        assert channel.queue_declare("serving", passive=True).message_count == before + 1
        channel.queue_purge("serving")
