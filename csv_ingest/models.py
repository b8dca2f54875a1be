"""Upload and Removal: a receipt for every file that was read. The services write them."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class UploadState(models.TextChoices):
    """Where an upload stands. A small file that was refused as a whole leaves no receipt."""

    QUEUED = "QUEUED", "Waiting to be read"
    READING = "READING", "Being read"
    AWAITING_ANSWER = "AWAITING_ANSWER", "Waiting for an answer"
    IMPORTING = "IMPORTING", "Being imported"
    IMPORTED = "IMPORTED", "Imported"
    CANCELLED = "CANCELLED", "Cancelled"
    REFUSED = "REFUSED", "Cannot be read"
    FAILED = "FAILED", "Failed"


# A worker's affair; then a person's; then nobody's any more.
IN_HAND = (UploadState.QUEUED, UploadState.READING, UploadState.IMPORTING)
FINISHED = (
    *(UploadState.IMPORTED, UploadState.CANCELLED),
    *(UploadState.REFUSED, UploadState.FAILED),
)


class UploadQuerySet(models.QuerySet["Upload"]):
    """Narrowings of the uploads."""

    def in_hand(self) -> "UploadQuerySet":
        """Those a worker has or should have, the longest waiting first, without the heavy parts."""
        return self.filter(state__in=IN_HAND).defer(*Upload.HEAVY).order_by("uploaded_at", "pk")

    def due(self) -> "UploadQuerySet":
        """Those that no worker has, by the database's clock."""
        free = Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lt=Now())
        return self.in_hand().filter(free)

    def with_bytes_left(self) -> "UploadQuerySet":
        """Finished ones whose bytes still stand in the bucket."""
        return self.filter(state__in=FINISHED, has_bytes=True).defer(*Upload.HEAVY)

    def listed(self) -> "UploadQuerySet":
        """For lists: newest first, with who, and without what may weigh megabytes."""
        return (
            self.select_related("uploaded_by", "finished_by")
            .defer(*Upload.HEAVY)
            .order_by("-uploaded_at", "-pk")
        )

    def shown(self) -> "UploadQuerySet":
        """For the page of one: everything but the rows that wait to be imported."""
        return self.select_related("uploaded_by", "finished_by").defer("good_rows")


class Upload(models.Model):
    """One file of the court's, what was found in it and what became of it.

    Frozen once finished, and never deleted: the database sees to both. A large file waits in the
    documents bucket under `key` until its end; the row is its queue, and a worker has it while the
    lease runs, by the database's clock.
    """

    State = UploadState
    HEAVY = ("good_rows", "problems", "warnings", "differences")

    original_name = models.CharField(max_length=255)
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    read_as = models.CharField(max_length=255, help_text="what the file was taken for")
    # Nobody: the command line without a name.
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=UploadState)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True)

    # While it waits for an answer, `new` and `already_known` say what importing would do.
    rows_read = models.PositiveIntegerField()
    new = models.PositiveIntegerField()
    already_known = models.PositiveIntegerField()
    repeated = models.PositiveIntegerField(help_text="rows that say again what another said")
    with_problems = models.PositiveIntegerField(help_text="rows that could not be read")

    # Lists of {row_number, column, value, message}; differences as `orders` gives them.
    problems = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    differences = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    # What was shown of a small file, so that exactly that is imported; gone once finished.
    good_rows: Any = models.JSONField(default=list)

    # Of large files; "" and False for those that were read in the request.
    key = models.CharField(max_length=100, blank=True)
    has_bytes = models.BooleanField(default=False, help_text="whether they stand in the bucket")
    rows_done = models.PositiveIntegerField(default=0, help_text="rows read so far")
    percent_done = models.PositiveSmallIntegerField(default=0, help_text="of the file's bytes")
    # The sentence for staff where it was refused or failed.
    why = models.CharField(max_length=500, blank=True)
    trace_id = models.CharField(max_length=64, blank=True)
    lease_owner = models.CharField(max_length=100, blank=True)
    lease_expires_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    crashes = models.PositiveIntegerField(default=0, help_text="workers that were lost over it")

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-uploaded_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=UploadState.values), name="upload_state_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    rows_read=F("new") + F("already_known") + F("repeated") + F("with_problems")
                ),
                name="upload_counts_every_row",
            ),
            models.CheckConstraint(
                condition=Q(state="AWAITING_ANSWER", finished_at__isnull=True, with_problems__gt=0)
                | Q(state__in=IN_HAND, finished_at__isnull=True)
                | Q(state__in=FINISHED, finished_at__isnull=False, good_rows=[]),
                name="upload_waits_or_is_finished",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[UploadState.READING, UploadState.IMPORTING])
                | Q(lease_expires_at__isnull=True),
                name="upload_lease_while_in_hand",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-uploaded_at", "-id"], name="upload_newest"),
            models.Index(
                fields=["uploaded_at", "id"], condition=Q(state__in=IN_HAND), name="upload_in_hand"
            ),
            models.Index(fields=["id"], condition=Q(has_bytes=True), name="upload_bytes_left"),
        ]

    def __str__(self) -> str:
        return f"Upload {self.pk}"

    @property
    def reference(self) -> str:
        """What staff quote when they ask about it."""
        return f"UPLOAD-{self.pk}"

    @property
    def is_waiting(self) -> bool:
        """Whether somebody must still say what becomes of it."""
        return self.state == UploadState.AWAITING_ANSWER

    @property
    def is_in_hand(self) -> bool:
        """Whether it is a worker's turn."""
        return self.state in IN_HAND

    @property
    def can_be_cancelled(self) -> bool:
        """Whether nothing of it was imported yet, nor is being imported."""
        waiting = (UploadState.QUEUED, UploadState.READING, UploadState.AWAITING_ANSWER)
        return self.state in waiting

    @property
    def is_imported(self) -> bool:
        """Whether its good rows are in."""
        return self.state == UploadState.IMPORTED

    @property
    def orders(self) -> int:
        """How many different orders its good rows tell of."""
        return self.new + self.already_known


