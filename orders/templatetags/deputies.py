"""The link to the deputies of the case's other orders, for pages of an order that may be edited."""

from django import template

from orders.models import Order
from orders.services.copying import orders_to_copy_from

register = template.Library()


@register.inclusion_tag("orders/deputy_copy_link.html")
def deputy_copy_link(order: Order) -> dict[str, object]:
    """`{% deputy_copy_link order %}`: nothing where no other order has deputies."""
    sources = orders_to_copy_from(order) if order.is_editable else []
    return {"order": order, "sources": sources}
