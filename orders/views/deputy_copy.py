"""The page that copies deputies from another order of the same case."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.kept import keeps_typed, typed_in
from accounts.requests import SignedInRequest
from orders.forms.deputies import DEPUTIES_CHANGED, DeputiesToCopy, OrderToCopyFrom, words_for
from orders.models import Order
from orders.services.copying import candidates_of, copy_deputies, orders_to_copy_from
from orders.services.errors import DeputiesChanged
from orders.views.refusals import get_editable_order, refusals_are_pages


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def deputy_copy(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/deputy/copy`; `?from=<order>` where the case has several others."""
    order = get_editable_order(order_id)
    sources = orders_to_copy_from(order)
    asked = request.GET.get("from")
    chosen = [one for one in sources if asked in (None, str(one.pk))]
    if len(chosen) != 1:
        return _ask_which(request, order, sources)
    [source] = chosen
    form = DeputiesToCopy(typed_in(request), candidates=candidates_of(order, source))
    if form.is_valid() and _copy(request, order, source, form):
        return redirect("order-summary", order_id)
    context = {"order": order, "source": source, "words": words_for(source), "form": form}
    return render(request, "orders/deputy_copy.html", context)


def _ask_which(request: SignedInRequest, order: Order, sources: list[Order]) -> HttpResponseBase:
    """The question which order it is, or the news that there is none (any more)."""
    answer = request.GET if "from" in request.GET else None
    form = OrderToCopyFrom(answer, sources=sources)
    return render(
        request,
        "orders/deputy_copy_from.html",
        {"order": order, "form": form if sources else None, "sources": sources},
    )


def _copy(request: SignedInRequest, order: Order, source: Order, form: DeputiesToCopy) -> bool:
    """Whether the chosen deputies are on the order now; if not, the form says why."""
    try:
        added = copy_deputies(
            order_id=order.pk,
            source_id=source.pk,
            marks=form.cleaned_data["deputies"],
            by=request.user,
            now=timezone.now(),
        )
    except DeputiesChanged:
        form.add_error("deputies", DEPUTIES_CHANGED)
        return False
    if not added:
        messages.info(request, "Those deputies are on this order already. Nobody was added.")
    else:
        count = len(added)
        messages.success(request, f"{count} deputies added" if count > 1 else "Deputy added")
    return True
