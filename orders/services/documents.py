"""Writes the documents of an order: rows here, bytes by `filestore`."""

import datetime as dt
import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from django.db import InterfaceError, OperationalError, transaction

import audit
from accounts.models import User
from filestore import DocumentStore, StoreUnavailable, inspect_document, tidy_name
from orders import queries, rules
from orders.models import CourtOrderReading, Document, Order
from orders.services.errors import AnotherDocumentStands, DocumentRequired, TooManyDocuments
from orders.services.locking import lock_editable_order
from orders.services.scanning import refuse_infected

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
    instead_of: int | None = None,
) -> Document:
    """Store the file and make it the order's document of that type; another of the type goes.

    Only additional documents may be several, and of these the same file under the same name is one:
    a second click adds nothing. `instead_of` is the document that the person was told would go, 0
    for none; where another file stands by now, it stays. Without it whatever stands goes.
    Bytes are stored before the row is written, see `bytes_go_without_row`: a row without bytes
    never exists.
    Raises `FileRejected` (the sentence is for staff), `ScannerUnavailable`, `StoreUnavailable`,
    `Order.DoesNotExist`, `OrderNotEditable`, `TooManyDocuments` and `AnotherDocumentStands`.
    """
    document = examine_document(
        order_id=order_id, document_type=document_type, file=file, name=name, by=by, now=now
    )
    with transaction.atomic():
        lock_place_of(document, instead_of=instead_of)
    store.save(document.key, file, content_type=document.content_type)
    with bytes_go_without_row(document.key, store=store):
        replaced = write_down(document, by=by, instead_of=instead_of)
    delete_bytes(replaced, store=store)
    return document


def examine_document(
    *,
    order_id: int,
    document_type: rules.DocumentType,
    file: BinaryIO,
    name: str,
    by: User,
    now: dt.datetime,
) -> Document:
    """The document that the file would be, clean and under a key of its own; nothing is stored.

    Raises `FileRejected`, also of a virus, `ScannerUnavailable` and `Order.DoesNotExist`.
    """
    inspection = inspect_document(file, name=name)
    order = Order.objects.get(pk=order_id)
    refuse_infected(
        file,
        sha256=inspection.sha256,
        by=by,
        subject=order,
        document_type=document_type,
        size=inspection.size,
    )
    return Document(
        order_id=order_id,
        document_type=document_type,
        key=f"dc_doc_{order_id}_{secrets.randbelow(10**18):018d}.{inspection.extension}",
        name=tidy_name(name),
        content_type=inspection.content_type,
        size=inspection.size,
        sha256=inspection.sha256,
        scan_state=rules.ScanState.CLEAN,
        uploaded_by=by,
        uploaded_at=now,
    )


def write_down(document: Document, *, by: User, instead_of: int | None) -> list[str]:
    """Write the row of stored bytes; return the keys of what it replaced, to be removed after.

    Raises as `lock_place_of`.
    """
    with transaction.atomic():
        order, replaced = lock_place_of(document, instead_of=instead_of)
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
            images=audit.whole(document),
        )
    return [old.key for old in replaced]


def lock_place_of(document: Document, *, instead_of: int | None) -> tuple[Order, list[Document]]:
    """The order, locked, and what the document takes the place of.

    Raises `Order.DoesNotExist`, `OrderNotEditable`, `TooManyDocuments` and `AnotherDocumentStands`.
    """
    order = lock_editable_order(document.order_id)
    replaced = _in_its_place(document, order)
    if order.documents.count() - len(replaced) >= rules.MOST_DOCUMENTS:
        raise TooManyDocuments(
            f"An order can have up to {rules.MOST_DOCUMENTS} documents."
            " Remove one that is not needed, then try again"
        )
    for old in replaced:
        # The same file once more is a second click, not another document.
        if instead_of not in (None, old.pk) and old.sha256 != document.sha256:
            raise AnotherDocumentStands(old)
    return order, replaced


def _in_its_place(document: Document, order: Order) -> list[Document]:
    standing = order.documents.filter(document_type=document.document_type)
    if document.document_type == rules.DocumentType.OTHER:
        standing = standing.filter(sha256=document.sha256, name=document.name)
    return list(standing.select_related("uploaded_by"))


def forget(document: Document, *, by: User) -> None:
    """Remove the row, and say so in the diary; the caller removes the bytes after the commit.

    What was read from it goes with it.
    """
    readings = CourtOrderReading.objects.filter(document=document)
    audit.record(
        audit.Event.DOCUMENT_REMOVED,
        by=by,
        subject=document.order,
        document_type=document.document_type,
        key=document.key,
        images=audit.gone(document, *readings),
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
            raise DocumentRequired(
                f"This order needs its {rules.document_words(was)}, so it must stay what it is."
            )
        document.document_type = rules.DocumentType.OTHER
        document.save(update_fields=["document_type"])
        audit.record(
            audit.Event.DOCUMENT_ATTACHED,
            by=by,
            subject=order,
            document_type=document.document_type,
            was=was,
            key=document.key,
            images=audit.after(document, "document_type"),
        )


@contextmanager
def bytes_go_without_row(key: str, *, store: DocumentStore) -> Iterator[None]:
    """Remove the stored object where its row, which is written within, is known not to stand.

    Where the connection failed, or the process is told to end, COMMIT may have been carried out and
    its answer lost: an object that no row names is harmless, a row without its object is not.
    """
    try:
        yield
    except (OperationalError, InterfaceError):
        log.warning("whether the row of %s was written is not known; the object stays", key)
        raise
    except Exception:
        delete_bytes([key], store=store)
        raise


def delete_bytes(keys: Iterable[str], *, store: DocumentStore) -> None:
    """Remove stored objects that no row names. One left behind is harmless, so never raises."""
    for key in keys:
        try:
            store.delete(key)
        except StoreUnavailable:
            log.warning("the object %s could not be removed and is left behind", key)
