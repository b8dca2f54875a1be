"""The summary of an order and the questions about it."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import rules
from orders.history import history_of
from orders.models import Document, Order
from orders.services.deputies import add_deputy
from tests.orders.reading import Reader, words_of
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
    assert page.follow("Add at least one deputy") == f"/order/{order.pk}/deputy/add/deputy-type"
    assert page.follow("Add the COP 1A") == f"/order/{order.pk}/document/COP1A/add"
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
    assert len([link for link in page.soup.find_all("a") if "Serve order" in link.get_text()]) == 1
    assert page.follow("Serve order") == f"/order/{order.pk}/declaration"
    changing = f"/case/order/{order.pk}/deputy"
    assert page.follow("Change (Dana Deputy)") == f"{changing}/edit/{deputy.pk}"
    assert page.follow("Remove (Dana Deputy)") == f"{changing}/delete/{deputy.pk}"
    standing = f"/order/{order.pk}/document"
    assert page.follow("Court order.pdf (download)") == f"{standing}/{document.pk}"
    assert page.follow("Remove court order") == f"{standing}/{document.pk}/remove"
    assert page.follow("Replace court order") == f"{standing}/COURT_ORDER/add"
    assert page.row("Address") == ["1 High Street Leeds LS1 1AA"]


def test_what_is_left_unanswered_leads_to_its_question(signed_in, ready_order):
    order = ready_order()
    Order.objects.filter(pk=order.pk).update(bond_over_21000=None, appointment_type="")
    page = summary(signed_in, order)
    for text in ("Say whether the bond is over £21,000", "Select the appointment type"):
        path, _, target = page.follow(text).partition("#")
        question = Reader(signed_in.get(path)).soup.find(id=target)
        assert question["type"] == "radio"


def test_the_summary_tells_the_history_the_newest_first(signed_in, ready_order):
    page = summary(signed_in, ready_order())
    [section] = page.soup.select("section[aria-labelledby=history]")
    told = [words_of(line) for line in section.find_all("li")]
    assert told[0].startswith("COP 4 added Sam Staff, ")
    assert told[-1].startswith("Order added from the court's file Sam Staff, ")
    folded = [words_of(line) for line in section.select("details li")]
    assert words_of(section.summary) == "Show what happened earlier"
    assert told[5:] == folded
    assert len(told) == 7


def test_a_full_order_is_read_in_as_many_statements_as_a_small_one(
    signed_in, ready_order, attach, sam, now, django_assert_num_queries
):
    order = ready_order()
    with CaptureQueriesContext(connection) as asked:
        summary(signed_in, order)
    for number in range(12):
        answers = {**ANSWERS, "first_name": f"Number{number}"}
        add_deputy(order_id=order.pk, answers=answers, by=sam, now=now)
        attach(order, rules.DocumentType.OTHER, words=f"number {number}")
    with django_assert_num_queries(len(asked)):
        summary(signed_in, order)


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
    response = edit(signed_in, order, page.hidden)
    assert response.url == f"/order/{order.pk}/summary"
    order = Order.objects.get(pk=order.pk)
    assert (order.order_subtype, order.appointment_type) == ("INTERIM_ORDER", "JOINT")
    assert order.bond_over_21000 is False
    assert [document.document_type for document in order.documents.all()] == ["COURT_ORDER"]
    assert [kind for kind, key in keys.items() if store.exists(key)] == ["COURT_ORDER"]


def ask_about_interim(browser, order, **changes):
    """The page that names the documents which would go."""
    interim = {**ANSWERED, "order_subtype": "INTERIM_ORDER", "bond_over_21000": "yes"}
    return Reader(edit(browser, order, {**interim, **changes}))


def types_of(order):
    """As they now are; those of `ready_order` are what was read once."""
    return sorted(Document.objects.filter(order=order).values_list("document_type", flat=True))


def test_a_document_that_nobody_was_asked_about_is_asked_about_before_it_goes(
    signed_in, ready_order, attach
):
    order = ready_order()
    asked = ask_about_interim(signed_in, order).hidden
    Document.objects.get(document_type="COP3").delete()
    attach(order, rules.DocumentType.COP3, words="of a colleague")
    page = Reader(edit(signed_in, order, asked))
    assert page.heading == "Remove these documents?"
    assert types_of(order) == ["COP1A", "COP3", "COP4", "COURT_ORDER"]
    assert edit(signed_in, order, page.hidden).url == f"/order/{order.pk}/summary"
    assert types_of(order) == ["COURT_ORDER"]


def test_one_that_went_meanwhile_is_not_asked_about_again(signed_in, ready_order):
    order = ready_order()
    asked = ask_about_interim(signed_in, order).hidden
    Document.objects.get(document_type="COP3").delete()
    assert edit(signed_in, order, asked).url == f"/order/{order.pk}/summary"
    assert types_of(order) == ["COURT_ORDER"]


@pytest.mark.parametrize("typed", ["yes", "", "-1", "²", pytest.param("9" * 5000, id="long")])
def test_what_is_no_id_of_a_document_removes_none(signed_in, ready_order, typed):
    order = ready_order()
    page = ask_about_interim(signed_in, order, remove_documents=typed)
    assert page.heading == "Remove these documents?"
    assert len(types_of(order)) == 4


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


# --- Two people at once ---------------------------------------------------------------------------
@pytest.fixture
def two_forms(signed_in, ready_order, ada, client_of):
    """Sam and Ada have the questions of one order open; each answers by a call with changes."""
    order = ready_order()
    ada_s = client_of(ada)
    shown = {who: Reader(who.get(f"/order/{order.pk}/edit")).hidden for who in (signed_in, ada_s)}

    def answer(who, **changes):
        answers = {**shown[who], **ANSWERED, "bond_over_21000": "yes", **changes}
        return edit(who, order, answers)

    return order, answer, signed_in, ada_s


def test_the_later_of_two_answers_is_asked_about_and_shown_beside_the_first(two_forms):
    order, answer, sams, adas = two_forms
    answer(adas, appointment_type="JOINT")
    page = Reader(answer(sams, bond_over_21000="no"))
    [error] = page.errors
    assert re.fullmatch(
        r"Ada Admin changed this order at \d+:\d\d[ap]m\. Check the answers below", error
    )
    inset = words_of(page.soup.select_one(".govuk-inset-text"))
    assert "Bond over £21,000: Yes" in inset
    assert "Appointment type: Joint" in inset
    assert page.chosen("Is the bond over £21,000?") == ["no"]
    assert page.chosen("Appointment type") == ["SOLE"]
    assert Order.objects.get(pk=order.pk).answers == "NEW_APPLICATION/JOINT/True"


def test_saving_again_after_that_question_counts(two_forms):
    order, answer, sams, adas = two_forms
    answer(adas, appointment_type="JOINT")
    asked = Reader(answer(sams, bond_over_21000="no")).hidden
    assert answer(sams, bond_over_21000="no", **asked).url == f"/order/{order.pk}/summary"
    assert Order.objects.get(pk=order.pk).answers == "NEW_APPLICATION/SOLE/False"


def test_the_same_answer_by_two_people_troubles_nobody(two_forms):
    order, answer, sams, adas = two_forms
    responses = [answer(who, appointment_type="JOINT") for who in (adas, sams, sams)]
    assert {response.url for response in responses} == {f"/order/{order.pk}/summary"}
    assert words_in_history(order).count("Order details saved") == 2


def words_in_history(order):
    return " ".join(line.words for line in history_of(order))


def test_a_second_tab_of_ones_own_says_so(two_forms):
    _order, answer, sams, _adas = two_forms
    answer(sams, appointment_type="JOINT")
    [error] = Reader(answer(sams, bond_over_21000="no")).errors
    assert error.startswith("You changed this order at")


def test_a_stale_form_does_not_remove_documents_either(two_forms):
    order, answer, sams, adas = two_forms
    answer(adas, appointment_type="JOINT")
    going = " ".join(str(document.pk) for document in order.documents.all())
    page = Reader(answer(sams, order_subtype="INTERIM_ORDER", remove_documents=going))
    assert page.errors
    assert len(types_of(order)) == 4


def test_an_order_that_came_back_for_its_client_says_what_can_be_done(
    signed_in, declared, worker, sirius
):
    sirius.faults({"kind": "400-invalid"})
    submission = declared()
    worker.deliver(submission)

    page = Reader(signed_in.get(f"/order/{submission.order_id}/summary"))
    assert "cannot be changed on this order" in page.main
    assert page.links["remove the order by a file"] == "/multiple-case-removal"
    assert page.links["upload it again"] == "/upload-csv"
    assert "Everything is here" not in page.main


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
        refusal = Reader(response)
        assert why in refusal.main
        served_by = r"Sam Staff served it on \d+ \w+ \d{4} at \d+:\d\d[ap]m\."
        assert re.search(served_by, refusal.main)
        leads_to = refusal.follow("See what was served" if is_served else "See how far it has come")
        assert signed_in.get(leads_to).status_code == 200


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
