"""The judge of the fault harness sees each kind of broken promise in fabricated evidence."""

import hashlib
import json
from contextlib import nullcontext
from dataclasses import asdict, replace

import pytest
from django.core.management import call_command

from devstack.chaos.oracles import (
    PAGE_SAYS,
    Declared,
    Evidence,
    Row,
    Shown,
    Try,
    judge,
    spoilt,
)
from devstack.management.commands import chaos
from orders.rules import Tag
from tests.harness.reports import NOTHING

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


def two_posts(gap, **answer):
    """What Sirius saw where a post was repeated so many seconds after one with this answer."""
    second = {**POST, "request_id": "t.2", "at": POST["at"] + gap, "status": 400}
    tries = [Try(1, "t.1", 100.0, ""), Try(1, "t.2", 100.0, "")]
    return {"posts": [{**POST, **answer}, second], "tries": tries, "settle_seconds": 5.0}


@pytest.mark.parametrize(
    "answer",
    [
        *({}, {"status": None}, {"status": 500}, {"status": 504}, {"status": 200}, {"status": 201}),
        {"status": 404, "accepted": True},
    ],
    ids=str,
)
def test_post_repeated_before_the_settle_time_is_hasty(answer):
    assert fates(**two_posts(4.9, **answer)) == {"hasty"}
    assert fates(**two_posts(5.0, **answer)) == set()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429, 302])
def test_post_that_was_refused_may_be_repeated_at_once(status):
    assert fates(**two_posts(0.1, status=status)) == set()


def test_posts_of_two_keys_are_no_repeat():
    of_two = two_posts(0.1, status=500)
    of_two["posts"][1]["type"] = "HW"
    assert fates(**of_two) == set()


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (Shown(DECLARED.key, 101.9, 7000001), ["the page said so before it was there"]),
        (
            Shown(DECLARED.key, 104.0, 7001001),
            ["the page showed the reference 7001001, which is another's"],
        ),
        (
            Shown(DECLARED.key, 104.0, None),
            ["the page showed the reference None, which is another's"],
        ),
        (Shown(("61429461", "HW"), 104.0, 7000001), ["the page said so before it was there"]),
        (Shown(DECLARED.key, 102.0, 7000001), []),
    ],
    ids=["too early", "another reference", "no reference", "another order", "as it is"],
)
def test_page_that_said_served_is_held_to_the_record(shown, words):
    found = judge(evidence(shown=[shown]))
    assert [violation.what for violation in found] == words
    assert {violation.fate for violation in found} <= {"falsely served"}


@pytest.mark.parametrize(
    ("listed", "changes", "fate"),
    [
        ("SERVED", {"rows": [HELD], "accepted": []}, "falsely served"),
        ("SERVED", {}, ""),
        ("TO DO", {}, "falsely failed"),
        ("READY TO SERVE", {}, "falsely failed"),
        ("RETURNED", {"rows": [HELD]}, "falsely failed"),
        ("TO DO", {"rows": [REJECTED], "accepted": []}, ""),
        ("NEEDS ATTENTION", {"rows": [HELD]}, ""),
        ("NEEDS ATTENTION", {}, "falsely failed"),
        ("NEEDS ATTENTION", {"rows": [REJECTED], "accepted": []}, "falsely failed"),
        ("SENDING", {}, "lost"),
        ("ANYTHING AT ALL", {}, "lost"),
        ("", {}, "lost"),
        (None, {}, "lost"),
    ],
)
def test_list_of_orders_is_held_to_the_records(listed, changes, fate):
    said = {} if listed is None else {DECLARED.key: listed}
    given = {"seen_served": {}, **changes, "listed": said}
    assert fates(**given) == ({fate} if fate else set())


def test_judge_knows_every_tag_that_the_list_can_show():
    assert set(Tag.values) == PAGE_SAYS


OURS = replace(DECLARED, surname="Mitchell 93559316", documents=("ab",))