class RemovalState(models.TextChoices):
    """Where a removal stands."""

    AWAITING_ANSWER = "AWAITING_ANSWER", "Waiting for an answer"
    REMOVED = "REMOVED", "Removed"
    CANCELLED = "CANCELLED", "Cancelled"


class RemovalQuerySet(models.QuerySet["Removal"]):
    """Narrowings of the removals."""

    def listed(self) -> "RemovalQuerySet":
        """For lists: newest first, with who, and without what may weigh megabytes."""
        return (
            self.select_related("uploaded_by", "finished_by")
            .defer(*Removal.HEAVY)
            .order_by("-uploaded_at", "-pk")
        )

    def shown(self) -> "RemovalQuerySet":
        """For the page of one."""
        return self.select_related("uploaded_by", "finished_by").defer("keys_left")

    def with_documents_left(self) -> "RemovalQuerySet":
        """Those whose documents are not all gone from storage yet."""
        return self.exclude(keys_left=[])


class Removal(models.Model):
    """One file that names orders to remove: each of its rows, and what became of it.

    `rows` is [{row_number, case_number, order_number, made_date, fate, why, orders}], as
    `csv_ingest.removal` writes it: what would happen while it waits for an answer, and exactly
    that is done; afterwards what did happen. Frozen then, and never deleted: the database sees to
    both. Only `keys_left` still shrinks: documents whose bytes are not gone from storage yet.
    """

    State = RemovalState
    HEAVY = ("rows", "keys_left")

    original_name = models.CharField(max_length=255)
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    read_as = models.CharField(max_length=255, help_text="what the file was taken for")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=RemovalState)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True)

    # While it waits for an answer, these say what removing would do.
    rows_read = models.PositiveIntegerField()
    rows_skipped = models.PositiveIntegerField()
    orders = models.PositiveIntegerField(help_text="orders that go")
    cases = models.PositiveIntegerField(help_text="cases that go with their last order")
    rows: Any = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    keys_left: Any = models.JSONField(default=list)

    objects = RemovalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-uploaded_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=RemovalState.values), name="removal_state_known"
            ),
            models.CheckConstraint(
                condition=Q(rows_skipped__lte=F("rows_read")), name="removal_skips_rows_it_read"
            ),
            models.CheckConstraint(
                condition=Q(state="AWAITING_ANSWER", finished_at__isnull=True, orders__gt=0)
                | (~Q(state="AWAITING_ANSWER") & Q(finished_at__isnull=False)),
                name="removal_waits_or_is_finished",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-uploaded_at", "-id"], name="removal_newest"),
            models.Index(fields=["id"], condition=~Q(keys_left=[]), name="removal_documents_left"),
        ]

    def __str__(self) -> str:
        return f"Removal {self.pk}"

    @property
    def is_waiting(self) -> bool:
        """Whether somebody must still say what becomes of it."""
        return self.state == RemovalState.AWAITING_ANSWER

    @property
    def is_removed(self) -> bool:
        """Whether it was done."""
        return self.state == RemovalState.REMOVED
