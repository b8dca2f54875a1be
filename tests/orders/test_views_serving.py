"""Declaring an order, following it, and what was served."""

import datetime as dt
import re

import pytest
from django.db import transaction
from django.utils import timezone

from orders.models import Order, SendingSwitch, Submission
from orders.rules import DocumentType, State
from orders.services.deputies import add_deputy
from orders.services.serving import (
    cancel_submission,
    hold_submission,
    return_submission,
    serve_order,
)
from tests.orders.reading import Reader, words_of
from tests.orders.words import ANSWERS


def declaration(order_id):
    return f"/order/{order_id}/declaration"


@pytest.fixture
def follow(signed_in):
    """The progress page of a submission."""
    return lambda submission: Reader(signed_in.get(f"/order/{submission.order_id}/progress"))


@pytest.fixture
def just_declared(ready_order, sam):
    """A submission of this very moment, or of some minutes ago."""

    def declare(minutes_ago=0):
        moment = timezone.now() - dt.timedelta(minutes=minutes_ago)
        return serve_order(order_id=ready_order().pk, by=sam, now=moment)

    return declare


# --- Declaration ----------------------------------------------------------------------------------
def test_the_declaration_shows_everything_that_will_be_sent(signed_in, ready_order, sam, now):
    order = ready_order()
    authority = {
        **ANSWERS,
        "deputy_type": "PUBLIC_AUTHORITY",
        "first_name": "Leeds",
        "last_name": "Council",
    }
    add_deputy(order_id=order.pk, answers=authority, by=sam, now=now)
    page = Reader(signed_in.get(declaration(order.pk)))
    assert page.heading == "Serve order"
    assert page.row("Client name") == ["Joni Mitchell"]
    assert page.row("Case number") == ["93559316"]
    assert page.row("Order made") == ["1 May 2026"]
    assert page.row("Bond over £21,000") == ["Yes"]
    assert page.row("Order subtype") == ["New application"]
    assert page.row("Deputy type") == ["Lay", "Public authority"]
    assert page.row("Date of birth") == ["29 February 1980"]
    assert page.row("Daytime number") == ["020 7946 0000"] * 2
    assert [len(page.row(kind)) for kind in ("Court order", "COP 1A", "COP 3")] == [1, 1, 1]
    assert "COP 4.pdf" in page.row("Additional document")[0]
    assert "The appointment is sole, but there are 2 deputies" in page.main
    assert "By serving you confirm" in page.main
    assert page.buttons == ["Serve order"]
    assert page.banners == []


def test_what_the_declaration_shows_is_what_is_sent(signed_in, ready_order, sam, now):
    order = ready_order()
    signed_in.post(declaration(order.pk))
    [submission] = Submission.objects.all()
    assert [entry["document_type"] for entry in submission.manifest] == [
        "COURT_ORDER",
        "COP1A",
        "COP3",
        "COP4",
    ]
    assert submission.declared_by == sam


def test_serving_leads_to_its_progress(signed_in, ready_order):
    order = ready_order()
    response = signed_in.post(declaration(order.pk))
    assert response.url == f"/order/{order.pk}/progress"
    order = Order.objects.get(pk=order.pk)
    assert order.status == "SERVING"
    assert [one.state for one in order.submissions.all()] == [State.QUEUED]


def test_a_second_click_serves_nothing_twice_and_leads_the_same_way(signed_in, ready_order):
    order = ready_order()
    first, second = signed_in.post(declaration(order.pk)), signed_in.post(declaration(order.pk))
    assert first.url == second.url == f"/order/{order.pk}/progress"
    assert order.submissions.count() == 1
    assert signed_in.get(declaration(order.pk)).url == first.url


def test_an_order_that_is_not_ready_cannot_be_served(signed_in, ready_order):
    order = ready_order()
    order.deputies.all().delete()
    for ask in (signed_in.get, signed_in.post):
        page = Reader(ask(declaration(order.pk), follow=True))
        assert page.heading == "PFA order summary"
        assert page.banners == ["This order is not ready to be served: Add at least one deputy"]
    assert not order.submissions.exists()


def test_an_order_that_changed_since_it_was_shown_is_shown_again(
    signed_in, ready_order, attach, sam, now
):
    order = ready_order()
    page = Reader(signed_in.get(declaration(order.pk)))
    seen = page.soup.find("input", {"name": "seen"})["value"]
    attach(order, DocumentType.COP3, words="another colleague's file")

    response = signed_in.post(declaration(order.pk), {"seen": seen}, follow=True)
    assert response.redirect_chain[-1][0] == declaration(order.pk)
    assert "changed or returned after you opened the page" in response.content.decode()
    assert not Submission.objects.exists()

    seen = Reader(response).soup.find("input", {"name": "seen"})["value"]
    assert signed_in.post(declaration(order.pk), {"seen": seen}).url.endswith("/progress")


