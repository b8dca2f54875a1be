"""One order: its summary, and the questions about it."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

import audit
from accounts.kept import keeps_typed, typed_in
from accounts.models import User
from accounts.requests import SignedInRequest
from filestore import DocumentStore
from govuk.wording import clock_time, long_date
from orders import queries
from orders.forms.orders import SeenOrderDetails, answers_of
from orders.history import Line, find_last, history_of
from orders.models import Order
from orders.rules import OrderStatus
from orders.services.errors import DocumentsWouldGo, OrderChanged
from orders.services.orders import answer_order
from orders.views.gaps import tasks_of
from orders.views.refusals import get_editable_order, refusals_are_pages
from orders.views.returned import read_returned


@require_safe
@refusals_are_pages
def order_summary(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/summary`: what is there and what is missing; on to where the order stands."""
    page = queries.get_order_page(order_id, today=timezone.localdate())
    if page.order.status == OrderStatus.SERVED:
        return redirect("summary-served", order_id)
    if page.order.status == OrderStatus.SERVING:
        return redirect("progress", order_id)
    if page.order.is_unanswered:
        return redirect("order-edit", order_id)
    returned = read_returned(page.submission)
    deputies = [(deputy, returned.about_deputy(deputy)) for deputy in page.order.deputies.all()]
    context = {
        "page": page,
        "tasks": tasks_of(page.gaps, order_id=order_id),
        "returned": returned,
        "deputies": deputies,
        "history": history_of(page.order),
    }
    return render(request, "orders/order_summary.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def order_edit(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/edit`. The query may carry answers that were given and not stored yet."""
    order = get_editable_order(order_id)
    form = SeenOrderDetails(
        typed_in(request),
        initial={**answers_of(order), "seen": order.answers, **request.GET.dict()},
        order_type=order.order_type,
    )
    if form.is_valid():
        try:
            _answer(request, order, form)
        except DocumentsWouldGo as question:
            context = {"order": order, "form": form, "documents": question.documents}
            return _ask_first(request, context, form)
        except OrderChanged:
            return _show_both(request, get_editable_order(order_id), form)
        return redirect("order-summary", order_id)
    return render(request, "orders/order_edit.html", {"order": order, "form": form})


def _answer(request: SignedInRequest, order: Order, form: SeenOrderDetails) -> None:
    answer_order(
        order_id=order.pk,
        **form.cleaned_data,
        remove_documents=_asked_about(request),
        store=DocumentStore.from_settings(),
        by=request.user,
        now=timezone.now(),
    )


def _asked_about(request: SignedInRequest) -> set[int]:
    """The ids of the documents that the question named; what is no number is none."""
    ids = request.POST.get("remove_documents", "").split()
    return {int(text) for text in ids if text.isdecimal() and len(text) < 19}


def _show_both(request: SignedInRequest, order: Order, form: SeenOrderDetails) -> HttpResponseBase:
    """The form again with what was chosen, beside what somebody saved meanwhile."""
    last = find_last(order, audit.Event.ORDER_ANSWERED)
    form.show(order.answers)
    form.add_error(None, _who_changed(last, by=request.user))
    return render(request, "orders/order_edit.html", {"order": order, "form": form, "last": last})


def _who_changed(last: Line | None, *, by: User) -> str:
    """Also of the same person, on another page."""
    if last is None:
        return "This order was changed after you opened the page. Check the answers below"
    who = "You" if last.by_id == by.pk else last.by
    when = clock_time(last.at)
    if timezone.localdate(last.at) != timezone.localdate():
        when = f"{when} on {long_date(last.at)}"
    return f"{who} changed this order at {when}. Check the answers below"


def _ask_first(
    request: SignedInRequest, context: dict[str, object], form: SeenOrderDetails
) -> HttpResponse:
    """The page that names the documents; its link back carries the answers."""
    answers = request.POST.copy()
    for name in set(answers) - set(form.fields):
        del answers[name]
    context["answers"] = answers.urlencode()
    return render(request, "orders/documents_would_go.html", context)
