"""The figures of the lockouts, and what holds for whatever moments."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.lockout_rules import (
    ONE_ADDRESS,
    ONE_BROWSER,
    UNKNOWN_BROWSERS,
    in_words,
    locked_until,
    most_failures,
    wait_after,
)

START = dt.datetime(2026, 6, 1, 8, 30, tzinfo=dt.UTC)


def after(seconds):
    return START + dt.timedelta(seconds=seconds)


def spread(number, *, over):
    """So many failures, the first at the start and the last after `over` seconds."""
    return [after(over * at / (number - 1)) for at in range(number)]


@pytest.mark.parametrize(
    ("failures", "wait_minutes"),
    [
        (spread(4, over=1), None),
        (spread(5, over=60), 10),
        (spread(5, over=61), None),
        (spread(9, over=599), None),
        (spread(10, over=600), 30),
        (spread(10, over=601), None),
        (spread(49, over=1800), 30),
        (spread(50, over=1800), 24 * 60),
    ],
)
def test_the_figures_are_those_of_the_specification(failures, wait_minutes):
    end = locked_until(failures, now=failures[-1])

    waits = end and (end - failures[-1]) / dt.timedelta(minutes=1)
    assert waits == wait_minutes


def test_a_wait_ends_by_itself():
    failures = spread(5, over=60)

    assert locked_until(failures, now=after(60 + 599)) == after(660)
    assert locked_until(failures, now=after(660)) is None


def test_fifty_from_unknown_browsers_make_them_wait_half_an_hour():
    failures = spread(50, over=1800)

    assert wait_after(failures, tiers=UNKNOWN_BROWSERS) == dt.timedelta(minutes=30)
    assert wait_after(failures[1:], tiers=UNKNOWN_BROWSERS) is None
    assert wait_after(failures, tiers=ONE_ADDRESS) is None
    assert wait_after(spread(100, over=1800), tiers=ONE_ADDRESS) == dt.timedelta(minutes=30)


moments = st.lists(st.integers(0, 4000), max_size=70).map(
    lambda seconds: [after(one) for one in sorted(seconds)]
)
instants = st.integers(0, 100_000).map(after)


@settings(deadline=None)  # a busy machine is no failure
@given(moments, instants)
def test_who_may_try_now_may_try_later(failures, now):
    end = locked_until(failures, now=now)

    if end is None:
        assert locked_until(failures, now=now + dt.timedelta(hours=1)) is None
    else:
        assert now < end <= failures[-1] + dt.timedelta(hours=24)
        assert locked_until(failures, now=end) is None


@settings(deadline=None)
@given(moments, instants)
def test_another_failure_never_shortens_a_wait(failures, now):
    before = locked_until(failures, now=now)
    more = locked_until([*failures, failures[-1] if failures else START], now=now)

    assert before is None or (more is not None and more >= before)


@settings(deadline=None)
@given(moments)
def test_fewer_than_five_failures_never_lock(failures):
    assert locked_until(failures[:4], now=START) is None


@settings(deadline=None)
@given(moments, instants)
def test_the_newest_failures_and_the_wait_so_far_say_as_much_as_all_of_them(failures, now):
    """What a row stores (`services.lockout`) is enough."""
    kept, end = [], None
    for moment in failures:
        kept = [*kept, moment][-most_failures(ONE_BROWSER) :]
        wait = wait_after(kept, tiers=ONE_BROWSER)
        end = max(filter(None, (end, moment + wait if wait else None)), default=None)

    assert (end if end and end > now else None) == locked_until(failures, now=now)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 minute"),
        (60, "1 minute"),
        (601, "10 minutes"),
        (62, "2 minutes"),
        (600, "10 minutes"),
        (1800, "30 minutes"),
        (7140, "119 minutes"),
        (7142, "2 hours"),
        (24 * 3600, "24 hours"),
    ],
)
def test_a_wait_in_words_is_never_shorter_than_it_is_but_for_a_second(seconds, words):
    assert in_words(dt.timedelta(seconds=seconds)) == words
