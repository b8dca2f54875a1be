"""No file is kept, opened, declared or sent before a scanner found it clean, on each floor."""

import hashlib
import io
import logging

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from audit import Event
from audit.models import Entry
from devstack.eicar import EICAR
from devstack.ports import find_port
from devstack.samples import sample_document
from filestore import (
    DocumentInfected,
    DocumentNotScanned,
    DocumentStore,
    ScannerUnavailable,
    StoreUnavailable,
)
from filestore.errors import VirusFound
from orders import queries, rules, tasks
from orders.models import CourtOrderReading, Document, Submission
from orders.rules import DocumentType, ScanState
from orders.services.court_orders import upload_court_order
from orders.services.documents import attach_document
from orders.services.errors import OrderNotReady
from orders.services.scanning import (
    open_clean,
    refuse_infected,
    refuse_unclean,
    scan_stored,
)
from orders.services.serving import serve_order
from tests.filestore.scripted_scanner import answers, scripted

AWAY = "The file could not be checked for viruses, so it was not kept. Try again in a few minutes"
VIRUS = "The selected file contains a virus, so it was not kept. Upload a clean copy"


def infected_docx():
    return sample_document("docx", words=EICAR.decode())


@pytest.fixture
def away(settings):
    """Nobody where the scanner should be."""
    there = settings.CLAMD_URL
    settings.CLAMD_URL = f"tcp://127.0.0.1:{find_port(avoid=set())}"
    return lambda: setattr(settings, "CLAMD_URL", there)


@pytest.fixture
def unscanned(store):
    """Makes a document one that was stored before there was a scanner, with these bytes."""

    def make(document, content=None):
        if content is not None:
            document.delete()
            document.size, document.sha256 = len(content), hashlib.sha256(content).hexdigest()
            store.save(document.key, io.BytesIO(content), content_type=document.content_type)
        document.scan_state = ScanState.NOT_SCANNED
        document.save()
        return document

    return make


