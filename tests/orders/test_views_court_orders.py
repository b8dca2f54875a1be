"""The pages that take a court order in and check what was read from it."""

import io
import re

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.images import without_images
from audit.models import Entry
from devstack.samples import sample_document
from filestore import MAX_SIZE
from orders.models import CourtOrderReading, Document, Order
from orders.services.orders import answer_order
from tests.orders.court_orders import word_file
from tests.orders.reading import Reader

DIFFERS = (
    "The case number in the document does not match the case number for this order."
    " Please check the file and try again."
)
BOND, SUBTYPE, APPOINTMENT = "Is the bond over £21,000?", "Order subtype", "Appointment type"


@pytest.fixture
def answered(sam, now, store):
    def answer(order, subtype="NEW_APPLICATION", appointment="SOLE", bond=False):
        answer_order(
            order_id=order.pk,
            order_subtype=subtype,
            appointment_type=appointment,
            bond_over_21000=bond,
            store=store,
            by=sam,
            now=now,
        )

    return answer


def upload(client, order, file, **options):
    return client.post(f"/order/{order.pk}/upload", {"file": file}, **options)


def check_page(client, order, query=""):
    return Reader(client.get(f"/order/{order.pk}/confirm-order-details{query}"))


def save(client, order, page, query="", **answers):
    return client.post(
        f"/order/{order.pk}/confirm-order-details{query}", {**page.hidden, **answers}, follow=True
    )


def questions(page) -> list[str]:
    return [re.sub(r"\s+", " ", one.legend.text).strip() for one in page.soup.find_all("fieldset")]


def answers_of(order) -> tuple:
    order = Order.objects.get(pk=order.pk)
    return order.order_subtype, order.appointment_type, order.bond_over_21000


def test_the_upload_page(signed_in, order):
    page = Reader(signed_in.get(f"/order/{order.pk}/upload"))
    assert page.heading == "Upload the court order"
    assert page.buttons == ["Upload"]
    assert page.labelled("Select a file")["type"] == "file"
    assert page.follow("Skip and enter the details yourself") == f"/order/{order.pk}/edit"


def test_the_details_page_leads_to_it_while_nothing_is_answered(signed_in, order, answered):
    link = "Upload the court order and have the details read from it"
    page = Reader(signed_in.get(f"/order/{order.pk}/edit"))
    assert page.follow(link) == f"/order/{order.pk}/upload"
    answered(order)
    assert link not in Reader(signed_in.get(f"/order/{order.pk}/edit")).links


def test_a_whole_order_is_read_shown_and_saved(signed_in, order, sam, store):
    file = word_file(heading="ORDER APPOINTING NEW JOINT DEPUTIES", bond="£21,000.01")
    page = Reader(upload(signed_in, order, file, follow=True))
    assert page.heading == "Check the order details"
    assert page.banners == ["Court order uploaded"]
    assert page.row("Case number") == ["93559316 “No. 93559316”"]
    assert page.row("Bond over £21,000") == ["Yes “sum of £21,000.01 in”"]
    quote = "“ORDER APPOINTING NEW JOINT DEPUTIES”"
    assert page.row("Order subtype") == [f"Replacement of discharged deputy {quote}"]
    assert page.row("Appointment type") == [f"Joint {quote}"]
    assert questions(page) == []
    assert page.follow("Upload another file as the court order") == f"/order/{order.pk}/upload"
    assert answers_of(order) == ("", "", None)

    page = Reader(save(signed_in, order, page))
    assert page.heading == "PFA order summary"
    assert answers_of(order) == ("REPLACEMENT_OF_DISCHARGED_DEPUTY", "JOINT", True)
    document = order.documents.get()
    assert (document.document_type, document.name) == ("COURT_ORDER", "order.docx")
    assert (document.uploaded_by, store.exists(document.key)) == (sam, True)
    assert not CourtOrderReading.objects.exists()


