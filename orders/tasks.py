"""The Celery door: ids in, one service call, nothing out. A lost message costs one sweep."""

import logging
import os
import random
import socket

from celery import Celery, shared_task
from django.utils import timezone
from kombu.exceptions import ChannelError, OperationalError

from filestore import DocumentStore, SiriusBucket
from orders import queries
from orders.services import settling
from orders.services.court_orders import sweep_readings as remove_abandoned
from orders.services.delivery import deliver as deliver_submission
from orders.services.doors import door_from_settings
from orders.services.policy import DeliveryPolicy
from orders.services.scanning import scan_stored

log = logging.getLogger(__name__)

# More are rung for by the next sweep: messages must not pile up behind a slow Sirius.
MOST_A_SWEEP = 100
# Less than the minute between two sweeps.
SCAN_SECONDS = 45.0


@shared_task
def deliver(submission_id: int) -> None:
    """Try one submission once, if it is due and free."""
    deliver_submission(
        submission_id=submission_id,
        worker=f"{socket.gethostname()}:{os.getpid()}",
        door=door_from_settings(),
        bucket=SiriusBucket.from_settings(),
        policy=DeliveryPolicy.from_settings(),
        dice=random.SystemRandom(),
    )


@shared_task
def sweep() -> None:
    """Take back what lost workers left, and ring for everything that is due."""
    settling.recover_lost(policy=DeliveryPolicy.from_settings())
    room = max(0, MOST_A_SWEEP - waiting_messages(sweep.app))
    for submission_id in queries.due_submission_ids(most=room):
        nudge(submission_id)


@shared_task
def sweep_readings() -> None:
    """Remove court orders that were read and never confirmed."""
    remove_abandoned(store=DocumentStore.from_settings(), now=timezone.now())


@shared_task
def scan_documents() -> None:
    """Scan stored documents that no scanner has looked at yet."""
    scan_stored(store=DocumentStore.from_settings(), seconds=SCAN_SECONDS)


def waiting_messages(app: Celery, queue: str = "serving") -> int:
    """How many messages no worker has taken yet; 0 where the broker cannot tell."""
    with app.connection_or_acquire() as connection:
        try:
            declared = connection.default_channel.queue_declare(queue, passive=True)
        except (ChannelError, OperationalError, *connection.connection_errors):
            # Also the transport's own: of a line that stood and then fell, and would end beat.
            return 0
    return int(declared.message_count)


def nudge(submission_id: int) -> None:
    """Ring the bell for one submission. With the broker away, the sweep finds it."""
    try:
        deliver.apply_async((submission_id,))
    except OperationalError:
        log.warning("the broker is away; submission %s waits for the sweep", submission_id)
