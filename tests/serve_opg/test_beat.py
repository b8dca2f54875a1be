"""Beat goes on whatever becomes of the machine's clock, and does not flood a broker."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings

from orders import tasks
from serve_opg import beat
from serve_opg.celery import app

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def sent():
    return []


@pytest.fixture
def scheduler(tmp_path, sent):
    """A beat that writes down what it would send."""

    class Noting(beat.SteadyScheduler):
        def apply_async(self, entry, **_options):
            sent.append(entry.name)

    made = []

    def make():
        made.append(Noting(app=app, schedule_filename=str(tmp_path / "schedule")))
        return made[-1]

    yield make
    for one in made:
        one.close()


def run_all(scheduler):
    """Until nothing is due; the seconds until something is."""
    while not (seconds := scheduler.tick()):
        pass
    return seconds


@pytest.mark.parametrize(
    "jump", [dt.timedelta(hours=-1), dt.timedelta(days=-1), dt.timedelta(days=1)]
)
def test_sweep_is_asked_for_within_its_time_after_the_clock_jumped(scheduler, sent, jump):
    with time_machine.travel(NOON) as clock:
        one = scheduler()
        clock.shift(settings.SWEEP_SECONDS + 1)
        run_all(one)
        sent.clear()
        clock.shift(jump)
        run_all(one)
        assert run_all(one) <= settings.SWEEP_SECONDS
        clock.shift(settings.SWEEP_SECONDS + 1)
        one._ahead = beat._wall_ahead()  # only the clock of the wall was moved, not time
        run_all(one)
        assert {"sweep", "sweep-uploads", "deliver-mails"} <= set(sent)


def test_what_a_wrong_clock_wrote_down_is_not_believed_after_a_restart(scheduler, sent):
    with time_machine.travel(NOON + dt.timedelta(days=1)) as clock:
        first = scheduler()
        clock.shift(settings.SWEEP_SECONDS + 1)
        run_all(first)
        first.close()
    sent.clear()
    with time_machine.travel(NOON) as clock:
        second = scheduler()
        clock.shift(settings.SWEEP_SECONDS + 1)
        second._ahead = beat._wall_ahead()
        run_all(second)
        assert "sweep" in sent


def test_nothing_more_is_asked_for_while_the_queue_is_long(scheduler, sent, monkeypatch):
    monkeypatch.setattr(beat, "waiting_messages", lambda *_: beat.MOST_WAITING)
    with time_machine.travel(NOON) as clock:
        one = scheduler()
        clock.shift(settings.SWEEP_SECONDS + 1)
        one._ahead = beat._wall_ahead()
        run_all(one)
    assert sent == []


def test_no_message_expires_by_a_workers_clock():
    entries = settings.CELERY_BEAT_SCHEDULE
    assert not [name for name, entry in entries.items() if "expires" in str(entry)]


def test_messages_that_wait_are_counted(infrastructure):
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        channel.queue_declare("counted-by-a-test")
        assert tasks.waiting_messages(app, "counted-by-a-test") == 0
        for _ in range(3):
            connection.Producer().publish("x", routing_key="counted-by-a-test", exchange="")
        assert tasks.waiting_messages(app, "counted-by-a-test") == 3
        channel.queue_purge("counted-by-a-test")
