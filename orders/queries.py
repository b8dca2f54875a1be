"""What pages and services read about orders: one function a need. Nothing here writes."""

import datetime as dt
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Exists, OuterRef

from orders import rules
from orders.models import Deputy, Document, Order, OrderQuerySet, SendingSwitch, Submission

ROWS_A_PAGE = 50
# What a search finds is counted so far, and no page lies beyond.
MOST_COUNTED = 1000
# Only one of them is tried; the others are for a message that is lost.
RINGS_WHILE_DOWN = 3


# --- One order ------------------------------------------------------------------------------------
def get_order(order_id: int) -> Order:
    """The order with its case and parts. Raises `Order.DoesNotExist`."""
    return _with_parts(Order.objects.all()).get(pk=order_id)


def _with_parts(orders: OrderQuerySet) -> OrderQuerySet:
    """Orders with all that `facts_of` asks, in four statements whatever their number."""
    same_type_served = Order.objects.filter(
        case=OuterRef("case"), order_type=OuterRef("order_type"), status=rules.OrderStatus.SERVED
    ).exclude(pk=OuterRef("pk"))
    return (
        orders.select_related("case")
        .prefetch_related("deputies", "documents")
        .with_latest_submission()
        .annotate(same_type_served=Exists(same_type_served))
    )


def facts_of(order: Order) -> rules.OrderFacts:
    """What the law asks about an order from `get_order` or the lists."""
    return rules.OrderFacts(
        order_type=order.order_type,
        subtype=order.order_subtype,
        appointment_type=order.appointment_type,
        bond_over_21000=order.bond_over_21000,
        deputies=tuple(_deputy_facts(deputy) for deputy in order.deputies.all()),
        document_types=tuple(document.document_type for document in order.documents.all()),
        infected_document_types=_types_in(order, rules.ScanState.INFECTED),
        unscanned_document_types=_types_in(order, rules.ScanState.NOT_SCANNED),
        case_number=order.case.case_number,
        issue_date=order.issue_date,
        same_type_served=bool(getattr(order, "same_type_served", False)),
    )


def _types_in(order: Order, state: rules.ScanState) -> tuple[str, ...]:
    return tuple(one.document_type for one in order.documents.all() if one.scan_state == state)


def _deputy_facts(deputy: Deputy) -> rules.DeputyFacts:
    return rules.DeputyFacts(
        deputy_type=deputy.deputy_type,
        has_address=bool(deputy.address_line_1 and deputy.postcode),
        has_email=bool(deputy.email),
        name=deputy.full_name,
    )


def tag_of(order: Order) -> rules.Tag:
    """The tag of an order from `get_order` or the lists."""
    return rules.tag(
        rules.TagFacts(
            status=order.status,
            latest_state=getattr(order, "latest_state", None) or "",
            latest_reason=getattr(order, "latest_reason", None) or "",
            is_ready=not rules.missing(facts_of(order)),
        )
    )


@dataclass(frozen=True)
class DocumentSlot:
    """One line of the documents card: a type, whether it is required, and what is there."""

    document_type: rules.DocumentType
    required: bool
    documents: list[Document] = field(default_factory=list)

    @property
    def no_longer_required(self) -> bool:
        """Whether something is there that stopped being required; it goes as an additional one."""
        is_extra = self.document_type != rules.DocumentType.OTHER and not self.required
        return is_extra and bool(self.documents)

    @property
    def words(self) -> str:
        """The type inside a sentence: "court order", "COP 3"."""
        return rules.document_words(self.document_type)


@dataclass(frozen=True)
class OrderPage:
    """Everything the summary and declaration pages show of an order."""

    order: Order
    tag: rules.Tag
    gaps: list[rules.Gap]
    warnings: list[str]
    slots: list[DocumentSlot]
    submission: Submission | None

    @property
    def missing(self) -> list[str]:
        """What staff must still do, in words."""
        return [gap.text for gap in self.gaps]

    @property
    def is_ready(self) -> bool:
        """Whether it can be served now."""
        return self.order.is_editable and not self.gaps

    @property
    def documents_full(self) -> bool:
        """Whether no further document fits."""
        return sum(len(slot.documents) for slot in self.slots) >= rules.MOST_DOCUMENTS

    @property
    def missing_documents(self) -> int:
        """How many of the required documents were not added yet."""
        return sum(slot.required and not slot.documents for slot in self.slots)


def get_order_page(order_id: int, *, today: dt.date) -> OrderPage:
    """Raises `Order.DoesNotExist`."""
    order = get_order(order_id)
    facts = facts_of(order)
    return OrderPage(
        order=order,
        tag=tag_of(order),
        gaps=rules.gaps(facts),
        warnings=rules.warnings(facts, today=today),
        slots=document_slots(order),
        submission=find_latest_submission(order),
    )


