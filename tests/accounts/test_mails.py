"""The outbox of emails: nothing lost, nothing told, no token kept; against Notify's stand-in."""

import logging
import random
import threading
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import audit
from accounts import tasks
from accounts.models import Link, Mail
from accounts.services import links, mails, passwords, users
from audit.models import Entry
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def ask(email, now=None):
    mails.request_reset(email=email, now=now or timezone.now())


def state_of(mail):
    mail.refresh_from_db()
    return mail.state


# --- Asking ---------------------------------------------------------------------------------------
def test_asking_writes_the_same_statements_whoever_is_asked_about(sam, waiting):
    UserFactory(email="gone@example.com", is_active=False)
    seen = set()
    for email in (sam.email, "gone@example.com", waiting.email, "stranger@example.com"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ask(email)
        seen.add(tuple(shape_of(query["sql"], email) for query in queries))

    assert len(seen) == 1
    (statements,) = seen
    assert not any("accounts_user" in statement for statement in statements)
    assert Mail.objects.filter(user=None, state=Mail.State.QUEUED).count() == 4


def shape_of(sql, email):
    """A statement without its values."""
    for value in (email, f"mail {email}"):
        sql = sql.replace(f"'{value}'", "?")
    return sql.partition("VALUES")[0].partition("WHERE")[0].partition('"s')[0]


def test_an_address_gets_five_an_hour_and_the_sixth_is_answered_alike(sam, now):
    for minute in range(7):
        ask(" SAM@example.com ", now + minute * MINUTE)
    assert Mail.objects.filter(email=sam.email).count() == 5

    ask("other@example.com", now)
    ask(sam.email, now + 61 * MINUTE)

    assert Mail.objects.filter(email=sam.email).count() == 6
    assert Mail.objects.filter(email="other@example.com").count() == 1


def test_what_is_too_long_for_an_address_is_nobodys_and_is_not_written():
    ask("İ" * 200 + "@example.com")

    assert not Mail.objects.exists()


def test_what_was_dropped_counts_for_its_hour(now, sorting):
    """Else tidying would let a stranger ask for as many as they like."""
    for _ in range(5):
        ask("stranger@example.com", now)
    mails.deliver_due(sorting=sorting(clock=lambda: now))
    assert Mail.objects.filter(state=Mail.State.DROPPED).count() == 5

    mails.remove_old(now=now + 59 * MINUTE)
    ask("stranger@example.com", now + 59 * MINUTE)

    assert not Mail.objects.exclude(state=Mail.State.DROPPED).exists()


@pytest.mark.django_db(transaction=True)
def test_five_an_hour_holds_when_all_ask_at_once():
    start = threading.Barrier(8)

    def at_once():
        start.wait()
        ask("sam@example.com")
        connection.close()

    threads = [threading.Thread(target=at_once) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Mail.objects.count() == 5


def test_a_stranger_cannot_keep_an_administrator_from_sending(ada, sam, now):
    for _ in range(9):
        ask(sam.email, now)

    assert mails.request_link(user=sam, by=ada, now=now).state == Mail.State.QUEUED


def test_an_administrator_who_presses_twice_sends_once(ada, waiting, now):
    first, second = (mails.request_link(user=waiting, by=ada, now=now) for _ in range(2))

    assert first == second
    assert (first.kind, first.user, first.requested_by) == (Mail.Kind.ACTIVATION, waiting, ada)
    assert [(e.event, e.by_id, e.facts) for e in Entry.objects.about(waiting)] == [
        (audit.Event.MAIL_REQUESTED, ada.pk, {"kind": "ACTIVATION"})
    ]


def test_an_administrator_too_sends_five_an_hour(ada, waiting, now, notify, sorting):
    for _ in range(5):
        mails.request_link(user=waiting, by=ada, now=now)
        mails.deliver_due(sorting=sorting())

    with pytest.raises(mails.TooManyMails):
        mails.request_link(user=waiting, by=ada, now=now)
    assert len(notify.received) == 5


# --- Delivering -----------------------------------------------------------------------------------
def test_a_reset_is_sent_with_a_link_that_works(sam, notify, sorting, settings):
    ask(sam.email)

    assert mails.deliver_due(sorting=sorting()) == 1

    (message,) = notify.received
    assert message["email_address"] == sam.email
    assert message["template_id"] == settings.NOTIFY_RESET_TEMPLATE_ID
    assert message["personalisation"].keys() == {"link", "hours", "name"}
    assert (message["personalisation"]["hours"], message["personalisation"]["name"]) == (48, "Sam")
    (token,) = notify.tokens()
    assert message["personalisation"]["link"] == (
        f"{settings.SITE_URL}/user/password-reset/change/{token}"
    )
    assert links.find_link(token_hash=links.hash_token(token), now=timezone.now()).user == sam
    mail = Mail.objects.get()
    assert (mail.state, mail.user, mail.notify_id) == (Mail.State.SENT, sam, message["id"])
    assert message["reference"] == f"mail-{mail.pk}"
    assert Entry.objects.about(sam).get().event == audit.Event.MAIL_SENT


def test_no_token_stands_anywhere_in_the_database(sam, waiting, ada, notify, sorting):
    ask(sam.email)
    mails.request_link(user=waiting, by=ada, now=timezone.now())
    mails.deliver_due(sorting=sorting())

    tokens = notify.tokens()
    assert len(tokens) == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows = " ".join(row for (row,) in cursor.fetchall())
            assert not any(token in rows for token in tokens), table


def test_somebody_who_has_yet_to_activate_is_sent_the_activation_whatever_was_asked(
    waiting, notify, sorting, settings
):
    ask(waiting.email)
    mails.deliver_due(sorting=sorting())

    (message,) = notify.received
    assert message["template_id"] == settings.NOTIFY_ACTIVATION_TEMPLATE_ID
    assert Link.objects.get().kind == Link.Kind.ACTIVATION


@pytest.mark.parametrize("who", ["stranger", "disabled", "removed"])
def test_who_may_not_sign_in_is_sent_nothing(ada, sam, notify, sorting, who):
    email = "stranger@example.com" if who == "stranger" else sam.email
    if who == "disabled":
        users.disable_user(user=sam, by=ada)
    if who == "removed":
        users.remove_user(user=sam, by=ada, now=timezone.now())
    ask(email)

    assert mails.deliver_due(sorting=sorting()) == 0

    assert Mail.objects.get().state == Mail.State.DROPPED
    assert notify.received == []
    assert not Link.objects.exists()
    assert mails.remove_old(now=timezone.now() + timedelta(days=2)) == 1


def test_an_activation_is_not_sent_once_it_is_no_longer_needed(waiting, queue, notify, sorting):
    mail = queue(waiting, kind=Mail.Kind.ACTIVATION)
    waiting.set_password("seventeen green bottles")
    waiting.save()

    mails.deliver_due(sorting=sorting())

    assert state_of(mail) == Mail.State.DROPPED
    assert notify.received == []


def test_an_email_that_was_asked_for_under_an_old_address_is_not_sent(sam, queue, notify, sorting):
    mail = queue(sam, email="old@example.com")

    mails.deliver_due(sorting=sorting())

    assert state_of(mail) == Mail.State.DROPPED
    assert notify.received == []


@pytest.mark.parametrize("kind", ["down", "busy"])
def test_nothing_is_lost_while_notify_is_away_for_hours(notify, sorting, queue, kind):
    people = [UserFactory() for _ in range(8)]
    for person in people:
        queue(person)
    notify.fault(kind)

    # Six hours of sweeps, ten an hour.
    for minute in range(0, 360, 6):
        assert mails.deliver_due(sorting=sorting(ahead=minute * MINUTE)) == 0
    assert Mail.objects.filter(state=Mail.State.QUEUED).count() == 8
    assert min(Mail.objects.values_list("attempts", flat=True)) > 1
    # Nobody waits longer than the cap once it is back.
    notify.reset()
    assert mails.deliver_due(sorting=sorting(ahead=6 * HOUR + 5 * MINUTE)) == 8

    sent_to = [message["email_address"] for message in notify.received]
    assert sorted(sent_to) == sorted(person.email for person in people)


def test_one_failure_ends_the_round(notify, sorting, queue):
    for _ in range(3):
        queue(UserFactory())
    notify.fault("down", times=1)

    assert mails.deliver_due(sorting=sorting()) == 0
    assert notify.received == []
    assert mails.deliver_due(sorting=sorting()) == 2


@pytest.mark.parametrize(("attempts", "longest"), [(1, 5), (2, 10), (5, 80), (7, 300), (5000, 300)])
def test_back_off_doubles_to_five_minutes(attempts, longest):
    pauses = [mails.back_off(attempts, dice=random.Random(n)).total_seconds() for n in range(50)]

    assert longest / 2 <= min(pauses) < max(pauses) <= longest


def test_an_unknown_outcome_is_sent_again_and_both_links_are_good_until_one_is_used(
    sam, notify, sorting, queue
):
    mail = queue(sam)
    notify.fault("late", times=1)

    mails.deliver_due(sorting=sorting())
    assert state_of(mail) == Mail.State.QUEUED
    mails.deliver_due(sorting=sorting(ahead=MINUTE))

    assert state_of(mail) == Mail.State.SENT
    first, second = notify.tokens()
    for token in (first, second):
        assert links.find_link(token_hash=links.hash_token(token), now=timezone.now())
    passwords.set_password_by_link(
        token_hash=links.hash_token(first), password="seventeen green bottles", now=timezone.now()
    )
    assert not Link.objects.exists()


def test_a_failure_that_certainly_sent_nothing_leaves_no_link(sam, notify, sorting, queue):
    queue(sam)
    notify.fault("busy")

    mails.deliver_due(sorting=sorting())

    assert not Link.objects.exists()


def test_a_refusal_is_for_good_and_says_why(sam, notify, sorting, queue, caplog):
    mail = queue(sam)
    notify.fault("team_only", times=1)

    with caplog.at_level(logging.INFO):
        mails.deliver_due(sorting=sorting())
    mails.deliver_due(sorting=sorting(ahead=24 * HOUR))

    assert state_of(mail) == Mail.State.REFUSED
    assert mail.reason == "Can't send to this recipient using a team-only API key"
    assert not Link.objects.exists()
    assert notify.received == []
    assert Entry.objects.about(sam).get().event == audit.Event.MAIL_REFUSED
    assert sam.email not in caplog.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NOTIFY_API_KEY", ""),
        (
            "NOTIFY_API_KEY",
            f"x-{'1' * 8}-1111-1111-1111-{'1' * 12}-{'1' * 8}-1111-1111-1111-{'1' * 12}",
        ),
        ("NOTIFY_URL", ""),
        ("NOTIFY_RESET_TEMPLATE_ID", ""),
    ],
)
def test_a_fault_of_our_own_set_up_keeps_emails_waiting(
    settings, sam, notify, sorting, queue, caplog, name, value
):
    mail = queue(sam)
    right = getattr(settings, name)
    setattr(settings, name, value)

    mails.deliver_due(sorting=sorting())
    assert state_of(mail) == Mail.State.QUEUED
    assert [record.levelname for record in caplog.records] == ["ERROR"]

    setattr(settings, name, right)
    assert mails.deliver_due(sorting=sorting(ahead=MINUTE)) == 1


