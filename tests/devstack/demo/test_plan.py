"""The demonstration's 20 orders are as different as the pages allow, and the same every time."""

import csv
import io
from collections import Counter

import pytest

from devstack.demo.plan import (
    APPOINTMENTS,
    DEPUTY_TYPES,
    KINDS,
    SUBTYPES,
    make_export,
    plan_orders,
    required_documents,
)
from devstack.errors import StackTrouble
from orders import rules


@pytest.fixture(scope="module")
def export():
    return make_export(2499, seed=2)


@pytest.fixture(scope="module")
def orders(export):
    return plan_orders(export[1])


def test_the_export_holds_the_rows_that_the_plan_was_made_from(export):
    content, table = export
    assert list(csv.DictReader(io.StringIO(content.decode(), newline=""))) == table
    assert len(table) == 2499


def test_ten_orders_of_each_type_go_through_every_subtype_and_appointment(orders):
    for order_type in ("PF", "HW"):
        mine = [each for each in orders if each.order_type == order_type]
        assert len(mine) == 10
        pairs = {(each.subtype, each.appointment) for each in mine}
        assert pairs == {(subtype, how) for subtype in SUBTYPES for how in APPOINTMENTS}
    assert {each.is_bond_high for each in orders} == {True, False, None}


def test_every_deputy_type_document_type_and_file_kind_is_there(orders):
    deputies = [deputy for each in orders for deputy in each.deputies]
    documents = [document for each in orders for document in each.documents]
    assert {each.kind for each in deputies} == set(DEPUTY_TYPES)
    kinds = Counter(each.kind for each in documents)
    assert set(kinds) == {"Court order", "COP 1A", "COP 3", "COP 4", "Additional document"}
    assert {each.file.name.rpartition(".")[2] for each in documents} == set(KINDS)
    assert any(each.mistaken for each in orders)


def test_some_cases_have_both_orders_and_no_order_stands_twice(orders):
    cases = Counter(each.case_number for each in orders)
    assert sorted(cases.values()) == [1] * 14 + [2] * 3
    assert len({each.name for each in orders}) == 20


def test_the_same_seed_gives_the_same_plan(orders):
    assert plan_orders(make_export(2499, seed=2)[1]) == orders


def test_required_documents_are_those_of_the_service(orders):
    wire = {"Lay": "LAY", "Professional": "PROFESSIONAL", "Public authority": "PUBLIC_AUTHORITY"}
    for order in orders:
        subtype = next(each for each in rules.OrderSubtype if each.label == order.subtype)
        kinds = [wire[each.kind] for each in order.deputies]
        wanted = rules.required_documents(order.order_type, subtype, kinds)
        planned = required_documents(order.order_type, order.subtype, order.deputies)
        assert planned == [str(each.label) for each in wanted]


def test_an_export_that_is_too_small_is_refused_in_words():
    with pytest.raises(StackTrouble, match="too few cases for 20"):
        plan_orders(make_export(12, seed=2)[1])
