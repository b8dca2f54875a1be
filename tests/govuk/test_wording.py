"""Dates, times and sizes as pages show them."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template

from govuk import wording


def test_dates_are_short_in_tables_and_long_in_text():
    assert wording.short_date(date(2018, 8, 1)) == "1 Aug 2018"
    assert wording.long_date(date(2018, 8, 1)) == "1 August 2018"


def test_moments_are_shown_in_uk_time_in_summer_and_in_winter():
    assert wording.date_and_time(datetime(2018, 8, 1, 13, 5, tzinfo=UTC)) == (
        "1 August 2018 at 2:05pm"
    )
    assert wording.date_and_time(datetime(2018, 1, 1, 13, 5, tzinfo=UTC)) == (
        "1 January 2018 at 1:05pm"
    )
    assert wording.short_date_and_time(datetime(2018, 8, 1, 8, 0, tzinfo=UTC)) == (
        "1 Aug 2018, 9:00am"
    )


def test_just_before_midnight_in_london_is_still_that_day_and_after_it_the_next():
    assert wording.short_date(datetime(2018, 8, 1, 22, 59, tzinfo=UTC)) == "1 Aug 2018"
    assert wording.short_date(datetime(2018, 8, 1, 23, 0, tzinfo=UTC)) == "2 Aug 2018"


@pytest.mark.parametrize(
    ("hour", "shown"), [(0, "12:05am"), (11, "11:05am"), (12, "12:05pm"), (23, "11:05pm")]
)
def test_hours_go_from_twelve_to_eleven(hour, shown):
    assert wording.clock_time(datetime(2018, 1, 1, hour, 5, tzinfo=UTC)) == shown


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        wording.clock_time(datetime(2018, 1, 1, 9, 5))


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (640, "640 bytes"),
        (1024, "1KB"),
        (1536, "1.5KB"),
        (12 * 1024, "12KB"),
        (1024**2 - 1, "1MB"),
        (1258291, "1.2MB"),
        (20 * 1024**2, "20MB"),
        (3 * 1024**3, "3GB"),
    ],
)
def test_sizes_are_rounded_for_a_reader(size, shown):
    assert wording.file_size(size) == shown


def test_nothing_in_is_nothing_out():
    template = Template(
        "{% load govuk %}{{ x|short_date }}{{ x|long_date }}{{ x|clock_time }}"
        "{{ x|date_and_time }}{{ x|short_date_and_time }}{{ x|file_size }}"
    )

    assert template.render(Context({"x": None})) == ""
