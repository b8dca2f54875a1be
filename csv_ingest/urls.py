"""The addresses of the uploads."""

from django.urls import path, re_path

from csv_ingest import views

urlpatterns = [
    path("upload-csv", views.upload_orders, name="upload-csv"),
    path("upload-csv/<int:upload_id>", views.upload, name="upload"),
    re_path(
        r"^upload-csv/(?P<upload_id>[0-9]+)/(?P<key>problems|warnings|differences)$",
        views.upload_table,
        name="upload-table",
    ),
]
