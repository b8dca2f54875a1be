"""The Celery door of the post room: ids in, one service call, nothing out. The row is the queue."""

import logging
import os
import socket

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from csv_ingest.models import Upload
from csv_ingest.removal import sweep_documents
from csv_ingest.services import ImportPolicy, remove_bytes_left, work_on_upload
from filestore import DocumentStore

log = logging.getLogger(__name__)


@shared_task
def work_on(upload_id: int) -> None:
    """Take one upload as far as it goes, if it is free; then it is the next one's turn."""
    state = work_on_upload(
        upload_id=upload_id,
        worker=f"{socket.gethostname()}:{os.getpid()}",
        store=DocumentStore.from_settings(),
        policy=ImportPolicy.from_settings(),
        clock=timezone.now,
    )
    if state is not None:
        _ring_for_the_next(after=upload_id)


@shared_task
def sweep_uploads() -> None:
    """Ring for the upload that waits longest, and remove what finished ones left in storage."""
    _ring_for_the_next()
    remove_bytes_left(store=DocumentStore.from_settings())


@shared_task
def sweep_removals() -> None:
    """Delete what removed orders left in storage."""
    sweep_documents(store=DocumentStore.from_settings())


def ring(upload_id: int) -> None:
    """Ring the bell for one upload. With the broker away, the sweep finds it."""
    try:
        work_on.apply_async((upload_id,))
    except OperationalError:
        log.warning("the broker is away; upload %s waits for the sweep", upload_id)


def _ring_for_the_next(*, after: int = 0) -> None:
    # One that was just put back is left to the sweep: what it waits for is still away.
    waiting = Upload.objects.due().exclude(pk=after).values_list("pk", flat=True).first()
    if waiting is not None:
        ring(waiting)
