"""The control API: faults strike where they should, and what it does not know is refused."""

import json

import pytest
import requests

from sirius_client import DuplicateOrder, OutcomeUnknown, Receipt, SiriusError
from sirius_client.simulator.faults import KINDS, Fault, Faults, UnknownFault
from tests.sirius_client.running import body, impatient

OTHER = "61429461"


def post(client, **changes):
    if not client._token:
        client.sign_in()
    try:
        return client.post_order(body(**changes), request_id="r")
    except SiriusError as error:
        return type(error)


def test_faults_strike_in_order_and_then_no_more(sirius, client):
    sirius.fault("500-before", times=2)
    sirius.fault("400-duplicate")

    assert [post(client) for _ in range(3)] == [OutcomeUnknown, OutcomeUnknown, DuplicateOrder]
    assert isinstance(post(client), Receipt)
    assert [attempt["fault"] for attempt in sirius.attempts] == [
        *("500-before", "500-before", "400-duplicate", None)
    ]


def test_a_fault_may_wait_for_one_court_reference(sirius, client):
    sirius.fault("500-before", reference=OTHER)

    assert isinstance(post(client), Receipt)
    assert post(client, courtReference=OTHER) is OutcomeUnknown
    assert isinstance(post(client, courtReference=OTHER), Receipt)


def test_a_plan_is_the_same_for_the_same_seed():
    def drawn(seed):
        faults = Faults()
        faults.add({"plan": {"seed": seed, "rates": {"500-before": 0.3, "drop-after": 0.3}}})
        struck = [faults.strike("orders", str(number % 40)) for number in range(400)]
        return [fault.kind if fault else None for fault in struck]

    kinds = drawn(7)
    assert kinds == drawn(7) != drawn(8)
    assert 80 < kinds.count("500-before") < 160
    assert 80 < kinds.count("drop-after") < 160
    assert 120 < kinds.count(None) < 200


def test_a_plan_goes_on_where_it_was_when_the_simulator_is_started_again():
    def drawn(times, posted=()):
        faults = Faults(posted)
        faults.add({"plan": {"seed": 7, "rates": {"500-before": 0.5}}})
        return [faults.strike("orders", "93559316") is None for _ in range(times)]

    assert drawn(20) + drawn(20, ["93559316"] * 20) == drawn(40)
    assert drawn(20) != drawn(20, ["93559316"] * 20)


def test_a_plan_holds_until_it_is_taken_back(sirius, client):
    sirius.control("POST", "faults", {"plan": {"seed": 1, "rates": {"500-before": 1.0}}})
    assert [post(client) for _ in range(3)] == [OutcomeUnknown] * 3
    sirius.control("POST", "faults", {"plan": None})
    assert isinstance(post(client), Receipt)


def test_forgetting_the_faults_lets_go_of_what_hangs(sirius, client):
    sirius.fault("hang-before", call="health", seconds=60)
    sirius.fault("500-before")
    with requests.get(f"{sirius.url}/control/faults", timeout=5) as answer:
        assert len(answer.json()["queue"]) == 2
    assert sirius.control("DELETE", "faults") == {"queue": [], "plans": []}
    assert isinstance(post(client), Receipt)


@pytest.mark.parametrize(
    "wanted",
    [
        {"queue": [{"kind": "nonsense"}]},
        {"queue": [{"kind": "500-before", "call": "nonsense"}]},
        {"queue": [{"kind": "bus-entry-failed", "call": "orders"}]},
        {"queue": [{"kind": "sign-in-without-token"}]},
        {"queue": [{"kind": "500-before", "colour": "red"}]},
        {"plan": {"seed": 1, "rates": {"nonsense": 0.5}}},
        {"plan": {"seed": 1, "rates": {"500-before": 0.7, "drop-after": 0.7}}},
        {"plan": {"rates": {}}},
        ["queue"],
        {"queue": 1},
    ],
)
def test_a_fault_that_there_is_not_is_refused(sirius, client, wanted):
    answer = requests.post(f"{sirius.url}/control/faults", json=wanted, timeout=5)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert isinstance(post(client), Receipt)


def test_every_kind_of_fault_can_be_asked_for():
    for kind, what in KINDS.items():
        fault = Fault(kind, call=what.only or "orders")
        assert fault.what is what
    with pytest.raises(UnknownFault):
        Fault("500-later")


def test_a_key_can_be_there_before(sirius, client):
    sirius.control("POST", "taken", {"keys": [["93559316", "PF"]]})

    assert post(client) is DuplicateOrder
    assert isinstance(post(client, type="HW", assetLevel=None), Receipt)
    assert sirius.control("GET", "taken")["keys"] == [["93559316", "HW"], ["93559316", "PF"]]


def test_a_reset_forgets_everything_and_what_was_under_way(sirius, client):
    post(client)
    sirius.fault("apply-late", seconds=30)
    assert post(impatient(client), courtReference=OTHER) is OutcomeUnknown
    sirius.control("POST", "reset")

    assert sirius.control("GET", "received") == {"accepted": [], "attempts": []}
    client.sign_in()
    assert isinstance(post(client), Receipt)
    assert [record["reference"] for record in sirius.accepted] == ["93559316"]
    assert json.loads((sirius.state / "journal.jsonl").read_bytes().splitlines()[0])


def test_attempts_say_what_came_of_them(sirius, client):
    sirius.fault("500-after")
    post(client)
    post(client)
    sirius.fault("close-before-reading")
    post(client)

    found = [
        (each["request_id"], each["accepted"], each["status"], each.get("reference"))
        for each in sirius.attempts
    ]
    assert found == [
        ("r", True, 500, "93559316"),
        ("r", False, 400, "93559316"),
        ("r", False, None, None),
    ]


@pytest.mark.parametrize("wanted", [{"colour": 1}, [], 7])
def test_a_setting_that_there_is_not_is_refused(sirius, wanted):
    answer = requests.post(f"{sirius.url}/control/settings", json=wanted, timeout=5)

    assert answer.status_code == 400
