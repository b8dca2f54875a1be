"""What the fault harness reads of Sirius' journal: each line, and a last one that was cut short."""

import json

import pytest

from devstack.chaos.evidence import read_journal

KEY = {"reference": "93559316", "type": "PF"}
LINES = (
    {"kind": "attempt", "record": {**KEY, "request_id": "t.1", "at": 101.0}},
    {"kind": "attempt", "record": {**KEY, "request_id": "t.2", "at": 102.0}},
    {"kind": "outcome", "record": {"number": 1, "status": 500, "fault": "500-after"}},
    {"kind": "accepted", "record": {**KEY, "request_id": "t.1", "at": 101.5}},
    {"kind": "accepted", "record": {**KEY, "request_id": "t.2", "at": 102.5}},
    {"kind": "taken", "record": {"reference": "61429461", "type": "HW"}},
    {"kind": "outcome", "record": {"number": 2, "status": 201}},
)


@pytest.fixture
def journal_of(tmp_path):
    def write(content: bytes):
        path = tmp_path / "journal.jsonl"
        path.write_bytes(content)
        return read_journal(path)

    return write


def written(lines) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def test_each_line_of_the_journal_is_read(journal_of):
    journal = journal_of(written(LINES))
    assert [(one["request_id"], one["at"]) for one in journal.accepted] == [
        ("t.1", 101.5),
        ("t.2", 102.5),
    ]
    assert [(one["request_id"], one["status"]) for one in journal.posts] == [
        ("t.1", 500),
        ("t.2", 201),
    ]
    assert journal.posts[0]["fault"] == "500-after"
    assert journal.taken == {("61429461", "HW")}


def test_the_journal_of_a_sirius_that_was_killed_is_read_to_its_last_whole_line(journal_of):
    journal = journal_of(written(LINES)[:-9])
    assert (len(journal.accepted), len(journal.posts), len(journal.taken)) == (2, 2, 1)
    assert "status" not in journal.posts[1]


def test_a_line_that_nobody_can_read_is_told(journal_of):
    with pytest.raises(ValueError, match="Expecting"):
        journal_of(b"not a line\n" + written(LINES))