def test_only_what_could_not_be_read_is_asked(signed_in, order):
    file = word_file(heading="ORDER APPOINTING A SUCCESSOR DEPUTY")
    page = Reader(upload(signed_in, order, file, follow=True))
    assert questions(page) == [SUBTYPE, APPOINTMENT]
    assert page.row("Bond over £21,000") == ["No “sum of £21,000.00 in”"]
    assert "does not say it clearly: “ORDER APPOINTING A SUCCESSOR DEPUTY”" in page.main
    assert "This was not found" not in page.main
    page = Reader(save(signed_in, order, page, order_subtype="INTERIM_ORDER"))
    assert page.errors == ["Select the appointment type"]
    assert page.chosen(SUBTYPE) == ["INTERIM_ORDER"]
    answers = {"order_subtype": "INTERIM_ORDER", "appointment_type": "SOLE"}
    save(signed_in, order, page, **answers)
    assert answers_of(order) == ("INTERIM_ORDER", "SOLE", False)


def test_what_was_not_found_is_said_beside_its_question(signed_in, order):
    page = Reader(upload(signed_in, order, word_file(bond=""), follow=True))
    assert questions(page) == [BOND]
    assert "This was not found in the document" in page.main


def test_a_wrong_answer_can_be_changed(signed_in, order):
    page = Reader(upload(signed_in, order, word_file(), follow=True))
    change = page.follow("Change order subtype")
    assert change == f"/order/{order.pk}/confirm-order-details?change=yes#id_order_subtype"
    page = check_page(signed_in, order, "?change=yes")
    assert questions(page) == [BOND, SUBTYPE, APPOINTMENT]
    assert (page.chosen(BOND), page.chosen(SUBTYPE)) == (["no"], ["NEW_APPLICATION"])
    assert page.soup.find(id="id_order_subtype")
    assert page.row("Order subtype") == ["New application “ORDER APPOINTING A DEPUTY”"]
    answers = {
        "bond_over_21000": "yes",
        "order_subtype": "INTERIM_ORDER",
        "appointment_type": "JOINT_AND_SEVERAL",
    }
    save(signed_in, order, page, "?change=yes", **answers)
    assert answers_of(order) == ("INTERIM_ORDER", "JOINT_AND_SEVERAL", True)


def test_of_a_health_and_welfare_order_no_bond_is_asked(signed_in, pending_order):
    order = pending_order(order_type="HW")
    page = Reader(upload(signed_in, order, word_file(), follow=True))
    assert page.row("Bond over £21,000") == []
    page = Reader(save(signed_in, order, page))
    assert page.heading == "HW order summary"
    assert answers_of(order) == ("NEW_APPLICATION", "SOLE", None)


@pytest.mark.parametrize("number", ["No. 61429461", "Nos. 61429461 and 33370455"])
def test_the_order_of_another_case_is_refused_and_nothing_is_kept(
    signed_in, order, stored_keys, number
):
    page = Reader(upload(signed_in, order, word_file(number=number)))
    assert page.errors == [DIFFERS]
    assert page.heading == "Upload the court order"
    assert stored_keys(order) == set()
    assert not order.documents.exists()
    assert not CourtOrderReading.objects.exists()
    assert not Entry.objects.filter(event__in=["COURT_ORDER_READ", "DOCUMENT_ATTACHED"]).exists()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("", "No case number was found in order.docx."),
        (
            "No. 93559316 and 61429461",
            "There is more than one case number in order.docx. “No. 93559316 and 61429461”",
        ),
    ],
)
def test_without_a_clear_case_number_staff_say_whose_order_it_is(
    signed_in, order, store, number, said
):
    page = Reader(upload(signed_in, order, word_file(number=number), follow=True))
    assert said in page.main
    assert "The file is not kept as the court order unless you say that it is." in page.main
    whose = "Is this the court order for case 93559316?"
    assert questions(page) == [whose]
    assert not order.documents.exists()
    assert page.banners == []

    page = Reader(save(signed_in, order, page))
    assert page.errors == ["Select yes if this is the court order for this case"]
    page = Reader(save(signed_in, order, page, is_this_order="yes"))
    assert page.heading == "PFA order summary"
    assert page.banners == ["Court order uploaded"]
    assert answers_of(order) == ("NEW_APPLICATION", "SOLE", False)
    assert store.exists(order.documents.get().key)


