"""The court order that is read: its upload, and the page that checks what was read."""

from typing import BinaryIO, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.kept import keeps_typed, typed_in
from accounts.requests import SignedInRequest
from filestore import DocumentStore, FileRejected, ScannerUnavailable, StoreUnavailable
from orders.forms.court_orders import ConfirmOrderDetails, CourtOrderUpload
from orders.forms.orders import SeenOrderDetails
from orders.models import CourtOrderReading, Document, Order
from orders.readings import find_reading, questions_of
from orders.rules import DocumentType
from orders.services.court_orders import (
    discard_held_court_order,
    keep_held_court_order,
    upload_court_order,
)
from orders.services.errors import (
    AnotherDocumentStands,
    CaseNumberDiffers,
    DocumentsWouldGo,
    OrderChanged,
    TooManyDocuments,
)
from orders.services.orders import answer_order
from orders.views.refusals import get_editable_order, refusals_are_pages
from orders.views.uploads import NOT_STORED

CHANGED = "This order was changed after you opened the page. Check the details, then save again"
UNAVAILABLE = "unavailable"
REMOVED = "The file was removed. Upload the court order for this order"


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def order_upload(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/upload`: one file, from which the answers are read where it is a Word one."""
    order = get_editable_order(order_id)
    form = CourtOrderUpload(typed_in(request), request.FILES or None, order=order)
    reading = _upload(request, order, form) if form.is_valid() else None
    if reading is not None:
        if not reading.is_held:
            messages.success(request, _uploaded_words(_standing(order)))
        return redirect("confirm-order-details", order_id)
    # As it stands now: somebody may have added one meanwhile.
    context = {"order": order, "form": form, "standing": _standing(get_editable_order(order_id))}
    status = 503 if form.has_error("file", UNAVAILABLE) else 200
    return render(request, "orders/court_order_upload.html", context, status=status)


def _upload(
    request: SignedInRequest, order: Order, form: CourtOrderUpload
) -> CourtOrderReading | None:
    """What was read; None where the file was refused, and then why stands beside the field."""
    try:
        return upload_court_order(
            order_id=order.pk,
            file=cast(BinaryIO, form.file),
            name=form.file.name or "",
            store=DocumentStore.from_settings(),
            by=request.user,
            now=timezone.now(),
            instead_of=form.instead_of,
        )
    except CaseNumberDiffers as refusal:
        form.add_error("file", str(refusal))
    except (FileRejected, TooManyDocuments, AnotherDocumentStands) as refusal:
        form.add_error("file", f"{form.file.name}: {refusal}")
    except (ScannerUnavailable, StoreUnavailable) as away:
        said = away.sentence if isinstance(away, ScannerUnavailable) else NOT_STORED
        form.add_error("file", ValidationError(f"{form.file.name}: {said}", code=UNAVAILABLE))
    return None


def _standing(order: Order) -> Document | None:
    """The court order that another would replace."""
    documents = order.documents.all()
    return next((one for one in documents if one.document_type == DocumentType.COURT_ORDER), None)


def _uploaded_words(replaced: Document | None) -> str:
    said = "Court order uploaded"
    return f"{said}. It replaced {replaced.name}." if replaced else said


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def confirm_order_details(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/confirm-order-details`; with `?change=yes` every question is asked.

    Nothing to confirm, as after a second click: on to the order.
    """
    order = get_editable_order(order_id)
    reading = find_reading(order)
    if reading is None:
        return redirect("order-summary", order_id)
    questions = questions_of(order, reading)
    asks_all = "change" in request.GET
    form = ConfirmOrderDetails(
        typed_in(request),
        order=order,
        questions=questions,
        is_held=reading.is_held,
        ask_all=asks_all,
    )
    context = {
        "order": order,
        "reading": reading,
        "questions": questions,
        "form": form,
        "asks_all": asks_all,
        "seen": _seen(order, reading),
        "standing": _standing(order),
    }
    if form.is_valid():
        if request.POST.get("seen") == context["seen"]:
            return _confirm(request, order, reading, form)
        form.add_error(None, CHANGED)
    return render(request, "orders/court_order_confirm.html", context)


def _seen(order: Order, reading: CourtOrderReading) -> str:
    """All that the page shows and may change, as one text."""
    standing = _standing(order)
    return f"{reading.pk}/{standing.pk if standing else 0}/{order.answers}"


def _confirm(
    request: SignedInRequest, order: Order, reading: CourtOrderReading, form: ConfirmOrderDetails
) -> HttpResponseBase:
    """Keep or remove a held file, then store the answers; each is a step of its own."""
    if form.is_of_another_order:
        return _remove(request, order, reading)
    try:
        if reading.is_held:
            _keep(request, order, reading)
        _answer(request, order, form)
    except DocumentsWouldGo as question:
        return _ask_first(request, order, form, question)
    except (AnotherDocumentStands, TooManyDocuments) as refusal:
        messages.warning(request, str(refusal))
        return redirect("confirm-order-details", order.pk)
    except OrderChanged:
        messages.warning(request, CHANGED)
        return redirect("confirm-order-details", order.pk)
    return redirect("order-summary", order.pk)


def _remove(request: SignedInRequest, order: Order, reading: CourtOrderReading) -> HttpResponseBase:
    discard_held_court_order(
        order_id=order.pk,
        reading_id=reading.pk,
        store=DocumentStore.from_settings(),
        by=request.user,
        now=timezone.now(),
    )
    messages.info(request, REMOVED)
    return redirect("order-upload", order.pk)


def _keep(request: SignedInRequest, order: Order, reading: CourtOrderReading) -> None:
    standing = _standing(order)
    keep_held_court_order(
        order_id=order.pk,
        reading_id=reading.pk,
        store=DocumentStore.from_settings(),
        by=request.user,
        now=timezone.now(),
        instead_of=standing.pk if standing else 0,
    )
    messages.success(request, _uploaded_words(standing))


def _answer(request: SignedInRequest, order: Order, form: ConfirmOrderDetails) -> None:
    answer_order(
        order_id=order.pk,
        **form.answers,
        seen=order.answers,
        store=DocumentStore.from_settings(),
        by=request.user,
        now=timezone.now(),
    )


def _ask_first(
    request: SignedInRequest, order: Order, form: ConfirmOrderDetails, question: DocumentsWouldGo
) -> HttpResponseBase:
    """The page of the order's details that names the documents; it stores the answers too."""
    answers = {**form.codes, "seen": order.answers}
    context = {
        "order": order,
        "form": SeenOrderDetails(answers, order_type=order.order_type),
        "documents": question.documents,
        "answers": urlencode(answers),
    }
    return render(request, "orders/documents_would_go.html", context)
