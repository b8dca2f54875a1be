"""Replaying the diary rebuilds the tables, after any sequence of commands (property test)."""

import json

import pytest
from django.db import transaction

from accounts.models import Link, RecoveryCode, SecondFactor, User
from audit.coverage import EVENTS_WITHOUT_IMAGES, TABLES
from audit.events import Event
from audit.models import Entry
from audit.replay import compare, first_tables, fold, read_images, rows_of
from orders.models import Case, Deputy, Document, Order, Submission
from orders.sirius_payload import build_payload, payload_sha256
from tests.audit.days import Days

pytestmark = pytest.mark.django_db

STEPS_A_LIFE = 250


@pytest.fixture(autouse=True)
def _quick_sirius(sirius, settings):
    settings.SIRIUS_CONNECT_SECONDS, settings.SIRIUS_READ_SECONDS = 1, 1
    settings.SIRIUS_TOTAL_SECONDS = 2


class Mirror:
    """The tables as the diary tells them, followed as it grows."""

    def __init__(self) -> None:
        self.tables, self.last = first_tables(), 0

    def catch_up(self) -> None:
        until = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        fold(read_images(after=self.last, until=until), onto=self.tables)
        self.last = until

    def differences(self):
        return [str(one) for one in differences(self.tables)]


def differences(tables):
    return [
        difference
        for table in TABLES
        for difference in compare(tables.get(table, {}), rows_of(table), table=table)
    ]


def live(days: Days, steps: int, *, seed) -> None:
    """So many acts; after every third the diary tells what the tables are."""
    mirror, trail = Mirror(), []
    for number in range(steps):
        trail.append(days.step())
        if number == steps - 1:
            trail.append("the rest")
            days.do_the_rest()
        if number % 3 and number < steps - 1:
            continue
        mirror.catch_up()
        found = mirror.differences()
        assert not found, f"TRUST_SEED={seed}, act {number}: {trail[-3:]}: {found[:5]}"
    rows = sum(len(table) for table in mirror.tables.values())
    assert rows > steps / 5, "nothing happened"


def test_replaying_the_diary_rebuilds_the_tables_after_any_commands(size, seed, sirius, figures):
    lives = size(small=1, full=16)
    done, events, entries = 0, set(), 0
    for life in range(lives):
        with transaction.atomic():
            days = Days(f"{seed} {life}", sirius=sirius)
            live(days, STEPS_A_LIFE if lives > 1 else 90, seed=seed)
            done += sum(days.done.values())
            events |= set(Entry.objects.values_list("event", flat=True).distinct())
            entries += Entry.objects.count()
            payloads_are_rebuilt()
            nothing_secret_is_told()
            every_last_word_counts()
            transaction.set_rollback(True)
    figures(
        "diary: replay",
        lives=lives,
        acts_done=done,
        events=entries,
        kinds_of_event_that_change_rows=len(events - set(EVENTS_WITHOUT_IMAGES)),
        differences=0,
    )
    if lives > 1:
        assert events >= TOLD_HERE, f"never happened: {sorted(TOLD_HERE - events)}"


# What no act makes: another verdict of the scanner, a switch that no migration made, and an attempt
# that is open though nobody has its submission.
NEVER_HERE = {"DOCUMENT_SCANNED", "SWITCH_MADE", "ATTEMPT_ENDED_LATE"}
TOLD_HERE = set(Event.values) - set(EVENTS_WITHOUT_IMAGES) - NEVER_HERE


# --- What is left out can be made again -----------------------------------------------------------
def payloads_are_rebuilt():
    """What was frozen is what the diary's rows, as they stood at the declaration, make again."""
    declarations = Entry.objects.filter(event=Event.SUBMISSION_DECLARED).order_by("pk")
    assert declarations
    tables, last = {}, 0
    for entry in declarations:
        fold(read_images(after=last, until=entry.pk), onto=tables)
        last = entry.pk
        told = tables["orders.submission"][entry.facts["submission"]]
        payload = payload_of(tables, told)
        assert payload == Submission.objects.get(pk=entry.facts["submission"]).payload
        assert payload_sha256(payload) == told["payload_sha256"]


def payload_of(tables, submission):
    order = made(Order, tables, submission["order_id"])
    order.case = made(Case, tables, order.case_id)
    deputies = [
        made(Deputy, tables, number)
        for number, row in sorted(tables["orders.deputy"].items())
        if row["order_id"] == order.pk
    ]
    documents = [(Document(key=one["key"]), one["document_type"]) for one in submission["manifest"]]
    return build_payload(order, deputies=deputies, documents=documents)


def made(model, tables, number):
    """A row as an instance, from what the diary tells."""
    row = tables[model._meta.label_lower][number]
    fields = {field.attname: field for field in model._meta.concrete_fields}
    values = {name: fields[name].to_python(value) for name, value in row.items()}
    return model(pk=number, **values)


# --- No secrets -----------------------------------------------------------------------------------
def nothing_secret_is_told():
    """Neither what opens a door nor a second copy of the payload, in any fact of any event."""
    everything = "\n".join(
        json.dumps(facts, ensure_ascii=False)
        for facts in Entry.objects.values_list("facts", flat=True)
    )
    secrets = {
        *User.objects.values_list("password", flat=True),
        *SecondFactor.objects.values_list("key", flat=True),
        *RecoveryCode.objects.values_list("hashed", flat=True),
        *Link.objects.values_list("token_hash", flat=True),
        *("correct horse battery", "seventeen green bottles"),
    }
    assert len(secrets) > 5
    assert [secret for secret in secrets if secret in everything] == []
    for word in ('"payload":', '"subType": "', '"client": {', '"password"', '"findings"'):
        assert word not in everything


# --- The test of the test -------------------------------------------------------------------------
def every_last_word_counts():
    """Without any one event that made what now stands, or with another value in it: noticed."""
    images = list(read_images())
    standing = fold(images)
    authors = last_authors(images, standing)
    assert len(authors) > 20
    for index, (name, column) in authors.items():
        lost = fold([*images[:index], *images[index + 1 :]])
        assert name in {row for row, _ in between(lost, standing)}, "a lost event went unnoticed"
        altered = {**images[index], name: {**images[index][name], column: "something else"}}
        forged = fold([*images[:index], altered, *images[index + 1 :]])
        assert between(forged, standing) == [(name, (column,))]


def between(told, found):
    """The rows that differ, as the command would name them, with their columns."""
    return [
        (f"{table}:{one.number}", one.columns)
        for table in TABLES
        for one in compare(told.get(table, {}), found.get(table, {}).items(), table=table)
    ]


def last_authors(images, standing):
    """The events that were the last to tell a column that stands: {event: (row, column)}."""
    authors, told = {}, {}
    for index, image in enumerate(images):
        for name, columns in image.items():
            for column, value in (columns or {}).items():
                told[name, column] = (index, told.get((name, column), (0, 0, None))[2:], value)
    for (name, column), (index, before, value) in told.items():
        table, _, number = name.rpartition(":")
        if int(number) in standing.get(table, {}) and before != (value,):
            authors[index] = (name, column)
    return authors
