"""Turns what queries and services refuse into pages: not found, or not allowed and why."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase

from orders import queries
from orders.models import Order
from orders.services.errors import DocumentRequired, OrderNotEditable
from orders.services.locking import refuse_unless_editable

P = ParamSpec("P")
R = Callable[P, HttpResponseBase]


def refusals_are_pages(view: R[P]) -> R[P]:
    """An unknown order, deputy or document answers 404; what the rules refuse, 403."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(*args, **kwargs)
        except ObjectDoesNotExist:
            raise Http404 from None
        except (OrderNotEditable, DocumentRequired) as error:
            raise PermissionDenied(str(error)) from None

    return answer


def get_editable_order(order_id: int) -> Order:
    """The order of a page that changes it; the services look again when the page comes back.

    Raises `Order.DoesNotExist` and `OrderNotEditable`.
    """
    order = queries.get_order(order_id)
    refuse_unless_editable(order)
    return order
