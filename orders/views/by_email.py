"""Recording an order as served by email; for administrators."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.kept import keeps_typed, typed_in
from accounts.requests import SignedInRequest
from orders import queries, rules
from orders.forms.by_email import ServedByEmailForm
from orders.services.by_email import record_served_by_email
from orders.services.errors import AlreadyBeingServed
from orders.views.refusals import get_editable_order, refusals_are_pages


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def served_by_email(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/served-by-email`: asks when, how we know and why (behaviour, 10)."""
    if not request.user.is_administrator:
        raise PermissionDenied("Only an administrator can record an order as served by email.")
    order = get_editable_order(order_id)
    missing = rules.missing(queries.facts_of(order))
    form = ServedByEmailForm(typed_in(request), order=order, missing=missing)
    if form.is_valid():
        try:
            record_served_by_email(
                order_id=order_id, answers=form.answers, by=request.user, now=timezone.now()
            )
        except AlreadyBeingServed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Recorded as served by email")
            return redirect("summary-served", order_id)
    context = {"order": order, "form": form, "missing": missing}
    return render(request, "orders/served_by_email.html", context)
