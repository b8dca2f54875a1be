"""Cases, orders and their parts: fields, constraints, QuerySets. `services` changes them."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Now

from orders import rules
from orders.querysets import SubmissionQuerySet

FEW_CASES = 2000


def search_text(words: Concat | Value) -> Func:
    """Words as searches compare them: no accents, no capitals, single spaces (migration 0003)."""
    return Func(words, function="orders_search_text", output_field=models.TextField())


class Case(models.Model):
    """A person under the court's protection, known by the court's case number."""

    case_number = models.CharField(max_length=8, unique=True)
    forename = models.CharField(max_length=rules.LONGEST_TEXT)
    surname = models.CharField(max_length=rules.LONGEST_TEXT)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # The client's name as searches compare it: one text, without accents and capitals.
    search_text = models.GeneratedField(
        expression=search_text(Concat("forename", Value(" "), "surname")),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(case_number__regex=r"^[0-9]{7}[0-9T]$"), name="case_number_form"
            )
        ]
        indexes: ClassVar = [
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="case_search")
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def client_name(self) -> str:
        """Forename and surname, as pages show them."""
        return f"{self.forename} {self.surname}".strip()


class OrderQuerySet(models.QuerySet["Order"]):
    """Narrowings of the orders."""

    def unserved(self) -> "OrderQuerySet":
        """The To do tab: everything that is not with OPG yet."""
        return self.exclude(status=rules.OrderStatus.SERVED)

    def served(self) -> "OrderQuerySet":
        """The Served tab."""
        return self.filter(status=rules.OrderStatus.SERVED)

    def with_latest_submission(self) -> "OrderQuerySet":
        """Each order with `latest_state` and `latest_reason` of its newest submission, or None."""
        newest = Submission.objects.filter(order=models.OuterRef("pk")).order_by("-pk")
        return self.annotate(
            latest_state=models.Subquery(newest.values("state")[:1]),
            latest_reason=models.Subquery(newest.values("reason")[:1]),
        )

    def searched(self, words: str) -> "OrderQuerySet":
        """By case number (exact, any case, spaces forgiven); else by part of the client's name.

        Asks for the cases at once. A few are named to the database, so that it cannot misjudge how
        rare they are; of many, any walk through the orders soon meets enough to fill a page.
        """
        words = " ".join(words.split())
        if not words:
            return self
        sought = search_text(Value(words))
        numbered = Case.objects.filter(case_number=words.replace(" ", "").upper())
        named = Case.objects.filter(search_text__contains=sought)
        for cases in (numbered, named):
            few = list(cases.values_list("pk", flat=True)[: FEW_CASES + 1])
            if few and len(few) <= FEW_CASES:
                return self.filter(case__in=few)
        return self.filter(case__search_text__contains=sought) if few else self.none()


class Order(models.Model):
    """One court order about a deputyship."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="orders")
    order_type = models.CharField(max_length=2, choices=rules.OrderType)
    order_number = models.CharField(max_length=rules.LONGEST_TEXT, blank=True)
    made_date = models.DateField()
    issue_date = models.DateField()
    order_subtype = models.CharField(max_length=40, choices=rules.OrderSubtype, blank=True)
    appointment_type = models.CharField(max_length=20, choices=rules.AppointmentType, blank=True)
    bond_over_21000 = models.BooleanField(null=True)
    status = models.CharField(
        max_length=10, choices=rules.OrderStatus, default=rules.OrderStatus.PENDING, editable=False
    )
    served_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "order_type", "order_number"],
                condition=~Q(order_number=""),
                name="order_known_by_number",
            ),
            models.UniqueConstraint(
                fields=["case", "order_type", "made_date"],
                condition=Q(order_number=""),
                name="order_without_number_known_by_date",
            ),
            models.CheckConstraint(
                condition=Q(order_type__in=rules.OrderType.values), name="order_type_known"
            ),
            models.CheckConstraint(
                condition=Q(order_subtype__in=["", *rules.OrderSubtype.values]),
                name="order_subtype_known",
            ),
            models.CheckConstraint(
                condition=Q(appointment_type__in=["", *rules.AppointmentType.values]),
                name="order_appointment_known",
            ),
            models.CheckConstraint(
                condition=Q(order_type=rules.OrderType.PF) | Q(bond_over_21000__isnull=True),
                name="order_bond_only_for_pf",
            ),
            models.CheckConstraint(
                condition=Q(issue_date__gte=F("made_date")), name="order_issued_after_made"
            ),
            models.CheckConstraint(
                condition=Q(status__in=rules.OrderStatus.values), name="order_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status=rules.OrderStatus.SERVED, served_at__isnull=False)
                | (~Q(status=rules.OrderStatus.SERVED) & Q(served_at__isnull=True)),
                name="order_served_has_time",
            ),
        ]
        indexes: ClassVar = [
            # In the order of the To do tab: of the two statuses, SERVING comes last.
            models.Index(
                fields=["-status", "issue_date", "id"],
                condition=~Q(status=rules.OrderStatus.SERVED),
                name="order_to_do",
            ),
            models.Index(
                fields=["-served_at", "-id"],
                condition=Q(status=rules.OrderStatus.SERVED),
                name="order_served",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_type} order of case {self.case.case_number}"

    @property
    def is_editable(self) -> bool:
        """Whether staff may change it and its parts."""
        return self.status == rules.OrderStatus.PENDING

    @property
    def answers(self) -> str:
        """The answers about it as one text, which changes whenever one of them does."""
        return f"{self.order_subtype}/{self.appointment_type}/{self.bond_over_21000}"

    @property
    def is_unanswered(self) -> bool:
        """Whether no question about it was answered yet."""
        return not self.order_subtype and not self.appointment_type and self.bond_over_21000 is None


class Deputy(models.Model):
    """A person or body appointed by an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="deputies")
    deputy_type = models.CharField(max_length=20, choices=rules.DeputyType)
    first_name = models.CharField(max_length=rules.LONGEST_TEXT)
    last_name = models.CharField(max_length=rules.LONGEST_TEXT)
    date_of_birth = models.DateField(null=True, blank=True)
    email = models.EmailField(max_length=60, blank=True)
    daytime_number = models.CharField(max_length=20, blank=True)
    evening_number = models.CharField(max_length=20, blank=True)
    mobile_number = models.CharField(max_length=20, blank=True)
    address_line_1 = models.CharField(max_length=rules.LONGEST_TEXT, blank=True)
    address_line_2 = models.CharField(max_length=rules.LONGEST_TEXT, blank=True)
    town = models.CharField(max_length=rules.LONGEST_TEXT, blank=True)
    county = models.CharField(max_length=rules.LONGEST_TEXT, blank=True)
    postcode = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name_plural = "deputies"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(deputy_type__in=rules.DeputyType.values), name="deputy_type_known"
            ),
            models.CheckConstraint(
                condition=Q(deputy_type=rules.DeputyType.LAY) | Q(date_of_birth__isnull=True),
                name="deputy_birth_only_for_lay",
            ),
        ]

    def __str__(self) -> str:
        return f"Deputy {self.pk}"

    @property
    def full_name(self) -> str:
        """First and last name, as pages show them."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def address_lines(self) -> list[str]:
        """The lines of the address that are there, in order."""
        lines = (self.address_line_1, self.address_line_2, self.town, self.county, self.postcode)
        return [line for line in lines if line]


class Document(models.Model):
    """A file that belongs to an order; its bytes stand in the documents bucket under `key`."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="documents")
    document_type = models.CharField(max_length=20, choices=rules.DocumentType)
    key = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=rules.LONGEST_TEXT)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    scan_state = models.CharField(
        max_length=20, choices=rules.ScanState, default=rules.ScanState.NOT_SCANNED
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "document_type"],
                condition=~Q(document_type=rules.DocumentType.OTHER),
                name="document_one_a_type",
            ),
            models.CheckConstraint(
                condition=Q(document_type__in=rules.DocumentType.values), name="document_type_known"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="document_not_empty"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_has_hash"
            ),
            models.CheckConstraint(
                condition=Q(scan_state__in=rules.ScanState.values),
                name="document_scan_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_clean(self) -> bool:
        """Whether a scanner looked at it and found nothing: only then it is opened or sent."""
        return self.scan_state == rules.ScanState.CLEAN


class CourtOrderReading(models.Model):
    """What was read from an order's court order, until staff have confirmed it (behaviour, 5).

    `findings` are those of `court_order_text`, {name: {"value", "words"}}; `failure` says why there
    are none. `document` is the court order it was read from. A file of which nobody has said yet
    that it is this order's is no document: it is held under `held_key`, its facts in `held_file`.
    """

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="reading")
    document = models.OneToOneField(
        Document, on_delete=models.CASCADE, null=True, related_name="reading"
    )
    held_key = models.CharField(max_length=100, blank=True)
    held_file = models.JSONField(default=dict)
    findings = models.JSONField(default=dict)
    failure = models.CharField(max_length=20, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(document__isnull=False, held_key="")
                | (Q(document__isnull=True) & ~Q(held_key="")),
                name="reading_of_one_file",
            )
        ]

    def __str__(self) -> str:
        return f"Reading of the court order of order {self.order_id}"

    @property
    def is_held(self) -> bool:
        """Whether staff must still say that the file is this order's."""
        return bool(self.held_key)


class Submission(models.Model):
    """One serving of one order: the outbox row. The row is the queue; Celery only rings the bell.

    `payload` is the dict that Sirius gets (contract, "The order payload"), `manifest` the documents
    as [{key, name, document_type, size, sha256}]; both frozen by trigger, as is who declared.
    `sirius_answer` keeps the ids or the errors that Sirius gave.
    """

    order = models.ForeignKey(
        Order, on_delete=models.SET_NULL, null=True, related_name="submissions"
    )
    court_reference = models.CharField(max_length=8)
    order_type = models.CharField(max_length=2, choices=rules.OrderType)
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    payload_sha256 = models.CharField(max_length=64)
    manifest = models.JSONField()
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    declared_at = models.DateTimeField()
    trace_id = models.CharField(max_length=64)

    state = models.CharField(max_length=10, choices=rules.State, default=rules.State.QUEUED)
    reason = models.CharField(max_length=20, choices=rules.Reason, blank=True)
    maybe_applied = models.BooleanField(default=False)
    documents_copied = models.PositiveIntegerField(default=0)
    attempts_made = models.PositiveIntegerField(default=0)
    crashes = models.PositiveIntegerField(default=0)
    retry_seconds_used = models.FloatField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    lease_owner = models.CharField(max_length=100, blank=True)
    lease_expires_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)

    sirius_order_id = models.BigIntegerField(null=True)
    sirius_client_id = models.BigIntegerField(null=True)
    event_id = models.CharField(max_length=100, blank=True)
    sirius_answer = models.JSONField(default=dict)
    settled_at = models.DateTimeField(null=True)

    proposed_move = models.CharField(max_length=10, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_evidence = models.JSONField(default=dict)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        permissions: ClassVar = [("operate_submission", "Can act on submissions")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["court_reference", "order_type"],
                condition=Q(state__in=rules.LIVE_STATES),
                name="submission_one_live_a_key",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.State.values), name="submission_state_known"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=rules.LEASED_STATES, lease_expires_at__isnull=False)
                    | (~Q(state__in=rules.LEASED_STATES) & Q(lease_expires_at__isnull=True))
                ),
                name="submission_lease_while_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(state=rules.State.UNKNOWN) | Q(maybe_applied=True),
                name="submission_unknown_maybe_applied",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[rules.State.REJECTED]) | Q(maybe_applied=False),
                name="submission_rejected_never_applied",
            ),
            models.CheckConstraint(
                condition=~Q(state=rules.State.ACCEPTED)
                | Q(sirius_order_id__isnull=False)
                | ~Q(event_id=""),
                name="submission_accepted_has_proof",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state__in=rules.WAITING_STATES),
                name="submission_due",
            ),
            models.Index(
                fields=["lease_expires_at"],
                condition=Q(state__in=rules.LEASED_STATES),
                name="submission_leases",
            ),
        ]

    def __str__(self) -> str:
        return f"Submission {self.pk}"

    @property
    def is_live(self) -> bool:
        """Whether its end is still open."""
        return self.state in rules.LIVE_STATES

    @property
    def reference(self) -> str:
        """What proves the serving to staff: the Sirius order id, or the bus' event id."""
        return str(self.sirius_order_id) if self.sirius_order_id is not None else self.event_id


