"""The deputies of an order: add, change, remove."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from orders.forms.deputies import DeputyDetails, DeputyKind, details_of
from orders.models import Deputy
from orders.rules import DeputyType
from orders.services.deputies import add_deputy, change_deputy, remove_deputy
from orders.views.refusals import get_editable_order, refusals_are_pages


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def deputy_type(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/deputy/add/deputy-type`: the first question about a new deputy."""
    order = get_editable_order(order_id)
    form = DeputyKind(request.POST if request.method == "POST" else None)
    if form.is_valid():
        chosen = {"deputyType": form.cleaned_data["deputyType"].value}
        return redirect(reverse("deputy-add", args=[order_id], query=chosen))
    return render(request, "orders/deputy_type.html", {"order": order, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def deputy_add(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/deputy/add?deputyType=LAY`; without a type, back to the question."""
    order = get_editable_order(order_id)
    chosen = request.GET.get("deputyType", "").upper()
    if chosen not in DeputyType.values:
        return redirect("deputy-type", order_id)
    form = DeputyDetails(request.POST if request.method == "POST" else None, deputy_type=chosen)
    if form.is_valid():
        add_deputy(order_id=order_id, answers=form.answers, by=request.user, now=timezone.now())
        messages.success(request, "Deputy added")
        return _onward(request, order_id)
    context = {"order": order, "form": form, "kind": DeputyType(chosen)}
    return render(request, "orders/deputy_add.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def deputy_edit(request: SignedInRequest, order_id: int, deputy_id: int) -> HttpResponseBase:
    """`/case/order/<id>/deputy/edit/<deputy>`; the type can be changed here too."""
    order = get_editable_order(order_id)
    deputy = get_object_or_404(Deputy, pk=deputy_id, order=order)
    form = DeputyDetails(
        request.POST if request.method == "POST" else None,
        initial=details_of(deputy),
        deputy_type=deputy.deputy_type,
        may_change_type=True,
    )
    if form.is_valid():
        change_deputy(
            order_id=order_id,
            deputy_id=deputy_id,
            answers=form.answers,
            by=request.user,
            now=timezone.now(),
        )
        return _onward(request, order_id)
    return render(request, "orders/deputy_edit.html", {"order": order, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def deputy_delete(request: SignedInRequest, order_id: int, deputy_id: int) -> HttpResponseBase:
    """`/case/order/<id>/deputy/delete/<deputy>`: asks, and removes by POST."""
    order = get_editable_order(order_id)
    deputy = get_object_or_404(Deputy, pk=deputy_id, order=order)
    if request.method == "POST":
        remove_deputy(order_id=order_id, deputy_id=deputy_id, by=request.user, now=timezone.now())
        messages.success(request, "Deputy removed")
        return redirect("order-summary", order_id)
    return render(request, "orders/deputy_delete.html", {"order": order, "deputy": deputy})


def _onward(request: SignedInRequest, order_id: int) -> HttpResponse:
    """Where the pressed button leads: "Save and add another", or back to the order."""
    is_another = request.POST.get("then") == "add_another"
    return redirect("deputy-type" if is_another else "order-summary", order_id)
