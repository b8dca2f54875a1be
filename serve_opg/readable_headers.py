"""Headers that Django cannot read are taken as if nobody had sent them.

It reads two of them without a net: what the body is, before any rule of ours, and what the browser
prefers, after the work is done. A name of letters that no text is written in ("hex", "base64")
would end in a fault there.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

from serve_opg.bodies import Application

# In which browsers send the forms of our pages. In any other, Django would read as it is told.
_LETTERS = "utf-8"


def with_readable_headers(application: Application) -> Application:
    """The WSGI application, shown `Content-Type` and `Accept` where they can be read."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        for name, is_readable in _CHECKS.items():
            if name in environ and not is_readable(environ[name]):
                environ[name] = ""
        return application(environ, start_response)

    return answer


def _is_known_type(header: str) -> bool:
    parameters = _parameters(header)
    return parameters is not None and parameters.get("charset", _LETTERS).lower() == _LETTERS


def _is_known_list(header: str) -> bool:
    return all(_parameters(one) is not None for one in header.split(","))


def _parameters(header: str) -> dict[str, str] | None:
    """Those of a header's value; None where Django fails to read them."""
    try:
        return parse_header_parameters(header)[1]
    except (ValueError, LookupError):
        return None


_CHECKS: dict[str, Callable[[str], bool]] = {
    "CONTENT_TYPE": _is_known_type,
    "HTTP_ACCEPT": _is_known_list,
}
