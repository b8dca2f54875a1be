"""The page on which staff choose what of an upload's differences to take over."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from csv_ingest import differences
from csv_ingest.forms import DifferencesForm
from csv_ingest.models import Upload
from orders.services.differences import Standing, Standings, standings, take_over
from orders.services.orders import Difference

DIFFERENCES_A_PAGE = 50
HEADINGS = ("Order", "We had", "The file says", "Why")


@require_http_methods(["GET", "HEAD", "POST"])
def update_orders(request: SignedInRequest, upload_id: int) -> HttpResponse:
    """`/upload-csv/<id>/update-orders`: nothing is chosen beforehand; the button updates."""
    upload = get_object_or_404(Upload.objects.shown(), pk=upload_id)
    if not upload.is_imported or not upload.differences:
        return redirect("upload", upload_id)
    numbered = list(enumerate(differences.differences_of(upload.differences)))
    page = Paginator(numbered, DIFFERENCES_A_PAGE).get_page(request.GET.get("page"))
    found: dict[int, Difference] = dict(page.object_list)
    form = DifferencesForm(request.POST if request.method == "POST" else None, places=list(found))
    if form.is_valid():
        chosen = [found[place] for place in form.cleaned_data["chosen"]]
        done = take_over(
            differences=chosen, by=request.user, upload_id=upload_id, now=timezone.now()
        )
        _tell(request, done)
        return redirect(f"{reverse('upload-differences', args=[upload_id])}?page={page.number}")
    context = {"upload": upload, "form": form, "page": page, **_standing(form, found)}
    return render(request, "csv_ingest/update_orders.html", context)


def _standing(form: DifferencesForm, found: dict[int, Difference]) -> dict[str, Any]:
    """Offer those that are open; the others are shown with their reasons."""
    now = standings(list(found.values()))
    places = [
        (place, difference)
        for place, (difference, standing) in zip(found, now.pairs, strict=True)
        if standing == Standing.OPEN
    ]
    form.offer(
        {place: differences.label_of(difference) for place, difference in places},
        {place: differences.hint_of(difference) for place, difference in places},
    )
    return {"is_open": bool(places), "closed": differences.closed_rows(now), "headings": HEADINGS}


def _tell(request: SignedInRequest, done: Standings) -> None:
    if updated := differences.updated(done):
        messages.success(request, updated)
    for sentence in differences.left_as_they_were(done):
        messages.warning(request, sentence)
