"""How Django knows this room."""

from django.apps import AppConfig


class CsvIngestConfig(AppConfig):
    """The app `csv_ingest`."""

    name = "csv_ingest"
    verbose_name = "Uploads"