def test_an_order_that_came_back_since_it_was_shown_is_shown_again(
    signed_in, ready_order, worker, sirius
):
    order = ready_order()
    page = Reader(signed_in.get(declaration(order.pk)))
    seen = page.soup.find("input", {"name": "seen"})["value"]
    signed_in.post(declaration(order.pk), {"seen": seen})
    sirius.faults({"kind": "400-invalid"})
    worker.deliver(order.submissions.get())

    response = signed_in.post(declaration(order.pk), {"seen": seen}, follow=True)
    assert response.redirect_chain[-1][0] == declaration(order.pk)
    assert "changed or returned after you opened the page" in response.content.decode()
    assert order.submissions.count() == 1

    seen = Reader(response).soup.find("input", {"name": "seen"})["value"]
    assert signed_in.post(declaration(order.pk), {"seen": seen}).url.endswith("/progress")


def test_two_orders_of_a_kind_are_not_sent_at_once(signed_in, ready_order):
    first = ready_order(case_number="93559316", order_number="A1")
    second = ready_order(case_number="93559316", order_number="A2")
    signed_in.post(declaration(first.pk))
    page = Reader(signed_in.post(declaration(second.pk)))
    assert page.heading == "Serve order"
    assert page.errors == [
        "Another order of this type for this case is being sent to OPG. Wait until it is done."
    ]
    assert not second.submissions.exists()


def test_a_banner_tells_that_opgs_system_is_down_and_serving_still_works(
    signed_in, ready_order, now
):
    order = ready_order()
    SendingSwitch.objects.update_or_create(pk=1, defaults={"opened_at": now})
    [banner] = Reader(signed_in.get(declaration(order.pk))).banners
    assert "OPG's system is not answering" in banner
    assert signed_in.post(declaration(order.pk)).url == f"/order/{order.pk}/progress"


# --- Progress -------------------------------------------------------------------------------------
def test_an_order_that_was_never_declared_has_no_progress(signed_in, ready_order):
    order = ready_order()
    response = signed_in.get(f"/order/{order.pk}/progress")
    assert response.url == f"/order/{order.pk}/summary"


def test_progress_follows_the_submission(just_declared, follow):
    submission = just_declared()
    page = follow(submission)
    assert page.heading == "Sending to OPG"
    assert "Documents copied: 0 of 4 Waiting" in page.main
    assert "delayed" not in page.main
    assert page.follow("Check again") == f"/order/{submission.order_id}/progress"
    assert page.soup.find("script", src="/static/orders/progress.js")
    lease = timezone.now() + dt.timedelta(minutes=2)
    Submission.objects.update(state="PREPARING", lease_expires_at=lease, documents_copied=3)
    page = follow(submission)
    assert "Documents copied: 3 of 4 In progress" in page.main
    Submission.objects.update(state="SENDING", documents_copied=4)
    page = follow(submission)
    assert "Documents copied: 4 of 4 Done Order sent In progress" in page.main
    assert "served" not in page.main.lower()


def test_after_ten_minutes_staff_are_told_of_the_delay(just_declared, follow):
    assert "delayed" not in follow(just_declared(minutes_ago=9)).main
    page = follow(just_declared(minutes_ago=11))
    assert page.heading == "Sending to OPG"
    assert "delayed" in page.main
    assert "nothing for you to do" in page.main


def test_an_unclear_answer_is_said(just_declared, follow, worker, sirius):
    submission = just_declared(minutes_ago=11)
    sirius.faults({"kind": "500-before"})
    worker.deliver(submission)
    page = follow(submission)
    assert page.heading == "Sending to OPG"
    assert "Checking with OPG. Do not serve it another way." in page.main
    assert "delayed" not in page.main


def test_a_held_order_needs_attention(declared, follow, worker, sirius):
    submission = declared()
    sirius.faults({"kind": "400-duplicate"})
    worker.deliver(submission)
    page = follow(submission)
    assert page.heading == "Needs attention"
    assert "Needs attention. OPG digital has been told." in page.main


def test_a_returned_order_says_why_and_leads_back(declared, follow, worker, sirius):
    submission = declared()
    sirius.faults({"kind": "400-invalid"})
    worker.deliver(submission)
    page = follow(submission)
    assert page.heading == "Returned by OPG"
    assert "Client's last name: This name is not allowed" in page.main
    assert page.follow("Go to the order summary") == f"/order/{submission.order_id}/summary"
    assert page.soup.find("script", src="/static/orders/progress.js") is None


def test_a_withdrawn_order_is_back_in_the_list(declared, follow, sam, now):
    submission = declared()
    cancel_submission(submission_id=submission.pk, reason="test", by=sam, now=now)
    page = follow(submission)
    assert page.heading == "Not sent to OPG"
    assert "back in your list" in page.main


def test_the_end_is_the_panel_with_opgs_reference(declared, follow, worker, sirius):
    submission = declared()
    worker.deliver(submission)
    page = follow(submission)
    reference = str(submission.sirius_order_id)
    assert page.heading == "Order served to OPG"
    panel = page.soup.select_one(".govuk-panel").get_text(" ")
    assert "OPG reference" in panel
    assert reference in panel
    assert f"OPG reference {reference}." in page.main
    assert (
        page.follow("See everything that was served")
        == f"/order/{submission.order_id}/summary-served"
    )


