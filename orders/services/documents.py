"""Writes the documents of an order: rows here, bytes by `filestore`."""

import datetime as dt
import logging
import secrets
from collections.abc import Iterable
from typing import BinaryIO

from django.db import transaction

import audit
from accounts.models import User
from filestore import DocumentStore, StoreUnavailable, inspect_document, scan, tidy_name
from filestore.errors import VirusFound
from filestore.scanning import ScanState
from orders import queries, rules
from orders.models import Document, Order
from orders.services.errors import DocumentRequired, TooManyDocuments
from orders.services.locking import lock_editable_order

log = logging.getLogger(__name__)


def attach_document(
    *,
    order_id: int,
    document_type: rules.DocumentType,
    file: BinaryIO,
    name: str,
    store: DocumentStore,
    by: User,
    now: dt.datetime,
) -> Document:
    """Store the file and make it the order's document of that type; another of the type goes.

    Only additional documents may be several. Bytes are stored before the row is written and removed
    if it is not: a row without bytes never exists.
    Raises `FileRejected` (the sentence is for staff), `StoreUnavailable`, `Order.DoesNotExist`,
    `OrderNotEditable` and `TooManyDocuments`.
    """
    inspection = inspect_document(file, name=name)
    scan_state = scan(file)
    if scan_state == ScanState.INFECTED:
        raise VirusFound
    key = f"dc_doc_{order_id}_{secrets.randbelow(10**18):018d}.{inspection.extension}"
    with transaction.atomic():
        _may_take_another(lock_editable_order(order_id), document_type)
    store.save(key, file, content_type=inspection.content_type)
    document = Document(
        order_id=order_id,
        document_type=document_type,
        key=key,
        name=tidy_name(name),
        content_type=inspection.content_type,
        size=inspection.size,
        sha256=inspection.sha256,
        scan_state=scan_state.name,
        uploaded_by=by,
        uploaded_at=now,
    )
    try:
        replaced = _write_down(document, by=by)
    except BaseException:
        delete_bytes([key], store=store)
        raise
    delete_bytes(replaced, store=store)
    return document


def _write_down(document: Document, *, by: User) -> list[str]:
    """Write the row; return the keys of what it replaced."""
    with transaction.atomic():
        order = lock_editable_order(document.order_id)
        kind = rules.DocumentType(document.document_type)
        _may_take_another(order, kind)
        replaced = [] if kind == rules.DocumentType.OTHER else list(_of_type(order, kind))
        for old in replaced:
            forget(old, by=by)
        document.save()
        audit.record(
            audit.Event.DOCUMENT_ATTACHED,
            by=by,
            subject=order,
            document_type=document.document_type,
            key=document.key,
            size=document.size,
            sha256=document.sha256,
        )
    return [old.key for old in replaced]


def _of_type(order: Order, kind: rules.DocumentType) -> Iterable[Document]:
    return order.documents.filter(document_type=kind)


def _may_take_another(order: Order, kind: rules.DocumentType) -> None:
    standing = order.documents.all()
    if kind != rules.DocumentType.OTHER:
        standing = standing.exclude(document_type=kind)
    if standing.count() >= rules.MOST_DOCUMENTS:
        raise TooManyDocuments(f"An order can have up to {rules.MOST_DOCUMENTS} documents")


def forget(document: Document, *, by: User) -> None:
    """Remove the row, and say so in the diary; the caller removes the bytes after the commit."""
    audit.record(
        audit.Event.DOCUMENT_REMOVED,
        by=by,
        subject=document.order,
        document_type=document.document_type,
        key=document.key,
    )
    document.delete()


def remove_document(
    *, order_id: int, document_id: int, store: DocumentStore, by: User, now: dt.datetime
) -> None:
    """Raises `OrderNotEditable`, and `Document.DoesNotExist` when it is not of that order."""
    with transaction.atomic():
        order = lock_editable_order(order_id)
        document = order.documents.select_for_update().get(pk=document_id)
        key = document.key
        forget(document, by=by)
    delete_bytes([key], store=store)


def keep_as_additional(*, order_id: int, document_id: int, by: User, now: dt.datetime) -> None:
    """Make a document that stopped being required an additional one, as which it will be sent.

    Raises `OrderNotEditable`, `DocumentRequired`, and `Document.DoesNotExist` when it is not of
    that order.
    """
    with transaction.atomic():
        order = lock_editable_order(order_id)
        document = order.documents.select_for_update().get(pk=document_id)
        was = rules.DocumentType(document.document_type)
        if was in rules.required_for(queries.facts_of(queries.get_order(order_id))):
            raise DocumentRequired(f"This order needs its {rules.document_words(was)}.")
        document.document_type = rules.DocumentType.OTHER
        document.save(update_fields=["document_type"])
        audit.record(
            audit.Event.DOCUMENT_ATTACHED,
            by=by,
            subject=order,
            document_type=document.document_type,
            was=was,
            key=document.key,
        )


def delete_bytes(keys: Iterable[str], *, store: DocumentStore) -> None:
    """Remove stored objects that no row names. One left behind is harmless, so never raises."""
    for key in keys:
        try:
            store.delete(key)
        except StoreUnavailable:
            log.warning("the object %s could not be removed and is left behind", key)
