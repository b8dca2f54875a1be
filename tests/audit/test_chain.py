"""The chain as it is written: one link a batch, in order of commit, whoever writes at once."""

import random
import threading
import time

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction

import audit
from accounts.models import User
from audit.models import Entry, Link
from tests.audit.conftest import Subject

pytestmark = pytest.mark.django_db(transaction=True)


def positions():
    return list(Link.objects.order_by("position").values_list("position", flat=True))


def test_a_transaction_adds_its_links_as_it_commits(write):
    write(1)
    write(3, 2)
    assert positions() == [1, 2, 3]
    assert list(Link.objects.values_list("entries", "total")) == [(1, 1), (3, 4), (2, 6)]
    last = Entry.objects.latest("id")
    assert Link.objects.get(position=3).last_id == last.pk
    assert Entry.objects.filter(batch_id=last.batch_id).count() == 2


def test_a_transaction_that_gives_up_leaves_no_link(write, sam, verified):
    write(1)
    with pytest.raises(ZeroDivisionError):
        tell_and_give_up(sam)
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            tell_and_give_up(sam)
        audit.record(audit.Event.USER_CREATED, by=sam, subject=sam)
    assert positions() == [1, 2]
    assert verified().is_sound


@transaction.atomic
def tell_and_give_up(user):
    audit.record(audit.Event.USER_CHANGED, by=user, subject=user)
    raise ZeroDivisionError


def test_no_entries_no_link(write, verified):
    write(0)
    assert positions() == []


def test_a_link_is_never_changed_nor_removed(write):
    write(1, 1)
    for statement in (
        "UPDATE audit_link SET hash = previous",
        "UPDATE audit_link SET position = position + 10",
        "DELETE FROM audit_link",
        "INSERT INTO audit_link SELECT 9, last_id, entries, digest, 3 FROM audit_link LIMIT 1",
    ):
        with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_session_that_calls_itself_a_replica_is_refused_too(write, superuser):
    write(1)
    superuser.execute("SET session_replication_role = replica")
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        superuser.execute("DELETE FROM audit_entry")


def test_chain_holds_under_many_writers_at_once(sam, ada, size, seed, figures, verified, sign):
    """Each locks people's rows in its own order, as services do, before and after it tells."""
    transactions, writers = size(small=240, full=4000), 8
    troubles, waits = [], []
    people = [sam.pk, ada.pk]

    def write_some(number):
        dice = random.Random(seed * 100 + number)
        try:
            for _ in range(transactions // writers):
                began = time.perf_counter()
                one_transaction(dice, people)
                waits.append(time.perf_counter() - began)
        except Exception as error:  # noqa: BLE001  told by the assertion below
            troubles.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write_some, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    figures(
        "the diary's chain under writers at once",
        transactions=transactions,
        writers=writers,
        deadlocks_and_errors=len(troubles),
        links=Link.objects.count(),
        longest_seconds=round(max(waits, default=0), 2),
    )
    assert troubles == [], f"repeat with TRUST_SEED={seed}"
    count = Link.objects.count()
    assert count > transactions // 2
    assert positions() == list(range(1, count + 1))
    sign()
    report = verified()
    assert report.findings == []
    assert report.entries == Entry.objects.count()


def one_transaction(dice, people):
    """Some work: a row locked by some, a reference to it (checked at the commit) by others."""
    told = audit.Event.USER_CHANGED
    chosen = dice.choice(people)
    give_up = dice.random() < 0.1
    try:
        with transaction.atomic():
            user = User.objects.get(pk=chosen)
            if dice.random() < 0.5:
                user = User.objects.select_for_update().get(pk=chosen)
            some = [(Subject(user, chosen), {"n": n}) for n in range(dice.choice([1, 1, 3]))]
            audit.record_many(told, by=user, subjects=some)
            # Its foreign key is looked up when the transaction ends.
            refer_to(user)
            audit.record(told, by=None, subject=user)
            if give_up:
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass


def refer_to(user):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_admin_log (action_time, object_repr, action_flag, change_message,"
            " user_id) VALUES (now(), '', 1, '', %s)",
            [user.pk],
        )
