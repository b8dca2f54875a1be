"""The diary's tables. Entries and links are written by `audit.record` and by nothing else."""

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
    TRUNCATE (migration 0002), and the database chains what is written (0004, docs/adr/0018).
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
    # Of the entries written together: the first one's id.
    batch_id = models.BigIntegerField(editable=False)
    # SHA-256 over all of the above, by audit/canonical.py.
    digest = models.BinaryField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "event"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="entry_subject"),
            models.Index(fields=["batch_id"], name="entry_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()} ({self.subject_kind} {self.subject_id})"


class Link(models.Model):
    """One batch of entries in the chain. The database writes it as the transaction commits.

    `position` counts from 1 without a gap, in order of commit; `total` is all entries so far;
    `at` is the database's clock. `digest` is over the entries' digests, `hash` over everything
    here and the hash of the link before (audit/canonical.py).
    """

    batch_id = models.BigIntegerField(primary_key=True)
    last_id = models.BigIntegerField()
    entries = models.IntegerField()
    digest = models.BinaryField()
    # Empty only inside the transaction that is about to commit.
    position = models.BigIntegerField(null=True, unique=True)
    total = models.BigIntegerField(null=True)
    at = models.DateTimeField(null=True)
    previous = models.BinaryField(null=True)
    hash = models.BinaryField(null=True)

    class Meta:
        verbose_name = "link of the diary"
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return f"link {self.position}"


class Head(models.Model):
    """A signed head that was laid down outside the database: up to which link, and where."""

    position = models.BigIntegerField()
    key = models.CharField(max_length=200, unique=True)
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = "signed head of the diary"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.key
