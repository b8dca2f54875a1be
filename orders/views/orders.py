"""One order: its summary, and the questions about it."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from filestore import DocumentStore
from orders import queries
from orders.forms.orders import OrderDetails, answers_of
from orders.models import Order
from orders.rules import OrderStatus
from orders.services.errors import DocumentsWouldGo
from orders.services.orders import answer_order
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
    context = {"page": page, "returned": returned, "deputies": deputies}
    return render(request, "orders/order_summary.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def order_edit(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/edit`. The query may carry answers that were given and not stored yet."""
    order = get_editable_order(order_id)
    form = OrderDetails(
        request.POST if request.method == "POST" else None,
        initial={**answers_of(order), **request.GET.dict()},
        order_type=order.order_type,
    )
    if form.is_valid():
        try:
            _answer(request, order, form)
        except DocumentsWouldGo as question:
            context = {"order": order, "form": form, "documents": question.documents}
            return _ask_first(request, context, form)
        return redirect("order-summary", order_id)
    return render(request, "orders/order_edit.html", {"order": order, "form": form})


def _answer(request: SignedInRequest, order: Order, form: OrderDetails) -> None:
    answer_order(
        order_id=order.pk,
        **form.cleaned_data,
        remove_documents="remove_documents" in request.POST,
        store=DocumentStore.from_settings(),
        by=request.user,
        now=timezone.now(),
    )


def _ask_first(
    request: SignedInRequest, context: dict[str, object], form: OrderDetails
) -> HttpResponse:
    """The page that names the documents; its link back carries the answers."""
    answers = request.POST.copy()
    for name in set(answers) - set(form.fields):
        del answers[name]
    context["answers"] = answers.urlencode()
    return render(request, "orders/documents_would_go.html", context)
