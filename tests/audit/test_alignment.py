"""The signed chain against the one that stands: pure, for shapes that the trials may not draw."""

import pytest

from audit.alignment import Differences
from audit.canonical import LinkRow
from audit.heads import SignedLink


def signed(*batches):
    return [SignedLink(n, b, b, 1, b"d", b"h%d" % n) for n, b in enumerate(batches, start=1)]


def stored(*batches):
    return [
        LinkRow(b, b, 1, b"d", n, n, 0, b"", b"h%d" % n) for n, b in enumerate(batches, start=1)
    ]


def told(before, now, **options):
    found = Differences(lambda: signed(*before), lambda: stored(*now), **options).findings()
    return [(str(each.kind), each.first_entry) for each in found]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([], [], []),
        ([1, 2, 3], [1, 2, 3], []),
        ([1, 2, 3], [1, 2, 3, 4, 5], []),
        ([1, 2, 3], [1, 2], [("cut off", 3)]),
        ([1, 2, 3], [], [("cut off", 1), ("cut off", 2), ("cut off", 3)]),
        ([1, 2, 3], [2, 3, 4], [("missing", 1)]),
        ([1, 2, 3], [1, 9, 2, 3], [("inserted", 9)]),
        ([1, 2, 3], [1, 3, 2], [("reordered", 2), ("reordered", 3)]),
        ([1, 2, 3], [1, 8, 9], [("cut off", 2), ("cut off", 3)]),
        ([1, 2, 3, 4], [1, 9, 4, 3], [("missing", 2), ("inserted", 9), ("reordered", 3)]),
    ],
)
def test_what_happened_is_told_of_the_batch_it_happened_to(before, now, expected):
    assert told(before, now)[: len(expected)] == expected
    assert bool(told(before, now)) == bool(expected)


def test_nothing_is_told_of_a_gap_among_the_heads():
    heads = [link for link in signed(1, 2, 3) if link.position != 2]
    found = Differences(lambda: heads, lambda: stored(1, 2, 3), gaps=[(2, 2)]).findings()
    assert list(found) == []


def test_a_chain_made_anew_over_a_changed_moment_is_told_at_its_first_link():
    now = [link._replace(hash=b"x") if link.position >= 2 else link for link in stored(1, 2, 3)]
    [finding] = Differences(lambda: signed(1, 2, 3), lambda: now).findings()
    assert (str(finding.kind), finding.first_link) == ("changed", 2)
