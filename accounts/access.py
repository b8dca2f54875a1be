"""Who may see a page, beyond being signed in."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

P = ParamSpec("P")
View = Callable[P, HttpResponseBase]


def administrators_only(view: View[P]) -> View[P]:
    """Everybody else gets 403 and is told why, operations too unless they are administrators."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request = args[0]
        assert isinstance(request, HttpRequest)
        if not getattr(request.user, "is_administrator", False):
            raise PermissionDenied("Only administrators can manage users. Ask one of them.")
        return view(*args, **kwargs)

    return answer
