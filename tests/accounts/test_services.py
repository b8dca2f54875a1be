"""What changes a user: the row, the diary, and that a failure in between leaves neither."""

import threading
import time

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

import audit
from accounts.models import Role, User
from accounts.permissions import OPERATIONS
from accounts.services import passwords, sessions, users
from accounts.services.lockout import Origin
from audit.images import without_images
from audit.models import Entry
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def check_sign_in(*, email, password):
    return sessions.check_sign_in(
        email=email, password=password, origin=Origin("192.0.2.1"), now=timezone.now()
    )


def details(**changed):
    return {
        "email": "Grace@Example.com ",
        "first_name": "Grace",
        "last_name": "Newcomer",
        "role": Role.CASE_MANAGER,
        "password": "seventeen green bottles",
        **changed,
    }


def diary_of(user):
    return [
        (entry.event, entry.by_id, without_images(entry.facts))
        for entry in Entry.objects.about(user)
    ]


def test_create_user_makes_the_account_and_writes_the_diary(ada, now):
    user = users.create_user(**details(), by=ada, now=now)

    stored = User.objects.get(pk=user.pk)
    assert (stored.email, stored.full_name) == ("grace@example.com", "Grace Newcomer")
    assert (stored.role, stored.is_staff, stored.is_active) == (Role.CASE_MANAGER, False, True)
    assert stored.created_at == now
    assert stored.check_password("seventeen green bottles")
    assert diary_of(user) == [
        (audit.Event.USER_CREATED, ada.pk, {"role": "CASE_MANAGER", "operations": False})
    ]


def test_create_user_gives_operations_their_group_and_nobody_else(now):
    operator = users.create_user(**details(), by=None, now=now, is_staff=True)
    clerk = users.create_user(**details(email="clerk@example.com"), by=None, now=now)

    assert [group.name for group in operator.groups.all()] == [OPERATIONS]
    assert operator.has_perms(["accounts.view_user", "audit.view_entry"])
    assert not operator.has_perm("accounts.delete_user")
    assert not operator.is_superuser
    assert clerk.groups.count() == 0


@pytest.mark.parametrize("again", ["grace@example.com", "GRACE@example.COM", " grace@example.com"])
def test_create_user_refuses_an_address_that_has_an_account(now, again):
    users.create_user(**details(), by=None, now=now)

    with pytest.raises(users.EmailTaken):
        users.create_user(**details(email=again), by=None, now=now)

    assert User.objects.count() == 1
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "too short"),
        ("eleven char", "too short"),
        ("password1234", "too common"),
        ("gracenewcomer", "too similar"),
        ("grace@example", "too similar"),
    ],
)
def test_create_user_refuses_a_weak_password(now, password, reason):
    with pytest.raises(passwords.PasswordRefused, match=reason) as refusal:
        users.create_user(**details(password=password), by=None, now=now)

    assert refusal.value.messages
    assert not User.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("password", ["x1 " * 4, "pa ss" * 25 + "end", "ünïcödé wörds 🐝🐝"])
def test_create_user_takes_any_characters_and_long_passwords(now, password):
    user = users.create_user(**details(password=password), by=None, now=now)

    assert check_sign_in(email=user.email, password=password) == user


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_name": " "},
        {"last_name": ""},
        {"first_name": "x" * 256},
        {"email": "not an address"},
        {"email": ""},
        {"email": "removed-1@Removed.invalid"},
        {"role": "JUDGE"},
    ],
)
def test_create_user_refuses_details_that_cannot_stand(now, wrong):
    with pytest.raises(ValidationError):
        users.create_user(**details(**wrong), by=None, now=now)

    assert not User.objects.exists()


def test_create_user_leaves_nobody_when_the_diary_cannot_be_written(now, ada):
    nobody_the_diary_can_name = User(pk=2**70)

    with pytest.raises(Exception, match="out of range|audit_append"):
        users.create_user(**details(), by=nobody_the_diary_can_name, now=now)

    assert not User.objects.with_email("grace@example.com").exists()


def test_set_password_changes_it_and_writes_the_diary(sam, ada):
    passwords.set_password(user=sam, password="seventeen green bottles", by=ada)

    sam.refresh_from_db()
    assert sam.check_password("seventeen green bottles")
    assert diary_of(sam) == [(audit.Event.USER_PASSWORD_CHANGED, ada.pk, {})]


def test_set_password_refuses_a_weak_one_and_keeps_the_old(sam):
    with pytest.raises(passwords.PasswordRefused):
        passwords.set_password(user=sam, password="sam@example.com", by=None)

    sam.refresh_from_db()
    assert sam.check_password(PASSWORD)
    assert diary_of(sam) == []


def test_set_password_ends_every_session(sam, client_of):
    browsers = [client_of(sam), client_of(sam)]

    passwords.set_password(user=sam, password="seventeen green bottles", by=None)

    assert [browser.get("/case").status_code for browser in browsers] == [302, 302]


def test_disable_user_ends_the_sessions_and_refuses_the_next_sign_in(sam, ada, client_of):
    browser = client_of(sam)

    users.disable_user(user=sam, by=ada)

    assert browser.get("/case").status_code == 302
    with pytest.raises(sessions.SignInRefused):
        check_sign_in(email=sam.email, password=PASSWORD)
    assert diary_of(sam)[0] == (audit.Event.USER_DISABLED, ada.pk, {})


def test_enable_user_lets_in_again_but_revives_no_session(sam, ada, client_of):
    browser = client_of(sam)
    users.disable_user(user=sam, by=ada)

    users.enable_user(user=sam, by=ada)

    assert browser.get("/case").status_code == 302
    assert check_sign_in(email=sam.email, password=PASSWORD) == sam


