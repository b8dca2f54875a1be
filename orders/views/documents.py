"""The documents of an order: download, keep as additional, remove. Uploads are next door."""

from django.contrib import messages
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from filestore import (
    DocumentInfected,
    DocumentMissing,
    DocumentNotScanned,
    DocumentStore,
    StoreUnavailable,
)
from orders.models import Document
from orders.services.documents import keep_as_additional, remove_document
from orders.services.scanning import open_clean
from orders.views.refusals import get_editable_order, refusals_are_pages


@require_safe
def document(request: SignedInRequest, order_id: int, document_id: int) -> HttpResponseBase:
    """`/order/<id>/document/<doc>`: a clean file, always as an attachment under its own type."""
    wanted = get_object_or_404(Document, pk=document_id, order_id=order_id)
    try:
        content = open_clean(wanted, store=DocumentStore.from_settings())
    except DocumentInfected:
        return render(request, "orders/document_infected.html", {"document": wanted}, status=403)
    except DocumentNotScanned:
        return render(request, "orders/document_unscanned.html", {"document": wanted}, status=503)
    except DocumentMissing:
        return render(request, "orders/document_missing.html", {"document": wanted}, status=404)
    except StoreUnavailable:
        return render(request, "orders/document_later.html", {"document": wanted}, status=503)
    response = FileResponse(
        content, as_attachment=True, filename=wanted.name, content_type=wanted.content_type
    )
    response["Content-Length"] = str(wanted.size)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def document_remove(request: SignedInRequest, order_id: int, document_id: int) -> HttpResponseBase:
    """`/order/<id>/document/<doc>/remove`: asks, and removes by POST."""
    order = get_editable_order(order_id)
    wanted = get_object_or_404(Document, pk=document_id, order=order)
    if request.method == "POST":
        remove_document(
            order_id=order_id,
            document_id=document_id,
            store=DocumentStore.from_settings(),
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, "Document removed")
        return redirect("order-summary", order_id)
    return render(request, "orders/document_remove.html", {"order": order, "document": wanted})


@require_POST
@refusals_are_pages
def document_keep(request: SignedInRequest, order_id: int, document_id: int) -> HttpResponseBase:
    """`/order/<id>/document/<doc>/keep`: one that stopped being required goes as additional."""
    keep_as_additional(
        order_id=order_id, document_id=document_id, by=request.user, now=timezone.now()
    )
    messages.success(request, "Document kept as an additional document")
    return redirect("order-summary", order_id)
