"""The Django admin's one site: what every list of it has, whichever app it is of."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import SuspiciousOperation
from django.db import DataError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver

# What the links of Django's filters ask of a field: of choices, of yes and no, of days.
FILTER_ENDINGS = ("", "__exact", "__isnull", "__gte", "__lt")


class CannotBeOnList(SuspiciousOperation):
    """A filter or a choice that no row can meet; `str(error)` is a sentence for the page (400)."""


class BoundedLists(ModelAdmin):
    """What the address of a list asks for, and the rows chosen there, are taken as a stranger's.

    Django checks neither before it asks the database. Only that is watched here: a fault of an
    action, of a page, or of a list that was asked for nothing, stays one.
    """

    # No row has a page of its own outside the admin.
    view_on_site = False

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, counted with all its filters. Raises `CannotBeOnList`."""
        with _refusing_nonsense(asked=bool(request.GET)):
            return super().get_changelist_instance(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether one of the page's own filters asks for it.

        Django lets every field through: `password__startswith` would tell a hash bit by bit.
        """
        shown = self.get_list_filter(request)
        return lookup in {f"{name}{ending}" for name in shown for ending in FILTER_ENDINGS}

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *location: Any, **named: Any
    ) -> HttpResponse | None:
        """The action's answer, once the rows were looked for. Raises `CannotBeOnList`."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        with _refusing_nonsense(asked=bool(chosen)):
            queryset.filter(pk__in=chosen).exists()
        return super().response_action(request, queryset, *location, **named)


class OperationsSite(AdminSite):
    """Every admin that is registered has bounded lists: no app needs to think of it."""

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's, but for the one that leads from any row of any table to a page of its own."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin] | None = None,
        **options: Any,
    ) -> None:
        """As Django's, with `BoundedLists` before the class."""
        kind = admin_class or ModelAdmin
        told = {"__module__": kind.__module__, "__doc__": kind.__doc__}
        bounded = type(kind.__name__, (BoundedLists, kind), told)
        super().register(model_or_iterable, bounded, **options)


@contextmanager
def _refusing_nonsense(*, asked: bool) -> Iterator[None]:
    """A transaction of its own, so that what the database refuses breaks no other."""
    try:
        with transaction.atomic():
            yield
    except (ValueError, OverflowError, DataError, DisallowedModelAdminLookup) as error:
        if not asked:
            raise
        raise CannotBeOnList(
            "What your browser asked for, or chose, cannot be on this list."
        ) from error
