"""The ledger by itself: uniqueness is one step, and what is written is what is read again."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sirius_client.simulator.ledger import AlreadyTaken, FolderInUse, Ledger
from tests.sirius_client.running import payload

RECORD = {"reference": "93559316", "type": "PF", "payload": payload()}


def test_one_of_many_threads_may_write_a_key(tmp_path):
    ledger = Ledger(tmp_path)
    start = threading.Barrier(8)

    def write(_):
        start.wait()
        try:
            return ledger.accept(RECORD, racy=False)["number"]
        except AlreadyTaken:
            return None

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(write, range(8)))
    ledger.close()
    assert sorted(number for number in numbers if number) == [1]


def test_what_is_written_is_read_again(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.accept(RECORD, racy=False)
    ledger.take(("61429461", "HW"))
    number = ledger.note_attempt({"request_id": "r"})
    ledger.note_outcome(number, era=0, status=500)
    ledger.note_event({"event_id": "e"})
    ledger.close()
    again = Ledger(tmp_path)

    assert again.snapshot() == ledger.snapshot()
    assert again.attempts[0]["status"] == 500
    assert again.taken() == [("61429461", "HW"), ("93559316", "PF")]
    with pytest.raises(AlreadyTaken):
        again.accept(RECORD, racy=False)
    again.reset()
    again.accept(RECORD, racy=False)
    again.close()


def test_one_folder_has_one_writer(tmp_path):
    ledger = Ledger(tmp_path)
    with pytest.raises(FolderInUse):
        Ledger(tmp_path)
    ledger.close()
    Ledger(tmp_path).close()


def test_an_outcome_from_before_a_reset_is_no_part_of_what_came_after(tmp_path):
    ledger = Ledger(tmp_path)
    number = ledger.note_attempt({"request_id": "r"})
    ledger.reset()
    ledger.note_outcome(number, era=0, status=201)
    ledger.close()

    assert ledger.snapshot()["attempts"] == []
