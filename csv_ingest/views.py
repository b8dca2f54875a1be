"""The pages of the uploads: send a file, follow the work, answer for problems, read a receipt."""

from typing import Any, cast

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
from csv_ingest.tasks import ring
from filestore import DocumentStore, ScannerUnavailable, StoreUnavailable

UPLOADS_A_PAGE = 20
PAST_UPLOADS = 5  # below the page of one
STORE_AWAY = (
    "The file could not be stored just now, and nothing was imported. Try again in a few minutes"
)


@require_http_methods(["GET", "HEAD", "POST"])
def upload_orders(request: HttpRequest) -> HttpResponse:
    """`/upload-csv`: a small file without problems goes straight in; any other to its page."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        upload = _taken(form, by=_user(request))
        if upload and upload.is_imported:
            messages.success(request, _processed(upload))
            return redirect("case-list")
        if upload:
            return redirect("upload", upload.pk)
    uploads = Paginator(Upload.objects.listed(), UPLOADS_A_PAGE)
    page = uploads.get_page(request.GET.get("page"))
    return render(request, "csv_ingest/upload_orders.html", {"form": form, "page": page})


def _taken(form: UploadForm, *, by: User) -> Upload | None:
    """The upload that the form's file became, or None where the form now says why not."""
    file = form.cleaned_data["file"]
    try:
        upload = services.take_upload(
            file=file.file,
            name=file.name,
            policy=services.ImportPolicy.from_settings(),
            store=DocumentStore.from_settings(),
            by=by,
            now=timezone.now(),
        )
    except FileRefused as refusal:
        form.add_error("file", str(refusal))
        return None
    except ScannerUnavailable as unavailable:
        form.add_error("file", unavailable.sentence)
        return None
    except StoreUnavailable:
        form.add_error("file", STORE_AWAY)
        return None
    if upload.is_in_hand:
        ring(upload.pk)
    return upload


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, upload_id: int) -> HttpResponse:
    """`/upload-csv/<id>`: follows the work on it, asks for an answer, and is the receipt."""
    if request.method == "POST":
        return _answer(request, upload_id)
    # While a worker has it the page is asked for every few seconds: without the long lists.
    found = get_object_or_404(Upload.objects.listed(), pk=upload_id)
    context = {
        "upload": found,
        "heading": wording.heading(found),
        "past": Upload.objects.listed()[:PAST_UPLOADS],
    }
    if found.is_in_hand:
        context |= _work(found)
    else:
        context |= _receipt(Upload.objects.shown().get(pk=upload_id))
    template = "upload_in_hand.html" if found.is_in_hand else "upload.html"
    return render(request, f"csv_ingest/{template}", context)


def _work(upload: Upload) -> dict[str, Any]:
    ahead = Upload.objects.in_hand().filter(uploaded_at__lt=upload.uploaded_at).count()
    return {
        "status": wording.status(upload, ahead=ahead, now=timezone.now()),
        "rows_so_far": wording.rows_so_far(upload),
    }


def _receipt(upload: Upload) -> dict[str, Any]:
    return {
        "upload": upload,
        "tables": tables_of(upload),
        "most_shown": MOST_SHOWN,
        "processed": wording.processed(upload),
        "import_button": wording.import_button(upload),
        "counts": wording.counts(upload),
    }


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
    answer = request.POST.get("answer", "")
    if service := services_by_answer.get(answer):
        try:
            upload = service(upload_id=upload_id, by=_user(request), now=timezone.now())
        except Upload.DoesNotExist as missing:
            raise Http404 from missing
        if upload.is_in_hand:
            ring(upload.pk)
        if late := wording.came_too_late(answer, upload):
            messages.warning(request, late)
    else:
        get_object_or_404(Upload.objects.listed(), pk=upload_id)
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
