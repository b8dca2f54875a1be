"""What somebody typed when their session ended: kept in the session that follows, shown once more.

A page takes part by two words in its view: `@keeps_typed` above it, and `typed_in(request)` as the
data of its form. `accounts.middleware.KeptFormsMiddleware` does the keeping.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, QueryDict

from govuk.forms import KeptFields

SESSION_KEY = "kept_forms"
# The page's script sends a form with this field when the time is up: keep it, do nothing else.
ONLY_KEEP = "only-keep"
HAD_FILES = "had-files"
LARGEST = 100_000  # characters
MOST_FORMS = 5  # tabs of one person

BACK = "You were signed out. What you typed is still here, but is not saved yet."
STALE = "Your page was out of date. What you typed is still here, but is not saved yet."
FILES = "Choose your files again."

View = TypeVar("View", bound=Callable[..., Any])


def keeps_typed(view: View) -> View:
    """Mark a view whose form takes its data from `typed_in`."""
    # The middleware finds the mark on the view; types know of no marks on functions.
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


def typed_in(request: HttpRequest) -> QueryDict | None:
    """The data of a page's form: what was posted, or what was kept for this page, or None."""
    if request.method == "POST":
        _drop(request)
        return request.POST
    entry = request.session.get(SESSION_KEY, {}).get(request.get_full_path())
    if entry is None or entry["user"] != request.user.pk:
        return None
    messages.info(request, " ".join([entry["words"], *([FILES] if entry["files"] else [])]))
    return KeptFields(entry["fields"])


def keep(request: HttpRequest, *, user_id: int, words: str = BACK) -> bool:
    """Keep what was posted for this user, until the page is posted again. False: it is too much."""
    text = fields_of(request).urlencode()
    if len(text) > LARGEST:
        return False
    entries = request.session.get(SESSION_KEY, {})
    entries.pop(request.get_full_path(), None)
    entries[request.get_full_path()] = {
        "user": user_id,
        "fields": text,
        "files": bool(request.FILES) or HAD_FILES in request.POST,
        "words": words,
    }
    request.session[SESSION_KEY] = dict(list(entries.items())[-MOST_FORMS:])
    return True


def fields_of(request: HttpRequest) -> QueryDict:
    """What was posted, without secrets."""
    fields = request.POST.copy()
    for name in request.POST:
        if name in ("csrfmiddlewaretoken", ONLY_KEEP, HAD_FILES) or "password" in name.lower():
            del fields[name]
    return fields


def keep_stale_form(request: HttpRequest) -> bool:
    """Keep a form of ours whose secret is out of date. False: it is not ours, or not to be kept.

    A form of another site is never shown as typed here.
    """
    view = request.resolver_match and request.resolver_match.func
    if (
        not is_of_our_pages(request)
        or not request.user.is_authenticated
        or not getattr(view, "keeps_typed", False)
    ):
        return False
    return keep(request, user_id=request.user.pk, words=STALE)


def is_of_our_pages(request: HttpRequest) -> bool:
    """Whether a page of ours sent the form: the browser says so, and no page can make it lie."""
    sender = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    return sender == "same-origin" or origin == f"{request.scheme}://{request.get_host()}"


def is_kept_for(request: HttpRequest, page: str) -> bool:
    """Whether something was typed into this page by whoever signed in last."""
    return page in request.session.get(SESSION_KEY, {})


def forget_others(request: HttpRequest, *, user_id: int) -> None:
    """Somebody has signed in: what anybody else typed is gone."""
    entries = request.session.get(SESSION_KEY, {})
    if any(entry["user"] != user_id for entry in entries.values()):
        request.session[SESSION_KEY] = {
            page: entry for page, entry in entries.items() if entry["user"] == user_id
        }


def _drop(request: HttpRequest) -> None:
    if is_kept_for(request, request.get_full_path()):
        del request.session[SESSION_KEY][request.get_full_path()]
        request.session.modified = True
