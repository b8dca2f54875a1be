"""The deputies of an order: add, change, remove."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.kept import keeps_typed, typed_in
from accounts.requests import SignedInRequest
from orders.forms.deputies import DeputyDetails, DeputyKind, details_of
from orders.models import Deputy, Order
from orders.rules import DeputyType
from orders.services.deputies import add_deputy, change_deputy, fingerprint_of, remove_deputy
from orders.services.errors import DeputyAlreadyThere, DeputyChanged
from orders.views.address_search import search_addresses
from orders.views.refusals import get_editable_order, refusals_are_pages

CHANGED_MEANWHILE = (
    "Somebody changed this deputy after you opened this page. "
    "Your answers are below, and not saved. Check them and save again"
)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def deputy_type(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/deputy/add/deputy-type`: the first question about a new deputy."""
    order = get_editable_order(order_id)
    form = DeputyKind(typed_in(request))
    if form.is_valid():
        chosen = {"deputyType": form.cleaned_data["deputyType"].value}
        return redirect(reverse("deputy-add", args=[order_id], query=chosen))
    return render(request, "orders/deputy_type.html", {"order": order, "form": form})


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def deputy_add(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/deputy/add?deputyType=LAY`; without a type, back to the question."""
    order = get_editable_order(order_id)
    chosen = request.GET.get("deputyType", "").upper()
    if chosen not in DeputyType.values:
        return redirect("deputy-type", order_id)
    form = DeputyDetails(typed_in(request), deputy_type=chosen)
    search = search_addresses(request, form)
    if search is None and form.is_valid():
        _add(request, order, form)
        return _onward(request, order_id)
    context = {"order": order, "form": form, "kind": DeputyType(chosen), "search": search}
    return render(request, "orders/deputy_add.html", context)


def _add(request: SignedInRequest, order: Order, form: DeputyDetails) -> None:
    """Adds the deputy, and says so; a second click or the back button adds nobody twice."""
    try:
        add_deputy(order_id=order.pk, answers=form.answers, by=request.user, now=timezone.now())
        messages.success(request, "Deputy added")
    except DeputyAlreadyThere as error:
        name = error.deputy.full_name
        messages.info(
            request, f"The same details were sent twice, so {name} is on this order once."
        )


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def deputy_edit(request: SignedInRequest, order_id: int, deputy_id: int) -> HttpResponseBase:
    """`/case/order/<id>/deputy/edit/<deputy>`; the type can be changed here too."""
    order = get_editable_order(order_id)
    deputy = order.deputies.filter(pk=deputy_id).first()
    if deputy is None:
        return _deputy_gone(request, order)
    form = DeputyDetails(
        typed_in(request),
        initial=details_of(deputy),
        deputy_type=deputy.deputy_type,
        may_change_type=True,
    )
    search = search_addresses(request, form)
    if search is None and form.is_valid() and _change(request, deputy, form):
        return _onward(request, order_id)
    context = {"order": order, "form": form, "search": search, **_stored(deputy, form)}
    return render(request, "orders/deputy_edit.html", context)


def _change(request: SignedInRequest, deputy: Deputy, form: DeputyDetails) -> bool:
    """Whether the answers are stored; if somebody was faster, the form says so."""
    try:
        change_deputy(
            order_id=deputy.order_id,
            deputy_id=deputy.pk,
            answers=form.answers,
            seen=request.POST.get("seen", ""),
            by=request.user,
            now=timezone.now(),
        )
    except DeputyChanged:
        form.add_error(None, CHANGED_MEANWHILE)
        return False
    return True


def _stored(deputy: Deputy, form: DeputyDetails) -> dict[str, object]:
    """What the page saw of the deputy, and, where that is out of date, what stands there now."""
    if form.non_field_errors():
        deputy.refresh_from_db()
        return {"seen": fingerprint_of(deputy), "stored": deputy}
    return {"seen": form.data.get("seen", fingerprint_of(deputy))}


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def deputy_delete(request: SignedInRequest, order_id: int, deputy_id: int) -> HttpResponseBase:
    """`/case/order/<id>/deputy/delete/<deputy>`: asks, and removes by POST."""
    order = get_editable_order(order_id)
    deputy = order.deputies.filter(pk=deputy_id).first()
    if deputy is None:
        return _deputy_gone(request, order)
    if request.method == "POST":
        remove_deputy(order_id=order_id, deputy_id=deputy_id, by=request.user, now=timezone.now())
        messages.success(request, "Deputy removed")
        return redirect("order-summary", order_id)
    return render(request, "orders/deputy_delete.html", {"order": order, "deputy": deputy})


def _deputy_gone(request: SignedInRequest, order: Order) -> HttpResponse:
    """404 in words, with what was typed about the deputy, to be added again if it must be."""
    typed = DeputyDetails(request.POST, deputy_type="", may_change_type=True)
    kind = typed.chosen_type if typed.chosen_type in DeputyType.values else ""
    answers = [(name, text) for name, text in request.POST.items() if name in _names_typed(typed)]
    context = {"order": order, "kind": kind, "answers": answers if kind else []}
    return render(request, "orders/deputy_gone.html", context, status=404)


def _names_typed(form: DeputyDetails) -> set[str]:
    """The names of all inputs of a form, boxes of a date each by itself."""
    boxes = {f"date_of_birth-{part}" for part in ("day", "month", "year")}
    return {*form.fields, *boxes} - {"date_of_birth", "deputy_type", "found_address"}


def _onward(request: SignedInRequest, order_id: int) -> HttpResponse:
    """Where the pressed button leads: "Save and add another", or back to the order."""
    is_another = request.POST.get("then") == "add_another"
    return redirect("deputy-type" if is_another else "order-summary", order_id)
