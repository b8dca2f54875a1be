"""The service navigation: which sections there are, for whom, and which one a page belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Section:
    """One link of the navigation. `paths` are the beginnings of the paths that belong to it."""

    label: str
    url_name: str
    paths: tuple[str, ...]
    is_for: Callable[[Any], bool] = lambda user: True


@dataclass(frozen=True)
class NavigationLink:
    """A link. `current`: "page" on that very page, "true" within its section, or empty."""

    label: str
    href: str
    current: str


def _is_administrator(user: Any) -> bool:
    return bool(getattr(user, "is_administrator", False))


SECTIONS = (
    Section("Orders", "case-list", ("/case", "/order")),
    Section("Upload orders", "upload-csv", ("/upload-csv",)),
    Section("Remove orders", "multiple-case-removal", ("/multiple-case-removal",)),
    Section("Reports", "report", ("/report",)),
    Section("Users", "user-list", ("/users",), _is_administrator),
)


def url_or_empty(name: str) -> str:
    """The path of a URL name without arguments; empty where the service has no such page (yet)."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def navigation_links(user: Any, path: str) -> list[NavigationLink]:
    """The links for this user on the page at `path`; none for somebody who is not signed in."""
    if not getattr(user, "is_authenticated", False):
        return []
    return [
        NavigationLink(section.label, href, _current(section, href, path))
        for section in SECTIONS
        if section.is_for(user) and (href := url_or_empty(section.url_name))
    ]


def _current(section: Section, href: str, path: str) -> str:
    if path == href:
        return "page"
    within = any(path == start or path.startswith(f"{start}/") for start in section.paths)
    return "true" if within else ""
