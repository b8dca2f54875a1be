"""Serving an order: the declaration, how it goes, and what was served."""

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from orders import queries
from orders.forms.serving import Declaration
from orders.history import history_of
from orders.models import Submission
from orders.rules import OrderStatus, State
from orders.services import breaker
from orders.services.errors import (
    AlreadyBeingServed,
    OrderChanged,
    OrderNotEditable,
    OrderNotReady,
)
from orders.services.serving import fingerprint, serve_order
from orders.tasks import nudge
from orders.views.refusals import refusals_are_pages
from orders.views.returned import read_returned
from orders.views.served import read_served
from orders.views.steps import is_delayed, steps_of, tries_of


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def declaration(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/declaration`: everything that will be sent; the button sends it."""
    page = queries.get_order_page(order_id, today=timezone.localdate())
    if not page.order.is_editable:
        # Also the second click of a double click: the first one is on its way.
        return redirect("progress", order_id)
    if page.missing:
        return _not_ready(request, order_id, OrderNotReady(page.missing))
    form = Declaration(
        request.POST if request.method == "POST" else None,
        initial={"seen": fingerprint(page.order)},
    )
    if form.is_valid():
        try:
            submission = serve_order(
                order_id=order_id,
                seen=form.cleaned_data["seen"] or None,
                by=request.user,
                now=timezone.now(),
            )
        except OrderNotEditable:
            return redirect("progress", order_id)
        except OrderNotReady as refusal:
            return _not_ready(request, order_id, refusal)
        except OrderChanged as refusal:
            messages.warning(request, str(refusal))
            return redirect("declaration", order_id)
        except AlreadyBeingServed as refusal:
            form.add_error(None, str(refusal))
        else:
            nudge(submission.pk)
            return redirect("progress", order_id)
    context = {"page": page, "form": form, "is_down": breaker.is_open()}
    return render(request, "orders/declaration.html", context)


def _not_ready(request: SignedInRequest, order_id: int, refusal: OrderNotReady) -> HttpResponseBase:
    messages.warning(request, str(refusal))
    return redirect("order-summary", order_id)


@require_safe
@refusals_are_pages
def progress(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/progress`: where the latest submission stands, as `serving` says staff see it.

    `progress.js` asks for this page again while it is live, and takes its place when that changes.
    """
    order = queries.get_order(order_id)
    submission = queries.find_latest_submission(order)
    served_otherwise = order.status == OrderStatus.SERVED and not _is_accepted(submission)
    if submission is None or served_otherwise:
        return redirect("order-summary", order_id)
    context = {
        "order": order,
        "submission": submission,
        "state": submission.state,
        "returned": read_returned(submission),
        "steps": steps_of(submission),
        "is_delayed": is_delayed(submission, now=timezone.now()),
        "history": history_of(order),
    }
    return render(request, "orders/progress.html", context)


def _is_accepted(submission: Submission | None) -> bool:
    return submission is not None and submission.state == State.ACCEPTED


@require_safe
@refusals_are_pages
def summary_served(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/summary-served`: what was sent, from the frozen submission; read-only.

    An order that reached OPG another way has none: then it is shown as it stands, for ever.
    """
    order = queries.get_order(order_id)
    if order.status != OrderStatus.SERVED:
        return redirect("order-summary", order_id)
    context: dict[str, Any] = {"order": order, "history": history_of(order)}
    submission = queries.find_accepted_submission(order)
    if submission:
        documents = order.documents.select_related("uploaded_by")
        context |= {
            "submission": submission,
            "served": read_served(submission, documents=documents),
            "tries": tries_of(submission),
        }
    return render(request, "orders/summary_served.html", context)
