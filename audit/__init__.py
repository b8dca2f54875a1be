"""The diary: append-only events, each written with the change it tells. Knows no other app."""

from audit.diary import record, record_many
from audit.events import Event
from audit.images import Images, after, gone, whole

__all__ = ["Event", "Images", "after", "gone", "record", "record_many", "whole"]
