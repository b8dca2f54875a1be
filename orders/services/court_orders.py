"""Takes a court order in: reads it, keeps it or holds it, until staff have confirmed what it says.

What its text says is the affair of `court_order_text`; the file goes the way of every document.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, BinaryIO

from django.db import transaction

import audit
from accounts.models import User
from filestore import DocumentStore, ReadingFailed, read_word_text
from orders.court_order_text import CourtOrderText, Finding, read_court_order
from orders.models import CourtOrderReading, Document, Order
from orders.rules import DocumentType, OrderType
from orders.services.documents import (
    bytes_go_without_row,
    delete_bytes,
    examine_document,
    lock_place_of,
    write_down,
)
from orders.services.errors import CaseNumberDiffers
from orders.services.locking import lock_editable_order

ReadWords = Callable[[BinaryIO], list[str]]

# Readings and held files that nobody came back to.
KEPT_FOR = dt.timedelta(days=7)
MOST_A_SWEEP = 100
# Failures of our own, beside those of `ReadingFailure`: what these files are is not read at all.
OLD_WORD, NOT_WORD = "doc", "not_word"
FACTS_OF_A_FILE = ("name", "content_type", "size", "sha256", "scan_state")


def upload_court_order(
    *,
    order_id: int,
    file: BinaryIO,
    name: str,
    store: DocumentStore,
    by: User,
    now: dt.datetime,
    instead_of: int | None = None,
    read_words: ReadWords = read_word_text,
) -> CourtOrderReading:
    """Read the file and make it the order's court order, or hold it until staff say that it is.

    A Word file (.docx) in which this order's case number, and no other, was found is kept at once;
    so is a file of another type, which is not read. `instead_of` is as in `attach_document`.
    Raises `CaseNumberDiffers`, and as `attach_document`; then nothing is kept.
    """
    document = examine_document(
        order_id=order_id,
        document_type=DocumentType.COURT_ORDER,
        file=file,
        name=name,
        by=by,
        now=now,
    )
    with transaction.atomic():
        order, _replaced = lock_place_of(document, instead_of=instead_of)
    # Up to ten seconds, in which nobody is made to wait for the order.
    reading = _read(order, document, file, read_words=read_words, now=now)
    store.save(document.key, file, content_type=document.content_type)
    with bytes_go_without_row(document.key, store=store):
        gone = _write_down(reading, document, by=by, instead_of=instead_of)
    delete_bytes(gone, store=store)
    return reading


def _read(
    order: Order, document: Document, file: BinaryIO, *, read_words: ReadWords, now: dt.datetime
) -> CourtOrderReading:
    """The reading of a file, not saved yet; held where nobody can tell whose order it is."""
    reading = CourtOrderReading(order=order, read_at=now)
    ending = document.key.rpartition(".")[2]
    if ending != "docx":
        reading.failure = OLD_WORD if ending == "doc" else NOT_WORD
        return reading
    try:
        text = read_court_order("\n".join(read_words(file)))
    except ReadingFailed as failed:
        reading.failure = failed.failure.value
        reading.held_key = document.key
        return reading
    if text.case_numbers and order.case.case_number not in text.case_numbers:
        raise CaseNumberDiffers
    reading.findings = _findings_of(order, text)
    # Of several case numbers one is this order's; whether the file is, a person says.
    reading.held_key = "" if text.case_number.value else document.key
    return reading


def _findings_of(order: Order, text: CourtOrderText) -> dict[str, Any]:
    findings: dict[str, Finding[Any]] = {
        "case_number": text.case_number,
        "order_subtype": text.order_subtype,
        "appointment_type": text.appointment_type,
    }
    if order.order_type == OrderType.PF:
        findings["bond_over_21000"] = text.bond_over_21000
    return {
        name: {"value": finding.value, "words": list(finding.words)}
        for name, finding in findings.items()
    }


def _write_down(
    reading: CourtOrderReading, document: Document, *, by: User, instead_of: int | None
) -> list[str]:
    """Write the reading, and the document unless it is held; the keys of what they replaced."""
    with transaction.atomic():
        order, _replaced = lock_place_of(document, instead_of=instead_of)
        earlier = list(CourtOrderReading.objects.select_for_update().filter(order=order))
        gone = [one.held_key for one in earlier if one.is_held]
        images = audit.gone(*earlier)
        for one in earlier:
            one.delete()
        if reading.is_held:
            reading.held_file = {name: getattr(document, name) for name in FACTS_OF_A_FILE}
        else:
            gone += write_down(document, by=by, instead_of=instead_of)
            reading.document = document
        reading.save()
        audit.record(
            audit.Event.COURT_ORDER_READ,
            by=by,
            subject=order,
            found=[name for name, found in reading.findings.items() if found["value"] is not None],
            failure=reading.failure,
            held=reading.is_held,
            images=images | audit.whole(reading),
        )
    return gone


def keep_held_court_order(
    *,
    order_id: int,
    reading_id: int,
    store: DocumentStore,
    by: User,
    now: dt.datetime,
    instead_of: int | None = None,
) -> None:
    """Make the held file the order's court order: staff say that it is. One kept already stays.

    Raises `CourtOrderReading.DoesNotExist`, and as `lock_place_of`.
    """
    with transaction.atomic():
        reading = _lock_reading(order_id, reading_id)
        if not reading.is_held:
            return
        document = Document(
            order_id=order_id,
            document_type=DocumentType.COURT_ORDER,
            key=reading.held_key,
            uploaded_by=by,
            uploaded_at=reading.read_at,
            **reading.held_file,
        )
        gone = write_down(document, by=by, instead_of=instead_of)
        reading.document, reading.held_key, reading.held_file = document, "", {}
        reading.save()
        audit.record(
            audit.Event.COURT_ORDER_KEPT,
            by=by,
            subject=document.order,
            images=audit.after(reading, "document_id", "held_key", "held_file"),
        )
    delete_bytes(gone, store=store)


def discard_held_court_order(
    *, order_id: int, reading_id: int, store: DocumentStore, by: User, now: dt.datetime
) -> None:
    """Remove the held file: staff say that it is not this order's.

    Raises `CourtOrderReading.DoesNotExist` and `OrderNotEditable`.
    """
    with transaction.atomic():
        reading = _lock_reading(order_id, reading_id)
        key = reading.held_key
        if not key:
            return
        _forget(reading, by=by)
    delete_bytes([key], store=store)


def sweep_readings(*, store: DocumentStore, now: dt.datetime) -> int:
    """Remove what was read or held a week ago and never confirmed; how many that were."""
    with transaction.atomic():
        old = CourtOrderReading.objects.select_for_update(of=("self",), skip_locked=True).filter(
            read_at__lt=now - KEPT_FOR
        )
        abandoned = list(old.select_related("order").order_by("pk")[:MOST_A_SWEEP])
        keys = [reading.held_key for reading in abandoned if reading.is_held]
        for reading in abandoned:
            _forget(reading, by=None)
    delete_bytes(keys, store=store)
    return len(abandoned)


def _lock_reading(order_id: int, reading_id: int) -> CourtOrderReading:
    order = lock_editable_order(order_id)
    return CourtOrderReading.objects.select_for_update().get(pk=reading_id, order=order)


def _forget(reading: CourtOrderReading, *, by: User | None) -> None:
    event = audit.Event.COURT_ORDER_READING_ENDED
    if reading.is_held:
        event = audit.Event.COURT_ORDER_DISCARDED
    audit.record(event, by=by, subject=reading.order, images=audit.gone(reading))
    reading.delete()
