"""A broker that is away costs a page no time, and one that was restarted costs no message."""

import time

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from devstack.ports import find_port
from orders.tasks import nudge
from serve_opg.celery import app


def test_dead_broker_is_not_waited_for(settings):
    with Celery(set_as_current=False) as alone:
        alone.config_from_object("django.conf:settings", namespace="CELERY")
        alone.conf.broker_url = f"redis://127.0.0.1:{find_port(avoid=set())}/0"
        began = time.monotonic()
        with alone.connection_for_write() as connection, pytest.raises(OperationalError):
            # To ask for it is to connect.
            connection.default_channel  # noqa: B018
        assert time.monotonic() - began < 1.5


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
