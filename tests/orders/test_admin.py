"""Operations' admin: everything is read, nothing edited, and each decision asks for a reason."""

import pytest
from bs4 import BeautifulSoup
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


# --- What was typed and will not do: the list again, with all of it -----------------------------
def shown_again(page):
    """The page's words, what its fields hold, and the rows that are ticked."""
    assert page.status_code == 200
    html = BeautifulSoup(page.content, "html.parser")
    form = html.find(id="changelist-form")
    ticked = [box["value"] for box in form.select("input.action-select[checked]")]
    fields = {name: form.find("input", {"name": name}) for name in ("reason", "sirius_order_id")}
    typed = {name: field.get("value", "") for name, field in fields.items()}
    chosen = form.find("select").find("option", selected=True)["value"]
    words = [words.get_text(" ", strip=True) for words in html.select(".messagelist li")]
    return words, typed, chosen, ticked


WRONG_REASONS = [
    ("", "Give a reason: the diary keeps it."),
    ("x" * 501, "The reason must be 500 characters or fewer: it has 501."),
    ("x" * 5_001, "The reason must be 500 characters or fewer: it has 5,001."),
    (
        "seen\0in Sirius",
        "The reason must not have an invisible character in it. Type it, do not paste it.",
    ),
    (
        "seen\u202ein Sirius",
        "The reason must not have an invisible character in it. Type it, do not paste it.",
    ),
]


@pytest.mark.parametrize(("reason", "said"), WRONG_REASONS)
def test_a_reason_that_will_not_do_is_said_and_kept(declared, operations, reason, said):
    submission = declared()
    page = act(operations, "submission", "cancel", submission, reason=reason, sirius_order_id="7")
    words, typed, action, ticked = shown_again(page)
    assert words == [said]
    assert typed == {"reason": reason.replace("\0", "\ufffd"), "sirius_order_id": "7"}
    assert (action, ticked) == ("cancel", [str(submission.pk)])
    submission.refresh_from_db()
    assert submission.state == State.QUEUED


@pytest.mark.parametrize(("reason", "said"), WRONG_REASONS)
def test_so_it_is_with_the_pause_switch(db, operations, reason, said):
    switch = SendingSwitch.objects.get()
    page = act(operations, "sendingswitch", "pause", switch, reason=reason)
    words, typed, action, ticked = shown_again(page)
    assert words == [said]
    assert typed["reason"] == reason.replace("\0", "\ufffd")
    assert (action, ticked) == ("pause", [str(switch.pk)])
    assert not SendingSwitch.objects.get().paused


@pytest.mark.parametrize("number", ["²", "9" * 5_000, "7.5", "-7", "seven", "7\0", "٧"])
def test_an_id_that_is_no_number_is_said_and_kept(declared, operations, number):
    submission = declared()
    typed = {"reason": "seen in Sirius", "sirius_order_id": number}
    page = act(operations, "submission", "confirm", submission, **typed)
    words, kept, action, ticked = shown_again(page)
    assert words == ["The Sirius order id must be a whole number of at most 19 digits."]
    assert kept == {**typed, "sirius_order_id": number.replace("\0", "\ufffd")}
    assert (action, ticked) == ("confirm", [str(submission.pk)])


def test_a_reason_of_500_characters_will_do(declared, operations):
    submission = declared()
    act(operations, "submission", "cancel", submission, reason="x" * 500)
    submission.refresh_from_db()
    assert submission.state == State.CANCELLED


def test_what_is_mended_on_the_list_shown_again_is_done(declared, operations):
    submission = declared()
    address = reverse("admin:orders_submission_changelist") + "?state__exact=QUEUED"
    choice = {"action": "cancel", "_selected_action": [submission.pk], "index": "0"}
    page = operations.post(address, {**choice, "select_across": "1", "reason": ""})
    assert shown_again(page)[0] == ["Give a reason: the diary keeps it."]
    # Only the rows that are seen ticked are acted on when it is sent again.
    assert 'name="select_across" value="0"' in page.content.decode()
    assert operations.post(address, {**choice, "reason": "mistake"}).url == address
    submission.refresh_from_db()
    assert submission.state == State.CANCELLED


def test_pause_switch(db, operations):
    switch = SendingSwitch.objects.get()
    act(operations, "sendingswitch", "pause", switch, reason="restore")
    assert SendingSwitch.objects.get().paused
    act(operations, "sendingswitch", "resume", switch, reason="done")
    assert not SendingSwitch.objects.get().paused


def test_case_manager_does_not_get_in(signed_in, declared):
    page = signed_in.get(reverse("admin:orders_submission_changelist"))
    assert page.status_code in (302, 403)
