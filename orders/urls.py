"""The addresses of the orders' pages; bookmarks and outside scripts rely on them."""

from django.urls import path

from orders import reports as all_reports
from orders.views import (
    by_email,
    cases,
    court_orders,
    deputies,
    deputy_copy,
    documents,
    orders,
    postcodes,
    reports,
    serving,
    uploads,
)

ORDER = "order/<int:order_id>"
DEPUTY = "case/order/<int:order_id>/deputy"
DOCUMENT = f"{ORDER}/document/<int:document_id>"

urlpatterns = [
    path("postcode-lookup", postcodes.postcode_lookup, name="postcode-lookup"),
    path("case", cases.case_list, name="case-list"),
    path(f"{ORDER}/summary", orders.order_summary, name="order-summary"),
    path(f"{ORDER}/edit", orders.order_edit, name="order-edit"),
    path(f"{ORDER}/upload", court_orders.order_upload, name="order-upload"),
    path(
        f"{ORDER}/confirm-order-details",
        court_orders.confirm_order_details,
        name="confirm-order-details",
    ),
    path(f"{ORDER}/deputy/add/deputy-type", deputies.deputy_type, name="deputy-type"),
    path(f"{ORDER}/deputy/add", deputies.deputy_add, name="deputy-add"),
    path(f"{ORDER}/deputy/copy", deputy_copy.deputy_copy, name="deputy-copy"),
    path(f"{DEPUTY}/edit/<int:deputy_id>", deputies.deputy_edit, name="deputy-edit"),
    path(f"{DEPUTY}/delete/<int:deputy_id>", deputies.deputy_delete, name="deputy-delete"),
    path(f"{ORDER}/document/<str:kind>/add", uploads.document_add, name="document-add"),
    path(f"{ORDER}/documents/add", uploads.documents_add, name="documents-add"),
    path(DOCUMENT, documents.document, name="document"),
    path(f"{DOCUMENT}/remove", documents.document_remove, name="document-remove"),
    path(f"{DOCUMENT}/keep", documents.document_keep, name="document-keep"),
    path(f"{ORDER}/declaration", serving.declaration, name="declaration"),
    path(f"{ORDER}/progress", serving.progress, name="progress"),
    path(f"{ORDER}/served-by-email", by_email.served_by_email, name="served-by-email"),
    path(f"{ORDER}/summary-served", serving.summary_served, name="summary-served"),
    path("report", reports.report_page, name="report"),
    *(
        path(
            address,
            reports.report_download,
            {"report": report},
            name=f"report-{report.name}",
        )
        for address, report in (
            ("report/download", all_reports.ORDERS_SERVED),
            ("report/download-orders-not-served", all_reports.ORDERS_NOT_SERVED),
            ("report/download-served-orders", all_reports.ALL_SERVED_ORDERS),
        )
    ),
]
