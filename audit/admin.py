"""The diary in the Django admin: read-only."""

from django.contrib import admin
from django.http import HttpRequest

from audit.models import Entry


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    """Search by person or row; nothing can be added, changed or removed."""

    list_display = ("at", "event", "by_name", "subject_kind", "subject_id")
    list_filter = ("event", "subject_kind")
    search_fields = ("by_name", "=subject_id", "=trace_id")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False
