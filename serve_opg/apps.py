"""How Django knows the frame: it brings the start-up checks and binds tasks to our broker."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from serve_opg.celery import app as celery_app


class FrameConfig(AppConfig):
    """The app `serve_opg`."""

    name = "serve_opg"

    def ready(self) -> None:
        celery_app.set_default()
        import_module("serve_opg.checks")
        post_migrate.connect(import_module("serve_opg.rights").grant_after_migrate, sender=self)
