"""The diary in the Django admin: read-only."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.images import KEY, without_images
from audit.models import Entry


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    """Search by person or row; nothing can be added, changed or removed."""

    list_display = ("at", "event", "by_name", "subject_kind", "subject_id")
    list_filter = ("event", "subject_kind")
    search_fields = ("by_name", "=subject_id", "=trace_id")
    show_full_result_count = False
    fields = (
        *("at", "event", "by_name", "by_id", "subject_kind", "subject_id", "told", "rows"),
        *("trace_id", "release"),
    )

    @admin.display(description="facts")
    def told(self, entry: Entry) -> SafeString:
        """What people are told of the event, but for the rows."""
        return _laid_out(without_images(entry.facts))

    @admin.display(description="rows as they then were")
    def rows(self, entry: Entry) -> SafeString:
        """From which the tables can be rebuilt."""
        return _laid_out(entry.facts.get(KEY, {}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False


def _laid_out(value: dict[str, Any]) -> SafeString:
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))
