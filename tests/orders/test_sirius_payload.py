"""Every payload that an order can become keeps the contract; and one that differs does not pass."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders import rules
from orders.models import Case, Deputy, Document, Order
from orders.sirius_payload import build_payload, canonical_bytes, payload_sha256
from sirius_client.simulator.contract import payload_errors

# What the forms let through: no control characters, no spaces around, not empty.
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=255).filter(
    lambda text: text.strip() == text
)
days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))


def maybe(strategy):
    """Perhaps left out."""
    return st.one_of(st.just(""), strategy)


cases = st.builds(
    Case, case_number=st.from_regex(r"\A[0-9]{7}[0-9T]\Z"), forename=words, surname=words
)
orders = st.builds(
    Order,
    case=cases,
    order_type=st.sampled_from(rules.OrderType),
    order_subtype=st.sampled_from(rules.OrderSubtype),
    appointment_type=st.sampled_from(rules.AppointmentType),
    bond_over_21000=st.booleans(),
    made_date=days,
    issue_date=days,
)
deputies = st.builds(
    Deputy,
    deputy_type=st.sampled_from(rules.DeputyType),
    first_name=words,
    last_name=words,
    date_of_birth=st.one_of(st.none(), days),
    email=maybe(st.just("dana@example.com")),
    daytime_number=maybe(st.from_regex(r"\A[0-9 +()-]{10,20}\Z")),
    address_line_1=maybe(words),
    town=maybe(words),
    county=maybe(words),
    postcode=maybe(st.text("ABC123 ", min_size=2, max_size=10).map(str.strip).filter(bool)),
)
documents = st.tuples(
    st.builds(Document, key=st.from_regex(r"\Adc_doc_[0-9]{1,9}_[0-9]{18}\.(pdf|docx|tiff)\Z")),
    st.sampled_from(rules.DocumentType),
)
payloads = st.builds(
    lambda order, deputies, documents: build_payload(order, deputies=deputies, documents=documents),
    orders,
    st.lists(deputies, min_size=1, max_size=4),
    st.lists(documents, min_size=1, max_size=5),
)


@given(payloads)
def test_every_payload_keeps_the_contract(payload):
    assert payload_errors(payload, checksum=False) == {}


@given(payloads)
def test_nothing_empty_is_ever_sent(payload):
    def values(part):
        if isinstance(part, dict):
            for value in part.values():
                yield from values(value)
        elif isinstance(part, list):
            for value in part:
                yield from values(value)
        else:
            yield part

    assert all(value not in ("", None) for value in values(payload))


@given(payloads)
def test_canonical_spelling_says_the_same_and_has_one_hash(payload):
    assert json.loads(canonical_bytes(payload)) == payload
    shuffled = dict(reversed(payload.items()))
    assert payload_sha256(shuffled) == payload_sha256(payload)


@pytest.mark.parametrize(("bond", "level"), [(True, "HIGH"), (False, "LOW")])
def test_asset_level_follows_the_bond(bond, level):
    order = Order(
        case=Case(case_number="93559316", forename="A", surname="B"),
        order_type="PF",
        bond_over_21000=bond,
        made_date=dt.date(2026, 1, 1),
        issue_date=dt.date(2026, 1, 2),
    )
    assert build_payload(order, deputies=[], documents=[])["assetLevel"] == level


@pytest.mark.parametrize(
    "break_it",
    [
        lambda payload: payload.pop("courtReference"),
        lambda payload: payload.update(type="XX"),
        lambda payload: payload.update(date="1 May 2026"),
        lambda payload: payload["client"].pop("lastName"),
        lambda payload: payload.update(somethingElse=1),
        lambda payload: payload["deputies"][0].update(email=None),
    ],
)
def test_payload_that_breaks_the_contract_is_refused(ready_order, sam, now, break_it):
    order = ready_order()
    payload = build_payload(
        order,
        deputies=order.deputies.all(),
        documents=[(document, document.document_type) for document in order.documents.all()],
    )
    assert payload_errors(payload, checksum=True) == {}
    break_it(payload)
    assert payload_errors(payload, checksum=True)