def test_a_worker_that_died_in_the_middle_is_replaced_after_its_lease(sam, notify, sorting, queue):
    class Killed(BaseException):
        pass

    class Death:
        def send_email(self, **_mail):
            raise Killed

    mail = queue(sam)
    with pytest.raises(Killed):
        mails.deliver_due(sorting=sorting(post=Death()))

    assert mails.deliver_due(sorting=sorting(ahead=timedelta(seconds=59))) == 0
    assert mails.deliver_due(sorting=sorting(ahead=timedelta(seconds=61))) == 1
    assert state_of(mail) == Mail.State.SENT


class Gate:
    """A post at which everybody meets: each waits until the test lets go."""

    def __init__(self):
        self.sent = []
        self.entered = threading.Event()
        self.opened = threading.Event()

    def send_email(self, *, to, template_id, personalisation, reference):
        self.sent.append(reference)
        self.entered.set()
        assert self.opened.wait(10)
        return f"id-{len(self.sent)}"


def at_work(sorting, post, **options):
    def work():
        mails.deliver_due(sorting=sorting(post=post, **options))
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_one_email_at_once(sam, queue, sorting):
    mail, gate = queue(sam), Gate()
    first = at_work(sorting, gate)
    assert gate.entered.wait(10)

    mails.deliver_due(sorting=sorting(post=gate))
    gate.opened.set()
    first.join()

    assert gate.sent == [f"mail-{mail.pk}"]
    assert (state_of(mail), mail.attempts) == (Mail.State.SENT, 1)


