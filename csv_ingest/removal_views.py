"""The pages of removals: send a file, see what would go, remove it, read what went."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from csv_ingest import removal as services
from csv_ingest import removal_wording as wording
from csv_ingest.models import Removal
from csv_ingest.parsing import FileRefused
from csv_ingest.removal_forms import RemovalForm
from filestore import DocumentStore, ScannerUnavailable
from govuk.spreadsheets import csv_chunks

REMOVALS_A_PAGE = 20
# As many as a person may wait for; what is left, the sweep removes.
DOCUMENTS_AT_ONCE = 100


@require_http_methods(["GET", "HEAD", "POST"])
def remove_orders(request: SignedInRequest) -> HttpResponse:
    """`/multiple-case-removal`: a file that can be read goes to a page of its own."""
    form = RemovalForm(request.POST, request.FILES) if request.method == "POST" else RemovalForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            removal = services.receive_removal(
                file=file.file, name=file.name, by=request.user, now=timezone.now()
            )
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        except ScannerUnavailable as unavailable:
            form.add_error("file", unavailable.sentence)
        else:
            return redirect("removal", removal.pk)
    removals = Paginator(Removal.objects.listed(), REMOVALS_A_PAGE)
    page = removals.get_page(request.GET.get("page"))
    past = [(removal, wording.state(removal)) for removal in page]
    context = {"form": form, "page": page, "past": past}
    return render(request, "csv_ingest/removal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: SignedInRequest, removal_id: int) -> HttpResponse:
    """`/multiple-case-removal/<id>`: what would go, while it waits; afterwards what went."""
    if request.method == "POST":
        return _answer(request, removal_id)
    found = get_object_or_404(Removal.objects.shown(), pk=removal_id)
    rows = services.rows_of(found)
    going = wording.going_orders(rows)
    context = {
        "removal": found,
        "heading": wording.heading(found),
        "counts": wording.counts(found),
        "going": going[: wording.MOST_SHOWN],
        "going_caption": wording.going_caption(found),
        "skipped": wording.skipped_lists(rows),
        "remove_button": wording.remove_button(found),
        "most_shown": wording.MOST_SHOWN,
    }
    return render(request, "csv_ingest/removal_check.html", context)


@require_safe
def removal_rows(request: SignedInRequest, removal_id: int) -> HttpResponse:
    """`/multiple-case-removal/<id>/rows`: every row and what becomes of it, as a CSV file."""
    found = get_object_or_404(Removal.objects.shown(), pk=removal_id)
    lines = wording.lines(services.rows_of(found), found)
    content = b"".join(csv_chunks(wording.HEADINGS, lines))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="removal-{removal_id}.csv"'
    return response


def _answer(request: SignedInRequest, removal_id: int) -> HttpResponse:
    """Remove or cancel, as the button pressed says; anything else only shows the page again."""
    answers = {"remove": services.remove_shown_orders, "cancel": services.cancel_removal}
    service = answers.get(request.POST.get("answer", ""))
    if service:
        try:
            service(removal_id=removal_id, by=request.user, now=timezone.now())
        except Removal.DoesNotExist as missing:
            raise Http404 from missing
        store = DocumentStore.from_settings()
        services.delete_documents(removal_id=removal_id, store=store, most=DOCUMENTS_AT_ONCE)
    else:
        get_object_or_404(Removal.objects.listed(), pk=removal_id)
    return redirect("removal", removal_id)
