"""Where staff do what an order still needs."""

from dataclasses import dataclass

from django.urls import reverse

from orders.rules import Gap


@dataclass(frozen=True)
class Task:
    """One line of what is missing: its words, which lead to where it is done."""

    text: str
    href: str


def tasks_of(gaps: list[Gap], *, order_id: int) -> list[Task]:
    """A link for each gap: to the question, to the document's page, or to a new deputy."""
    return [Task(gap.text, _place(gap, order_id)) for gap in gaps]


def _place(gap: Gap, order_id: int) -> str:
    if gap.question:
        return f"{reverse('order-edit', args=[order_id])}#id_{gap.question}"
    if gap.document_type:
        return reverse("document-add", args=[order_id, gap.document_type])
    return reverse("deputy-type", args=[order_id])
