"""The uploads in the Django admin: read-only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from csv_ingest.models import Upload


@admin.register(Upload)
class UploadAdmin(admin.ModelAdmin):
    """Who uploaded what and what came of it. Staff answer for uploads, on the upload's own page."""

    list_display = (
        "id",
        "uploaded_at",
        "uploaded_by",
        "state",
        "rows_read",
        "new",
        "with_problems",
    )
    list_filter = ("state", "uploaded_at")
    list_select_related = ("uploaded_by",)
    search_fields = ("=sha256", "original_name")
    exclude = ("good_rows",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Upload]:
        """Without what may weigh megabytes: the page of one upload fetches what it shows."""
        return super().get_queryset(request).defer(*Upload.HEAVY)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        return False
