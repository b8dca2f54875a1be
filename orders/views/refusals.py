"""Turns what queries and services refuse into pages: not found, or not allowed and why."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, cast

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

import audit
from accounts.requests import SignedInRequest
from orders import queries
from orders.history import find_last
from orders.models import Order
from orders.services.errors import DocumentRequired, OrderNotEditable
from orders.services.locking import refuse_unless_editable

SERVED_BY_STAFF = (audit.Event.SUBMISSION_DECLARED, audit.Event.ORDER_SERVED_BY_EMAIL)
P = ParamSpec("P")
R = Callable[P, HttpResponseBase]


def refusals_are_pages(view: R[P]) -> R[P]:
    """An unknown order, deputy or document answers 404; what the rules refuse, 403.

    For views whose address names an `order_id`.
    """

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(*args, **kwargs)
        except ObjectDoesNotExist:
            raise Http404 from None
        except OrderNotEditable as error:
            return _not_editable(cast(SignedInRequest, args[0]), str(error), **kwargs)
        except DocumentRequired as error:
            raise PermissionDenied(str(error)) from None

    return answer


def _not_editable(
    request: SignedInRequest, message: str, *, order_id: Any, **_others: Any
) -> HttpResponse:
    """Who served it and when, and where to see how it goes."""
    order = queries.get_order(order_id)
    context = {
        "order": order,
        "message": message,
        "declared": find_last(order, *SERVED_BY_STAFF),
    }
    return render(request, "orders/not_editable.html", context, status=403)


def get_editable_order(order_id: int) -> Order:
    """The order of a page that changes it; the services look again when the page comes back.

    Raises `Order.DoesNotExist` and `OrderNotEditable`.
    """
    order = queries.get_order(order_id)
    refuse_unless_editable(order)
    return order