class Attempt(models.Model):
    """One try of one submission: written before anything leaves, closed once after, then frozen."""

    class Kind(models.TextChoices):
        """Through which door it went."""

        HTTP = "http", "Sirius API"
        EVENT_BUS = "event_bus", "Event bus"

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    worker = models.CharField(max_length=100)
    request_id = models.CharField(max_length=100)
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=rules.Outcome, blank=True)
    reason = models.CharField(max_length=20, choices=rules.Reason, blank=True)
    http_status = models.PositiveIntegerField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "number"], name="attempt_number_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="")
                | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="attempt_closed_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number} of submission {self.submission_id}"


class SendingSwitch(models.Model):
    """The one row (id 1) that stops sending: the operators' pause and the breaker."""

    paused = models.BooleanField(default=False)
    failures = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    next_trial_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "sending switches"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="switch_is_one")]

    def __str__(self) -> str:
        return "Sending switch"


class ServedByEmail(models.Model):
    """What an administrator recorded of an order that reached OPG by email (behaviour, 10).

    Written once, with the order's move to served; never changed. The order has no submission.
    """

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="served_by_email")
    sent_date = models.DateField()
    evidence = models.CharField(max_length=rules.LONGEST_TEXT)
    reason = models.CharField(max_length=rules.LONGEST_TEXT)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = "order served by email"
        verbose_name_plural = "orders served by email"

    def __str__(self) -> str:
        return f"Order {self.order_id}, served by email"
