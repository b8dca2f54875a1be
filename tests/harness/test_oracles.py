"""The judge of the fault harness sees each kind of broken promise in fabricated evidence."""

import hashlib
import json
from contextlib import nullcontext
from dataclasses import asdict, replace

import pytest
from django.core.management import call_command

from devstack.chaos.oracles import Declared, Evidence, Row, Try, judge
from devstack.chaos.report import Report
from devstack.management.commands import chaos

PAYLOAD = {"courtReference": "93559316", "type": "PF"}
BODY = json.dumps(PAYLOAD)
DOCUMENT = {"size": 5, "sha256": "ab"}
ROW = Row(
    id=1,
    order_id=11,
    order_status="SERVED",
    state="ACCEPTED",
    reason="",
    maybe_applied=False,
    reference="93559316",
    order_type="PF",
    payload=PAYLOAD,
    payload_sha256=hashlib.sha256(BODY.encode()).hexdigest(),
    manifest=[{"key": "a.pdf", "name": "Order.pdf", **DOCUMENT}],
    sirius_order_id=7000001,
    settled_at=103.0,
)
RECORD = {
    "request_id": "t.1",
    "reference": "93559316",
    "type": "PF",
    "at": 102.0,
    "payload": PAYLOAD,
    "body": BODY,
    "documents": [{"filename": "a.pdf", **DOCUMENT}],
    "ids": {"id": 7000001},
}
POST = {"request_id": "t.1", "reference": "93559316", "type": "PF", "at": 101.0}
HELD = replace(ROW, order_status="SERVING", state="HELD", reason="unconfirmed", maybe_applied=True)
REJECTED = replace(ROW, order_status="PENDING", state="REJECTED", reason="invalid")
DECLARED = Declared(11, "93559316", "PF", "a trial", (1,))


def evidence(**changes) -> Evidence:
    """One order, served as it should be."""
    whole = {
        "declared": [DECLARED],
        "rows": [ROW],
        "tries": [Try(1, "t.1", 100.0, "accepted")],
        "accepted": [RECORD],
        "posts": [POST],
        "seen_served": {1: 104.0},
    }
    return Evidence(**{**whole, **changes})


def fates(**changes) -> set[str]:
    return {violation.fate for violation in judge(evidence(**changes))}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"rows": [HELD], "seen_served": {}},
        {"rows": [REJECTED], "accepted": [], "seen_served": {}},
        {
            "rows": [replace(HELD, reason="already_in_sirius", maybe_applied=False)],
            "accepted": [],
            "taken": {("93559316", "PF")},
        },
    ],
    ids=["served", "held for a person", "rejected without a record", "there before"],
)
def test_honest_endings_break_no_promise(changes):
    assert judge(evidence(**changes)) == []


@pytest.mark.parametrize("state", ["QUEUED", "PREPARING", "SENDING", "UNKNOWN"])
def test_submission_that_never_ends_is_lost(state):
    waiting = replace(HELD, state=state)
    assert fates(rows=[waiting], accepted=[], seen_served={}) == {"lost"}


def test_missing_row_is_lost():
    assert fates(rows=[], tries=[], accepted=[], posts=[]) == {"lost"}


def test_order_whose_declaration_came_to_nothing_is_lost():
    nobody = Declared(12, "61429461", "HW", "two clicks", ())
    assert fates(declared=[DECLARED, nobody]) == {"lost"}


def test_second_record_of_a_key_is_duplicated():
    assert fates(accepted=[RECORD, {**RECORD, "request_id": "t.2"}]) == {"duplicated"}


def test_record_beside_one_that_was_there_before_is_duplicated():
    assert fates(taken={("93559316", "PF")}) == {"duplicated"}


def test_two_clicks_that_both_declared_are_duplicated():
    twice = Declared(11, "93559316", "PF", "two clicks", (1, 1))
    assert fates(declared=[twice]) == {"duplicated"}


def test_order_that_was_refused_may_be_declared_again():
    refused = replace(REJECTED, id=2, order_status="SERVED")
    twice = Declared(11, "93559316", "PF", "two tabs", (2, 1))
    assert fates(declared=[twice], rows=[refused, ROW]) == set()


