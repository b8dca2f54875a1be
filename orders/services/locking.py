"""Locks for a change. Every service that changes an order or its parts begins here."""

from django.db import connection

from orders import rules
from orders.models import Order
from orders.services.errors import OrderNotEditable

# Any constant of our own.
REGISTERING = 7_240_518


def lock_registering() -> None:
    """Until the end of the transaction nobody else adds or removes orders by the file.

    Two imports at once would else both find an order to be new, and a removal take away the case
    that an import is about to add an order to.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REGISTERING])


def lock_case_and_type(order: Order) -> None:
    """Until the end of the transaction nobody else begins to serve an order of its case and type.

    Taken after the order's row, and one a transaction: so nobody waits in a circle. Whoever ends a
    submission waits for the row of its own order alone, which is not the one locked here.
    """
    _lock_name("serving", order.case.case_number, order.order_type)


def lock_sirius_id(sirius_order_id: int) -> None:
    """Until the end of the transaction nobody else confirms a submission with this id.

    Taken after the submission's row, and one a transaction: so nobody waits in a circle.
    """
    _lock_name("confirming", sirius_order_id)


def _lock_name(*words: object) -> None:
    name = " ".join(map(str, words))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def refuse_unless_editable(order: Order) -> None:
    """Raises `OrderNotEditable`, saying why, when the order is being served or was served."""
    if order.status == rules.OrderStatus.SERVED:
        raise OrderNotEditable("This order was served, so it cannot be changed.")
    if order.status == rules.OrderStatus.SERVING:
        raise OrderNotEditable("This order is being sent to OPG, so it cannot be changed now.")


def lock_editable_order(order_id: int) -> Order:
    """The order, locked until the end of the transaction.

    Raises `Order.DoesNotExist`, and `OrderNotEditable` when it is being served or was served.
    """
    order = Order.objects.select_for_update(of=("self",)).select_related("case").get(pk=order_id)
    refuse_unless_editable(order)
    return order
