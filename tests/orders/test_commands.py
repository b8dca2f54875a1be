"""What operators and developers type."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from audit.models import Entry
from orders.models import Order, SendingSwitch
from orders.rules import State


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_status_counts_every_state(declared):
    declared()
    status = json.loads(run("submissions", "status", "--json"))
    assert status["QUEUED"] == 1
    assert status["HELD"] == 0
    assert status["paused"] is False


def test_cancel_by_an_operator(declared, olive):
    submission = declared()
    out = run("submissions", "cancel", str(submission.pk), "--by", olive.email, "--reason", "no")
    assert "state: CANCELLED" in out
    submission.refresh_from_db()
    assert submission.state == State.CANCELLED


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (["cancel", "{id}", "--reason", "x"], "Give --by", 2),
        (["cancel", "{id}", "--by", "sam@example.com", "--reason", "x"], "Give --by", 2),
        (["cancel", "{id}", "--by", "olive@example.com"], "Give --reason", 2),
        (["cancel", "--by", "olive@example.com", "--reason", "x"], "Give the submission", 2),
        (["cancel", "99", "--by", "olive@example.com", "--reason", "x"], "no submission 99", 1),
        (["return", "{id}", "--by", "olive@example.com", "--reason", "x"], "is queued", 1),
        (["confirm", "{id}", "--by", "olive@example.com", "--reason", "x"], "--sirius-order-id", 2),
    ],
)
def test_refusal_says_what_to_do(declared, olive, arguments, words, code):
    submission = declared()
    filled = [argument.format(id=submission.pk) for argument in arguments]
    with pytest.raises(CommandError, match=words) as refusal:
        run("submissions", *filled)
    assert refusal.value.returncode == code


def test_confirm_asks_for_a_second_operator(declared, worker, sirius, olive, ada):
    submission = declared()
    sirius.take((submission.court_reference, submission.order_type))
    worker.deliver(submission)
    confirm = ["submissions", "confirm", str(submission.pk), "--sirius-order-id", "7"]
    confirm += ["--reason", "seen"]
    with pytest.raises(CommandError, match="Another operator") as noted:
        run(*confirm, "--by", olive.email)
    assert noted.value.returncode == 3
    ada.is_staff = True
    ada.save()
    assert "ACCEPTED" in run(*confirm, "--by", ada.email)


def test_pause_and_resume(olive):
    run("submissions", "pause", "--by", olive.email, "--reason", "restore")
    assert SendingSwitch.objects.get().paused
    run("submissions", "resume", "--by", olive.email, "--reason", "done")
    assert not SendingSwitch.objects.get().paused
    assert Entry.objects.filter(event="SENDING_PAUSED").count() == 1


def test_sweep_says_what_stands(db):
    assert "QUEUED 0" in run("sweep")


def test_serve_declares_an_order(ready_order, sam):
    order = ready_order()
    assert "is being sent" in run("serve", str(order.pk), "--by", sam.email)
    order.refresh_from_db()
    assert order.status == "SERVING"


def test_serve_refuses_with_what_is_missing(pending_order, sam):
    with pytest.raises(CommandError, match="Add the court order"):
        run("serve", str(pending_order().pk), "--by", sam.email)
    with pytest.raises(CommandError, match="no order 404"):
        run("serve", "404", "--by", sam.email)
    with pytest.raises(CommandError, match="nobody"):
        run("serve", "404", "--by", "nobody@example.com")


def test_seed_demo_makes_people_and_orders_once(db, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "a demonstration of words")
    first = run("seed_demo")
    assert first == run("seed_demo")
    assert "4 people and 60 orders" in first
    assert Order.objects.count() == 60
    assert Entry.objects.filter(event="ORDER_REGISTERED").count() == 60


def test_seed_demo_refuses_production(settings, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "a demonstration of words")
    settings.IS_DEPLOYED = True
    with pytest.raises(CommandError, match="development only"):
        run("seed_demo")