@pytest.mark.django_db(transaction=True)
def test_many_workers_share_the_queue_and_each_email_goes_once(queue, sorting):
    waiting = [queue(UserFactory()) for _ in range(12)]
    gate = Gate()
    gate.opened.set()

    threads = [at_work(sorting, gate) for _ in range(4)]
    for thread in threads:
        thread.join()

    assert sorted(gate.sent) == sorted(f"mail-{mail.pk}" for mail in waiting)


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_lease_ran_out_does_not_undo_what_the_next_one_did(sam, queue, sorting):
    mail, slow = queue(sam), Gate()
    late = at_work(sorting, slow)
    assert slow.entered.wait(10)
    quick = Gate()
    quick.opened.set()

    mails.deliver_due(sorting=sorting(post=quick, ahead=2 * MINUTE))
    slow.opened.set()
    late.join()

    assert (state_of(mail), mail.notify_id) == (Mail.State.SENT, "id-1")
    assert mail.attempts == 2


@pytest.mark.django_db(transaction=True)
def test_a_password_chosen_while_an_email_is_on_its_way_makes_that_link_useless(
    sam, queue, sorting
):
    mail, gate = queue(sam), Gate()
    worker = at_work(sorting, gate)
    assert gate.entered.wait(10)

    passwords.set_password(user=sam, password="seventeen green bottles", by=None)
    gate.opened.set()
    worker.join()

    assert not Link.objects.exists()
    assert state_of(mail) == Mail.State.DROPPED


