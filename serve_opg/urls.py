"""Every address of the service, each app's included."""

from django.contrib import admin
from django.urls import include, path

from serve_opg import views

urlpatterns = [
    path("", views.front_door, name="front-door"),
    path("accessibility", views.accessibility, name="accessibility"),
    path("health-check", views.health, name="health-check"),
    path("health-check/service", views.health_of_service, name="health-check-service"),
    path(
        "health-check/dependencies",
        views.health_of_dependencies,
        name="health-check-dependencies",
    ),
    path("health-check/version", views.version, name="health-check-version"),
    path("", include("accounts.urls")),
    path("", include("csv_ingest.urls")),
    path("", include("orders.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "serve_opg.views.bad_request"
handler403 = "serve_opg.views.not_allowed"
handler404 = "serve_opg.views.not_found"
handler500 = "serve_opg.views.server_error"