def test_a_file_that_is_not_this_orders_is_removed(signed_in, order, store):
    file = word_file(number="", heading="")
    page = Reader(upload(signed_in, order, file, follow=True))
    key = CourtOrderReading.objects.get().held_key
    assert store.exists(key)
    page = Reader(save(signed_in, order, page, is_this_order="no"))
    assert page.heading == "Upload the court order"
    assert page.banners == ["The file was removed. Upload the court order for this order"]
    assert not store.exists(key)
    assert not order.documents.exists()
    assert answers_of(order) == ("", "", None)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("doc", "It is an old Word file (.doc), so the details could not be read from it."),
        ("pdf", "It is not a Word document (.docx), so the details could not be read from it."),
        ("png", "It is not a Word document (.docx), so the details could not be read from it."),
    ],
)
def test_a_file_of_another_type_is_kept_and_everything_asked(signed_in, order, kind, said):
    file = SimpleUploadedFile(f"order.{kind}", sample_document(kind))
    page = Reader(upload(signed_in, order, file, follow=True))
    assert f"order.{kind} is kept as the court order. {said}" in page.main
    assert questions(page) == [BOND, SUBTYPE, APPOINTMENT]
    assert order.documents.get().name == f"order.{kind}"
    answers = {
        "bond_over_21000": "no",
        "order_subtype": "NEW_APPLICATION",
        "appointment_type": "SOLE",
    }
    save(signed_in, order, page, **answers)
    assert answers_of(order) == ("NEW_APPLICATION", "SOLE", False)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.docx", b"", "The selected file is empty"),
        ("a.exe", b"MZ", "The selected file must be a PDF, JPG, PNG, TIFF, DOC or DOCX"),
        ("a.docx", b"%PDF-" * (MAX_SIZE // 5 + 1), "The selected file must be smaller than 20MB"),
        (
            "a.docx",
            b"PK\x03\x04 and no more",
            "The selected file is not complete. Save or scan it again, then upload it",
        ),
    ],
)
def test_a_refused_file_is_named_with_the_reason(signed_in, order, name, content, sentence):
    page = Reader(upload(signed_in, order, SimpleUploadedFile(name, content)))
    assert page.errors == [f"{name}: {sentence}"]
    assert not order.documents.exists()


def test_no_file_at_all_is_said(signed_in, order):
    assert Reader(signed_in.post(f"/order/{order.pk}/upload")).errors == ["Select a file"]


def test_a_word_file_that_cannot_be_read_may_still_be_kept(signed_in, order):
    far_too_long = docx.Document()
    far_too_long.add_paragraph("words " * 200_000)
    content = io.BytesIO()
    far_too_long.save(content)
    file = SimpleUploadedFile("order.docx", content.getvalue())
    page = Reader(upload(signed_in, order, file, follow=True))
    assert "order.docx has far more text than a court order" in page.main
    assert len(questions(page)) == 4
    answers = {
        "bond_over_21000": "no",
        "order_subtype": "NEW_APPLICATION",
        "appointment_type": "SOLE",
    }
    page = Reader(save(signed_in, order, page, is_this_order="yes", **answers))
    assert page.heading == "PFA order summary"
    assert order.documents.get().name == "order.docx"


def test_answers_that_staff_gave_are_never_overwritten_unasked(signed_in, order, answered):
    answered(order, "INTERIM_ORDER", "SOLE", False)
    page = Reader(upload(signed_in, order, word_file(), follow=True))
    assert questions(page) == [SUBTYPE]
    assert page.chosen(SUBTYPE) == []
    assert (
        "Answered before: Interim order. The document says: New application, in the words"
        " “ORDER APPOINTING A DEPUTY”" in page.main
    )
    save(signed_in, order, page, order_subtype="NEW_APPLICATION")
    assert answers_of(order) == ("NEW_APPLICATION", "SOLE", False)


def test_an_answer_that_the_document_does_not_give_stays(signed_in, order, answered):
    answered(order, "INTERIM_ORDER", "JOINT", True)
    page = Reader(upload(signed_in, order, word_file(heading="", bond=""), follow=True))
    assert questions(page) == []
    assert page.row("Order subtype") == [
        "Interim order Answered before. The document does not say it."
    ]
    save(signed_in, order, page)
    assert answers_of(order) == ("INTERIM_ORDER", "JOINT", True)


