"""The case list: what is to do, what was served, and the search."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from orders import queries
from orders.forms.cases import Search


@require_safe
def case_list(request: SignedInRequest) -> HttpResponse:
    """`/case?type=pending|served&q=&page=`; anything but "served" is the To do tab."""
    search = Search(request.GET)
    is_served = request.GET.get("type") == "served"
    find = queries.orders_served if is_served else queries.orders_to_do
    found = find(words=search.words, page=request.GET.get("page", "1"))
    tabs = [
        _tab("pending", f"To do ({found.to_do})", search.words, current=not is_served),
        _tab("served", f"Served ({found.served})", search.words, current=is_served),
    ]
    context = {
        "form": search,
        "found": found,
        "is_served": is_served,
        "tabs": tabs,
        "other_tab": tabs[not is_served]["href"],
    }
    return render(request, "orders/case_list.html", context)


def _tab(kind: str, text: str, words: str, *, current: bool) -> dict[str, str | bool]:
    query = {"type": kind, **({"q": words} if words else {})}
    return {"href": f"{reverse('case-list')}?{urlencode(query)}", "text": text, "current": current}
