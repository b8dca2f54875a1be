"""Documents on their way in: the page of one type, the page of all that are missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from filestore import DocumentStore, FileRejected, ScannerUnavailable, StoreUnavailable
from govuk.sending import is_sent_by_script
from orders import queries
from orders.forms.documents import ChosenFile, DocumentsForm, MissingDocuments, Upload
from orders.models import Document, Order
from orders.rules import DocumentType, document_words, required_for
from orders.services.documents import attach_document
from orders.services.errors import AnotherDocumentStands, TooManyDocuments
from orders.views.refusals import get_editable_order, refusals_are_pages

NOT_STORED = "The file could not be stored. Try again in a few minutes"


@dataclass(frozen=True)
class Result:
    """How one file fared: attached, or a sentence that says why not, and whether to try again."""

    chosen: ChosenFile
    problem: str = ""
    is_part_away: bool = False
    may_try_again: bool = False
    replaced: str = ""

    @property
    def is_attached(self) -> bool:
        """Whether it is now a document of the order."""
        return not self.problem


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def document_add(request: SignedInRequest, order_id: int, kind: str) -> HttpResponseBase:
    """`/order/<id>/document/<type>/add`; several at once for additional documents."""
    wanted = _kind_or_404(kind)
    order = get_editable_order(order_id)
    form = Upload(*_posted(request), order=order, kind=wanted)
    results = _attach_all(request, order, form)
    if is_sent_by_script(request):
        return _tell(request, form, results)
    return _answer(request, form, results, order=order, words=document_words(wanted))


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_are_pages
def documents_add(request: SignedInRequest, order_id: int) -> HttpResponseBase:
    """`/order/<id>/documents/add`: every required document that is missing, and additional ones."""
    order = get_editable_order(order_id)
    kinds = [
        kind
        for kind in required_for(queries.facts_of(order))
        # One that somebody else has added meanwhile was still asked for on this person's page.
        if kind.value in request.FILES or not _standing(order, kind)
    ]
    form = MissingDocuments(*_posted(request), order=order, kinds=kinds)
    results = _attach_all(request, order, form)
    return _answer(request, form, results, order=order, words="the documents")


def _kind_or_404(word: str) -> DocumentType:
    try:
        return DocumentType(word.upper())
    except ValueError:
        raise Http404 from None


def _posted(request: SignedInRequest) -> tuple[object, object]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _standing(order: Order, kind: DocumentType) -> Document | None:
    """The document that another of the type takes the place of."""
    of_kind = (one for one in order.documents.all() if one.document_type == kind)
    return None if kind == DocumentType.OTHER else next(of_kind, None)


def _attach_all(request: SignedInRequest, order: Order, form: DocumentsForm) -> list[Result]:
    """Attach every file of a valid form; each has a result of its own."""
    results: list[Result] = []
    for chosen in form.chosen if form.is_valid() else []:
        away = next((result for result in results if result.is_part_away), None)
        if away:
            # The rest need not wait for it one by one.
            results.append(Result(chosen, away.problem, is_part_away=True))
        else:
            results.append(_attach(request, order, chosen))
    return results


def _attach(request: SignedInRequest, order: Order, chosen: ChosenFile) -> Result:
    replaced = _standing(order, chosen.kind)
    try:
        attach_document(
            order_id=order.pk,
            document_type=chosen.kind,
            file=cast(BinaryIO, chosen.file),
            name=chosen.file.name or "",
            store=DocumentStore.from_settings(),
            by=request.user,
            now=timezone.now(),
            instead_of=chosen.instead_of,
        )
    except (FileRejected, TooManyDocuments) as refusal:
        return Result(chosen, str(refusal))
    except AnotherDocumentStands as refusal:
        return Result(chosen, str(refusal), may_try_again=True)
    except ScannerUnavailable as unavailable:
        return Result(chosen, unavailable.sentence, is_part_away=True)
    except StoreUnavailable:
        return Result(chosen, NOT_STORED, is_part_away=True)
    return Result(chosen, replaced=replaced.name if replaced else "")


def _answer(
    request: SignedInRequest,
    form: DocumentsForm,
    results: list[Result],
    *,
    order: Order,
    words: str,
) -> HttpResponseBase:
    """Back to the order, or the page with what is wrong beside the fields; the rest is kept."""
    attached = [result for result in results if result.is_attached]
    if attached:
        messages.success(request, _uploaded_words(attached, of=len(results)))
        if len(attached) == len(results):
            return redirect("order-summary", order.pk)
        order = queries.get_order(order.pk)
    for result in results:
        if not result.is_attached:
            form.add_error(result.chosen.field, f"{result.chosen.file.name}: {result.problem}")
    form.leave_out(result.chosen.field for result in attached)
    context = {
        "order": order,
        "form": form,
        "words": words,
        "fields": [(form[name], _standing(order, form.kind_of(name))) for name in form.fields],
        "attached": attached,
    }
    status = 503 if any(result.is_part_away for result in results) else 200
    return render(request, "orders/document_add.html", context, status=status)


def _uploaded_words(attached: list[Result], *, of: int) -> str:
    if len(attached) < of:
        return f"{len(attached)} of {of} documents uploaded"
    return _all_uploaded_words(attached[-1], len(attached))


def _all_uploaded_words(last: Result, number: int) -> str:
    if number > 1:
        return f"{number} documents uploaded"
    uploaded = f"{last.chosen.kind.label} uploaded"
    return f"{uploaded}. It replaced {last.replaced}." if last.replaced else uploaded


def _tell(request: SignedInRequest, form: DocumentsForm, results: list[Result]) -> JsonResponse:
    """The answer to the page's script, which sends each file in a request of its own.

    The last one of those that it sends brings their number, for the banner of the order's page.
    """
    if not results:
        return JsonResponse({"problem": _first(form.errors.get("file", [])), "replaced": ""})
    result = results[-1]
    number = request.POST.get("together", "")
    if result.is_attached and number.isdecimal() and len(number) < 4:
        messages.success(request, _all_uploaded_words(result, int(number)))
    stands = _standing(queries.get_order(form.order.pk), result.chosen.kind)
    told = {
        "problem": result.problem,
        "again": result.may_try_again or result.is_part_away,
        "replaced": result.replaced,
        "stands": stands.pk if stands else "",
    }
    return JsonResponse(told, status=503 if result.is_part_away else 200)


def _first(texts: Iterable[object]) -> str:
    return str(next(iter(texts), ""))