# --- The Celery door and tidying ------------------------------------------------------------------
def test_the_task_delivers_what_is_due(sam, notify):
    ask(sam.email)

    tasks.deliver_mails()

    assert [message["email_address"] for message in notify.received] == [sam.email]


def test_the_bell_rings_on_the_broker(infrastructure):
    with current_app.connection() as broker:
        queue = broker.SimpleQueue("serving")
        queue.clear()
        tasks.nudge()
        message = queue.get(timeout=5)
        message.ack()
        queue.close()

    assert message.headers["task"] == "accounts.tasks.deliver_mails"
    assert message.payload[0] == []


def test_with_the_broker_away_the_email_waits_and_the_page_answers(
    infrastructure, client, caplog, sam
):
    tasks.nudge()  # a connection stands in the pool: its loss is another error than none at all
    infrastructure.broker.stop()
    try:
        answer = client.post("/user/password-reset/request", {"email": sam.email})
    finally:
        infrastructure.broker.start()

    assert (answer.status_code, answer.url) == (302, "/user/password-reset/sent")
    assert Mail.objects.get().state == Mail.State.QUEUED
    assert "emails wait for the sweep" in caplog.text


def test_the_link_leads_to_the_address_of_the_service_and_of_no_request(settings):
    settings.SITE_URL = "https://serve.example/"

    address = tasks.link_address_from_settings("a-token")

    assert address == "https://serve.example/user/password-reset/change/a-token"


def test_tidying_forgets_what_is_old_and_keeps_what_waits(sam, queue, link_of, now):
    past = timezone.now() - timedelta(days=91)
    kept = [queue(sam), queue(sam, state=Mail.State.SENT, settled_at=timezone.now())]
    Mail.objects.filter(pk=kept[0].pk).update(requested_at=past)
    queue(sam, state=Mail.State.SENT, settled_at=past)
    queue(email="stranger@example.com", state=Mail.State.DROPPED, settled_at=past)
    link_of(sam, past)

    tasks.tidy()

    assert set(Mail.objects.all()) == set(kept)
    assert not Link.objects.exists()
