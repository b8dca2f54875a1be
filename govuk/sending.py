"""What our scripts that send files are told: see static/govuk/sending.js. Knows no page."""

from collections.abc import Callable

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def is_sent_by_script(request: HttpRequest) -> bool:
    """Whether files were sent by our script, which says that it prefers JSON, or by the browser."""
    if request.content_type != "multipart/form-data":
        return False
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def tell_redirects(get_response: GetResponse) -> GetResponse:
    """Middleware: the script is told where it would be sent, as `{"location": ...}`, status 200.

    If the browser followed by itself, a redirect to the sign-in page would look like success, and
    a page's banner would be used up where nobody sees it.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code not in (302, 303) or not is_sent_by_script(request):
            return response
        told = JsonResponse({"location": response.headers["Location"]})
        told.cookies = response.cookies
        return told

    return answer
