"""The documents of an order: upload, download, keep as additional, remove."""

from typing import BinaryIO, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from filestore import DocumentMissing, DocumentStore, FileRejected, StoreUnavailable
from orders.forms.documents import Upload, upload_form
from orders.models import Document, Order
from orders.rules import DocumentType, document_words
from orders.services.documents import attach_document, keep_as_additional, remove_document
from orders.services.errors import TooManyDocuments
from orders.views.refusals import get_editable_order, refusals_are_pages

NOT_STORED = "The file could not be stored. Try again in a few minutes."
UNAVAILABLE = "unavailable"


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def document_add(request: SignedInRequest, order_id: int, kind: str) -> HttpResponseBase:
    """`/order/<id>/document/<type>/add`; several at once for additional documents."""
    wanted = _kind_or_404(kind)
    order = get_editable_order(order_id)
    form = upload_form(
        wanted, *((request.POST, request.FILES) if request.method == "POST" else (None, None))
    )
    if form.is_valid():
        files = form.chosen
        attached = sum([_attach(request, order_id, wanted, file, form) for file in files])
        if attached:
            messages.success(request, _uploaded_words(wanted, attached, of=len(files)))
        if attached == len(files):
            return redirect("order-summary", order_id)
    context = {
        "order": order,
        "form": form,
        "words": document_words(wanted),
        "replaced": _replaced(order, wanted),
    }
    status = 503 if form.has_error("file", UNAVAILABLE) else 200
    return render(request, "orders/document_add.html", context, status=status)


def _replaced(order: Order, kind: DocumentType) -> Document | None:
    """The document that another of the type takes the place of."""
    standing = (one for one in order.documents.all() if one.document_type == kind)
    return None if kind == DocumentType.OTHER else next(standing, None)


def _kind_or_404(word: str) -> DocumentType:
    try:
        return DocumentType(word.upper())
    except ValueError:
        raise Http404 from None


def _attach(
    request: SignedInRequest,
    order_id: int,
    kind: DocumentType,
    file: "UploadedFile[bytes]",
    form: Upload,
) -> bool:
    """Attach one file; what is wrong with it stands beside the field, under its name."""
    problem = ValidationError(f"{file.name}: {NOT_STORED}", code=UNAVAILABLE)
    try:
        # Once storage is away, the rest of a drop need not wait for it one by one.
        if not form.has_error("file", UNAVAILABLE):
            attach_document(
                order_id=order_id,
                document_type=kind,
                file=cast(BinaryIO, file),
                name=file.name or "",
                store=DocumentStore.from_settings(),
                by=request.user,
                now=timezone.now(),
            )
            return True
    except (FileRejected, TooManyDocuments) as refusal:
        problem = ValidationError(f"{file.name}: {refusal}")
    except StoreUnavailable:
        pass
    form.add_error("file", problem)
    return False


def _uploaded_words(kind: DocumentType, attached: int, *, of: int) -> str:
    if attached < of:
        return f"{attached} of {of} documents uploaded"
    return f"{kind.label} uploaded" if attached == 1 else f"{attached} documents uploaded"


@require_safe
def document(request: SignedInRequest, order_id: int, document_id: int) -> HttpResponseBase:
    """`/order/<id>/document/<doc>`: the file, always as an attachment under its own type."""
    wanted = get_object_or_404(Document, pk=document_id, order_id=order_id)
    try:
        content = DocumentStore.from_settings().open(wanted.key)
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
