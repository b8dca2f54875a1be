"""What the pages work out without a database: steps, returned errors, what was sent."""

import datetime as dt

import pytest

from orders.models import Deputy, Document, Submission
from orders.rules import Reason, State
from orders.views.returned import read_returned
from orders.views.served import read_served
from orders.views.steps import is_delayed, steps_of

PAYLOAD = {
    "courtReference": "93559316",
    "type": "PF",
    "subType": "REPLACEMENT_OF_DISCHARGED_DEPUTY",
    "date": "2018-08-01",
    "issueDate": "2018-08-02",
    "appointmentType": "JOINT_AND_SEVERAL",
    "assetLevel": "LOW",
    "client": {"firstName": "Joni", "lastName": "Mitchell"},
    "deputies": [
        {"type": "LAY", "firstName": "Dana", "lastName": "Deputy", "dob": "1980-02-29"},
        {"type": "PUBLIC_AUTHORITY", "firstName": "Leeds", "lastName": "Council"},
    ],
    "documents": [{"type": "COURT_ORDER", "filename": "dc_doc_1_1.pdf"}],
}
MANIFEST = [
    {"key": "dc_doc_1_1.pdf", "name": "order.pdf", "document_type": "COURT_ORDER", "size": 10},
    {"key": "dc_doc_1_2.pdf", "name": "cop4.pdf", "document_type": "OTHER", "size": 20},
]


def submission(state=State.QUEUED, **facts):
    return Submission(state=state, payload=PAYLOAD, manifest=MANIFEST, **facts)


LONG = f"deputies.{'9' * 5000}.email"


def returned(*keys):
    errors = {key: ["wrong"] for key in keys}
    answer = {"validation_errors": errors}
    return submission(State.REJECTED, reason=Reason.INVALID, sirius_answer=answer)


@pytest.mark.parametrize(
    ("key", "part", "text"),
    [
        ("courtReference", "client", "Case number: wrong"),
        ("client.lastName", "client", "Client's last name: wrong"),
        ("client", "client", "Client: wrong"),
        ("assetLevel", "order", "Bond over £21,000: wrong"),
        ("issueDate", "order", "Order issued: wrong"),
        ("somethingElse", "order", "somethingElse: wrong"),
        ("", "order", "Order: wrong"),
        ("deputies.0.email", "deputies", "Email address of Dana Deputy: wrong"),
        ("deputies[1].postcode", "deputies", "Postcode of Leeds Council: wrong"),
        ("/deputies/1", "deputies", "Deputy of Leeds Council: wrong"),
        ("deputies.7.email", "deputies", "deputies.7.email: wrong"),
        pytest.param(LONG, "deputies", f"{LONG}: wrong", id="a number of 5,000 digits"),
        ("deputies", "deputies", "Deputies: wrong"),
        ("documents.0.filename", "documents", "Document 1: wrong"),
        ("documents", "documents", "Documents: wrong"),
    ],
)
def test_an_error_of_sirius_is_placed_and_put_in_words(key, part, text):
    [problem] = read_returned(returned(key)).problems
    assert (problem.part, problem.text) == (part, text)


def test_an_error_stands_beside_the_deputy_of_that_name():
    read = read_returned(returned("deputies.1.email", "deputies", "type"))
    dana = Deputy(first_name="Dana", last_name="Deputy")
    leeds = Deputy(first_name="Leeds", last_name="Council")
    assert read.about_deputy(dana) == []
    assert read.about_deputy(leeds) == ["Email address of Leeds Council: wrong"]
    assert read.about_deputies == ["Deputies: wrong"]
    assert read.about_order == ["Order type: wrong"]


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        (State.REJECTED, Reason.INVALID, True),
        (State.CANCELLED, Reason.RETURNED, True),
        (State.CANCELLED, Reason.WITHDRAWN, False),
        (State.QUEUED, "", False),
        (State.HELD, Reason.UNCONFIRMED, False),
    ],
)
def test_an_order_is_returned_by_opg_or_by_operations(state, reason, expected):
    assert read_returned(submission(state, reason=reason)).is_returned is expected


def test_an_order_that_was_never_sent_was_not_returned():
    assert not read_returned(None).is_returned


@pytest.mark.parametrize(
    ("state", "copied", "expected"),
    [
        (State.QUEUED, 0, ["0 of 2 Waiting", "Waiting", "Waiting"]),
        (State.PREPARING, 1, ["1 of 2 In progress", "Waiting", "Waiting"]),
        (State.PREPARING, 2, ["2 of 2 Done", "Waiting", "Waiting"]),
        (State.SENDING, 2, ["2 of 2 Done", "In progress", "Waiting"]),
        (State.UNKNOWN, 0, ["2 of 2 Done", "Checking", "Waiting"]),
        (State.ACCEPTED, 2, ["2 of 2 Done", "Done", "Done"]),
    ],
)
def test_the_steps_of_a_submission(state, copied, expected):
    first, *rest = steps_of(submission(state, documents_copied=copied))
    assert first.text.startswith("Documents copied: ")
    shown = [f"{first.text} {first.status}".removeprefix("Documents copied: ")]
    assert shown + [step.status for step in rest] == expected


@pytest.mark.parametrize("state", State)
def test_only_what_is_moving_is_called_delayed(state):
    declared_at = dt.datetime(2026, 6, 1, 8, 0, tzinfo=dt.UTC)
    moving = submission(state, declared_at=declared_at)
    assert not is_delayed(moving, now=declared_at + dt.timedelta(minutes=10))
    late = is_delayed(moving, now=declared_at + dt.timedelta(minutes=10, seconds=1))
    assert late == (state in (State.QUEUED, State.PREPARING, State.SENDING))


def test_what_was_sent_is_read_from_the_payload():
    document = Document(pk=7, key="dc_doc_1_1.pdf")
    served = read_served(submission(State.ACCEPTED), documents=[document])
    assert [tuple(row.values()) for row in served.client] == [
        ("Client name", "Joni Mitchell"),
        ("Case number", "93559316"),
    ]
    assert [tuple(row.values()) for row in served.order] == [
        ("Order type", "PFA"),
        ("Order made", "1 August 2018"),
        ("Order issued", "2 August 2018"),
        ("Bond over £21,000", "No"),
        ("Order subtype", "Replacement of discharged deputy"),
        ("Appointment type", "Joint and several"),
    ]
    [(dana, rows), (leeds, _)] = served.deputies
    assert (dana, leeds) == ("Dana Deputy", "Leeds Council")
    assert {"key": "Date of birth", "value": "29 February 1980"} in rows
    assert [(sent.words, sent.name, sent.document) for sent in served.documents] == [
        ("Court order", "order.pdf", document),
        ("Additional document", "cop4.pdf", None),
    ]


def test_a_health_order_says_nothing_of_a_bond():
    payload = {key: value for key, value in PAYLOAD.items() if key != "assetLevel"}
    hw = Submission(payload={**payload, "type": "HW"}, manifest=[])
    assert "Bond over £21,000" not in {row["key"] for row in read_served(hw, documents=[]).order}
