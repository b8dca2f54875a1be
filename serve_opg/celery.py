"""The Celery application: the doorbell that wakes a worker. Tasks live in `orders.tasks`."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init

from serve_opg.starting import refuse_faulty_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serve_opg.settings")

app = Celery("serve_opg")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_the_logging_of_settings(**_kwargs: Any) -> None:
    """Django configures logging; a receiver here stops Celery from doing it again."""


@worker_init.connect
@beat_init.connect
def _refuse_faulty_settings(**_kwargs: Any) -> None:
    """A lease that is too short, say, would have a worker send what another is sending."""
    refuse_faulty_settings()