def test_another_court_order_replaces_it_after_saying_so(signed_in, order, store):
    upload(signed_in, order, word_file())
    old = order.documents.get()
    page = Reader(signed_in.get(f"/order/{order.pk}/upload"))
    assert "Uploading another file will replace order.docx." in page.main
    page = Reader(upload(signed_in, order, word_file("second.docx", bond="£1"), follow=True))
    assert page.banners == ["Court order uploaded. It replaced order.docx."]
    assert order.documents.get().name == "second.docx"
    assert not store.exists(old.key)
    assert CourtOrderReading.objects.get().document == order.documents.get()


def test_a_second_click_on_save_changes_nothing_and_ends_on_the_order(signed_in, order):
    page = Reader(upload(signed_in, order, word_file(), follow=True))
    for _ in range(2):
        assert Reader(save(signed_in, order, page)).heading == "PFA order summary"
    assert Entry.objects.filter(event="ORDER_ANSWERED").count() == 1


def test_a_page_that_shows_what_is_no_longer_so_saves_nothing(signed_in, order):
    page = Reader(upload(signed_in, order, word_file(), follow=True))
    upload(signed_in, order, word_file("second.docx", heading="ORDER APPOINTING JOINT DEPUTIES"))
    page = Reader(save(signed_in, order, page))
    assert page.errors == [
        "This order was changed after you opened the page. Check the details, then save again"
    ]
    assert page.row("Appointment type") == ["Joint “ORDER APPOINTING JOINT DEPUTIES”"]
    assert answers_of(order) == ("", "", None)
    save(signed_in, order, page)
    assert answers_of(order) == ("NEW_APPLICATION", "JOINT", False)


def test_a_change_to_interim_asks_before_documents_go(signed_in, ready_order, answered):
    order = ready_order()
    file = word_file(heading="ORDER APPOINTING AN INTERIM DEPUTY", bond="£30,000")
    page = Reader(upload(signed_in, order, file, follow=True))
    page = Reader(save(signed_in, order, page, order_subtype="INTERIM_ORDER"))
    assert page.heading == "Remove these documents?"
    assert order.documents.count() == 4
    form = page.soup.main.form
    response = signed_in.post(form["action"], page.hidden)
    assert response.url == f"/order/{order.pk}/summary"
    assert answers_of(order) == ("INTERIM_ORDER", "SOLE", True)
    assert Document.objects.get(order=order).name == "order.docx"
    assert not CourtOrderReading.objects.exists()


@pytest.mark.parametrize("page", ["upload", "confirm-order-details"])
def test_an_order_on_its_way_takes_no_court_order(signed_in, declared, page):
    order = declared().order
    assert signed_in.get(f"/order/{order.pk}/{page}").status_code == 403
    assert signed_in.post(f"/order/{order.pk}/{page}").status_code == 403
    assert signed_in.get(f"/order/99999999/{page}").status_code == 404


def test_nothing_to_check_leads_to_the_order(signed_in, order):
    response = signed_in.get(f"/order/{order.pk}/confirm-order-details")
    assert response.url == f"/order/{order.pk}/summary"


def test_when_storage_is_away_the_page_stays(signed_in, order, settings):
    settings.S3_ENDPOINT = "http://127.0.0.1:1"
    response = upload(signed_in, order, word_file())
    assert response.status_code == 503
    assert Reader(response).errors == [
        "order.docx: The file could not be stored. Try again in a few minutes"
    ]
    assert not CourtOrderReading.objects.exists()


def test_what_is_read_is_escaped_and_nothing_of_it_stands_in_the_diary(signed_in, order):
    file = word_file(number="", heading="ORDER APPOINTING <script>alert(1)</script>")
    response = upload(signed_in, order, file, follow=True)
    assert b"<script>alert" not in response.content
    assert "“ORDER APPOINTING <script>alert(1)</script>”" in Reader(response).main
    entry = Entry.objects.get(event="COURT_ORDER_READ")
    facts = without_images(entry.facts)
    assert facts == {"found": ["bond_over_21000"], "failure": "", "held": True}
    assert "script" not in str(entry.facts)
