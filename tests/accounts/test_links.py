"""Links: random, single-use, stored hashed, good for 48 hours; and what their use ends."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

import audit
from accounts.models import FailedTries, Link, Mail, User
from accounts.services import links, lockout, passwords, users
from accounts.services.lockout import Origin
from audit.images import without_images
from audit.models import Entry
from tests.accounts.test_services import wait_until_blocked
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "seventeen green bottles"


def use(token, password=NEW_PASSWORD, now=None):
    return passwords.set_password_by_link(
        token_hash=links.hash_token(token), password=password, now=now or timezone.now()
    )


def test_a_token_is_long_and_random_and_kept_as_a_hash_alone(sam, link_of):
    tokens = {link_of(sam) for _ in range(5)}

    assert len(tokens) == 5
    assert all(len(token) >= 43 for token in tokens)
    kept = str(list(Link.objects.values()))
    assert not any(token in kept for token in tokens)
    assert {link.token_hash for link in Link.objects.all()} == {
        links.hash_token(token) for token in tokens
    }


def test_a_link_gives_a_new_password_and_is_gone_with_all_the_others(sam, link_of, queue):
    first, second, others = link_of(sam), link_of(sam), link_of(UserFactory())
    still_queued = queue(sam)

    assert use(first) == sam

    sam.refresh_from_db()
    assert sam.check_password(NEW_PASSWORD)
    for token in (first, second):
        with pytest.raises(links.LinkDead):
            use(token, "eighteen green bottles")
    assert links.find_link(token_hash=links.hash_token(others), now=timezone.now())
    still_queued.refresh_from_db()
    assert still_queued.state == Mail.State.DROPPED
    told = Entry.objects.about(sam).get()
    assert (told.event, told.by_id) == (audit.Event.USER_PASSWORD_CHANGED, sam.pk)
    assert without_images(told.facts) == {"by_link": True}


def test_the_first_password_activates_the_account(waiting, link_of):
    token = link_of(waiting)
    assert Link.objects.get().kind == Link.Kind.ACTIVATION

    use(token)

    waiting.refresh_from_db()
    assert (waiting.is_waiting, waiting.status) == (False, "Active")
    assert Entry.objects.about(waiting).get().event == audit.Event.USER_ACTIVATED


def test_a_new_password_ends_sessions_and_waits(sam, link_of, client_of):
    browser = client_of(sam)
    scopes = lockout.password_scopes(email=sam.email, user=sam, origin=Origin("192.0.2.1"))
    for _ in range(5):
        lockout.count_try(scopes, now=timezone.now())
    account = scopes[0].account
    assert FailedTries.objects.filter(account=account).exists()

    use(link_of(sam))

    assert browser.get("/case").status_code == 302
    assert not FailedTries.objects.filter(account=account).exists()


def test_a_refused_password_leaves_the_link_good(sam, link_of):
    token = link_of(sam)

    for weak in ("short", "password1234", "sam@example.com"):
        with pytest.raises(passwords.PasswordRefused) as refusal:
            use(token, weak)
        assert all(message.startswith("Password is too ") for message in refusal.value.messages)

    sam.refresh_from_db()
    assert sam.check_password(PASSWORD)
    assert use(token) == sam


def test_a_link_is_good_for_48_hours_and_no_longer(sam):
    made = timezone.now()
    with time_machine.travel(made, tick=False) as clock:
        token = links.make_link(user=sam, now=timezone.now())
        clock.shift(timedelta(hours=47, minutes=59))
        assert links.find_link(token_hash=links.hash_token(token), now=timezone.now())
        clock.shift(timedelta(minutes=1))
        assert not links.find_link(token_hash=links.hash_token(token), now=timezone.now())
        with pytest.raises(links.LinkDead):
            use(token)

        assert links.remove_expired(now=timezone.now()) == 1
        assert not Link.objects.exists()


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 5000, "\x00"])
def test_a_token_that_was_never_made_is_dead(sam, token):
    with pytest.raises(links.LinkDead):
        use(token)


@pytest.mark.parametrize("ended_by", ["disable", "remove", "address", "set_password"])
def test_whatever_shuts_the_account_or_moves_it_ends_its_links(ada, sam, link_of, queue, ended_by):
    token, queued = link_of(sam), queue(sam)

    if ended_by == "disable":
        users.disable_user(user=sam, by=ada)
        users.enable_user(user=sam, by=ada)
    elif ended_by == "remove":
        users.remove_user(user=sam, by=ada, now=timezone.now())
    elif ended_by == "address":
        details = {"first_name": "Sam", "last_name": "Staff", "role": sam.role}
        users.change_user(user=sam, email="new@example.com", **details, by=ada, now=timezone.now())
    else:
        passwords.set_password(user=sam, password=NEW_PASSWORD, by=None)

    with pytest.raises(links.LinkDead):
        use(token, "eighteen green bottles")
    queued.refresh_from_db()
    assert queued.state == Mail.State.DROPPED


@pytest.mark.django_db(transaction=True)
def test_a_link_used_twice_at_once_gives_one_password(sam, link_of):
    token = link_of(sam)
    outcomes = []

    def choose(password):
        try:
            use(token, password)
            outcomes.append(password)
        except links.LinkDead:
            outcomes.append("dead")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=choose, args=[f"seventeen green bottles {n}"]) for n in range(2)
    ]
    with transaction.atomic():
        # Both have found the link good, and neither can go on, before either may finish.
        list(User.objects.select_for_update())
        for thread in threads:
            thread.start()
        wait_until_blocked(2)
    for thread in threads:
        thread.join()

    assert outcomes.count("dead") == 1
    (chosen,) = [outcome for outcome in outcomes if outcome != "dead"]
    sam.refresh_from_db()
    assert sam.check_password(chosen)
    assert Entry.objects.about(sam).count() == 1
