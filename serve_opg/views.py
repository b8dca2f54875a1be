"""Pages that belong to no app: the front door, health, and the error pages."""

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import kept
from serve_opg import health as health_reports
from serve_opg.admin_site import CannotBeOnList
from serve_opg.uploads import UploadRefused, brought_a_file, close_files

# What no page of ours sends: beyond these bounds Django reads no further.
TOO_MUCH: dict[type[Exception], str] = {
    TooManyFieldsSent: "Your browser sent more answers than any page of this service asks for.",
    RequestDataTooBig: "Your browser sent more text than any page of this service takes.",
}


@require_safe
def front_door(_request: HttpRequest) -> HttpResponse:
    """`/`: to the orders, or, by the sign-in rule, to the sign-in page."""
    return redirect("case-list")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """`/accessibility`: the statement that the law asks of a public service."""
    return render(request, "accessibility_statement.html")


@login_not_required
@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """`/health-check`: the process is up. Touches nothing else, so that only that can fail it."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def health_of_service(_request: HttpRequest) -> HttpResponse:
    """`/health-check/service`: every part of it; 503 where one is not up."""
    report = health_reports.service_report()
    parts = {name: "up" if is_up else "down" for name, is_up in report.items()}
    return JsonResponse({"service": parts}, status=200 if all(report.values()) else 503)


@login_not_required
@require_safe
def health_of_dependencies(_request: HttpRequest) -> HttpResponse:
    """`/health-check/dependencies`: each system outside, and what its absence means; 503 for one
    that is known to be down.
    """
    report = health_reports.dependencies_report()
    is_one_down = any(each["state"] == "down" for each in report.values())
    return JsonResponse({"dependencies": report}, status=503 if is_one_down else 200)


@login_not_required
@require_safe
def version(_request: HttpRequest) -> HttpResponse:
    """`/health-check/version`: which release answers."""
    return JsonResponse({"release": settings.RELEASE})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose secret is out of date: shown again with what was typed, or said in words (403).

    So it is after signing in again in another tab.
    """
    if kept.keep_stale_form(request):
        return redirect(request.get_full_path())
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 as a page of ours: why, where that is known, and of files only where there was one."""
    message = str(exception) if isinstance(exception, UploadRefused | CannotBeOnList) else ""
    message = TOO_MUCH.get(type(exception), message)
    context = {"message": message, "has_file": brought_a_file(request)}
    close_files(request)
    return render(request, "400.html", context, status=400)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 as a page of ours; the words are those the refusal was raised with."""
    return render(request, "403.html", {"message": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 as a page of ours."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 as a page of ours, with the reference under which the error was logged.

    503 when the database is away: then it is the whole service, and it comes back.
    """
    status = 503 if isinstance(sys.exception(), OperationalError | InterfaceError) else 500
    context: dict[str, object] = {"request_id": request.META.get("request_id", "")}
    if status == 503 and request.method == "POST" and kept.is_of_our_pages(request):
        # No database can keep it meanwhile, so the page does: its button sends the same once more.
        typed = [
            (name, value) for name, values in kept.fields_of(request).lists() for value in values
        ]
        context.update(typed=typed, csrf_token=get_token(request), page=request.get_full_path())
    return render(None, f"{status}.html", context, status=status)
