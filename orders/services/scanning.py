"""Virus scans: of files before they are kept, of documents that are stored, and what follows.

No document is opened, sent or declared before a scanner found it clean. The database holds that
too: see migration 0006.
"""

import logging
import time
from collections.abc import Iterable
from typing import BinaryIO

from django.db import models, transaction

import audit
from accounts.models import User
from filestore import (
    DocumentAltered,
    DocumentInfected,
    DocumentNotScanned,
    DocumentStore,
    Scan,
    ScannerUnavailable,
    ScanState,
    StoreError,
    StoreUnavailable,
    scan,
    scanner_is_up,
)
from filestore.errors import VirusFound
from orders import rules
from orders.models import Document

log = logging.getLogger(__name__)


# --- Files on their way in ------------------------------------------------------------------------
def refuse_infected(
    file: BinaryIO, *, sha256: str, by: User | None, subject: models.Model | None, **facts: object
) -> None:
    """Scan a file before anything of it is kept; a virus goes into the diary, with these facts.

    `sha256` is that of the bytes that will be kept: nothing else may have been scanned. `subject`
    is what the event is about; without one it is only logged.
    Raises `VirusFound` or another `FileRejected`, and `ScannerUnavailable`.
    """
    found = scan(file)
    if found.sha256 != sha256:
        raise ScannerUnavailable("other bytes than those to be kept were scanned")
    if found.state is ScanState.CLEAN:
        return
    refusal = found.refusal
    # No name, also not the order's: they stand in the diary.
    about = f"{subject._meta.label_lower} {subject.pk}" if subject else "nobody"
    log.warning("a file was refused (%s): the scanner found %s", about, found.finding)
    if subject is not None and isinstance(refusal, VirusFound):
        with transaction.atomic():
            audit.record(
                audit.Event.VIRUS_FOUND,
                by=by,
                subject=subject,
                finding=found.finding,
                sha256=sha256,
                **facts,
            )
    raise refusal


# --- Documents that are stored --------------------------------------------------------------------
def open_clean(document: Document, *, store: DocumentStore) -> BinaryIO:
    """The bytes of a clean document, to be closed by the caller.

    Raises `DocumentInfected`, `DocumentNotScanned`, and as `DocumentStore.open`.
    """
    _refuse(document.key, document.scan_state)
    return store.open(document.key)


def refuse_unclean(keys: Iterable[str]) -> None:
    """Raises `DocumentInfected` or `DocumentNotScanned` unless all these documents are clean.

    One that has no row at all was never scanned.
    """
    wanted = list(keys)
    states = dict(Document.objects.filter(key__in=wanted).values_list("key", "scan_state"))
    for key in wanted:
        _refuse(key, states.get(key, rules.ScanState.NOT_SCANNED))


def _refuse(key: str, state: str) -> None:
    if state == rules.ScanState.INFECTED:
        raise DocumentInfected(key)
    if state != rules.ScanState.CLEAN:
        raise DocumentNotScanned(f"{key}: no virus scanner has looked at it yet")


def scan_stored(
    *, store: DocumentStore, seconds: float, again: bool = False, by: User | None = None
) -> dict[rules.ScanState, int]:
    """Scan the documents that no scanner has looked at, for about so many seconds.

    `again`: also those that were found clean, for a scanner that has learned since. One that cannot
    be read or judged is left for the next time; a scanner or a storage that is away ends it.
    Returns how many were found in each state.
    """
    until = time.monotonic() + seconds
    states = [rules.ScanState.NOT_SCANNED, *([rules.ScanState.CLEAN] if again else [])]
    waiting = Document.objects.filter(scan_state__in=states).order_by("pk")
    found = dict.fromkeys(rules.ScanState, 0)
    for document in waiting.iterator(chunk_size=100):
        if time.monotonic() > until:
            break
        try:
            found[scan_document(document=document, store=store, by=by)] += 1
        except (ScannerUnavailable, StoreError) as error:
            kind = type(error).__name__
            log.warning("document %s cannot be scanned: %s: %s", document.key, kind, error)
            found[rules.ScanState.NOT_SCANNED] += 1
            if _is_away(error, store=store):
                log.warning("documents wait to be scanned for viruses")
                break
    return found


def _is_away(error: ScannerUnavailable | StoreError, *, store: DocumentStore) -> bool:
    """Whether the next document would fare no better: who failed answers no simpler question."""
    if isinstance(error, ScannerUnavailable):
        return not scanner_is_up()
    return isinstance(error, StoreUnavailable) and not store.is_up()


def scan_document(
    *, document: Document, store: DocumentStore, by: User | None = None
) -> rules.ScanState:
    """Scan a stored document and write down what was found, also of an order that was served.

    Raises `ScannerUnavailable`, `DocumentMissing`, `DocumentAltered` and `StoreUnavailable`.
    """
    with store.open(document.key) as content:
        found = scan(content)
    if found.sha256 != document.sha256:
        raise DocumentAltered(document.key)
    state = rules.ScanState[found.state.name]
    with transaction.atomic():
        stands = Document.objects.select_for_update(of=("self",)).filter(pk=document.pk).first()
        if stands is not None and stands.scan_state not in (state, rules.ScanState.INFECTED):
            _write_down(stands, found, state, by=by)
    return state


def _write_down(
    document: Document, found: Scan, state: rules.ScanState, *, by: User | None
) -> None:
    document.scan_state = state
    document.save(update_fields=["scan_state"])
    if found.finding:
        log.warning("the scanner found %s in document %s", found.finding, document.key)
    audit.record(
        audit.Event.DOCUMENT_SCANNED,
        by=by,
        subject=document.order,
        document_type=document.document_type,
        key=document.key,
        scan_state=state,
        finding=found.finding,
        images=audit.after(document, "scan_state"),
    )