def test_disabling_or_enabling_again_changes_nothing(sam, ada):
    users.enable_user(user=sam, by=ada)
    users.disable_user(user=sam, by=ada)
    users.disable_user(user=sam, by=ada)

    assert [event for event, _by, _facts in diary_of(sam)] == [audit.Event.USER_DISABLED]


def test_disable_user_refuses_oneself(ada):
    UserFactory(administrator=True)

    with pytest.raises(users.DisablingRefused, match="your own account"):
        users.disable_user(user=ada, by=ada)


def test_disable_user_keeps_the_last_administrator(ada, olive):
    UserFactory(administrator=True, is_active=False)

    with pytest.raises(users.DisablingRefused, match="last administrator"):
        users.disable_user(user=ada, by=olive)

    ada.refresh_from_db()
    assert ada.is_active


def test_the_diary_tells_of_a_session_when_it_begins(sam):
    assert check_sign_in(email=" SAM@example.com", password=PASSWORD) == sam
    assert diary_of(sam) == []

    sessions.begin_session(user=sam)

    assert diary_of(sam) == [(audit.Event.USER_SIGNED_IN, sam.pk, {})]


@pytest.mark.parametrize(
    "change",
    [
        lambda user: users.disable_user(user=user, by=None),
        lambda user: sessions.sign_out(user=user),
    ],
    ids=["disabled", "signed out"],
)
def test_no_session_begins_for_somebody_who_was_shut_out_meanwhile(sam, change):
    checked = check_sign_in(email=sam.email, password=PASSWORD)
    change(User.objects.get(pk=sam.pk))

    with pytest.raises(sessions.SignInRefused):
        sessions.begin_session(user=checked)

    assert not Entry.objects.filter(event=audit.Event.USER_SIGNED_IN).exists()


def test_check_sign_in_refuses_in_one_way_and_tells_the_diary_which(sam):
    gone = UserFactory(is_active=False)

    for email, password in [
        (sam.email, "wrong"),
        (gone.email, PASSWORD),
        ("stranger@example.com", PASSWORD),
    ]:
        with pytest.raises(sessions.SignInRefused, match="^$"):
            check_sign_in(email=email, password=password)

    refusals = Entry.objects.filter(event=audit.Event.SIGN_IN_REFUSED).order_by("id")
    assert [(entry.subject_id, entry.by_id, entry.facts["reason"]) for entry in refusals] == [
        (sam.pk, None, "wrong password"),
        (gone.pk, None, "disabled"),
        (sessions.NOBODY_ID, None, "unknown address"),
    ]
    assert "stranger" not in str(list(Entry.objects.values()))


class CountingHasher(PBKDF2PasswordHasher):
    """Counts how often it is made to work."""

    iterations = 1
    count = 0

    def encode(self, *args, **options):
        CountingHasher.count += 1
        return super().encode(*args, **options)


@pytest.mark.parametrize("case", ["wrong password", "disabled", "unknown", "no password"])
def test_every_refusal_costs_one_hashing_and_the_same_queries(
    settings, django_assert_num_queries, case
):
    settings.PASSWORD_HASHERS = ["tests.accounts.test_services.CountingHasher"]
    user = UserFactory(is_active=case != "disabled")
    if case == "no password":
        user.set_unusable_password()
        user.save()
    email = "stranger@example.com" if case == "unknown" else user.email
    CountingHasher.count = 0

    with (
        django_assert_num_queries(
            10
        ),  # two look-ups, the count (5), the diary's insert in its savepoint
        pytest.raises(sessions.SignInRefused),
    ):
        check_sign_in(email=email, password="wrong" if case != "disabled" else PASSWORD)

    assert CountingHasher.count == 1


def test_sign_out_ends_every_session_of_the_user_and_of_nobody_else(sam, ada, client_of):
    here, elsewhere, other = client_of(sam), client_of(sam), client_of(ada)

    sessions.sign_out(user=sam)

    assert [browser.get("/case").status_code for browser in (here, elsewhere)] == [302, 302]
    assert other.get("/case").status_code == 200
    assert diary_of(sam) == [(audit.Event.USER_SIGNED_OUT, sam.pk, {})]


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_disable_each_other_leave_one():
    pair = [UserFactory(administrator=True), UserFactory(administrator=True)]
    refused = []

    def disable(user, by):
        try:
            users.disable_user(user=user, by=by)
        except users.DisablingRefused as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=disable, args=args) for args in (pair, pair[::-1])]
    with transaction.atomic():
        # Both have begun, and neither can go on, before either may finish.
        list(User.objects.select_for_update())
        for thread in threads:
            thread.start()
        wait_until_blocked(len(threads))
    for thread in threads:
        thread.join()

    assert User.objects.active().count() == 1
    assert refused == ["The last administrator cannot be disabled. Add another first."]


def wait_until_blocked(count):
    """Until so many connections wait for a lock; the server has no event for it."""
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() == (count,):
                return
            time.sleep(0.01)
    raise AssertionError(f"fewer than {count} connections came to wait")


@pytest.mark.django_db(transaction=True)
def test_two_requests_for_one_address_make_one_account(now):
    start = threading.Barrier(4)
    outcomes = []

    def create():
        start.wait()
        try:
            users.create_user(**details(), by=None, now=now)
            outcomes.append("made")
        except users.EmailTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["made", "taken", "taken", "taken"]
    assert User.objects.count() == 1
