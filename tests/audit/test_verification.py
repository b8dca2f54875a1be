import pytest

from audit import guards
from audit.reading import DiaryRows

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


def test_functions_of_the_diary_are_the_known_ones(superuser):
    there = DiaryRows(superuser).functions()
    assert {name: guards.digest_of(source) for name, source in there.items()} == guards.FUNCTIONS
