"""The uploads and removals in the Django admin: read-only."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from csv_ingest.models import Removal, Upload


class ReceiptAdmin(admin.ModelAdmin):
    """What came in and what came of it. Staff answer for it on its own page."""

    list_select_related = ("uploaded_by", "finished_by")
    list_filter = ("state", "uploaded_at")
    search_fields = ("=sha256", "original_name")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Upload)
class UploadAdmin(ReceiptAdmin):
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
    exclude = ("good_rows",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Upload]:
        """Without what may weigh megabytes: the page of one upload fetches what it shows."""
        return super().get_queryset(request).defer(*Upload.HEAVY)


@admin.register(Removal)
class RemovalAdmin(ReceiptAdmin):
    """Who removed which orders. The rows stand on the removal's own page, in words."""

    list_display = (
        "id",
        "uploaded_at",
        "uploaded_by",
        "state",
        "rows_read",
        "orders",
        "cases",
        "finished_by",
    )
    exclude = ("rows", "keys_left")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Removal]:
        """Without what may weigh megabytes."""
        return super().get_queryset(request).defer(*Removal.HEAVY)