def test_two_submissions_of_which_none_was_refused_are_duplicated():
    twice = Declared(11, "93559316", "PF", "two tabs", (1, 2))
    assert fates(declared=[twice], rows=[ROW, replace(HELD, id=2)]) == {"duplicated"}


@pytest.mark.parametrize(
    "changes",
    [
        {"accepted": [], "posts": []},
        {"accepted": [{**RECORD, "request_id": "somebody.1"}]},
        {"accepted": [{**RECORD, "payload": {**PAYLOAD, "type": "HW"}}]},
        {"accepted": [{**RECORD, "body": BODY + " "}]},
        {"accepted": [{**RECORD, "ids": {"id": 7001001}}]},
        {"accepted": [{**RECORD, "documents": []}]},
        {"accepted": [{**RECORD, "documents": [{"filename": "a.pdf", "size": 5, "sha256": "cd"}]}]},
        {"rows": [replace(ROW, order_status="SERVING")]},
        {"rows": [replace(ROW, state="HELD", maybe_applied=True)]},
        {"seen_served": {1: 101.5}},
        {"rows": [replace(ROW, settled_at=101.5)]},
    ],
    ids=[
        *("no record", "somebody else's record", "other payload", "other bytes", "other reference"),
        *("no document", "other document", "order not served", "submission not accepted"),
        *("seen too early", "settled too early"),
    ],
)
def test_served_without_exactly_that_record_is_falsely_served(changes):
    assert fates(**changes) == {"falsely served"}


@pytest.mark.parametrize(
    "row",
    [
        REJECTED,
        replace(REJECTED, state="CANCELLED", reason="returned"),
        replace(HELD, reason="document", maybe_applied=False),
    ],
    ids=["rejected", "cancelled", "held as if nothing had left"],
)
def test_failed_though_sirius_has_it_is_falsely_failed(row):
    assert fates(rows=[row], seen_served={}) == {"falsely failed"}


def test_already_there_though_it_was_not_is_falsely_failed():
    held = replace(HELD, reason="already_in_sirius", maybe_applied=False)
    assert fates(rows=[held], accepted=[], seen_served={}) == {"falsely failed"}


@pytest.mark.parametrize("tries", [[], [Try(1, "t.2", 100.0, "")], [Try(1, "t.1", 101.5, "")]])
def test_post_without_an_earlier_attempt_row_is_unannounced(tries):
    found = fates(rows=[HELD], tries=tries, accepted=[], seen_served={})
    assert found == {"unannounced"}


def report_of(violations) -> Report:
    return Report(
        title="a run",
        command="manage.py chaos --seed 7",
        seed=7,
        deliveries=1,
        seconds=1.0,
        posts=1,
        records=0,
        steps=["before post #1"],
        outcomes={"ACCEPTED": 1},
        tries={"accepted": 1},
        kills={},
        freezes={},
        faults={},
        events={},
        messages_flushed=0,
        states_seen=["ACCEPTED"],
        violations=violations,
        repeats={one.reference: "manage.py chaos --seed 7 --only 1" for one in violations},
    )


def test_report_counts_and_names_each_violation():
    report = report_of(judge(evidence(accepted=[])))
    assert report.zeros["falsely served"] == 1
    assert not report.is_clean
    assert "FALSELY SERVED: 93559316, Sirius has no record of it [a trial]" in report.as_text()
    assert "seed 7" in report.as_text()
    assert json.loads(json.dumps(report.as_json()))["zeros"]["lost"] == 0


@pytest.mark.parametrize(("accepted", "code"), [([RECORD], 0), ([], 1)], ids=["clean", "broken"])
def test_command_ends_with_1_where_a_promise_was_broken(monkeypatch, capsys, accepted, code):
    told = {}

    def run_chaos(programme, **_):
        told.update(asdict(programme))
        return report_of(judge(evidence(accepted=accepted)))

    monkeypatch.setattr(chaos, "run_chaos", run_chaos)
    with pytest.raises(SystemExit) if code else nullcontext() as ended:
        call_command("chaos", deliveries=3, seed=9, json=True)
    assert (ended.value.code if ended else 0) == code
    assert (told["kind"], told["number"], told["seed"]) == ("mixed", 3, 9)
    assert json.loads(capsys.readouterr().out)["zeros"]["falsely served"] == code
