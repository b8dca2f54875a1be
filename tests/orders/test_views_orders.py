"""The summary of an order and the questions about it."""

import datetime as dt

import pytest

from orders import rules
from orders.models import Order
from orders.services.deputies import add_deputy
from tests.orders.reading import Reader
from tests.orders.words import ANSWERS

ANSWERED = {"order_subtype": "NEW_APPLICATION", "appointment_type": "SOLE"}


def summary(client, order):
    return Reader(client.get(f"/order/{order.pk}/summary"))


def edit(client, order, answers):
    return client.post(f"/order/{order.pk}/edit", answers)


def test_an_unanswered_order_asks_first(signed_in, pending_order):
    order = pending_order()
    response = signed_in.get(f"/order/{order.pk}/summary")
    assert (response.status_code, response.url) == (302, f"/order/{order.pk}/edit")


def test_the_questions_of_a_property_order(signed_in, pending_order):
    page = Reader(signed_in.get(f"/order/{pending_order().pk}/edit"))
    assert page.heading == "Order details"
    assert page.answers("Is the bond over £21,000?") == ["Yes", "No"]
    assert page.answers("Order subtype") == [
        "New application",
        "Replacement of discharged deputy",
        "Interim order",
    ]
    assert page.answers("Appointment type") == ["Sole", "Joint", "Joint and several"]
    assert page.buttons == ["Save and continue"]
    assert page.soup.main.find_all("input", checked=True) == []


def test_a_health_order_is_not_asked_about_a_bond(signed_in, pending_order):
    order = pending_order(order_type="HW")
    assert "bond" not in Reader(signed_in.get(f"/order/{order.pk}/edit")).main
    response = edit(signed_in, order, {**ANSWERED, "bond_over_21000": "yes"})
    assert response.url == f"/order/{order.pk}/summary"
    order.refresh_from_db()
    assert order.bond_over_21000 is None
    page = summary(signed_in, order)
    assert page.heading == "HW order summary"
    assert page.row("Bond over £21,000") == []


def test_unanswered_questions_are_named_and_the_others_stay(signed_in, pending_order):
    order = pending_order()
    page = Reader(edit(signed_in, order, {"appointment_type": "JOINT"}))
    assert page.errors == [
        "Select yes if the bond is over £21,000",
        "Select the order subtype",
    ]
    assert page.title.startswith("Error: Order details")
    assert page.chosen("Appointment type") == ["JOINT"]
    order.refresh_from_db()
    assert order.is_unanswered


@pytest.mark.parametrize(("answer", "stored", "shown"), [("yes", True, "Yes"), ("no", False, "No")])
def test_answers_are_stored_and_shown(signed_in, pending_order, answer, stored, shown):
    order = pending_order()
    edit(signed_in, order, {**ANSWERED, "bond_over_21000": answer})
    order.refresh_from_db()
    assert (order.bond_over_21000, order.order_subtype) == (stored, "NEW_APPLICATION")
    page = summary(signed_in, order)
    assert page.row("Bond over £21,000") == [shown]
    assert page.row("Order subtype") == ["New application"]
    assert page.row("Appointment type") == ["Sole"]
    again = Reader(signed_in.get(page.follow("Change (Order details)")))
    assert again.chosen("Is the bond over £21,000?") == [answer]


def test_the_summary_says_what_is_missing(signed_in, pending_order):
    order = pending_order()
    edit(signed_in, order, {**ANSWERED, "bond_over_21000": "yes"})
    page = summary(signed_in, order)
    assert page.heading == "PFA order summary"
    assert page.row("Client name") == ["Joni Mitchell"]
    assert page.row("Case number") == ["93559316"]
    assert page.row("Order issued") == ["15 May 2026"]
    assert page.tags == ["TO DO"]
    assert [item.get_text() for item in page.soup.select(".govuk-inset-text li")] == [
        "Add at least one deputy",
        "Add the court order",
        "Add the COP 1A",
        "Add the COP 3",
        "Add the COP 4",
    ]
    assert "Serve order" not in page.links
    assert page.follow("Add COP 3") == f"/order/{order.pk}/document/COP3/add"
    assert page.follow("Add court order") == f"/order/{order.pk}/document/COURT_ORDER/add"
    assert page.follow("Add additional document") == f"/order/{order.pk}/document/OTHER/add"
    assert page.follow("Add a deputy") == f"/order/{order.pk}/deputy/add/deputy-type"


def test_a_complete_order_can_be_served(signed_in, ready_order):
    order = ready_order()
    deputy, document = order.deputies.get(), order.documents.first()
    page = summary(signed_in, order)
    assert page.tags == ["READY TO SERVE"]
    assert page.soup.select(".govuk-inset-text") == []
    assert page.follow("Serve order") == f"/order/{order.pk}/declaration"
    changing = f"/case/order/{order.pk}/deputy"
    assert page.follow("Change (Dana Deputy)") == f"{changing}/edit/{deputy.pk}"
    assert page.follow("Remove (Dana Deputy)") == f"{changing}/delete/{deputy.pk}"
    standing = f"/order/{order.pk}/document"
    assert page.follow("Court order.pdf (download)") == f"{standing}/{document.pk}"
    assert page.follow("Remove court order") == f"{standing}/{document.pk}/remove"
    assert page.follow("Replace court order") == f"{standing}/COURT_ORDER/add"
    assert page.row("Address") == ["1 High Street Leeds LS1 1AA"]


