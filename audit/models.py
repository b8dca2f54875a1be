"""The diary's one table. Rows are written by `audit.record` and by nothing else."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

from audit.events import Event


def every_event() -> list[tuple[str, str]]:
    """The codes and their words."""
    return Event.choices


class EntryQuerySet(models.QuerySet["Entry"]):
    """Narrowings of the diary."""

    def about(self, *subjects: models.Model) -> "EntryQuerySet":
        """What happened to any of these rows, oldest first."""
        wanted = models.Q(pk__in=[])
        for subject in subjects:
            wanted |= models.Q(subject_kind=subject._meta.label_lower, subject_id=subject.pk)
        return self.filter(wanted).order_by("id")


class Entry(models.Model):
    """One event: when, what, who, about which row, and the facts of it.

    No foreign keys: the diary outlives what it tells of. A trigger refuses UPDATE, DELETE and
    TRUNCATE (migration 0001).
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    # Asked for when needed: a new event is no change of the table.
    event = models.CharField(max_length=40, choices=every_event)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=511, blank=True)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    trace_id = models.CharField(max_length=64, blank=True)
    release = models.CharField(max_length=64, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "event"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="entry_subject")
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()} ({self.subject_kind} {self.subject_id})"
