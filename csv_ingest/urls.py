"""The addresses of the uploads and the removals."""

from django.urls import path, re_path

from csv_ingest import difference_views, removal_views, views

urlpatterns = [
    path("upload-csv", views.upload_orders, name="upload-csv"),
    path("upload-csv/<int:upload_id>", views.upload, name="upload"),
    re_path(
        r"^upload-csv/(?P<upload_id>[0-9]+)/(?P<key>problems|warnings|differences)$",
        views.upload_table,
        name="upload-table",
    ),
    path(
        "upload-csv/<int:upload_id>/update-orders",
        difference_views.update_orders,
        name="upload-differences",
    ),
    path("multiple-case-removal", removal_views.remove_orders, name="multiple-case-removal"),
    path("multiple-case-removal/<int:removal_id>", removal_views.removal, name="removal"),
    path(
        "multiple-case-removal/<int:removal_id>/rows",
        removal_views.removal_rows,
        name="removal-rows",
    ),
]
