"""The event-bus door against the simulator's PutEvents: the entry's id, or the right error."""

import pytest

from sirius_client import (
    EventBus,
    OutcomeUnknown,
    RequestRefused,
    SignInRefused,
    SiriusBusy,
    SiriusError,
    SiriusUnreachable,
)
from tests.sirius_client.running import Answering, RunningSirius, payload


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")


def bus_at(url, **more):
    return EventBus(bus_name="serve-bus", region="eu-west-1", endpoint_url=url, **more)


# A bus takes a third of a second to make: botocore reads its models.
@pytest.fixture(scope="module")
def bus(running_sirius):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "local")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "local")
        return bus_at(running_sirius.url, read_seconds=1)


def put(bus, **changes):
    return bus.put_order(client_id=3, order_id=5, payload=payload(**changes))


def error_of(bus):
    with pytest.raises(SiriusError) as caught:
        put(bus)
    return caught.value


def events(sirius):
    return sirius.control("GET", "events")["events"]


def test_an_order_is_put_on_the_bus(sirius, bus):
    receipt = put(bus, client={"firstName": "Zoë", "lastName": "O’Neill"})

    (event,) = events(sirius)
    assert event["event_id"] == receipt.event_id
    assert event["bus"] == "serve-bus"
    assert event["source"] == "opg.supervision.serve"
    assert event["detail_type"] == "court-order-submitted"
    assert event["detail"]["clientId"] == 3
    assert event["detail"]["orderId"] == 5
    assert event["detail"]["payload"] == payload(client={"firstName": "Zoë", "lastName": "O’Neill"})
    assert event["errors"] == {}
    assert sirius.accepted == []


@pytest.mark.parametrize(
    ("kind", "error", "left"),
    [
        ("bus-entry-failed", OutcomeUnknown, 0),
        ("bus-entry-throttled", SiriusBusy, 0),
        ("bus-entry-refused", RequestRefused, 0),
        ("429", SiriusBusy, 0),
        ("403", RequestRefused, 0),
        ("413", RequestRefused, 0),
        ("500-before", OutcomeUnknown, 0),
        ("500-after", OutcomeUnknown, 1),
        ("503-before", OutcomeUnknown, 0),
        ("hang-before", OutcomeUnknown, 0),
        ("hang-after", OutcomeUnknown, 1),
        ("drop-before", OutcomeUnknown, 0),
        ("drop-after", OutcomeUnknown, 1),
        ("reset-after", OutcomeUnknown, 1),
        ("truncated", OutcomeUnknown, 1),
        ("200-html", OutcomeUnknown, 1),
        ("redirect-elsewhere", OutcomeUnknown, 1),
    ],
)
def test_every_fault_has_its_class_and_nothing_is_repeated(sirius, bus, kind, error, left):
    sirius.fault(kind, call="bus", reference="93559316")

    assert type(error_of(bus)) is error
    assert len(events(sirius)) == left


def test_a_refused_connection_is_not_applied():
    assert type(error_of(bus_at("http://127.0.0.1:9"))) is SiriusUnreachable


def test_missing_credentials_are_not_applied(sirius, monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    assert type(error_of(bus_at(sirius.url))) is SignInRefused
    assert events(sirius) == []


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (400, b'{"__type": "ExpiredTokenException", "message": "x"}', SignInRefused),
        (400, b'{"__type": "ThrottlingException", "message": "x"}', SiriusBusy),
        (400, b'{"__type": "ResourceNotFoundException", "message": "Byron-King"}', RequestRefused),
        (400, b"", RequestRefused),
        (500, b'{"__type": "InternalException"}', OutcomeUnknown),
        (200, b"{}", OutcomeUnknown),
        (200, b'{"FailedEntryCount": 0, "Entries": []}', OutcomeUnknown),
        (200, b'{"FailedEntryCount": 1, "Entries": [{"EventId": "e"}]}', OutcomeUnknown),
        (200, b'{"FailedEntryCount": 0, "Entries": [{"EventId": ""}]}', OutcomeUnknown),
    ],
)
def test_an_answer_without_a_sure_event_id_is_no_receipt(status, answer, error):
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(answer)}\r\n\r\n".encode()
    with Answering(head + answer, until=b"Entries") as server:
        found = error_of(bus_at(server.url))
    assert type(found) is error
    assert "Byron" not in str(found) + found.body


def test_an_event_id_fits_where_it_is_kept():
    answer = b'{"FailedEntryCount": 0, "Entries": [{"EventId": "e\\u0000%s"}]}' % (b"e" * 200)
    head = f"HTTP/1.1 200 X\r\nContent-Length: {len(answer)}\r\n\r\n".encode()
    with Answering(head + answer, until=b"Entries") as server:
        receipt = bus_at(server.url).put_order(client_id=1, order_id=2, payload={})
    assert receipt.event_id == "e\ufffd" + "e" * 98


def test_the_settings_make_a_bus(sirius, settings):
    settings.EVENT_BUS_ENDPOINT = sirius.url
    settings.EVENT_BUS_NAME = "other-bus"
    EventBus.from_settings().put_order(client_id=1, order_id=2, payload=payload())

    assert events(sirius)[0]["bus"] == "other-bus"


def test_events_survive_a_kill(tmp_path):
    sirius = RunningSirius(tmp_path)
    put(bus_at(sirius.url))
    before = events(sirius)
    sirius.kill()
    sirius.start()
    after = events(sirius)
    sirius.kill()

    assert len(before) == 1
    assert after == before
