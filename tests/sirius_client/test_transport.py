"""The clock of one exchange: how long a read may take, and the gate before the first byte."""

import time

import pytest

from sirius_client import LeaseRanOut
from sirius_client.transport import Exchange


def clock(*, total, not_after=None):
    return Exchange(
        connect_seconds=5,
        read_seconds=30,
        deadline=time.monotonic() + total,
        not_after=None if not_after is None else time.monotonic() + not_after,
    )


def test_a_read_may_take_what_is_left_of_the_total_and_never_more_than_its_own_time():
    assert 9 < clock(total=10).patience() <= 10
    assert clock(total=100).patience() == 30


@pytest.mark.parametrize("total", [0, -1])
def test_no_time_left_is_a_timeout_before_anything_is_sent(total):
    late = clock(total=total)
    with pytest.raises(TimeoutError):
        late.patience()
    with pytest.raises(TimeoutError):
        late.about_to_send()
    assert not late.sent


def test_the_last_moment_is_looked_at_once_before_the_first_byte():
    too_late = clock(total=10, not_after=-1)
    with pytest.raises(LeaseRanOut):
        too_late.about_to_send()
    assert not too_late.sent

    in_time = clock(total=10, not_after=5)
    in_time.about_to_send()
    assert in_time.sent
    in_time.not_after = 0.0
    in_time.about_to_send()
