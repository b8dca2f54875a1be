"""Users changed and removed by the services: the row, the diary, and who must stay."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

import audit
from accounts import queries
from accounts.models import Mail, RecoveryCode, Role, SecondFactor, User
from accounts.services import sessions, users
from accounts.services.lockout import Origin
from audit.images import without_images
from audit.models import Entry
from tests.accounts.test_services import wait_until_blocked
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def change(user, by, now, **changed):
    details = {
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "role": user.role,
    }
    return users.change_user(user=user, by=by, now=now, **{**details, **changed})


def diary_of(user):
    return [
        (entry.event, entry.by_id, without_images(entry.facts))
        for entry in Entry.objects.about(user)
    ]


def may_sign_in(email, now):
    try:
        sessions.check_sign_in(email=email, password=PASSWORD, origin=Origin("192.0.2.1"), now=now)
    except sessions.SignInRefused:
        return False
    return True


# --- Made -----------------------------------------------------------------------------------------
def test_without_a_password_the_person_is_sent_a_link_and_cannot_sign_in(ada, now):
    user = users.create_user(
        email="Grace@example.com",
        first_name="Grace",
        last_name="Newcomer",
        role=Role.CASE_MANAGER,
        password=None,
        by=ada,
        now=now,
    )

    assert (user.is_waiting, user.status) == (True, "Waiting for activation")
    mail = Mail.objects.get()
    assert (mail.kind, mail.email, mail.user) == (Mail.Kind.ACTIVATION, user.email, user)
    assert (mail.requested_by, mail.next_attempt_at) == (ada, now)
    assert [event for event, _by, _facts in diary_of(user)] == [
        audit.Event.USER_CREATED,
        audit.Event.MAIL_REQUESTED,
    ]
    assert not may_sign_in(user.email, now)


# --- Changed --------------------------------------------------------------------------------------
def test_a_change_writes_each_before_and_after(ada, sam, now):
    change(sam, ada, now, last_name=" Stafford ", role=Role.ADMINISTRATOR)

    sam.refresh_from_db()
    assert (sam.full_name, sam.role) == ("Sam Stafford", Role.ADMINISTRATOR)
    assert diary_of(sam) == [
        (
            audit.Event.USER_CHANGED,
            ada.pk,
            {"last_name": ["Staff", "Stafford"], "role": ["CASE_MANAGER", "ADMINISTRATOR"]},
        )
    ]


def test_nothing_changed_writes_nothing(ada, sam, now, client_of):
    browser = client_of(sam)

    change(sam, ada, now, email=" SAM@example.com")

    assert diary_of(sam) == []
    assert browser.get("/case").status_code == 200


def test_another_name_or_role_leaves_the_session_alone(ada, sam, now, client_of):
    browser = client_of(sam)

    change(sam, ada, now, first_name="Samuel")

    assert browser.get("/case").status_code == 200


def test_another_address_ends_the_sessions_and_is_the_one_to_sign_in_with(ada, sam, now, client_of):
    browser = client_of(sam)

    change(sam, ada, now, email="Samuel@example.com")

    assert browser.get("/case").status_code == 302
    assert may_sign_in("samuel@example.com", now)
    assert not may_sign_in("sam@example.com", now)
    assert diary_of(sam)[0][2] == {"email": ["sam@example.com", "samuel@example.com"]}


def test_another_address_of_somebody_who_waits_gets_the_link(ada, waiting, queue, now):
    earlier = queue(waiting, kind=Mail.Kind.ACTIVATION)

    change(waiting, ada, now, email="new@example.com")

    earlier.refresh_from_db()
    assert earlier.state == Mail.State.DROPPED
    (mail,) = waiting.mails.filter(state=Mail.State.QUEUED)
    assert (mail.email, mail.kind) == ("new@example.com", Mail.Kind.ACTIVATION)


@pytest.mark.parametrize("again", ["ada@example.com", " ADA@example.com"])
def test_an_address_that_is_taken_changes_nothing(ada, sam, now, again):
    with pytest.raises(users.EmailTaken):
        change(sam, ada, now, email=again, first_name="Other")

    sam.refresh_from_db()
    assert (sam.email, sam.first_name) == ("sam@example.com", "Sam")
    assert diary_of(sam) == []


@pytest.mark.parametrize(
    "wrong", [{"email": "x"}, {"first_name": " "}, {"last_name": "x" * 256}, {"role": "JUDGE"}]
)
def test_details_that_cannot_stand_change_nothing(ada, sam, now, wrong):
    with pytest.raises(ValidationError):
        change(sam, ada, now, **wrong)

    sam.refresh_from_db()
    assert diary_of(sam) == []


def test_nobody_changes_their_own_role(ada, now):
    UserFactory(administrator=True)

    with pytest.raises(users.ChangeRefused, match="your own role"):
        change(ada, ada, now, role=Role.CASE_MANAGER)

    ada.refresh_from_db()
    change(ada, ada, now, first_name="Augusta")
    assert User.objects.get(pk=ada.pk).first_name == "Augusta"


def test_the_last_administrator_keeps_the_role(ada, waiting, now):
    """An administrator who has yet to activate, and one who is disabled, open no door."""
    User.objects.filter(pk=waiting.pk).update(role=Role.ADMINISTRATOR)
    UserFactory(administrator=True, is_active=False)

    with pytest.raises(users.ChangeRefused, match="last administrator"):
        change(ada, None, now, role=Role.CASE_MANAGER)
    with pytest.raises(users.DisablingRefused, match="last administrator"):
        users.disable_user(user=ada, by=None)
    with pytest.raises(users.ChangeRefused, match="last administrator"):
        users.remove_user(user=ada, by=None, now=now)

    users.remove_user(user=waiting, by=ada, now=now)
    assert diary_of(ada) == []


# --- Removed --------------------------------------------------------------------------------------
def test_a_removed_user_is_off_the_list_and_out_and_their_name_stays(ada, sam, now, client_of):
    browser = client_of(sam)
    SecondFactor.objects.create(user=sam, key="K" * 32, last_step=1, set_up_at=now)
    RecoveryCode.objects.create(user=sam, hashed="h" * 64)

    users.remove_user(user=sam, by=ada, now=now)
    users.remove_user(user=sam, by=ada, now=now)

    assert diary_of(sam) == [(audit.Event.USER_REMOVED, ada.pk, {"email": "sam@example.com"})]
    assert browser.get("/case").status_code == 302
    assert not may_sign_in("sam@example.com", now)
    assert not may_sign_in(f"removed-{sam.pk}@removed.invalid", now)
    assert sam not in queries.users_page(1).object_list
    stored = User.objects.get(pk=sam.pk)
    assert (stored.full_name, stored.removed_at, stored.status) == ("Sam Staff", now, "Removed")
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()


def test_the_address_of_a_removed_user_can_be_used_again(ada, sam, now):
    users.remove_user(user=sam, by=ada, now=now)

    again = users.create_user(
        email="sam@example.com",
        first_name="Sam",
        last_name="Again",
        role=Role.CASE_MANAGER,
        password=PASSWORD,
        by=ada,
        now=now,
    )

    assert again.pk != sam.pk
    assert may_sign_in("sam@example.com", now)


def test_who_was_removed_is_not_let_in_again(ada, sam, now):
    users.remove_user(user=sam, by=ada, now=now)

    with pytest.raises(users.ChangeRefused, match="Add them again"):
        users.enable_user(user=sam, by=ada)


def test_nobody_removes_themselves(ada, now):
    UserFactory(administrator=True)

    with pytest.raises(users.ChangeRefused, match="your own account"):
        users.remove_user(user=ada, by=ada, now=now)


def test_administrators_can_stop_an_account_of_operations_and_no_more(ada, olive, now):
    for attempt in (
        lambda: change(olive, ada, now, email="mine@example.com"),
        lambda: users.remove_user(user=olive, by=ada, now=now),
    ):
        with pytest.raises(users.ChangeRefused, match="account of operations"):
            attempt()
    users.disable_user(user=olive, by=ada)
    with pytest.raises(users.ChangeRefused, match="account of operations"):
        users.enable_user(user=olive, by=ada)

    other = UserFactory(operations=True)
    users.enable_user(user=olive, by=other)
    users.remove_user(user=olive, by=other, now=now)
    stored = User.objects.get(pk=olive.pk)
    assert (stored.is_staff, stored.groups.count()) == (False, 0)


# --- At once --------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["remove", "demote"])
def test_two_administrators_who_do_it_to_each_other_leave_one(now, act):
    pair = [UserFactory(administrator=True), UserFactory(administrator=True)]
    refused = []

    def attack(user, by):
        try:
            if act == "remove":
                users.remove_user(user=user, by=by, now=now)
            else:
                change(user, by, now, role=Role.CASE_MANAGER)
        except users.ChangeRefused as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=attack, args=args) for args in (pair, pair[::-1])]
    with transaction.atomic():
        list(User.objects.select_for_update())
        for thread in threads:
            thread.start()
        wait_until_blocked(2)
    for thread in threads:
        thread.join()

    assert User.objects.active().filter(role=Role.ADMINISTRATOR).count() == 1
    assert len(refused) == 1


@pytest.mark.django_db(transaction=True)
def test_a_user_whom_two_remove_at_once_is_removed_once(ada, sam, now):
    def remove():
        users.remove_user(user=User.objects.get(pk=sam.pk), by=ada, now=now)
        connection.close()

    threads = [threading.Thread(target=remove) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [event for event, _by, _facts in diary_of(sam)] == [audit.Event.USER_REMOVED]


# --- The list -------------------------------------------------------------------------------------
def test_the_list_is_by_last_name_whatever_the_case_and_has_pages(db):
    for number in range(51):
        UserFactory(last_name=f"Person{number:02}")
    UserFactory(last_name="aardvark")

    first, second = queries.users_page(1), queries.users_page(2)

    assert first[0].last_name == "aardvark"
    assert (len(first), len(second)) == (50, 2)
