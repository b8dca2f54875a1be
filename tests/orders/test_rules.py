import random

import pytest

from orders import rules
from orders.rules import DocumentType, Outcome, Reason, State


@pytest.mark.parametrize("number", ["93559316", "61429461", "33370455"])
def test_case_number_that_holds_the_check(number):
    assert rules.case_number_checks(number)


@pytest.mark.parametrize("number", ["93559317", "50000001", "1234", "", "ABCDEFGH", "9355931T"])
def test_case_number_that_fails_the_check(number):
    assert not rules.case_number_checks(number)


def test_check_character_ten_is_written_t():
    tens = [n for n in range(1000000, 1000200) if rules.case_number_checks(f"{n}T")]
    assert tens
    assert not any(rules.case_number_checks(f"{n}{d}") for n in tens for d in range(10))


@pytest.mark.parametrize(
    ("order_type", "subtype", "deputies", "required"),
    [
        ("PF", "NEW_APPLICATION", ["LAY"], ["COURT_ORDER", "COP1A", "COP3", "COP4"]),
        ("HW", "NEW_APPLICATION", ["LAY"], ["COURT_ORDER", "COP3", "COP4"]),
        ("PF", "NEW_APPLICATION", ["LAY", "PUBLIC_AUTHORITY"], ["COURT_ORDER", "COP1A", "COP3"]),
        ("HW", "REPLACEMENT_OF_DISCHARGED_DEPUTY", [], ["COURT_ORDER", "COP3", "COP4"]),
        ("PF", "INTERIM_ORDER", ["LAY"], ["COURT_ORDER"]),
        ("HW", "INTERIM_ORDER", ["PROFESSIONAL"], ["COURT_ORDER"]),
    ],
)
def test_required_documents_by_type_subtype_and_deputies(order_type, subtype, deputies, required):
    assert rules.required_documents(order_type, subtype, deputies) == required


def facts(**changes):
    values = {
        "order_type": "PF",
        "subtype": "NEW_APPLICATION",
        "appointment_type": "SOLE",
        "bond_over_21000": False,
        "deputies": (rules.DeputyFacts(deputy_type="LAY"),),
        "document_types": ("COURT_ORDER", "COP1A", "COP3", "COP4"),
        "case_number": "93559316",
    }
    return rules.OrderFacts(**{**values, **changes})


def test_complete_order_misses_nothing():
    assert rules.missing(facts()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"subtype": ""}, "Select the order subtype"),
        ({"appointment_type": ""}, "Select the appointment type"),
        ({"bond_over_21000": None}, "Say whether the bond is over £21,000"),
        ({"deputies": ()}, "Add at least one deputy"),
        ({"document_types": ("COP1A", "COP3", "COP4")}, "Add the court order"),
        ({"document_types": ("COURT_ORDER", "COP3", "COP4")}, "Add the COP 1A"),
        ({"infected_document_types": ("COP3",)}, "Replace the COP 3: a virus was found in it"),
    ],
)
def test_each_missing_thing_is_named(change, words):
    assert rules.missing(facts(**change)) == [words]


def test_bond_is_not_asked_for_health_and_welfare():
    assert rules.missing(facts(order_type="HW", bond_over_21000=None)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deputies": (rules.DeputyFacts(deputy_type="LAY"),) * 2}, "there are 2 deputies"),
        ({"appointment_type": "JOINT"}, "only one deputy"),
        ({"same_type_served": True}, "already served"),
        ({"case_number": "93559317"}, "case number may be wrong"),
        (
            {
                "deputies": (
                    rules.DeputyFacts(
                        deputy_type="LAY", has_address=False, has_email=False, name="A B"
                    ),
                )
            },
            "A B has no address and no email address",
        ),
    ],
)
def test_each_oddity_warns_and_refuses_nothing(change, words, now):
    (warning,) = rules.warnings(facts(**change), today=now.date())
    assert words in warning
    assert rules.missing(facts(**change)) == []


def test_issue_date_in_the_future_warns(now):
    tomorrow = now.date().replace(day=2)
    (warning,) = rules.warnings(facts(issue_date=tomorrow), today=now.date())
    assert "future" in warning


def test_document_that_stopped_being_required_goes_as_additional():
    with_authority = facts(deputies=(rules.DeputyFacts(deputy_type="PUBLIC_AUTHORITY"),))
    assert rules.type_on_the_wire("COP4", with_authority) == DocumentType.OTHER
    assert rules.type_on_the_wire("COP4", facts()) == DocumentType.COP4
    assert rules.type_on_the_wire("OTHER", facts()) == DocumentType.OTHER


