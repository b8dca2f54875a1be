"""Answers with words that no database holds: how they ended is kept, and nothing is sent again."""

import json

import pytest

from orders.models import Attempt
from orders.rules import State
from orders.services.doors import Proof
from orders.sirius_payload import canonical_bytes
from sirius_client.answers import read_post_answer
from sirius_client.transport import Answer

pytestmark = pytest.mark.django_db

JSON = {"Content-Type": "application/json"}


class Door:
    """Sirius with one answer for every post."""

    kind = Attempt.Kind.HTTP

    def __init__(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self._answer = Answer(status, headers, body, whole=True)
        self.posts = 0

    def open(self) -> None:
        pass

    def send(self, submission, *, request_id: str, not_after: float) -> Proof:
        self.posts += 1
        payload = canonical_bytes(submission.payload)
        read_post_answer(self._answer, payload=payload, base_url="http://sirius")
        raise AssertionError("none of these is an acceptance")

    def close(self) -> None:
        pass


def refused(key: str, message: str) -> bytes:
    return json.dumps({"validation_errors": {key: {"rule": message}}}).encode()


# (status, body, headers, where the submission stands after it)
ODD = [
    (400, refused("client.firstName", "bad \0 character"), JSON, State.REJECTED),
    (400, refused("client.firstName", "bad \ud800 character"), JSON, State.REJECTED),
    (400, refused("a\0b", "bad character"), JSON, State.REJECTED),
    (400, refused("a" * 5000, "bad character"), JSON, State.REJECTED),
    (400, b'{"detail":"\\ud83d", "validation_errors": {"dob": ["bad"]}}', JSON, State.REJECTED),
    (500, b'{"detail":"\\ud83d"}', JSON, State.UNKNOWN),
    (502, b"<html>", {"Content-Type": "text/\0html"}, State.UNKNOWN),
]


@pytest.mark.parametrize(("status", "body", "headers", "state"), ODD)
def test_an_answer_in_odd_characters_ends_as_any_other(
    declared, worker, caplog, status, body, headers, state
):
    submission = declared()
    door = Door(status, body, headers)
    assert worker.deliver(submission, door=door) == state
    assert door.posts == 1
    (attempt,) = submission.attempts.all()
    assert attempt.http_status == status
    assert attempt.ended_at is not None
    assert attempt.answer
    assert "cannot be stored" not in caplog.text


def test_words_that_cannot_be_stored_are_left_out_rather_than_the_outcome(
    declared, worker, monkeypatch, caplog
):
    """Whatever else slips through: the post is settled as what it was."""
    monkeypatch.setattr("sirius_client.redaction.storable", str)
    submission = declared()
    door = Door(400, refused("client.firstName", "bad \0 character"), JSON)
    assert worker.deliver(submission, door=door) == State.REJECTED
    assert submission.sirius_answer == {}
    assert "cannot be stored" in caplog.text