def record_of(surname="Mitchell 93559316", **changes):
    """A record under the client's own name, and the row that agrees with it in all."""
    payload = {**PAYLOAD, "client": {"lastName": surname}}
    record = {**RECORD, "payload": payload, "body": json.dumps(payload), **changes}
    digest = hashlib.sha256(record["body"].encode()).hexdigest()
    manifest = [{**one, "key": one["filename"]} for one in record["documents"]]
    row = replace(ROW, payload=payload, payload_sha256=digest, manifest=manifest)
    return {"rows": [row], "accepted": [record]}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (record_of(), []),
        (record_of("Mitchell 61429461"), ["the record is of another client"]),
        (
            record_of(documents=[{"filename": "a.pdf", "size": 5, "sha256": "cd"}]),
            ["the documents that Sirius read are not those that were put in"],
        ),
        (
            record_of(documents=[*RECORD["documents"], {**RECORD["documents"][0]}]),
            ["the documents that Sirius read are not those that were put in"],
        ),
    ],
    ids=["ours", "another client", "another document", "one document more"],
)
def test_record_is_held_to_what_was_put_in_whatever_the_rows_say(changes, words):
    found = judge(evidence(declared=[OURS], **changes))
    assert [violation.what for violation in found] == words


def test_record_that_nobody_declared_is_falsely_served():
    assert fates(declared=[]) == {"falsely served"}


def written_late(gap, *, at):
    """Two records, the first written at this moment, the second posted `gap` seconds after it."""
    repeated = two_posts(gap, status=None)
    later = {**RECORD, "request_id": "t.2", "at": 101.0 + gap + 0.1}
    return {**repeated, "accepted": [{**RECORD, "at": at}, later], "seen_served": {1: 120.0}}


def test_record_that_sirius_wrote_beyond_the_settle_time_we_kept_is_excused_and_counted():
    kept = evidence(**written_late(6.0, at=107.05), rows=[replace(ROW, settled_at=120.0)])
    assert judge(kept) == []
    assert spoilt(kept) == {DECLARED.key}


@pytest.mark.parametrize(
    ("changes", "fate"),
    [
        (written_late(4.0, at=105.05), {"duplicated", "hasty"}),
        (written_late(6.0, at=106.9), {"duplicated"}),
        ({**written_late(6.0, at=107.05), "settle_seconds": 0.0}, {"duplicated"}),
    ],
    ids=["we were hasty", "it was there when we posted again", "nobody judges the moments"],
)
def test_any_other_second_record_is_not_excused(changes, fate):
    rows = [replace(ROW, settled_at=120.0)]
    assert fates(**changes, rows=rows) == fate
    assert spoilt(evidence(**changes, rows=rows)) == set()


def report_of(violations, **changes):
    repeats = {one.reference: "manage.py chaos --seed 7 --only 1" for one in violations}
    return replace(NOTHING, violations=violations, repeats=repeats, **changes)


def test_report_counts_and_names_each_violation():
    report = report_of(judge(evidence(accepted=[])))
    assert report.zeros["falsely served"] == 1
    assert not report.is_clean
    assert "FALSELY SERVED: 93559316, Sirius has no record of it [a trial]" in report.as_text()
    assert "seed 7" in report.as_text()
    assert json.loads(json.dumps(report.as_json()))["zeros"]["lost"] == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cut_short": "it took longer than it may"}, "CUT SHORT: it took longer than it may"),
        ({"missed": ["7 of 9 deliveries"]}, "NOT MADE, though it was asked for: 1\n  7 of 9"),
    ],
    ids=["cut short", "not made"],
)
def test_report_of_a_run_that_did_not_make_it_all_is_not_clean(changes, words):
    report = report_of([], **changes)
    assert report_of([]).is_clean
    assert not report.is_clean
    assert not report.as_json()["clean"]
    assert words in report.as_text()


@pytest.mark.parametrize(
    ("accepted", "changes", "code"),
    [
        ([RECORD], {}, 0),
        ([], {}, 1),
        ([RECORD], {"cut_short": "it took longer than it may"}, 1),
        ([RECORD], {"missed": ["7 of 9 deliveries"]}, 1),
    ],
    ids=["clean", "broken", "cut short", "not made"],
)
def test_command_ends_with_1_where_a_run_was_not_clean(
    monkeypatch, capsys, accepted, changes, code
):
    told = {}

    def run_chaos(programme, **_):
        told.update(asdict(programme))
        return report_of(judge(evidence(accepted=accepted)), **changes)

    monkeypatch.setattr(chaos, "run_chaos", run_chaos)
    with pytest.raises(SystemExit) if code else nullcontext() as ended:
        call_command("chaos", deliveries=3, seed=9, json=True)
    assert (ended.value.code if ended else 0) == code
    assert (told["kind"], told["number"], told["seed"]) == ("mixed", 3, 9)
    assert json.loads(capsys.readouterr().out)["zeros"]["falsely served"] == (not accepted)
