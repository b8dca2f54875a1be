"""A diary that nobody touched is sound, and what was counted is told."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def test_untouched_diary_is_sound(write, sign, verified):
    write(1)
    write(2, 1)
    write(3)
    assert sign() == 4
    write(1)
    report = verified()
    assert report.findings == []
    assert (report.entries, report.links, report.heads) == (8, 5, 1)
    assert (report.signed_position, report.unproved_links, report.unproved_entries) == (4, 1, 1)


def test_empty_diary_is_sound(verified):
    assert verified().is_sound