def document_slots(order: Order) -> list[DocumentSlot]:
    """Required types, then types that stand though not required, then additional documents."""
    required = rules.required_for(facts_of(order))
    documents = list(order.documents.all())
    models.prefetch_related_objects(documents, "uploaded_by")
    slots = []
    for kind in rules.DocumentType:
        of_kind = [document for document in documents if document.document_type == kind]
        if kind in required or of_kind or kind == rules.DocumentType.OTHER:
            slots.append(DocumentSlot(kind, kind in required, of_kind))
    return slots


def find_latest_submission(order: Order) -> Submission | None:
    """The newest submission of an order, with who declared it."""
    return order.submissions.select_related("declared_by").order_by("-pk").first()


def find_accepted_submission(order: Order) -> Submission | None:
    """The submission by which OPG has the order, with who declared it and its attempts."""
    accepted = order.submissions.filter(state=rules.State.ACCEPTED)
    return accepted.select_related("declared_by").prefetch_related("attempts").first()


# --- Lists ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class OrderRow:
    """One row of the lists."""

    order: Order
    tag: rules.Tag


@dataclass(frozen=True)
class Count:
    """How many orders a tab holds; `at_least`: counting stopped there."""

    number: int
    at_least: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}+" if self.at_least else str(self.number)


@dataclass(frozen=True)
class OrderList:
    """One tab of the case list: `shown` counts it. `page.object_list` holds the rows' ids."""

    page: Page[int]
    rows: list[OrderRow]
    shown: Count
    to_do: Count
    served: Count

    @property
    def is_empty(self) -> bool:
        """Whether neither tab has any."""
        return not self.to_do.number and not self.served.number


def orders_to_do(*, words: str, page: str | int) -> OrderList:
    """The To do tab: being sent or needing attention first, then the oldest issued."""
    found = Order.objects.searched(words)
    to_do, served = _counts(found, words=words)
    # As the index `order_to_do` has them.
    ordered = found.unserved().order_by("-status", "issue_date", "pk")
    return _order_list(ordered, page=page, shown=to_do, to_do=to_do, served=served)


def orders_served(*, words: str, page: str | int) -> OrderList:
    """The Served tab, newest first."""
    found = Order.objects.searched(words)
    to_do, served = _counts(found, words=words)
    ordered = found.served().order_by("-served_at", "-pk")
    return _order_list(ordered, page=page, shown=served, to_do=to_do, served=served)


def _counts(found: OrderQuerySet, *, words: str) -> tuple[Count, Count]:
    """Of both tabs. All orders are counted from an index; what a search finds, up to a bound."""
    most = MOST_COUNTED if words else None
    return _count(found.unserved(), most=most), _count(found.served(), most=most)


def _count(orders: OrderQuerySet, *, most: int | None) -> Count:
    if most is None:
        return Count(orders.count())
    number = orders.order_by()[: most + 1].count()
    return Count(min(number, most), at_least=number > most)


def _order_list(
    ordered: OrderQuerySet, *, page: str | int, shown: Count, to_do: Count, served: Count
) -> OrderList:
    """Ids from the index alone, however deep the page; then the whole of its fifty orders."""
    paginator = Paginator(ordered.values_list("pk", flat=True), ROWS_A_PAGE)
    paginator.count = shown.number
    ids = paginator.get_page(page)
    orders = _with_parts(Order.objects.all()).in_bulk(list(ids.object_list))
    rows = [OrderRow(orders[pk], tag_of(orders[pk])) for pk in ids.object_list if pk in orders]
    return OrderList(page=ids, rows=rows, shown=shown, to_do=to_do, served=served)


# --- Sending --------------------------------------------------------------------------------------
def sending_switch() -> SendingSwitch:
    """The pause and the breaker as they stand."""
    return SendingSwitch.objects.filter(pk=1).first() or SendingSwitch(pk=1)


def due_submission_ids(*, most: int) -> list[int]:
    """Submissions a worker may claim now, in the order in which to ring for them.

    The oldest declared first. While Sirius is taken to be down, a few that were not tried for the
    longest: one is tried a minute, and an order that itself brings Sirius down must not be it
    every time.
    """
    due = Submission.objects.due()
    if SendingSwitch.objects.filter(opened_at__isnull=False).exists():
        most = min(most, RINGS_WHILE_DOWN)
    else:
        due = due.order_by("pk")
    return list(due.values_list("pk", flat=True)[:most])


def submission_counts() -> dict[str, int]:
    """How many submissions stand in each state, every state named."""
    counted = dict(Submission.objects.values_list("state").annotate(models.Count("pk")).order_by())
    return {state.value: counted.get(state.value, 0) for state in rules.State}
