"""The diary: append-only events, each written with the change it tells. Knows no other app."""

from audit.diary import record, record_many
from audit.events import Event

__all__ = ["Event", "record", "record_many"]
