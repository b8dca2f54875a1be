"""The reports: figures for chosen dates, a chart of the last weeks, and downloads."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.forms import BoundField
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from accounts.requests import SignedInRequest
from govuk.spreadsheets import csv_chunks
from orders import reports
from orders.forms.reports import ReportDates
from orders.reports import DateRange, Report, Week
from orders.services.reports import record_download


@dataclass(frozen=True)
class Section:
    """One report on the page. `count` is None where its dates cannot be used."""

    report: Report
    dates: tuple[BoundField, ...]
    count: int | None
    download_url: str


@dataclass(frozen=True)
class Bar:
    """One week of the chart; the fullest week is 100 wide."""

    week: Week
    width: float


@require_safe
def report_page(request: SignedInRequest) -> HttpResponse:
    """`/report`: three reports, each with its dates, its count and its download."""
    today = timezone.localdate()
    form = _form(request.GET, today=today)
    context = {
        "form": form,
        "sections": [_section(form, report) for report in reports.REPORTS],
        "bars": _bars(reports.served_per_week(today=today)),
    }
    return render(request, "orders/report.html", context)


@require_GET
def report_download(request: SignedInRequest, report: Report) -> HttpResponseBase:
    """The report as CSV, streamed; dates that cannot be used lead to the page that says so.

    Not for HEAD: each answer is a download, and the diary says so.
    """
    now = timezone.now()
    today = timezone.localdate(now)
    days = _form(request.GET, today=today).days_of(report.name)
    if days is None:
        return redirect(f"{reverse('report')}?{request.GET.urlencode()}")
    chosen = DateRange(*days)
    record_download(
        report=report.name,
        first=chosen.first,
        last=chosen.last,
        rows=report.count(chosen),
        by=request.user,
        now=now,
    )
    content = csv_chunks(report.headings, report.rows(chosen))
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    name = report.file_name(chosen, today=today)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _form(query: QueryDict, *, today: dt.date) -> ReportDates:
    defaults = {report.name: report.default_range(today) for report in reports.REPORTS}
    days = {name: (chosen.first, chosen.last) for name, chosen in defaults.items()}
    return ReportDates.of_query(query, defaults=days)


def _section(form: ReportDates, report: Report) -> Section:
    days = form.days_of(report.name)
    return Section(
        report=report,
        dates=form.boxes_of(report.name),
        count=None if days is None else report.count(DateRange(*days)),
        download_url=reverse(f"report-{report.name}"),
    )


def _bars(weeks: Sequence[Week]) -> list[Bar]:
    most = max(week.count for week in weeks) or 1
    return [Bar(week, round(100 * week.count / most, 1)) for week in weeks]
