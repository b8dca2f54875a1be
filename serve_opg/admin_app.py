"""How Django knows its admin: with our site. Read before any model is, so it stands by itself."""

from django.contrib.admin.apps import AdminConfig


class OperationsConfig(AdminConfig):
    """The app `django.contrib.admin`, with that site."""

    default = False
    default_site = "serve_opg.admin_site.OperationsSite"