@pytest.mark.parametrize(
    ("outcome", "maybe_applied", "state", "reason"),
    [
        (Outcome.NOT_APPLIED, False, State.QUEUED, None),
        (Outcome.NOT_APPLIED, True, State.UNKNOWN, None),
        (Outcome.UNKNOWN, False, State.UNKNOWN, None),
        (Outcome.UNKNOWN, True, State.UNKNOWN, None),
        (Outcome.DUPLICATE, False, State.HELD, Reason.ALREADY_IN_SIRIUS),
        (Outcome.DUPLICATE, True, State.HELD, Reason.UNCONFIRMED),
        (Outcome.INVALID, False, State.REJECTED, Reason.INVALID),
        (Outcome.INVALID, True, State.HELD, Reason.UNCONFIRMED),
        (Outcome.REFUSED, False, State.HELD, Reason.CONFIGURATION),
        (Outcome.REFUSED, True, State.UNKNOWN, None),
        (Outcome.DOCUMENT, False, State.HELD, Reason.DOCUMENT),
        (Outcome.DOCUMENT, True, State.HELD, Reason.DOCUMENT),
    ],
)
def test_verdict_of_each_outcome(outcome, maybe_applied, state, reason):
    assert rules.verdict(outcome, maybe_applied=maybe_applied) == rules.Verdict(state, reason)


def test_every_verdict_is_a_legal_move():
    for outcome, maybe_applied in rules._VERDICTS:
        verdict = rules.verdict(outcome, maybe_applied=maybe_applied)
        assert verdict.state in rules.LEGAL_MOVES[State.SENDING]


@pytest.mark.parametrize(
    ("state", "maybe_applied", "crashes", "expected"),
    [
        (State.PREPARING, False, 1, State.QUEUED),
        (State.PREPARING, True, 1, State.UNKNOWN),
        (State.SENDING, True, 2, State.UNKNOWN),
        (State.PREPARING, False, 3, State.HELD),
        (State.SENDING, True, 3, State.HELD),
    ],
)
def test_lost_lease_is_unknown_only_where_a_post_may_have_left(
    state, maybe_applied, crashes, expected
):
    verdict = rules.after_lost_lease(state, maybe_applied=maybe_applied, crashes=crashes)
    assert verdict.state == expected


def test_back_off_doubles_to_fifteen_minutes_with_full_jitter():
    class Highest(random.Random):
        def uniform(self, a, b):
            return b

    waits = [rules.back_off_seconds(n, first=5, dice=Highest()) for n in range(1, 12)]
    assert waits[:4] == [5, 10, 20, 40]
    assert waits[-1] == 900
    drawn = {rules.back_off_seconds(9, first=5, dice=random.Random(n)) for n in range(50)}
    assert min(drawn) < 200
    assert max(drawn) > 700


@pytest.mark.parametrize(("asked", "waits"), [(None, 7), (3.0, 7), (60.0, 60.0), (86400.0, 3600.0)])
def test_retry_after_is_obeyed_up_to_an_hour(asked, waits):
    assert rules.obeyed_retry_after(asked, otherwise=7) == waits


@pytest.mark.parametrize(
    ("facts", "tag"),
    [
        (rules.TagFacts(status="PENDING"), "TO DO"),
        (rules.TagFacts(status="PENDING", is_ready=True), "READY TO SERVE"),
        (rules.TagFacts(status="PENDING", latest_state="REJECTED", is_ready=True), "RETURNED"),
        (
            rules.TagFacts(status="PENDING", latest_state="CANCELLED", latest_reason="returned"),
            "RETURNED",
        ),
        (
            rules.TagFacts(status="PENDING", latest_state="CANCELLED", latest_reason="withdrawn"),
            "TO DO",
        ),
        (rules.TagFacts(status="SERVING", latest_state="QUEUED"), "SENDING"),
        (rules.TagFacts(status="SERVING", latest_state="UNKNOWN"), "SENDING"),
        (rules.TagFacts(status="SERVING", latest_state="HELD"), "NEEDS ATTENTION"),
        (rules.TagFacts(status="SERVED", latest_state="ACCEPTED"), "SERVED"),
    ],
)
def test_tag_that_staff_see(facts, tag):
    assert rules.tag(facts) == tag