def run(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def keys_stored(infrastructure, order):
    path = infrastructure.state.path / "bucket" / "serve-documents"
    return [file.name for file in path.glob(f"dc_doc_{order.pk}_*")]


def events(order, event):
    return list(Entry.objects.about(order).filter(event=event))


# --- Files on their way in ------------------------------------------------------------------------
def test_a_virus_is_refused_and_nothing_is_kept_but_the_diary(
    pending_order, attach, infrastructure, store, sam, now, caplog
):
    order = pending_order()
    content = infected_docx()
    with caplog.at_level(logging.INFO), pytest.raises(VirusFound, match=VIRUS):
        attach_document(
            order_id=order.pk,
            document_type=DocumentType.COP3,
            file=io.BytesIO(content),
            name="Smith letter.docx",
            store=store,
            by=sam,
            now=now,
        )
    assert not order.documents.exists()
    assert keys_stored(infrastructure, order) == []
    [entry] = events(order, Event.VIRUS_FOUND)
    assert entry.by_id == sam.pk
    assert entry.facts["finding"].startswith("Serve.Test.EICAR")
    assert entry.facts["sha256"] == hashlib.sha256(content).hexdigest()
    assert entry.facts["document_type"] == "COP3"
    assert f"orders.order {order.pk}" in caplog.text
    for personal in ("Smith", sam.last_name, order.case.case_number):
        assert personal not in caplog.text


def test_a_court_order_is_scanned_before_it_is_read(
    pending_order, infrastructure, store, sam, now, away
):
    order = pending_order()
    was_read = []

    def upload():
        return upload_court_order(
            order_id=order.pk,
            file=io.BytesIO(infected_docx()),
            name="order.docx",
            store=store,
            by=sam,
            now=now,
            read_words=was_read.append,
        )

    with pytest.raises(ScannerUnavailable):
        upload()
    away()
    with pytest.raises(VirusFound):
        upload()
    assert was_read == []
    assert not CourtOrderReading.objects.exists()
    assert keys_stored(infrastructure, order) == []


def test_with_the_scanner_away_nothing_passes_and_the_same_file_is_taken_after(
    pending_order, attach, infrastructure, away
):
    order = pending_order()
    entries = Entry.objects.count()
    with pytest.raises(ScannerUnavailable):
        attach(order, DocumentType.COP3)
    assert (keys_stored(infrastructure, order), Entry.objects.count()) == ([], entries)
    away()
    assert attach(order, DocumentType.COP3).is_clean
    assert len(keys_stored(infrastructure, order)) == 1


def test_clean_is_said_of_exactly_the_bytes_that_are_kept(pending_order, sam):
    sha256 = hashlib.sha256(b"what was inspected").hexdigest()
    with pytest.raises(ScannerUnavailable, match="other bytes"):
        refuse_infected(io.BytesIO(b"another"), sha256=sha256, by=sam, subject=pending_order())
    refuse_infected(io.BytesIO(b"what was inspected"), sha256=sha256, by=sam, subject=None)


# --- Documents that are stored --------------------------------------------------------------------
def test_an_unscanned_document_holds_the_order_back_on_every_floor(
    ready_order, unscanned, sam, now, store, signed_in
):
    order = ready_order()
    document = unscanned(order.documents.first())
    words = rules.document_words(DocumentType(document.document_type))
    # the law
    facts = queries.facts_of(queries.get_order(order.pk))
    assert f"Wait: the {words} is being checked for viruses" in rules.missing(facts)
    # the services
    with pytest.raises(OrderNotReady):
        serve_order(order_id=order.pk, by=sam, now=now)
    with pytest.raises(DocumentNotScanned):
        open_clean(document, store=store)
    # the pages
    page = signed_in.get(reverse("order-summary", args=[order.pk])).content.decode()
    address = reverse("document", args=[order.pk, document.pk])
    assert "Being checked for viruses" in page
    assert f'href="{address}"' not in page
    answer = signed_in.get(address)
    assert (answer.status_code, "being checked for viruses" in answer.content.decode()) == (
        503,
        True,
    )


@pytest.mark.parametrize("state", [ScanState.NOT_SCANNED, ScanState.INFECTED])
def test_the_database_refuses_a_declaration_with_a_document_that_is_not_clean(
    ready_order, sam, now, state
):
    order = ready_order()
    submission = serve_order(order_id=order.pk, by=sam, now=now)
    other = ready_order()
    Document.objects.filter(pk=other.documents.first().pk).update(scan_state=state)
    submission.pk, submission.order, submission.manifest = None, other, []
    with pytest.raises(IntegrityError, match="only clean documents are served"):
        submission.save()


def test_the_database_refuses_a_declaration_that_lists_other_bytes_than_were_scanned(
    ready_order, sam, now
):
    submission = serve_order(order_id=ready_order().pk, by=sam, now=now)
    for changes in ({"sha256": "0" * 64}, {"key": "dc_doc_1_1.pdf"}):
        submission.pk = None
        submission.manifest = [{**submission.manifest[0], **changes}]
        with pytest.raises(IntegrityError, match="only clean documents"), transaction.atomic():
            submission.save()


def test_the_sweep_scans_what_was_stored_before_there_was_a_scanner(
    pending_order, attach, unscanned, store
):
    order = pending_order()
    clean = unscanned(attach(order, DocumentType.COP3))
    infected = unscanned(attach(order, DocumentType.COP4), b"%PDF-1.7 " + EICAR)
    missing = unscanned(attach(order, DocumentType.COP1A))
    store.delete(missing.key)
    altered = unscanned(attach(order, DocumentType.COURT_ORDER))
    store.save(altered.key, io.BytesIO(b"something else"), content_type="application/pdf")
    tasks.scan_documents()
    found = dict(order.documents.values_list("pk", "scan_state"))
    assert found == {
        clean.pk: "CLEAN",
        infected.pk: "INFECTED",
        missing.pk: "NOT_SCANNED",
        altered.pk: "NOT_SCANNED",
    }
    told = {entry.facts["key"]: entry.facts for entry in events(order, Event.DOCUMENT_SCANNED)}
    assert {key: facts["scan_state"] for key, facts in told.items()} == {
        clean.key: "CLEAN",
        infected.key: "INFECTED",
    }
    assert told[infected.key]["finding"].startswith("Serve.Test.EICAR")


def test_the_sweep_waits_while_the_scanner_is_away(
    pending_order, attach, unscanned, store, settings
):
    document = unscanned(attach(pending_order(), DocumentType.COP3))
    there = settings.CLAMD_URL
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    tasks.scan_documents()
    document.refresh_from_db()
    assert document.scan_state == ScanState.NOT_SCANNED
    settings.CLAMD_URL = there
    tasks.scan_documents()
    document.refresh_from_db()
    assert document.is_clean


def test_one_that_the_scanner_makes_nothing_of_does_not_hold_up_the_others(
    pending_order, attach, unscanned, store, settings, caplog
):
    order, odd = pending_order(), b"%PDF-1.7 of which nothing is known"
    first = unscanned(attach(order, DocumentType.COP3), odd)
    unscanned(attach(order, DocumentType.COP4))
    script = answers(b"stream: OK\0", but_about={odd: b"stream: what? ERROR\0"})
    with scripted(script) as settings.CLAMD_URL:
        found = scan_stored(store=store, seconds=60)
    assert (found[ScanState.CLEAN], found[ScanState.NOT_SCANNED]) == (1, 1)
    assert [document.key for document in Document.objects.exclude(scan_state="CLEAN")] == [
        first.key
    ]
    assert first.key in caplog.text


class Withholding(DocumentStore):
    """The bucket, but for one document."""

    withheld = ""

    def open(self, key):
        if key == self.withheld:
            raise StoreUnavailable(key)
        return super().open(key)


@pytest.mark.parametrize("is_up", [True, False])
def test_one_that_storage_withholds_does_not_hold_up_the_others_unless_storage_is_away(
    pending_order, attach, unscanned, is_up
):
    order, store = pending_order(), Withholding.from_settings()
    store.withheld = unscanned(attach(order, DocumentType.COP3)).key
    store.is_up = lambda: is_up
    unscanned(attach(order, DocumentType.COP4))
    found = scan_stored(store=store, seconds=60)
    assert (found[ScanState.CLEAN], found[ScanState.NOT_SCANNED]) == (int(is_up), 1)


def test_the_command_scans_and_says_how_many(pending_order, attach, unscanned, settings, capsys):
    document = unscanned(attach(pending_order(), DocumentType.COP3))
    call_command("scan_documents")
    assert "clean 1, with a virus 0, not scanned 0" in capsys.readouterr().out
    call_command("scan_documents")
    assert "clean 0" in capsys.readouterr().out
    with (
        scripted(answers(b"stream: New.Virus FOUND\0")) as settings.CLAMD_URL,
        pytest.raises(CommandError, match="Not every document is clean"),
    ):
        call_command("scan_documents", "--again")
    document.refresh_from_db()
    assert document.scan_state == ScanState.INFECTED
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    with pytest.raises(CommandError, match="does not answer"):
        call_command("scan_documents")


def test_a_document_found_infected_later_is_shut_and_staff_are_told_to_replace_it(
    ready_order, sam, now, store, settings, signed_in
):
    order = ready_order()
    with scripted(answers(b"stream: New.Virus FOUND\0")) as settings.CLAMD_URL:
        found = scan_stored(store=store, seconds=60, again=True)
    assert found[ScanState.INFECTED] == order.documents.count()
    document = Document.objects.filter(order=order).first()
    with pytest.raises(DocumentInfected):
        open_clean(document, store=store)
    with pytest.raises(OrderNotReady, match="Replace the court order: a virus was found in it"):
        serve_order(order_id=order.pk, by=sam, now=now)
    answer = signed_in.get(reverse("document", args=[order.pk, document.pk]))
    assert (answer.status_code, "A virus was found in" in answer.content.decode()) == (403, True)
    assert b"Virus found" in signed_in.get(reverse("order-summary", args=[order.pk])).content


def test_an_order_on_its_way_is_held_when_a_document_turns_out_infected(
    declared, worker, sirius, store, settings
):
    submission = declared()
    with scripted(answers(b"stream: New.Virus FOUND\0")) as settings.CLAMD_URL:
        scan_stored(store=store, seconds=60, again=True)
    assert worker.deliver(submission) == rules.State.HELD
    assert (submission.reason, submission.attempts.get().outcome) == ("document", "document")
    assert sirius.received()["attempts"] == []


def test_one_that_lost_its_scan_waits_and_is_not_sent(declared, worker, sirius):
    """As one would be that was declared before there was a scanner: the database makes none now."""
    submission = declared()
    documents = submission.order.documents
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE orders_document DISABLE TRIGGER USER")
        documents.update(scan_state=ScanState.NOT_SCANNED)
        cursor.execute("ALTER TABLE orders_document ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert worker.deliver(submission) == rules.State.QUEUED
    assert (submission.reason, submission.documents_copied) == ("storage", 0)
    assert sirius.received()["attempts"] == []
    tasks.scan_documents()
    assert worker.deliver(submission) == rules.State.ACCEPTED


def test_a_document_without_a_row_was_never_scanned(declared):
    submission = declared()
    with pytest.raises(DocumentNotScanned):
        refuse_unclean([*(one["key"] for one in submission.manifest), "dc_doc_0_0.pdf"])
    refuse_unclean(one["key"] for one in submission.manifest)


def test_the_database_lets_no_infected_document_be_sent(declared):
    submission = declared()
    lease = "lease_expires_at = now() + interval '1 minute'"
    run(f"UPDATE orders_submission SET state = 'PREPARING', {lease} WHERE id = %s", submission.pk)
    submission.order.documents.update(scan_state=ScanState.INFECTED)
    with pytest.raises(IntegrityError, match="never sent"):
        run("UPDATE orders_submission SET state = 'SENDING' WHERE id = %s", submission.pk)
    assert Submission.objects.get(pk=submission.pk).state == "PREPARING"


# --- What the database keeps ----------------------------------------------------------------------
@pytest.mark.parametrize("state", [ScanState.CLEAN, ScanState.NOT_SCANNED])
def test_a_document_with_a_virus_is_never_clean_again(pending_order, attach, state):
    document = attach(pending_order(), DocumentType.COP3)
    Document.objects.update(scan_state=ScanState.INFECTED)
    with pytest.raises(IntegrityError, match="never clean again"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(scan_state=state)


def test_a_file_with_a_virus_is_not_kept_and_no_state_is_made_up(pending_order, attach):
    document = attach(pending_order(), DocumentType.COP3)
    document.pk, document.key, document.document_type = None, "dc_doc_1_2.pdf", "OTHER"
    document.scan_state = ScanState.INFECTED
    with pytest.raises(IntegrityError, match="not kept"), transaction.atomic():
        document.save()
    document.scan_state = "PROBABLY_FINE"
    with pytest.raises(IntegrityError, match="document_scan_state_known"), transaction.atomic():
        document.save()


@pytest.mark.parametrize("change", ["key = 'x'", "size = 1", f"sha256 = '{'1' * 64}'"])
def test_the_bytes_under_a_finding_are_never_exchanged(pending_order, attach, change):
    document = attach(pending_order(), DocumentType.COP3)
    with pytest.raises(IntegrityError, match="never exchanged"):
        run(f"UPDATE orders_document SET {change} WHERE id = %s", document.pk)


@pytest.mark.parametrize(
    "change", ["scan_state = 'NOT_SCANNED'", "scan_state = 'INFECTED', name = 'x'", "name = 'x'"]
)
def test_of_an_order_on_its_way_nothing_but_a_finding_is_written(declared, change):
    document = declared().order.documents.first()
    with pytest.raises(IntegrityError, match="are frozen"):
        run(f"UPDATE orders_document SET {change} WHERE id = %s", document.pk)
    run("UPDATE orders_document SET scan_state = 'INFECTED' WHERE id = %s", document.pk)


# --- What staff see -------------------------------------------------------------------------------
def chosen(content=None, name="court.pdf"):
    file = io.BytesIO(content or sample_document("pdf"))
    file.name = name
    return file


SCRIPT = {"HTTP_ACCEPT": "application/json, text/html;q=0.9"}


def test_the_page_of_one_document_asks_to_try_again_and_trying_again_works(
    pending_order, signed_in, away
):
    order = pending_order()
    address = reverse("document-add", args=[order.pk, "COP3"])
    answer = signed_in.post(address, {"file": chosen()})
    assert answer.status_code == 503
    assert f"court.pdf: {AWAY}" in answer.content.decode()
    told = signed_in.post(address, {"file": chosen()}, **SCRIPT)
    assert (told.status_code, told.json()["problem"], told.json()["again"]) == (503, AWAY, True)
    away()
    assert signed_in.post(address, {"file": chosen()}).status_code == 302
    assert order.documents.get().is_clean


def test_the_page_of_several_says_it_beside_each_file_and_keeps_those_that_passed(
    pending_order, signed_in, settings
):
    order = pending_order()
    address = reverse("documents-add", args=[order.pk])
    files = {"COURT_ORDER": chosen(name="one.pdf"), "OTHER": chosen(infected_docx(), "two.docx")}
    page = signed_in.post(address, files).content.decode()
    assert f"two.docx: {VIRUS}" in page
    assert list(order.documents.values_list("name", "scan_state")) == [("one.pdf", "CLEAN")]
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    files = {"OTHER": [chosen(name="three.pdf"), chosen(name="four.pdf")]}
    answer = signed_in.post(address, files)
    assert answer.status_code == 503
    assert all(f"{name}: {AWAY}" in answer.content.decode() for name in ("three.pdf", "four.pdf"))


def test_the_script_is_told_of_a_virus_and_offers_no_second_try(pending_order, signed_in):
    address = reverse("document-add", args=[pending_order().pk, "COP3"])
    told = signed_in.post(address, {"file": chosen(infected_docx(), "a.docx")}, **SCRIPT)
    assert (told.status_code, told.json()["problem"], told.json()["again"]) == (200, VIRUS, False)


def test_the_page_of_the_court_order_asks_to_try_again(pending_order, signed_in, away):
    order = pending_order()
    address = reverse("order-upload", args=[order.pk])
    answer = signed_in.post(address, {"file": chosen()})
    assert (answer.status_code, AWAY in answer.content.decode()) == (503, True)
    away()
    assert signed_in.post(address, {"file": chosen()}).status_code == 302
    answer = signed_in.post(address, {"file": chosen(infected_docx(), "a.docx")})
    assert VIRUS in answer.content.decode()
