"""Operations' admin: everything is read, nothing edited, and each decision asks for a reason."""

import pytest
from django.urls import reverse

from orders.models import SendingSwitch
from orders.rules import State


@pytest.fixture
def operations(olive, client_of):
    return client_of(olive)


def act(client, model, action, chosen, **values):
    return client.post(
        reverse(f"admin:orders_{model}_changelist"),
        {"action": action, "_selected_action": [chosen.pk], **values},
        follow=True,
    )


def test_submission_is_shown_with_its_tries_and_without_its_payload(
    declared, worker, sirius, operations
):
    submission = declared()
    sirius.faults({"kind": "500-before"})
    worker.deliver(submission)
    page = operations.get(reverse("admin:orders_submission_change", args=[submission.pk]))
    text = page.content.decode()
    assert "May have been created" in text
    assert "Mitchell" not in text


@pytest.mark.parametrize("model", ["case", "order", "submission", "sendingswitch"])
def test_lists_open_and_nothing_can_be_added(declared, operations, model):
    declared()
    assert operations.get(reverse(f"admin:orders_{model}_changelist")).status_code == 200
    assert operations.get(reverse(f"admin:orders_{model}_add")).status_code == 403


def test_decision_without_a_reason_is_refused(declared, operations):
    submission = declared()
    page = act(operations, "submission", "cancel", submission)
    assert "Give a reason" in page.content.decode()
    submission.refresh_from_db()
    assert submission.state == State.QUEUED


def test_decision_goes_through_the_service(declared, operations):
    submission = declared()
    page = act(operations, "submission", "cancel", submission, reason="mistake")
    assert "Cancelled" in page.content.decode()
    submission.refresh_from_db()
    assert submission.state == State.CANCELLED


def test_refused_decision_says_why(declared, operations):
    submission = declared()
    page = act(operations, "submission", "give_back", submission, reason="x")
    assert "this needs one that is held" in page.content.decode()


def test_confirming_asks_for_the_id(declared, operations):
    page = act(operations, "submission", "confirm", declared(), reason="x")
    assert "give the id of its order in Sirius" in page.content.decode()


def test_pause_switch(db, operations):
    switch = SendingSwitch.objects.get()
    act(operations, "sendingswitch", "pause", switch, reason="restore")
    assert SendingSwitch.objects.get().paused
    act(operations, "sendingswitch", "resume", switch, reason="done")
    assert not SendingSwitch.objects.get().paused


def test_case_manager_does_not_get_in(signed_in, declared):
    page = signed_in.get(reverse("admin:orders_submission_changelist"))
    assert page.status_code in (302, 403)
