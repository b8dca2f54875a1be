"""Every address of the service, from the URL resolver itself."""

from django.http import Http404
from django.urls import URLPattern, get_resolver, resolve
from django.utils.regex_helper import normalize

# What a page needs in its query to be the page, and no redirect to the question before.
QUERIES = {
    "order/<int:order_id>/deputy/add": "?deputyType=LAY",
    "postcode-lookup": "?postcode=ST42ZZ",
}


def every_route(resolver=None, before=""):
    """(route, pattern) for each view that can be reached, those of included files too."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, entry
        else:
            yield from every_route(entry, route)


def address_of(route, pattern, values):
    """The address that leads to this view and to no other, with the query that it needs."""
    before = route.removesuffix(str(pattern.pattern))
    for template, names in normalize(pattern.pattern.regex.pattern):
        if not set(names) <= set(values):
            continue
        address = "/" + before + template % {name: values[name] for name in names}
        try:
            if resolve(address).func is pattern.callback:
                return address + QUERIES.get(route, "")
        except Http404:
            continue
    raise AssertionError(f"{route!r}: tests/house/world.py knows no row for its parts")
