"""The form of the upload page."""

from govuk.forms import FileField, GovukForm


class UploadForm(GovukForm):
    """One file. What is in it, `parsing` says."""

    file = FileField(
        label="Upload a CSV or XLSX file",
        hint="The court's export, up to 50 MB and 200,000 orders",
        accept=".csv,.xlsx",
        missing="Select a CSV or XLSX file",
        # An empty file and a long name have words of their own further in.
        allow_empty_file=True,
        max_length=None,
    )