def test_the_summary_warns_of_what_does_not_fit(signed_in, ready_order, sam, now):
    order = ready_order(made_date=dt.date(2018, 8, 1), issue_date=dt.date(2018, 8, 2))
    add_deputy(order_id=order.pk, answers={**ANSWERS, "email": ""}, by=sam, now=now)
    page = summary(signed_in, order)
    warnings = [
        text.get_text(" ", strip=True) for text in page.soup.select(".govuk-warning-text__text")
    ]
    assert warnings == [
        "Warning The appointment is sole, but there are 2 deputies",
        "Warning Lay deputy Dana Deputy has no email address",
    ]
    assert "Serve order" in page.links


def test_a_document_that_stopped_being_required_can_be_kept(signed_in, ready_order, sam, now):
    order = ready_order()
    answers = {**ANSWERS, "deputy_type": "PUBLIC_AUTHORITY", "date_of_birth": None}
    add_deputy(order_id=order.pk, answers=answers, by=sam, now=now)
    page = summary(signed_in, order)
    assert "No longer required" in page.row("COP 4")[0]
    assert page.buttons == ["Keep as additional document (COP 4.pdf)"]
    assert "Replace COP 4" not in page.links
    form = page.soup.main.find("form")
    page = Reader(signed_in.post(form["action"], follow=True))
    assert page.banners == ["Document kept as an additional document"]
    assert page.row("COP 4") == []
    assert page.follow("Remove additional document (COP 4.pdf)")


def test_interim_asks_before_documents_go(signed_in, ready_order, store):
    order = ready_order()
    keys = {document.document_type: document.key for document in order.documents.all()}
    interim = {"order_subtype": "INTERIM_ORDER", "appointment_type": "JOINT"}
    page = Reader(edit(signed_in, order, {**interim, "bond_over_21000": "no"}))
    assert page.heading == "Remove these documents?"
    for name in ("COP 1A.pdf", "COP 3.pdf", "COP 4.pdf"):
        assert name in page.main
    assert "Court order.pdf" not in page.main
    assert order.documents.count() == 4
    [button] = page.soup.main.find_all("button")
    response = edit(signed_in, order, {**page.hidden, button["name"]: button["value"]})
    assert response.url == f"/order/{order.pk}/summary"
    order = Order.objects.get(pk=order.pk)
    assert (order.order_subtype, order.appointment_type) == ("INTERIM_ORDER", "JOINT")
    assert order.bond_over_21000 is False
    assert [document.document_type for document in order.documents.all()] == ["COURT_ORDER"]
    assert [kind for kind, key in keys.items() if store.exists(key)] == ["COURT_ORDER"]


def test_going_back_from_that_question_loses_no_answer(signed_in, ready_order):
    order = ready_order()
    interim = {"order_subtype": "INTERIM_ORDER", "appointment_type": "JOINT"}
    question = Reader(edit(signed_in, order, {**interim, "bond_over_21000": "no"}))
    page = Reader(signed_in.get(question.follow("Go back and change your answers")))
    assert page.chosen("Order subtype") == ["INTERIM_ORDER"]
    assert page.chosen("Appointment type") == ["JOINT"]
    assert page.chosen("Is the bond over £21,000?") == ["no"]
    order.refresh_from_db()
    assert order.order_subtype == rules.OrderSubtype.NEW_APPLICATION


def test_a_returned_order_shows_each_error_beside_what_it_names(
    signed_in, declared, worker, sirius
):
    submission = declared()
    sirius.faults({"kind": "400-invalid"})
    worker.deliver(submission)
    page = Reader(signed_in.get(f"/order/{submission.order_id}/summary"))
    words = "Client's last name: This name is not allowed"
    assert page.tags == ["RETURNED"]
    assert "Returned by OPG" in page.soup.select_one(".govuk-inset-text").get_text()
    assert words in page.soup.select_one(".govuk-inset-text").get_text()
    beside = page.soup.select_one("main .govuk-error-message")
    assert words in beside.get_text()
    card = beside.find_next("h2")
    assert card.get_text() == "Client"
    assert "Serve order" in page.links


def test_the_summary_of_an_order_on_its_way_is_its_progress(signed_in, declared):
    submission = declared()
    response = signed_in.get(f"/order/{submission.order_id}/summary")
    assert response.url == f"/order/{submission.order_id}/progress"


@pytest.mark.parametrize("page", ["edit", "deputy/add/deputy-type", "document/COP3/add"])
@pytest.mark.parametrize("is_served", [False, True])
def test_an_order_that_may_not_be_edited_says_why(
    signed_in, declared, worker, sirius, page, is_served
):
    submission = declared()
    if is_served:
        worker.deliver(submission)
    for ask in (signed_in.get, signed_in.post):
        response = ask(f"/order/{submission.order_id}/{page}")
        assert response.status_code == 403
        why = "This order was served" if is_served else "This order is being sent to OPG"
        assert why in Reader(response).main


EVERY_PAGE = [
    "/order/{}/summary",
    "/order/{}/edit",
    "/order/{}/deputy/add/deputy-type",
    "/order/{}/deputy/add?deputyType=LAY",
    "/case/order/{}/deputy/edit/1",
    "/case/order/{}/deputy/delete/1",
    "/order/{}/document/COP3/add",
    "/order/{}/document/1",
    "/order/{}/document/1/remove",
    "/order/{}/declaration",
    "/order/{}/progress",
    "/order/{}/summary-served",
]


@pytest.mark.parametrize("page", EVERY_PAGE)
@pytest.mark.parametrize("unknown", ["0", "4711", "9" * 30])
def test_an_unknown_order_is_a_page_not_found(signed_in, page, unknown):
    response = signed_in.get(page.format(unknown))
    assert response.status_code == 404
    assert Reader(response).heading == "Page not found"


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_page_asks_for_a_sign_in(client, pending_order, page):
    response = client.get(page.format(pending_order().pk))
    assert response.url.startswith("/login?next=")
