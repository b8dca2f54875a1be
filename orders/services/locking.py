"""Locks an order for a change. Every service that changes an order or its parts begins here."""

from orders import rules
from orders.models import Order
from orders.services.errors import OrderNotEditable


def lock_editable_order(order_id: int) -> Order:
    """The order, locked until the end of the transaction.

    Raises `Order.DoesNotExist`, and `OrderNotEditable` when it is being served or was served.
    """
    order = Order.objects.select_for_update(of=("self",)).select_related("case").get(pk=order_id)
    if not order.is_editable:
        raise OrderNotEditable(
            "This order was served, so it cannot be changed."
            if order.status == rules.OrderStatus.SERVED
            else "This order is being sent to OPG, so it cannot be changed now."
        )
    return order
