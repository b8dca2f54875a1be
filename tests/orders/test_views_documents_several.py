"""Several documents at once, by plain form and by the page's script; each has its own result."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from devstack.samples import sample_document
from orders.models import Document
from orders.services.deputies import add_deputy
from orders.services.orders import answer_order
from tests.orders.reading import Reader, words_of
from tests.orders.words import ANSWERS

BY_SCRIPT = {"HTTP_ACCEPT": "application/json, text/html;q=0.9"}
NO_PDF = "The selected file must be a PDF, JPG, PNG, TIFF, DOC or DOCX"
AWAY = "The file could not be stored. Try again in a few minutes"


@pytest.fixture
def order(pending_order, sam, now, store):
    """A property and affairs order with its questions answered and no documents."""
    order = pending_order(order_type="PF")
    answer_order(
        order_id=order.pk,
        order_subtype="NEW_APPLICATION",
        appointment_type="SOLE",
        bond_over_21000=True,
        store=store,
        by=sam,
        now=now,
    )
    return order


@pytest.fixture
def storage_is_away(settings):
    """Nothing listens on port 1."""

    def begin():
        settings.S3_ENDPOINT = "http://127.0.0.1:1"

    return begin


def a_file(name="order.pdf", content=None):
    kind = name.rsplit(".", 1)[-1]
    return SimpleUploadedFile(
        name, sample_document(kind, words=name) if content is None else content
    )


def names_of(order):
    return sorted((one.document_type, one.name) for one in order.documents.all())


def page_of(client, order, **files):
    address = f"/order/{order.pk}/documents/add"
    return client.post(address, files) if files else client.get(address)


def by_script(client, order, kind, file=None, **fields):
    given = {"file": file, **fields} if file else fields
    return client.post(f"/order/{order.pk}/document/{kind}/add", given, **BY_SCRIPT)


# --- All that are missing, on one page ------------------------------------------------------------
def test_the_page_asks_for_what_is_missing_and_for_additional_documents(signed_in, order, attach):
    page = Reader(page_of(signed_in, order))
    assert page.heading == "Add the documents"
    assert page.buttons == ["Upload"]
    labels = [words_of(label) for label in page.soup.main.find_all("label")]
    assert labels == ["Court order", "COP 1A", "COP 3", "COP 4", "Additional documents"]
    assert page.labelled("Additional documents").has_attr("multiple")
    assert not page.labelled("COP 3").has_attr("multiple")


def test_an_interim_order_or_a_public_authority_needs_fewer(
    signed_in, pending_order, sam, now, store
):
    order = pending_order(order_type="HW")
    authority = {**ANSWERS, "deputy_type": "PUBLIC_AUTHORITY"}
    add_deputy(order_id=order.pk, answers=authority, by=sam, now=now)
    labels = [words_of(one) for one in Reader(page_of(signed_in, order)).soup.main("label")]
    assert labels == ["Court order", "COP 3", "Additional documents"]


def test_the_order_leads_to_the_page_while_more_than_one_is_missing(signed_in, order, attach):
    def link():
        page = Reader(signed_in.get(f"/order/{order.pk}/summary"))
        return page.links.get("Add the missing documents (Documents)")

    assert link() == f"/order/{order.pk}/documents/add"
    for kind in ("COURT_ORDER", "COP1A"):
        signed_in.post(f"/order/{order.pk}/document/{kind}/add", {"file": a_file()})
    assert link()
    signed_in.post(f"/order/{order.pk}/document/COP3/add", {"file": a_file()})
    assert link() is None


def test_all_at_once(signed_in, order):
    files = {kind: a_file(f"{kind}.pdf") for kind in ("COURT_ORDER", "COP1A", "COP3", "COP4")}
    response = page_of(signed_in, order, **files, OTHER=[a_file("one.docx"), a_file("two.png")])
    assert response.status_code == 302
    assert response.url == f"/order/{order.pk}/summary"
    assert Reader(signed_in.get(response.url)).banners == ["6 documents uploaded"]
    assert len(names_of(order)) == 6


def test_one_that_is_refused_keeps_none_of_the_others_back(signed_in, order):
    response = page_of(
        signed_in,
        order,
        COURT_ORDER=a_file("order.docx"),
        COP3=a_file("cop3.txt", b"?"),
        OTHER=[a_file("good.pdf"), a_file("empty.pdf", b"")],
    )
    page = Reader(response)
    assert page.banners == ["2 of 4 documents uploaded"]
    assert page.errors == [f"cop3.txt: {NO_PDF}", "empty.pdf: The selected file is empty"]
    assert "Court order: order.docx Additional document: good.pdf" in page.main
    labels = [words_of(label) for label in page.soup.main.find_all("label")]
    assert labels == ["COP 1A", "COP 3", "COP 4", "Additional documents"]
    assert page.follow("Continue to the order") == f"/order/{order.pk}/summary"
    assert names_of(order) == [("COURT_ORDER", "order.docx"), ("OTHER", "good.pdf")]


def test_no_file_at_all_is_said(signed_in, order):
    response = signed_in.post(f"/order/{order.pk}/documents/add", {})
    page = Reader(response)
    assert page.errors == ["Select at least one file"]
    assert page.title.startswith("Error: Add the documents")


def test_while_storage_is_away_every_chosen_file_is_named(signed_in, order, storage_is_away):
    storage_is_away()
    response = page_of(signed_in, order, COP3=a_file("cop3.pdf"), OTHER=[a_file("more.pdf")])
    assert response.status_code == 503
    assert Reader(response).errors == [f"cop3.pdf: {AWAY}", f"more.pdf: {AWAY}"]


def test_an_order_on_its_way_takes_nothing(signed_in, declared):
    order = declared().order
    for response in (page_of(signed_in, order), page_of(signed_in, order, COP3=a_file())):
        assert response.status_code == 403
        assert "being sent to OPG" in Reader(response).main
    assert signed_in.get("/order/99999999/documents/add").status_code == 404


# --- Replacing ------------------------------------------------------------------------------------
def test_what_was_replaced_is_said_before_and_after(signed_in, order):
    address = f"/order/{order.pk}/document/COP3/add"
    signed_in.post(address, {"file": a_file("first.pdf")})
    page = Reader(signed_in.get(address))
    assert "Uploading another file will replace first.pdf." in page.main
    sent = {"file": a_file("second.pdf"), **page.hidden}
    page = Reader(signed_in.post(address, sent, follow=True))
    assert page.banners == ["COP 3 uploaded. It replaced first.pdf."]
    assert names_of(order) == [("COP3", "second.pdf")]


def test_what_a_colleague_added_meanwhile_is_not_replaced_unasked(signed_in, client_of, ada, order):
    address = f"/order/{order.pk}/document/COP3/add"
    stale = Reader(signed_in.get(address)).hidden
    client_of(ada).post(address, {"file": a_file("hers.pdf")})
    page = Reader(signed_in.post(address, {"file": a_file("his.pdf"), **stale}))
    assert page.errors == [
        (
            "his.pdf: Ada Admin added hers.pdf as the COP 3 while this page was open."
            " Upload your file again to replace it"
        )
    ]
    assert "Uploading another file will replace hers.pdf." in page.main
    assert names_of(order) == [("COP3", "hers.pdf")]
    signed_in.post(address, {"file": a_file("his.pdf"), **page.hidden})
    assert names_of(order) == [("COP3", "his.pdf")]


def test_on_the_page_of_all_a_colleagues_document_is_asked_about_too(
    signed_in, client_of, ada, order
):
    stale = Reader(page_of(signed_in, order)).hidden
    page_of(client_of(ada), order, COP3=a_file("hers.pdf"))
    page = Reader(page_of(signed_in, order, COP3=a_file("his.pdf"), **stale))
    assert len(page.errors) == 1
    assert "Uploading another file will replace hers.pdf." in page.main
    page_of(signed_in, order, COP3=a_file("his.pdf"), **page.hidden)
    assert names_of(order) == [("COP3", "his.pdf")]


@pytest.mark.parametrize("kind", ["COP3", "OTHER"])
def test_the_same_page_sent_twice_adds_one_document(signed_in, order, kind):
    address = f"/order/{order.pk}/document/{kind}/add"
    page = Reader(signed_in.get(address))
    for _ in range(2):
        response = signed_in.post(address, {"file": a_file("once.pdf"), **page.hidden})
        assert response.status_code == 302
    assert names_of(order) == [(kind, "once.pdf")]


@pytest.mark.parametrize("kind", ["COP3", "OTHER"])
@pytest.mark.django_db(transaction=True)
def test_a_double_click_adds_one_document_and_leaves_no_bytes_behind(
    client_of, sam, order, store, kind
):
    address = f"/order/{order.pk}/document/{kind}/add"

    def click(browser):
        try:
            return browser.post(address, {"file": a_file("once.pdf"), "file-instead-of": ""})
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(click, [client_of(sam), client_of(sam)]))
    assert [answer.status_code for answer in answers] == [302, 302]
    [document] = order.documents.all()
    assert store.exists(document.key)


def test_two_additional_documents_of_one_name_are_both_kept(signed_in, order):
    address = f"/order/{order.pk}/document/OTHER/add"
    for content in (b"1", b"2"):
        file = SimpleUploadedFile("scan.pdf", sample_document("pdf", words=content.decode()))
        signed_in.post(address, {"file": file})
    assert names_of(order) == [("OTHER", "scan.pdf")] * 2


# --- By the page's script -------------------------------------------------------------------------
def test_the_script_is_told_of_one_file(signed_in, order):
    response = by_script(signed_in, order, "COP3", a_file("cop3.pdf"))
    assert response.status_code == 200
    document = order.documents.get()
    assert response.json() == {
        "problem": "",
        "again": False,
        "replaced": "",
        "stands": document.pk,
    }
    assert Reader(signed_in.get(f"/order/{order.pk}/summary")).banners == []


def test_the_last_file_of_several_brings_the_banner(signed_in, order):
    by_script(signed_in, order, "OTHER", a_file("one.pdf"))
    by_script(signed_in, order, "OTHER", a_file("two.pdf"), together="2")
    page = Reader(signed_in.get(f"/order/{order.pk}/summary"))
    assert page.banners == ["2 documents uploaded"]


@pytest.mark.parametrize("together", ["many", "-1", "9" * 50])
def test_a_number_that_is_none_brings_no_banner(signed_in, order, together):
    by_script(signed_in, order, "OTHER", a_file("one.pdf"), together=together)
    assert Reader(signed_in.get(f"/order/{order.pk}/summary")).banners == []


def test_the_script_is_told_what_is_wrong_in_the_same_words(signed_in, order, storage_is_away):
    told = by_script(signed_in, order, "COP3", a_file("a.txt", b"?")).json()
    assert (told["problem"], told["again"]) == (NO_PDF, False)
    assert by_script(signed_in, order, "COP3").json()["problem"] == "Select a file"
    storage_is_away()
    response = by_script(signed_in, order, "COP3", a_file())
    assert response.status_code == 503
    assert (response.json()["problem"], response.json()["again"]) == (AWAY, True)


def test_the_script_is_told_of_a_colleagues_document_and_may_try_again(
    signed_in, client_of, ada, order
):
    by_script(client_of(ada), order, "COP3", a_file("hers.pdf"))
    told = by_script(signed_in, order, "COP3", a_file("his.pdf"), **{"file-instead-of": ""}).json()
    assert "Ada Admin added hers.pdf" in told["problem"]
    assert (told["again"], told["stands"]) == (True, order.documents.get().pk)
    again = {"file-instead-of": told["stands"]}
    told = by_script(signed_in, order, "COP3", a_file("his.pdf"), **again).json()
    assert (told["problem"], told["replaced"]) == ("", "hers.pdf")


def test_the_script_is_told_where_a_redirect_leads(client, order):
    response = by_script(client, order, "COP3", a_file())
    assert response.status_code == 200
    assert response.json()["location"].startswith("/login?next=")
    assert not Document.objects.exists()


def test_only_the_script_is_told(signed_in, order):
    address = f"/order/{order.pk}/document/COP3/add"
    accepted = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert signed_in.post(address, {"file": a_file()}, HTTP_ACCEPT=accepted).status_code == 302
    told = signed_in.post(
        "/logout", json.dumps({}), content_type="application/json", HTTP_ACCEPT="application/json"
    )
    assert told.status_code == 302


def test_an_order_on_its_way_is_said_to_the_script_as_to_anybody(signed_in, declared):
    response = by_script(signed_in, declared().order, "COP3", a_file())
    assert response.status_code == 403
    assert "This order is being sent to OPG, so it cannot be changed now." in Reader(response).main
