"""The pages of documents: upload, replace, download, remove."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from devstack.samples import sample_document
from filestore import MAX_SIZE
from orders import rules
from orders.models import Document
from orders.rules import DocumentType
from orders.services.deputies import add_deputy
from tests.orders.reading import Reader
from tests.orders.words import ANSWERS


@pytest.fixture
def document(ready_order):
    return ready_order().documents.get(document_type="COP3")


@pytest.fixture
def storage_is_away(settings):
    """Nothing listens on port 1."""

    def begin():
        settings.S3_ENDPOINT = "http://127.0.0.1:1"

    return begin


def a_file(name="order.pdf", content=None, **sample):
    kind = name.rsplit(".", 1)[-1].lower()
    return SimpleUploadedFile(name, sample_document(kind, **sample) if content is None else content)


def upload(client, order, kind, *files, **options):
    return client.post(f"/order/{order.pk}/document/{kind}/add", {"file": files}, **options)


def address(document, what=""):
    return f"/order/{document.order_id}/document/{document.pk}{what}"


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("COURT_ORDER", "Add court order"),
        ("COP1A", "Add COP 1A"),
        ("COP3", "Add COP 3"),
        ("cop4", "Add COP 4"),
        ("OTHER", "Add additional document"),
    ],
)
def test_each_type_has_its_page(signed_in, order, kind, heading):
    page = Reader(signed_in.get(f"/order/{order.pk}/document/{kind}/add"))
    assert page.heading == heading
    assert page.buttons == ["Upload"]
    box = page.labelled("Select files" if kind == "OTHER" else "Select a file")
    assert box["accept"] == ".pdf,.jpg,.jpeg,.png,.tif,.tiff,.doc,.docx"
    assert box.has_attr("multiple") == (kind == "OTHER")
    assert page.soup.main.form["enctype"] == "multipart/form-data"


@pytest.mark.parametrize("kind", ["cop2", "COP1C", "court-order", "1"])
def test_an_unknown_type_is_a_page_not_found(signed_in, order, kind):
    assert signed_in.get(f"/order/{order.pk}/document/{kind}/add").status_code == 404
    assert upload(signed_in, order, kind, a_file()).status_code == 404


@pytest.mark.parametrize("name", ["a.pdf", "b.jpg", "c.png", "d.tiff", "e.doc", "f.docx"])
def test_a_file_of_each_kind_is_stored(signed_in, order, sam, store, name):
    file = a_file(name)
    page = Reader(upload(signed_in, order, "COP3", file, follow=True))
    assert page.response.request["PATH_INFO"] == f"/order/{order.pk}/edit"
    assert page.banners == ["COP 3 uploaded"]
    document = order.documents.get()
    assert (document.document_type, document.name) == ("COP3", name)
    assert document.uploaded_by == sam
    file.seek(0)
    with store.open(document.key) as stored:
        assert stored.read() == file.read()


def test_another_replaces_it_after_saying_so(signed_in, document, store):
    order = document.order
    page = Reader(signed_in.get(f"/order/{order.pk}/document/COP3/add"))
    assert "Uploading another file will replace COP 3.pdf." in page.main
    response = upload(signed_in, order, "COP3", a_file("second.pdf", words="second"))
    assert response.url == f"/order/{order.pk}/summary"
    assert order.documents.get(document_type="COP3").name == "second.pdf"
    assert not store.exists(document.key)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("a.pdf", b""), "The selected file is empty"),
        (("a.exe", b"MZ"), "The selected file must be a PDF, JPG, PNG, TIFF, DOC or DOCX"),
        (("a.pdf", b"not one"), "The selected file must be a PDF, JPG, PNG, TIFF, DOC or DOCX"),
        (
            ("a.exe.pdf", b"%PDF-1.4"),
            "The name of the selected file must have one file ending, not .exe and .pdf",
        ),
        (("a.pdf", b"%PDF-" * (MAX_SIZE // 5 + 1)), "The selected file must be smaller than 20MB"),
    ],
    ids=["empty", "program", "content", "double", "large"],
)
def test_a_refused_file_is_named_with_the_reason(signed_in, order, file, sentence):
    response = upload(signed_in, order, "COURT_ORDER", a_file(*file))
    page = Reader(response)
    assert response.status_code == 200
    assert page.errors == [f"{file[0]}: {sentence}"]
    assert page.heading == "Add court order"
    assert not order.documents.exists()


@pytest.mark.parametrize("kind", ["COP3", "OTHER"])
def test_a_name_that_is_too_long_is_refused_and_not_cut(signed_in, order, kind):
    # Not an UploadedFile: that would cut the name before it is sent.
    file = io.BytesIO(sample_document("pdf"))
    file.name = "a" * 252 + ".pdf"
    page = Reader(upload(signed_in, order, kind, file))
    assert page.errors == [
        f"{file.name}: The name of the selected file must be 255 characters or less"
    ]
    assert not order.documents.exists()


@pytest.mark.parametrize("kind", ["COP3", "OTHER"])
def test_no_file_at_all_is_said(signed_in, order, kind):
    words = "Select at least one file" if kind == "OTHER" else "Select a file"
    assert Reader(upload(signed_in, order, kind)).errors == [words]


def test_additional_documents_come_several_at_once(signed_in, document):
    order = document.order
    files = [a_file("one.pdf", words="1"), a_file("two.docx"), a_file("Übersicht.png")]
    page = Reader(upload(signed_in, order, "OTHER", *files, follow=True))
    assert page.heading == "PFA order summary"
    assert page.banners == ["3 documents uploaded"]
    assert len(page.row("Additional document")) == 3
    upload(signed_in, order, "OTHER", a_file("four.pdf", words="4"))
    assert order.documents.filter(document_type="OTHER").count() == 4


def test_each_of_several_files_has_its_own_result(signed_in, order):
    files = [a_file("good.pdf"), a_file("bad.txt", b"?"), a_file("empty.pdf", b"")]
    page = Reader(upload(signed_in, order, "OTHER", *files))
    assert page.banners == ["1 of 3 documents uploaded"]
    assert page.errors == [
        "bad.txt: The selected file must be a PDF, JPG, PNG, TIFF, DOC or DOCX",
        "empty.pdf: The selected file is empty",
    ]
    assert [document.name for document in order.documents.all()] == ["good.pdf"]


def test_a_full_order_takes_no_more(signed_in, document, sam, now):
    order = document.order
    full = rules.MOST_DOCUMENTS - order.documents.count()
    Document.objects.bulk_create(
        Document(
            order=order,
            document_type="OTHER",
            key=f"dc_doc_{order.pk}_{number}.pdf",
            name=f"{number}.pdf",
            content_type="application/pdf",
            size=1,
            sha256="0" * 64,
            uploaded_by=sam,
            uploaded_at=now,
        )
        for number in range(full)
    )
    page = Reader(upload(signed_in, order, "OTHER", a_file("more.pdf")))
    assert page.errors == [
        (
            "more.pdf: An order can have up to 100 documents."
            " Remove one that is not needed, then try again"
        )
    ]
    page = Reader(signed_in.get(f"/order/{order.pk}/summary"))
    assert "Add additional document" not in page.links


def test_when_storage_is_away_the_page_stays(signed_in, order, storage_is_away):
    storage_is_away()
    response = upload(signed_in, order, "OTHER", a_file("one.pdf"), a_file("two.pdf"))
    again = "The file could not be stored. Try again in a few minutes"
    assert response.status_code == 503
    assert Reader(response).errors == [f"one.pdf: {again}", f"two.pdf: {again}"]
    assert not order.documents.exists()


def test_a_download_is_an_attachment_of_a_fixed_type(signed_in, document):
    response = signed_in.get(address(document))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="COP 3.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Length"] == str(document.size)
    assert "no-store" in response["Cache-Control"]
    assert response.getvalue() == sample_document("pdf", words="words")


def test_a_download_keeps_any_name(signed_in, order):
    upload(signed_in, order, "COP3", a_file('Łukasz "β".pdf'))
    response = signed_in.get(address(order.documents.get()))
    response.close()
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%C5%81ukasz%20%22%CE%B2%22.pdf"
    )


def test_documents_of_a_served_order_are_downloaded_still(signed_in, declared, worker, sirius):
    submission = declared()
    worker.deliver(submission)
    page = Reader(signed_in.get(f"/order/{submission.order_id}/summary-served"))
    response = signed_in.get(page.follow("COP 3.pdf (download)"))
    assert response.getvalue() == sample_document("pdf", words="words")


def test_a_document_whose_bytes_are_gone_is_said_in_words(signed_in, document, store):
    store.delete(document.key)
    response = signed_in.get(address(document))
    assert response.status_code == 404
    assert "COP 3.pdf" in Reader(response).main


def test_a_download_while_storage_is_away_says_try_again(signed_in, document, storage_is_away):
    storage_is_away()
    response = signed_in.get(address(document))
    assert response.status_code == 503
    assert "Try again in a few minutes" in Reader(response).main


def test_a_document_is_removed_after_asking(signed_in, document, store):
    page = Reader(signed_in.get(address(document, "/remove")))
    assert page.heading == "Remove document?"
    assert "COP 3.pdf" in page.main
    assert page.buttons == ["Remove document"]
    assert store.exists(document.key)
    page = Reader(signed_in.post(address(document, "/remove"), follow=True))
    assert page.banners == ["Document removed"]
    assert not Document.objects.filter(pk=document.pk).exists()
    assert not store.exists(document.key)


def test_to_keep_a_document_is_a_post(signed_in, document, sam, now):
    assert signed_in.get(address(document, "/keep")).status_code == 405
    refused = signed_in.post(address(document, "/keep"))
    assert refused.status_code == 403
    assert "This order needs its COP 3, so it must stay what it is." in Reader(refused).main

    authority = {**ANSWERS, "deputy_type": "PUBLIC_AUTHORITY"}
    add_deputy(order_id=document.order_id, answers=authority, by=sam, now=now)
    unneeded = document.order.documents.get(document_type=DocumentType.COP4)
    signed_in.post(address(unneeded, "/keep"))
    unneeded.refresh_from_db()
    assert unneeded.document_type == DocumentType.OTHER


@pytest.mark.parametrize("what", ["", "/remove", "/keep"])
def test_a_document_of_another_order_is_a_page_not_found(signed_in, document, pending_order, what):
    foreign = f"/order/{pending_order().pk}/document/{document.pk}{what}"
    if what != "/keep":
        assert signed_in.get(foreign).status_code == 404
    if what:
        assert signed_in.post(foreign).status_code == 404
    assert Document.objects.get(pk=document.pk).document_type == "COP3"


@pytest.mark.parametrize("what", ["/remove", "/keep"])
def test_a_document_of_an_order_on_its_way_stays(signed_in, declared, what):
    order = declared().order
    document = order.documents.get(document_type="COP3")
    assert signed_in.post(address(document, what)).status_code == 403
    assert upload(signed_in, order, "COP3", a_file()).status_code == 403
    assert order.documents.get(document_type="COP3").key == document.key
