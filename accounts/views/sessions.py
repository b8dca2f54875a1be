"""What the time-out dialog asks: a session kept alive by somebody who is there."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST


@login_not_required
@never_cache
@require_POST
def keep_alive(request: HttpRequest) -> JsonResponse:
    """`/session-keep-alive`: how many seconds are left, or 401 once the session has ended.

    It need do nothing: `accounts.middleware.SessionUseMiddleware` lengthens what is used.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"seconds": 0}, status=401)
    return JsonResponse({"seconds": request.session.get_expiry_age()})
