"""Every model, every column and every event is told by the diary, or left out for a reason."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

from accounts.models import Link, RecoveryCode, SecondFactor, User
from audit import images
from audit.coverage import EVENTS_WITHOUT_IMAGES, TABLES, TABLES_LEFT_OUT
from audit.events import Event
from orders.models import Submission

ROOT = Path(__file__).resolve().parents[2]
SERVICES = sorted(
    path
    for room in ("accounts", "orders", "csv_ingest")
    for path in (ROOT / room).rglob("*.py")
    if "migrations" not in path.parts and "record" in path.read_text()
)
HOW = "say in audit/coverage.py whether the diary tells it, or why not (docs/adr/0020)"


def models():
    return apps.get_models(include_auto_created=True)


def columns_of(model):
    return {field.attname for field in model._meta.concrete_fields if not field.primary_key}


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.label_lower)
def test_every_model_and_column_is_told_or_left_out_for_a_reason(model):
    label = model._meta.label_lower
    if label in TABLES_LEFT_OUT:
        assert label not in TABLES
        assert TABLES_LEFT_OUT[label]
        return
    assert label in TABLES, f"{label}: {HOW}"
    table = TABLES[label]
    assert not set(table.told) & set(table.left_out)
    assert len(set(table.told)) == len(table.told)
    declared = {*table.told, *table.left_out}
    assert declared == columns_of(model), f"{label} {declared ^ columns_of(model)}: {HOW}"
    assert all(table.left_out.values())


def test_nothing_is_declared_that_is_not_there():
    labels = {model._meta.label_lower for model in models()}
    assert {*TABLES, *TABLES_LEFT_OUT} == labels
    assert set(Event.values) >= set(EVENTS_WITHOUT_IMAGES)


# Of a column named like this nobody may ever say that it is told.
SECRETS = ("password", "key", "token", "secret", "hash", "code", "session_data", "payload")
HARMLESS = {
    ("orders.document", "key"): "where the bytes stand",
    ("orders.courtorderreading", "held_key"): "where the bytes stand",
    ("csv_ingest.upload", "key"): "where the bytes stand",
    ("orders.submission", "payload_sha256"): "proves the payload, and tells nothing of it",
    ("orders.deputy", "postcode"): "an address, as the order to Sirius needs it",
}


def test_no_secret_is_told():
    told = {(label, column) for label, table in TABLES.items() for column in table.told}
    suspicious = {
        (label, column) for label, column in told if any(word in column for word in SECRETS)
    }
    assert suspicious <= set(HARMLESS)


@pytest.mark.parametrize(
    "stranger",
    [
        lambda: images.after(User(pk=1), "password"),
        lambda: images.after(Submission(pk=1), "payload"),
        lambda: images.whole(Link(pk=1)),
        lambda: images.whole(SecondFactor(pk=1)),
        lambda: images.whole(RecoveryCode(pk=1)),
    ],
)
def test_what_is_left_out_cannot_get_in(stranger):
    with pytest.raises((ValueError, KeyError)):
        stranger()


def recordings(path):
    """Each call of `record`, `record_many` or `_record` with the names of the events it is for."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("record", "record_many", "_record"):
                yield node


def hands_on(path, call):
    """`_record` of the operators' decisions gives what it was given; its callers are looked at."""
    return path.name == "serving.py" and ast.unparse(call).endswith("**facts)")


def events_in(nodes):
    return {
        inner.attr
        for node in nodes
        for inner in ast.walk(node)
        if isinstance(inner, ast.Attribute) and inner.attr in Event.names
    }


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: str(path.relative_to(ROOT)))
def test_whoever_writes_an_event_tells_the_rows_or_the_event_has_none(path):
    for call in recordings(path):
        given = {keyword.arg for keyword in call.keywords}
        if "images" in given or "'images'" in ast.unparse(call) or hands_on(path, call):
            continue
        # An event that comes in by a name may be any that the file names.
        named = events_in([call]) or events_in([ast.parse(path.read_text())])
        assert named <= set(EVENTS_WITHOUT_IMAGES), f"{path}:{call.lineno} gives no images: {HOW}"
