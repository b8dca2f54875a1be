"""The pages of the uploads: send a file, answer for one with problems, read a receipt."""

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from csv_ingest import services, wording
from csv_ingest.forms import UploadForm
from csv_ingest.models import Upload
from csv_ingest.parsing import FileRefused
from csv_ingest.tables import MOST_SHOWN, as_csv, tables_of

UPLOADS_A_PAGE = 20
PAST_UPLOADS = 5  # below the page of one


@require_http_methods(["GET", "HEAD", "POST"])
def upload_orders(request: HttpRequest) -> HttpResponse:
    """`/upload-csv`: a file without problems goes straight in; one with problems to its page."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = services.receive_upload(
                file=file.file, name=file.name, by=_user(request), now=timezone.now()
            )
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            if upload.is_waiting:
                return redirect("upload", upload.pk)
            messages.success(request, _processed(upload))
            return redirect("case-list")
    uploads = Paginator(Upload.objects.listed(), UPLOADS_A_PAGE)
    page = uploads.get_page(request.GET.get("page"))
    return render(request, "csv_ingest/upload_orders.html", {"form": form, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, upload_id: int) -> HttpResponse:
    """`/upload-csv/<id>`: asks while it waits for an answer, and is the receipt afterwards."""
    if request.method == "POST":
        return _answer(request, upload_id)
    found = get_object_or_404(Upload.objects.shown(), pk=upload_id)
    context = {
        "upload": found,
        "tables": tables_of(found),
        "most_shown": MOST_SHOWN,
        "heading": wording.heading(found),
        "import_button": wording.import_button(found),
        "counts": wording.counts(found),
        "past": Upload.objects.listed()[:PAST_UPLOADS],
    }
    return render(request, "csv_ingest/upload.html", context)


@require_safe
def upload_table(request: HttpRequest, upload_id: int, key: str) -> HttpResponse:
    """`/upload-csv/<id>/problems`, and the other lists of an upload: as a CSV file."""
    table = tables_of(get_object_or_404(Upload.objects.shown(), pk=upload_id)).get(key)
    if table is None:
        raise Http404
    response = HttpResponse(as_csv(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="upload-{upload_id}-{key}.csv"'
    return response


def _answer(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Import or cancel, as the button pressed says; anything else only shows the page again."""
    services_by_answer = {
        "import": services.import_good_rows,
        "cancel": services.cancel_upload,
    }
    service = services_by_answer.get(request.POST.get("answer", ""))
    if service:
        try:
            service(upload_id=upload_id, by=_user(request), now=timezone.now())
        except Upload.DoesNotExist as missing:
            raise Http404 from missing
    return redirect("upload", upload_id)


def _processed(upload: Upload) -> SafeString:
    """The banner on the list of orders, with the way to the receipt."""
    return format_html(
        '{} <a class="govuk-notification-banner__link" href="{}">See the upload</a>',
        wording.processed(upload),
        reverse("upload", args=[upload.pk]),
    )


def _user(request: HttpRequest) -> User:
    """Who is signed in: no page here is open to anybody else."""
    return cast(User, request.user)
