"""Whatever differs between what was typed and what Sirius has is found and named."""

import copy
import datetime as dt

import pytest

from devstack.demo.comparison import compare
from devstack.demo.page import File
from devstack.demo.plan import Deputy, Document, Order
from devstack.errors import StackTrouble

COURT_ORDER = File("a.pdf", b"court order")
COP3 = File("b.png", b"cop 3")
ORDER = Order(
    case_number="93559316",
    order_type="PF",
    order_number="77",
    forename="Zoë",
    surname="李",
    made=dt.date(2026, 5, 1),
    issued=dt.date(2026, 5, 2),
    subtype="Interim order",
    appointment="Joint",
    is_bond_high=True,
    deputies=(
        Deputy("Lay", "Ada", "Byron", dt.date(1980, 3, 31), {"Town or city": "Ambleford"}),
        Deputy("Public authority", "Leeds", "Council", None, {}),
    ),
    documents=(Document("Court order", COURT_ORDER), Document("COP 3", COP3)),
)
REFERENCES = {ORDER.name: 7000001}


def record():
    """What the simulator writes down for `ORDER`, by the contract."""
    return {
        "reference": "93559316",
        "type": "PF",
        "ids": {"id": 7000001},
        "payload": {
            "courtReference": "93559316",
            "type": "PF",
            "subType": "INTERIM_ORDER",
            "date": "2026-05-01",
            "issueDate": "2026-05-02",
            "appointmentType": "JOINT",
            "assetLevel": "HIGH",
            "client": {"firstName": "Zoë", "lastName": "李"},
            "deputies": [
                {"type": "PUBLIC_AUTHORITY", "firstName": "Leeds", "lastName": "Council"},
                {
                    "type": "LAY",
                    "firstName": "Ada",
                    "lastName": "Byron",
                    "dob": "1980-03-31",
                    "town": "Ambleford",
                },
            ],
            "documents": [
                {"type": "COP3", "filename": "dc_doc_1_2.png"},
                {"type": "COURT_ORDER", "filename": "dc_doc_1_1.pdf"},
            ],
        },
        "documents": [
            {"filename": "dc_doc_1_2.png", "size": 5, "sha256": COP3.sha256},
            {"filename": "dc_doc_1_1.pdf", "size": 11, "sha256": COURT_ORDER.sha256},
        ],
    }


def test_every_value_agrees_whatever_the_order_of_deputies_and_documents():
    assert compare([ORDER], [record()], REFERENCES) == 24


def _set(*path, to):
    def spoil(received):
        place = received
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = to

    return spoil


def _drop(*path):
    def spoil(received):
        place = received
        for part in path[:-1]:
            place = place[part]
        del place[path[-1]]

    return spoil


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (_set("payload", "client", "lastName", to="?"), "client.lastName"),
        (_set("payload", "date", to="2026-05-02"), "date"),
        (_set("payload", "assetLevel", to="LOW"), "assetLevel"),
        (_drop("payload", "assetLevel"), "assetLevel"),
        (_set("payload", "deputies", 1, "dob", to="1980-03-30"), "deputies.0.dob"),
        (_drop("payload", "deputies", 0), "deputies.1.firstName"),
        (_set("payload", "deputies", 0, "email", to=""), "email"),
        (_drop("payload", "documents", 0), "documents"),
        (_set("payload", "documents", 0, "type", to="OTHER"), "documents"),
        (_set("documents", 0, "sha256", to="0"), "documents"),
        (_set("payload", "documents", 0, "filename", to="b.png"), "documents"),
        (_set("ids", "id", to=7000002), "id"),
    ],
)
def test_each_difference_is_named(spoil, place):
    received = copy.deepcopy(record())
    spoil(received)
    with pytest.raises(StackTrouble, match=rf"differs.*93559316 PF .*{place}"):
        compare([ORDER], [received], REFERENCES)


@pytest.mark.parametrize("times", [0, 2])
def test_a_missing_or_second_record_is_found(times):
    with pytest.raises(StackTrouble, match=f"Sirius has {times} orders"):
        compare([ORDER], [record()] * times, REFERENCES)