def test_nobody_is_told_served_before_sirius_has_it(declared, follow, worker, sirius):
    submission = declared()
    for fault in ("500-before", "400-duplicate"):
        sirius.faults({"kind": fault})
        worker.deliver(submission)
        page = follow(submission)
        assert "Order served" not in page.main
        assert page.soup.select(".govuk-panel") == []


# --- What was served ------------------------------------------------------------------------------
def test_a_served_order_is_shown_as_it_was_sent(signed_in, declared, worker, sirius, now):
    submission = declared()
    worker.deliver(submission)
    page = Reader(signed_in.get(f"/order/{submission.order_id}/summary-served"))
    assert page.heading == "Served order"
    assert page.row("OPG reference") == [str(submission.sirius_order_id)]
    assert page.row("Served by") == ["Sam Staff on 1 June 2026 at 9:30am"]
    assert page.row("Client name") == ["Joni Mitchell"]
    assert page.row("Case number") == ["93559316"]
    assert page.row("Order issued") == ["15 May 2026"]
    assert page.row("Bond over £21,000") == ["Yes"]
    assert page.row("Appointment type") == ["Sole"]
    assert page.row("Deputy type") == ["Lay"]
    assert page.row("Date of birth") == ["29 February 1980"]
    assert page.row("Postcode") == ["LS1 1AA"]
    assert "COP 1A.pdf" in page.row("COP 1A")[0]
    assert page.row("COP 1A")[0].endswith("by Sam Staff")
    assert page.row("Sent")[0].startswith("At the first try, on ")
    assert page.follow("COP 1A.pdf (download)")
    assert "Order accepted by OPG Serve OPG, " in page.main
    assert page.buttons == []
    assert not [text for text in page.links if text.startswith(("Change", "Remove", "Add"))]


def test_every_try_of_a_served_order_is_told(signed_in, declared, worker, sirius):
    submission = declared()
    for fault in ("500-before", "429"):
        sirius.faults({"kind": fault})
        worker.deliver(submission)
    worker.deliver(submission)
    page = Reader(signed_in.get(f"/order/{submission.order_id}/summary-served"))
    tries = [words_of(one) for one in page.soup.select(".orders-tries li")]
    assert [re.sub(r"^.*[ap]m ", "", one) for one in tries] == [
        "No clear answer",
        "Not sent: OPG's system asked to wait",
        "Accepted by OPG",
    ]


def test_an_order_served_by_the_event_bus_shows_the_events_id(
    signed_in, declared, worker, sirius, settings
):
    settings.SIRIUS_DOOR = "event_bus"
    submission = declared()
    worker.deliver(submission)
    page = Reader(signed_in.get(f"/order/{submission.order_id}/summary-served"))
    assert page.row("OPG reference") == [submission.event_id]
    assert page.row("Deputy type") == ["Lay"]


def test_an_order_that_reached_opg_another_way_is_shown_as_it_stands(signed_in, ready_order, now):
    order = ready_order()
    with transaction.atomic():
        Order.objects.filter(pk=order.pk).update(status="SERVING")
        Order.objects.filter(pk=order.pk).update(status="SERVED", served_at=now)
        for path in ("summary-served", "summary", "progress"):
            page = Reader(signed_in.get(f"/order/{order.pk}/{path}", follow=True))
            assert page.heading == "Served order"
            assert page.row("Deputy type") == ["Lay"]
            assert page.row("COP 3")
            assert not [text for text in page.links if text.startswith(("Change", "Remove"))]
        # Without a submission these rows tell no whole story: they must not be committed.
        transaction.set_rollback(True)


def test_an_order_that_is_not_served_has_no_such_page(signed_in, ready_order, declared):
    order = ready_order()
    response = signed_in.get(f"/order/{order.pk}/summary-served")
    assert response.url == f"/order/{order.pk}/summary"
    submission = declared()
    page = Reader(signed_in.get(f"/order/{submission.order_id}/summary-served", follow=True))
    assert page.heading == "Sending to OPG"


def test_the_summary_of_a_served_order_is_what_was_served(signed_in, declared, worker, sirius):
    submission = declared()
    worker.deliver(submission)
    page = Reader(signed_in.get(f"/order/{submission.order_id}/summary", follow=True))
    assert page.heading == "Served order"
    assert signed_in.post(declaration(submission.order_id)).url.endswith("/progress")


def test_what_an_operator_returned_says_why(declared, follow, olive, now):
    submission = declared()
    hold_submission(submission_id=submission.pk, reason="look", by=olive, now=now)
    return_submission(submission_id=submission.pk, reason="Wrong client.", by=olive, now=now)
    page = follow(submission)
    assert page.heading == "Returned by OPG"
    assert "OPG digital returned this order to you: Wrong client." in page.main
