"""Uploads of the gallery, one for each state; made by the services."""

import datetime as dt
import io

from accounts.models import User
from csv_ingest.services import cancel_upload, receive_upload
from devstack.court_export import court_export


def make_uploads(*, by: User, now: dt.datetime) -> dict[str, int]:
    """Every state, by name: the id of an upload that stands in it."""

    def receive(rows: int, problems: int = 0, seed: int = 1) -> int:
        file = io.BytesIO(court_export(rows, seed=seed, problems=problems))
        return receive_upload(file=file, name="court-export.csv", by=by, now=now).pk

    made = {
        "imported": receive(60),
        "waiting": receive(40, problems=6, seed=2),
        "cancelled": receive(10, problems=2, seed=3),
    }
    cancel_upload(upload_id=made["cancelled"], by=by, now=now)
    return made
