"""The form of the removal page."""

from govuk.forms import FileField, GovukForm


class RemovalForm(GovukForm):
    """One file. What is in it, `parsing.removal_rows` says."""

    file = FileField(
        label="Upload a CSV or XLSX file",
        hint="With the columns Case number, Court order, Client Name, Order Made Date and "
        "Order Issue Date. Nothing is removed before you have seen what would go",
        accept=".csv,.xlsx",
        missing="Select a CSV or XLSX file",
        # An empty file and a long name have words of their own further in.
        allow_empty_file=True,
        max_length=None,
    )
